"""What an article alters is told with its place, and what would go wrong is told before signing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from channels.adapters.wechat_mp.article import preflight
from channels.adapters.wechat_mp.article.links import Policy
from channels.adapters.wechat_mp.article.render import Style, render
from channels.contract import Severity
from channels.edition import (
    Asset,
    Attachment,
    Block,
    Edition,
    Heading,
    Image,
    ItemList,
    Paragraph,
    Quote,
    Table,
)
from tests.channels.stage import sample

LINK = '<a href="https://a.example/">甲</a>'
PHOTO = Asset(
    sha256="a" * 64, content_type="image/jpeg", name="江景.jpg", size=200_000, width=1200, height=800
)
FORM = Asset(sha256="f" * 64, content_type="application/pdf", name="form.pdf", size=10)


def untouched(*body: Block, **changes: Any) -> Edition:
    """An edition that an article shows as it is, but for `body` and `changes`."""
    values = {"cover": Image(asset=PHOTO, alt="江景"), "by": "甲", "summary": "摘要", **changes}
    return sample(body=body or (Paragraph(html="正文"),), **values)


def told(*body: Block, style: Style | None = None, **changes: Any) -> list[str]:
    return list(render(untouched(*body, **changes), style or Style()).alterations)


def photo(**changes: Any) -> Image:
    return Image(asset=replace(PHOTO, **changes))


def table(columns: int, **values: Any) -> Table:
    return Table(rows=(tuple(f"列{n}" for n in range(columns)), ("值",) * columns), **values)


def test_an_article_that_alters_nothing_says_nothing() -> None:
    blocks = (
        Paragraph(html="见<strong>下</strong>表<br>和图。"),
        Heading(text="一、时间", level=3),
        table(4),
        ItemList(items=("一", "二"), ordered=True),
        Quote(text="引文", attribution="出处"),
        Image(asset=PHOTO, alt="江景", caption="江景"),
    )
    assert told(*blocks) == []


@pytest.mark.parametrize(
    ("block", "style", "line"),
    [
        (Paragraph(html=f"见{LINK}、{LINK}"), Style(), "第1段“见甲、甲”：2 处链接改为脚注，网址列在文末"),
        (ItemList(items=(LINK,)), Style(links=Policy.QR), "第1段“甲”：1 处链接改为编号，文末附二维码"),
        (Paragraph(html=LINK), Style(links=Policy.NONE), "第1段“甲”：1 处链接只保留文字"),
        (Paragraph(html='<a href="tel:12345">电话</a>'), Style(), "第1段“电话”：1 处链接只保留文字"),
        (table(6, caption="安排表"), Style(), "第1段表格“安排表”：共 6 列，手机放不下，每行改为一张卡片，空格不显示"),
        (Attachment(asset=FORM, title="报名表"), Style(), "附件“报名表”：微信文章不能带附件，只列出名称，读者从“阅读原文”下载"),
        (Paragraph(html="甲\u202e乙\u200b"), Style(), "第1段“甲乙”：去掉 2 个不可见的控制字符"),
        (Table(rows=(("甲\x07",),)), Style(), "第1段表格：去掉 1 个不可见的控制字符"),
        (Paragraph(html="<font size=7>大</font><video></video>"), Style(), "第1段“大”：去掉不支持的元素 font、video"),
        (Paragraph(html='<strong style="color:red">红</strong>'), Style(), "第1段“红”：去掉文字样式"),
        (photo(content_type="image/gif", name="a.gif"), Style(), "图片“a.gif”：动图只显示第一帧"),
        (photo(content_type="image/webp", name="a.webp"), Style(), "图片“a.webp”：转换为 JPEG 或 PNG"),
        (photo(size=8_000_000), Style(), "图片“江景.jpg”：大小超过 1 MB，压缩后使用"),
        (photo(width=1600), Style(), "图片“江景.jpg”：宽度缩小到 1280 像素"),
    ],
)  # fmt: skip
def test_each_change_of_a_block_is_told_with_its_place(block: Block, style: Style, line: str) -> None:
    assert told(block, style=style) == [line]


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"headline": "停\u202e水"}, "标题：去掉 1 个不可见的控制字符"),
        ({"summary": ""}, "摘要：没有填写，微信会自动截取正文前 54 字"),
        ({"by": "甲" * 17}, f"作者：“{'甲' * 17}”超过微信上限，文章顶部改为默认作者“城中发布”，文末照常署名"),
        ({"by": ""}, "作者：没有填写，文章顶部显示默认作者“城中发布”"),
        ({"cover": None}, "封面：没有封面也没有配图，使用统一的默认封面"),
        ({"cover": photo(width=600, height=300)}, "封面：只有 600×300 像素，放大后使用，可能模糊"),
        ({"origin_url": "https://a.example/"}, "来源：原文链接改为脚注，网址列在文末"),
    ],
)
def test_each_change_of_a_field_is_told(changes: dict[str, Any], line: str) -> None:
    assert told(style=Style(author="城中发布"), **changes) == [line]


def test_an_author_over_the_limit_without_a_default_is_left_out_and_told() -> None:
    assert told(by="甲" * 17) == [f"作者：“{'甲' * 17}”超过微信上限，文章顶部不署名，文末照常署名"]


def test_the_first_picture_as_cover_is_told() -> None:
    assert told(Image(asset=PHOTO), cover=None) == ["封面：没有设置，使用正文第一张图片“江景.jpg”"]


def test_many_pictures_with_one_change_are_one_line() -> None:
    many = [photo(sha256=f"{n:064}", name=f"{n}.jpg", width=1600) for n in range(6)]
    assert told(*many) == ["图片“0.jpg”、“1.jpg”、“2.jpg”、“3.jpg”等 6 张：宽度缩小到 1280 像素"]


def test_what_is_behind_the_cut_is_told_once_and_not_in_detail() -> None:
    long = [Paragraph(html=f"第{n}条" + "字" * 300) for n in range(100)]
    lines = told(*long, Paragraph(html=LINK), photo(width=1600))
    assert len(lines) == 1
    assert lines[0].startswith("正文：超过微信长度上限，只放前 ")
    assert "（共 102 段）" in lines[0]


def test_the_report_does_not_count_to_what_the_reader_sees() -> None:
    rendering = render(untouched(Paragraph(html=LINK)), Style())
    assert replace(rendering, alterations=()).sha256 == rendering.sha256


class TestPreflight:
    def warned(self, edition: Edition, place: str) -> list[str]:
        found = list(preflight.findings(edition, Style()))
        assert all(f.severity is Severity.WARN for f in found if f.place == place)
        return [f.problem for f in found if f.place == place]

    def test_nothing_is_said_about_a_sound_item(self) -> None:
        assert list(preflight.findings(untouched(), Style())) == []

    def test_an_emoji_in_the_title(self) -> None:
        assert "表情符号" in self.warned(untouched(headline="节日快乐🎉"), "标题")[0]
        assert self.warned(untouched(headline="★停水通知（№1）→"), "标题") == []

    def test_a_title_that_is_turned_around(self) -> None:
        assert "1 个不可见的控制字符" in self.warned(untouched(headline="停\u202e水"), "标题")[0]

    def test_a_title_of_nothing_visible_is_refused(self) -> None:
        found = list(preflight.findings(untouched(headline="\u200b"), Style()))
        assert [f.severity for f in found if f.problem == "标题为空"] == [Severity.BLOCK]

    def test_a_table_too_wide_for_a_phone(self) -> None:
        assert "40 列" in self.warned(untouched(table(40, caption="台账")), "第1段表格“台账”")[0]
        assert self.warned(untouched(table(4)), "第1段表格") == []

    def test_a_picture_that_will_lose(self) -> None:
        assert "12.0 MB" in self.warned(untouched(photo(size=12_000_000)), "图片“江景.jpg”")[0]

    def test_twenty_five_thousand_characters(self) -> None:
        paragraphs = untouched(*(Paragraph(html="字" * 500) for _ in range(50)))
        assert "只放前" in self.warned(paragraphs, "正文")[0]
        found = list(preflight.findings(untouched(Paragraph(html="字" * 25_000)), Style()))
        assert [f.severity for f in found] == [Severity.BLOCK]
