"""What the public sees: articles as on a phone, received items, and the sandbox's index (Chinese, for the demo)."""

from __future__ import annotations

from html import escape

import nh3
from aiohttp import web

from channels.sandbox.clock import shown
from channels.sandbox.faults import Faults
from channels.sandbox.pages.layout import button, form_of, gone, note_of, page, table
from channels.sandbox.store import Document, Store
from channels.sandbox.wechat.call import IMAGES
from channels.sandbox.wechat.platform import WeChatPlatform
from channels.sandbox.wordpress.pages import listing
from channels.sandbox.wordpress.sites import WordPressSites

LISTED = 50
HEADS = ("文章", "作者", "发布时间")
ITEM_HEADS = ("稿件", "版本", "接收时间")


class Pages:
    def __init__(self, store: Store, faults: Faults, platform: WeChatPlatform, sites: WordPressSites) -> None:
        self._store = store
        self._faults = faults
        self._platform = platform
        self._sites = sites

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self._index),
            web.post("/clock", self._clock),
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
        self._platform.desk.agenda.run_due()
        found = self._platform.shelf.page(request.match_info["sid"])
        if found is None:
            return page("页面不存在", gone("页面不存在"), status=404)
        appid, entry, index = found
        article = entry["articles"][index]
        if article["is_deleted"]:
            return page("该内容已被发布者删除", gone("该内容已被发布者删除"))
        if index in entry["banned"]:
            return page("此内容因违规无法查看", gone("此内容因违规无法查看"))
        name = self._platform.desk.name_of(appid)
        return page(article["title"], article_body(article, name, entry["update_time"]))

    async def _received(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        return page(f"接收端 {name}", f"<h1>接收端 {escape(name)}</h1>{self._items(name)}", kind="wide")

    async def _item(self, request: web.Request) -> web.Response:
        item = self._store.get(f"item:{request.match_info['name']}", request.match_info["item"])
        if item is None:
            return page("页面不存在", gone("页面不存在"), status=404)
        if item["withdrawn"]:
            return page("内容已撤下", gone("该内容已撤下"), status=410)
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
        return page(item["headline"], body, head=head)

    async def _index(self, request: web.Request) -> web.Response:
        self._platform.desk.agenda.run_due()
        sites = self._sites.names()
        receivers = [kind.removeprefix("item:") for kind in self._store.kinds("item:")]
        sections = [
            "<h1>外部系统沙箱</h1><p>这里代替微信公众平台、WordPress 网站和外单位接收端。</p>",
            note_of(request),
            *(self._account_section(appid) for appid in self._appids()),
            *(f"<h2>WordPress 网站 · {escape(site)}</h2>{listing(self._sites, site)}" for site in sites),
            *(f"<h2>接收端 · {escape(name)}</h2>{self._items(name)}" for name in receivers),
        ]
        if (
            not receivers
            and not sites
            and not self._store.kinds("article:")
            and not self._store.kinds("sent:")
        ):
            sections.append('<p class="empty">还没有收到任何稿件。</p>')
        return page("外部系统沙箱", "".join(sections) + self._fault_section(), kind="wide")

    async def _clock(self, request: web.Request) -> web.Response:
        hours = (await form_of(request)).get("hours", "")
        self._platform.advance(3600 * float(hours) if hours.isdigit() else 0)
        raise web.HTTPSeeOther("/")

    def _appids(self) -> list[str]:
        """Accounts that are configured or have been used."""
        used = [
            kind.partition(":")[2]
            for prefix in ("article:", "sent:", "draft:", "follower:")
            for kind in self._store.kinds(prefix)
        ]
        return sorted({*used, *(account.appid for account in self._platform.desk.config.accounts)})

    def _account_section(self, appid: str) -> str:
        account = self._platform.desk.account(appid)
        entries = [
            *self._store.all(f"article:{appid}", limit=LISTED),
            *self._store.all(f"sent:{appid}", limit=LISTED),
        ]
        drafts, reviews = self._store.count(f"draft:{appid}"), self._store.count(f"review:{appid}")
        title, kind = escape(account.name if account else appid), account.kind_label if account else "公众号"
        listed = table(HEADS, [_article_row(entry) for entry in entries]) if entries else ""
        return (
            f'<h2>{kind} · {title}</h2><p class="meta">{escape(appid)} · 草稿 {drafts} 篇 · 审核中 {reviews} 篇 · '
            f'<a href="/mp/{escape(appid)}/">公众号后台</a> · <a href="/phone/{escape(appid)}/">读者手机</a></p>{listed}'
        )

    def _items(self, name: str) -> str:
        items = self._store.all(f"item:{name}", limit=LISTED)
        return table(ITEM_HEADS, [_item_row(name, item) for item in items], empty="还没有收到稿件。")

    def _fault_section(self) -> str:
        rows = [
            (escape(fault.path), escape(fault.kind), str(fault.times) if fault.times else "不限")
            for fault in self._faults.pending()
        ]
        clock = "".join(
            button("/clock", label, hours=hours)
            for label, hours in (("拨快 1 小时", "1"), ("拨快 1 天", "24"))
        )
        return (
            f"<h2>预设故障</h2>{table(('接口', '故障', '剩余次数'), rows, empty='没有预设故障。')}"
            f'<h2>沙箱时间</h2><div class="do">{shown(self._platform.desk.clock.now())} {clock}</div>'
        )


def article_body(article: Document, account: str, published: float) -> str:
    author = f"{escape(article['author'])} " if article["author"] else ""
    link = article["content_source_url"]
    more = f'<p class="foot"><a href="{escape(link)}" rel="noopener">阅读原文</a></p>' if link else ""
    return (
        f'<h1>{escape(article["title"])}</h1><p class="meta">{author}<b>{escape(account)}</b> {shown(published)}</p>'
        f"<div>{article['content']}</div>{more}"
    )


def article_link(entry: Document, index: int) -> str:
    """An article of an entry, struck out when readers cannot open it."""
    article = entry["articles"][index]
    title = escape(article["title"])
    if article["is_deleted"]:
        return f'<span class="off">{title}</span> 已删除'
    if index in entry["banned"]:
        return f'<span class="off">{title}</span> 已封禁'
    return f'<a href="{escape(article["url"])}">{title}</a>'


def _article_row(entry: Document) -> tuple[str, ...]:
    listed = "<br>".join(article_link(entry, index) for index in range(len(entry["articles"])))
    return listed, escape(entry["articles"][0]["author"]), shown(entry["update_time"])


def _item_row(name: str, item: Document) -> tuple[str, ...]:
    title = f'<a href="/receiver/{escape(name)}/{item["id"]}/">{escape(item["headline"])}</a>'
    if item["withdrawn"]:
        title = f'<span class="off">{escape(item["headline"])}</span> 已撤下'
    return title, str(item["version"]), shown(item["received_at"])
