"""What to paste where: one recipe a system, for the address at hand. What the systems can do was read in their sources.

A recipe takes the first of its forms that the hub offers; one whose forms are all missing is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sites.console.building import Wanted
from sites.feeds.variants import VARIANTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """`paste` may use {url}, {type} and {title}; `note` says what it cannot do."""

    title: str
    forms: tuple[str, ...]
    steps: tuple[str, ...]
    paste: str = "{url}"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A recipe for one address."""

    title: str
    label: str
    steps: Sequence[str]
    paste: str
    note: str


COLLECT = (
    "列表区域：开始 <!--list-start-->，结束 <!--list-end-->",
    "标题：<!--title-start--> 至 <!--title-end-->；来源：<!--source-start--> 至 <!--source-end-->；时间：<!--date-start--> 至 <!--date-end-->",
    "正文：<!--content-start--> 至 <!--content-end-->",
)
NO_CORRECTION = "采集进库的文章不会随更正、撤稿自动改变：收到更正或撤稿后，请在本单位后台修改或删除。"
LIVE = "列表直接显示订阅内容，更正和撤稿随缓存到期生效。"

RECIPES = (
    Recipe(
        title="织梦 DedeCMS：模板标签（推荐）",
        forms=("flat.json",),
        steps=("把下面的标签放进模板中要显示列表的位置", "在“系统 → 更新缓存”后查看页面"),
        paste=(
            "{{dede:json url='{url}' cache='300'}}\n"
            '<li><a href="[field:url/]" target="_blank">[field:title/]</a> <span>[field:date/]</span></li>\n'
            "{{/dede:json}}"
        ),
        note=LIVE,
    ),
    Recipe(
        title="织梦 DedeCMS：采集（UTF-8 版）",
        forms=("list.html",),
        steps=(
            "采集 → 采集节点管理 → 增加新节点 → 普通文章，目标页面编码选 UTF-8",
            "来源网址选“手工指定列表网址”，填入下面的地址",
            *COLLECT,
        ),
        note=NO_CORRECTION,
    ),
    Recipe(
        title="织梦 DedeCMS：采集（GBK 版）",
        forms=("list.gbk.html",),
        steps=(
            "采集 → 采集节点管理 → 增加新节点 → 普通文章，目标页面编码选 GB2312",
            "来源网址选“手工指定列表网址”，填入下面的地址",
            *COLLECT,
        ),
        note=NO_CORRECTION,
    ),
    Recipe(
        title="PHPCMS v9：模板标签（推荐）",
        forms=("flat.json",),
        steps=("把下面的标签放进模板中要显示列表的位置", "更新首页和栏目页"),
        paste=(
            '{{pc:json url="{url}" return="data" cache="300"}}\n'
            "{{loop $data $r}}\n"
            '<li><a href="{{$r[url]}}" target="_blank">{{$r[title]}}</a> <span>{{$r[date]}}</span></li>\n'
            "{{/loop}}\n{{/pc}}"
        ),
        note=f"{LIVE}标签向导只接受 http:// 开头的地址，请直接在模板中书写。",
    ),
    Recipe(
        title="PHPCMS v9：采集",
        forms=("list.html",),
        steps=(
            "内容 → 采集管理 → 添加采集点，网址类型选“单一网页”，采集页面编码选 UTF-8",
            "采集网址填入下面的地址",
            *COLLECT,
        ),
        note=NO_CORRECTION,
    ),
    Recipe(
        title="帝国 CMS：采集",
        forms=("list.html",),
        steps=("栏目 → 采集 → 增加采集节点，页面编码选 UTF-8", "采集页面地址填入下面的地址", *COLLECT),
        note=f"帝国 CMS 没有 RSS 采集，请用网页列表；GBK 版网站请改用“网页列表（GBK 编码）”的地址。{NO_CORRECTION}",
    ),
    Recipe(
        title="WordPress：RSS 区块",
        forms=("rss",),
        steps=("编辑页面或小工具，添加“RSS”区块", "填入下面的地址，选择显示条数、日期"),
        note="WordPress 每 12 小时读取一次；要即时更新、更正和撤稿，请联系区委宣传部改用“WordPress 推送”。",
    ),
    Recipe(
        title="静态网页、其他系统",
        forms=("atom", "rss"),
        steps=(
            "把下面一行放进网页的 <head> 中，浏览器和阅读器即可发现本订阅",
            "网站程序能读取 JSON 的，请改用“JSON 简表”的地址",
        ),
        paste='<link rel="alternate" type="{type}" title="{title}" href="{url}">',
    ),
)


def write(wanted: Wanted, *, title: str) -> Iterator[Written]:
    for recipe in RECIPES:
        key = next((key for key in recipe.forms if key in VARIANTS), None)
        if key is None:
            continue
        values = {"url": wanted.url(key), "type": VARIANTS[key].media_type, "title": title}
        yield Written(
            recipe.title,
            VARIANTS[key].label,
            recipe.steps,
            recipe.paste.format(**values),
            recipe.note,
        )
