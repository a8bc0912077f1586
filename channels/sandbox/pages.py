"""What people see of the sandbox: articles as on a phone, received items, and an index (Chinese, for the demo)."""

from __future__ import annotations

from html import escape

import nh3
from aiohttp import web

from channels.sandbox.clock import Clock, shown
from channels.sandbox.config import SandboxConfig
from channels.sandbox.faults import Faults
from channels.sandbox.platform import IMAGES, WeChatPlatform
from channels.sandbox.store import Document, Store

LISTED = 50
CSS = """
:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0;background:#ededed;color:#1f1f1f;font:17px/1.6 -apple-system,"PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif}
main{max-width:677px;min-height:100vh;margin:0 auto;padding:24px 20px 48px;background:#fff}
main.wide{max-width:960px}
h1{margin:0 0 14px;font-size:22px;line-height:1.4}
h2{margin:32px 0 8px;font-size:18px}
.meta{margin:0 0 22px;color:#888;font-size:15px}
.meta b{color:#576b95;font-weight:normal}
img{max-width:100%;height:auto}
a{color:#576b95}
.foot{margin-top:28px;padding-top:14px;border-top:1px solid #eee;font-size:15px}
.gone{padding:30vh 20px 0;text-align:center}
.gone i{display:block;width:64px;height:64px;margin:0 auto 20px;border-radius:50%;background:#c9c9c9;color:#fff;font:bold 40px/64px sans-serif}
.note{padding:8px 14px;background:#fff7e0;border-left:4px solid #d9a520;font-size:15px}
table{width:100%;border-collapse:collapse;font-size:15px}
.list th,.list td{padding:7px 8px;border-bottom:1px solid #e5e5e5;text-align:left;vertical-align:top}
.list th{color:#666;font-weight:normal}
.off{color:#999;text-decoration:line-through}
.empty{color:#888}
article table{margin:12px 0}article td,article th{border:1px solid #ccc;padding:6px}
"""


class Pages:
    def __init__(
        self, config: SandboxConfig, store: Store, clock: Clock, faults: Faults, platform: WeChatPlatform
    ) -> None:
        self._config = config
        self._store = store
        self._clock = clock
        self._faults = faults
        self._platform = platform

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self._index),
            web.get("/s/{sid}", self._article),
            web.get(f"{IMAGES}{{name}}", self._image),
            web.get("/receiver/{name}/", self._received),
            web.get("/receiver/{name}/{item}/", self._item),
        ]

    async def _image(self, request: web.Request) -> web.Response:
        file = self._store.file(request.match_info["name"])
        if file is None:
            raise web.HTTPNotFound
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return web.Response(body=file[1], content_type=file[0], headers=headers)

    async def _article(self, request: web.Request) -> web.Response:
        self._finish_reviews()
        page = self._store.get("page", request.match_info["sid"])
        entry = self._store.get(f"article:{page['appid']}", page["article_id"]) if page else None
        if page is None or entry is None:
            return _page("页面不存在", _gone("页面不存在"), status=404)
        article = entry["articles"][0]
        if article["is_deleted"]:
            return _page("该内容已被发布者删除", _gone("该内容已被发布者删除"))
        account = self._config.account(page["appid"])
        return _page(
            article["title"], _article_body(article, account.name if account else "", entry["update_time"])
        )

    async def _received(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        rows = "".join(_item_row(name, item) for item in self._store.all(f"item:{name}", limit=LISTED))
        return _page(
            f"接收端 {name}",
            f"<h1>接收端 {escape(name)}</h1>{_list(('稿件', '版本', '接收时间'), rows)}",
            wide=True,
        )

    async def _item(self, request: web.Request) -> web.Response:
        item = self._store.get(f"item:{request.match_info['name']}", request.match_info["item"])
        if item is None:
            return _page("页面不存在", _gone("页面不存在"), status=404)
        if item["withdrawn"]:
            return _page("内容已撤下", _gone("该内容已撤下"), status=410)
        head = (
            f'<meta name="tongsheng:item" content="{escape(item["uri"])}">'
            f'<meta name="tongsheng:version" content="{item["version"]}">'
        )
        bare = item["link"] and not item["body_html"]
        link = f'<p class="foot"><a href="{escape(item["link"])}">查看原文</a></p>' if bare else ""
        body = (
            f'<h1>{escape(item["headline"])}</h1><p class="meta">{escape(item["source"])} · '
            f"{shown(item['received_at'])} 接收 · 第 {item['version']} 版</p>"
            f"<article>{nh3.clean(item['body_html'])}</article>{link}"
        )
        return _page(item["headline"], body, head=head)

    async def _index(self, _: web.Request) -> web.Response:
        self._finish_reviews()
        sections = [
            '<h1>外部系统沙箱</h1><p class="note">这里代替微信公众平台和外单位接收端，仅供演示、演练和测试，'
            "不连接任何真实系统。</p>",
            *(self._account_section(kind.removeprefix("article:")) for kind in self._store.kinds("article:")),
            *(self._receiver_section(kind.removeprefix("item:")) for kind in self._store.kinds("item:")),
        ]
        if len(sections) == 1:
            sections.append('<p class="empty">还没有收到任何稿件。</p>')
        return _page("外部系统沙箱", "".join(sections) + self._fault_section(), wide=True)

    def _account_section(self, appid: str) -> str:
        account = self._config.account(appid)
        rows = "".join(_article_row(entry) for entry in self._store.all(f"article:{appid}", limit=LISTED))
        drafts, reviews = self._store.count(f"draft:{appid}"), self._store.count(f"review:{appid}")
        title = escape(account.name if account else appid)
        return (
            f'<h2>公众号 · {title}</h2><p class="meta">{escape(appid)} · 草稿 {drafts} 篇 · 审核中 {reviews} 篇</p>'
            f"{_list(('文章', '作者', '发布时间'), rows)}"
        )

    def _receiver_section(self, name: str) -> str:
        rows = "".join(_item_row(name, item) for item in self._store.all(f"item:{name}", limit=LISTED))
        return f"<h2>接收端 · {escape(name)}</h2>{_list(('稿件', '版本', '接收时间'), rows)}"

    def _fault_section(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(fault.path)}</td><td>{escape(fault.kind)}</td><td>{fault.times}</td></tr>"
            for fault in self._faults.pending()
        )
        table = _list(("接口", "故障", "剩余次数"), rows) if rows else '<p class="empty">没有预设故障。</p>'
        return f'<h2>预设故障</h2>{table}<p class="meta">沙箱时间 {shown(self._clock.now())}</p>'

    def _finish_reviews(self) -> None:
        for kind in self._store.kinds("review:"):
            self._platform.finish_reviews(kind.removeprefix("review:"))


def _article_body(article: Document, account: str, published: float) -> str:
    author = f"{escape(article['author'])} " if article["author"] else ""
    link = article["content_source_url"]
    more = f'<p class="foot"><a href="{escape(link)}" rel="noopener">阅读原文</a></p>' if link else ""
    return (
        f'<h1>{escape(article["title"])}</h1><p class="meta">{author}<b>{escape(account)}</b> {shown(published)}</p>'
        f"<div>{article['content']}</div>{more}"
    )


def _article_row(entry: Document) -> str:
    article = entry["articles"][0]
    title, author = escape(article["title"]), escape(article["author"])
    link = f'<a href="{escape(article["url"])}">{title}</a>'
    if article["is_deleted"]:
        link = f'<span class="off">{title}</span> 已删除'
    return f"<tr><td>{link}</td><td>{author}</td><td>{shown(entry['update_time'])}</td></tr>"


def _item_row(name: str, item: Document) -> str:
    title = f'<a href="/receiver/{escape(name)}/{item["id"]}/">{escape(item["headline"])}</a>'
    if item["withdrawn"]:
        title = f'<span class="off">{escape(item["headline"])}</span> 已撤下'
    return f"<tr><td>{title}</td><td>{item['version']}</td><td>{shown(item['received_at'])}</td></tr>"


def _list(heads: tuple[str, ...], rows: str) -> str:
    head = "".join(f"<th>{name}</th>" for name in heads)
    return f'<table class="list"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _gone(text: str) -> str:
    return f'<div class="gone"><i>!</i><p>{text}</p></div>'


def _page(title: str, body: str, *, head: str = "", status: int = 200, wide: bool = False) -> web.Response:
    return web.Response(
        status=status,
        content_type="text/html",
        charset="utf-8",
        headers={
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' http: https: data:"
        },
        text=f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{escape(title)}</title>{head}'
        f"<style>{CSS}</style></head><body><main{' class=wide' if wide else ''}>{body}</main></body></html>",
    )
