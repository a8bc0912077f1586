"""A follower's phone in the browser: the chat with one account, with its menu, replies and pushes as cards."""

from __future__ import annotations

import re
from html import escape, unescape
from urllib.parse import quote

from aiohttp import web

from channels.sandbox.articles import ApiError
from channels.sandbox.config import AccountConfig
from channels.sandbox.pages.layout import form_of, gone, page
from channels.sandbox.pages.public import article_body
from channels.sandbox.store import Document
from channels.sandbox.wechat.platform import WeChatPlatform

READER, WXNAME = "oDEMO_reader", "demo_reader"
ME = "me"
_LINK = re.compile(r'<a href="(https?://[^"]*)"[^>]*>([^<]*)</a>')
STYLE = """
main.phone{display:flex;flex-direction:column;max-width:430px;height:calc(100vh - 35px);min-height:480px;padding:0;background:#ededed;border:solid #ddd;border-width:0 1px}
.bar{display:flex;justify-content:space-between;align-items:center;padding:8px 14px;background:#ededed;border-bottom:1px solid #d8d8d8}
.bar form{display:inline-block;margin-left:10px}.bar b{font-size:17px}.bar small{display:block;color:#666;font-size:13px}
.talk{flex:1;display:flex;flex-direction:column-reverse;overflow-y:auto;padding:14px}
.line{display:flex;margin:7px 0}.line.me{justify-content:flex-end}.line.hint{justify-content:center;color:#666;font-size:13px;text-align:center}
.bubble{max-width:78%;padding:8px 12px;border-radius:6px;background:#fff;white-space:pre-wrap}.me .bubble{background:#95ec69}
.card{width:100%;border-radius:8px;background:#fff;overflow:hidden}
.card a{display:flex;justify-content:space-between;gap:10px;padding:10px 12px;border-top:1px solid #eee;color:inherit;text-decoration:none;line-height:1.4}
.card a:first-of-type{display:block;border:0;font-weight:bold}
.card a:first-of-type img{display:block;width:calc(100% + 24px);max-width:none;margin:-10px -12px 8px;aspect-ratio:2.35;object-fit:cover}
.card a+a img{width:48px;height:48px;object-fit:cover;flex:none}
.card small{display:block;color:#767676;font-weight:normal;font-size:14px}
.tag{padding:4px 12px 8px;color:#767676;font-size:13px}
.dock{display:flex;gap:6px;padding:8px 10px;background:#f7f7f7;border-top:1px solid #d8d8d8}
.dock form{display:flex;flex:1;gap:6px}.dock input{flex:1;min-width:0}
.menu{display:flex;background:#f7f7f7;border-top:1px solid #d8d8d8}
.menu>*{flex:1;margin:0;border-left:1px solid #ddd;text-align:center;position:relative}
.menu button,.menu summary,.menu a{display:block;width:100%;padding:10px 4px;border:0;background:none;color:inherit;font-size:15px;text-decoration:none;cursor:pointer;list-style:none}
.menu .subs{position:absolute;right:0;bottom:100%;left:0;border:1px solid #ddd;background:#fff}
"""


class PhonePages:
    def __init__(self, platform: WeChatPlatform) -> None:
        self._platform = platform

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/phone/{appid}/", self._show),
            web.get("/phone/{appid}/preview/{media_id}/{index:\\d+}", self._preview),
            web.post("/phone/{appid}/{action:follow|unfollow|say|click|view|scan}", self._act),
            web.get("/q/{ticket}", self._scanned),
        ]

    async def _show(self, request: web.Request) -> web.Response:
        self._platform.desk.agenda.run_due()
        account, openid = self._account(request), request.query.get("openid", READER)
        follows = self._platform.audience.follows(account.appid, openid)
        lines = self._platform.chats.lines(account.appid, openid)
        talk = "".join(_line(line) for line in reversed(lines))
        empty = '<div class="line hint">还没有消息</div>'
        return page(
            account.name,
            f'<div class="bar"><span><b>{escape(account.name)}</b><small>{account.kind_label}</small></span>'
            f'<span><a href="{_path(account.appid, openid)}">刷新</a> '
            f"{_form(account, openid, 'unfollow', '取消关注') if follows else ''}</span></div>"
            f'<div class="talk">{talk or empty}</div>'
            f"{self._dock(account, openid, follows=follows)}",
            kind="phone",
            style=STYLE,
        )

    async def _act(self, request: web.Request) -> web.Response:
        account, form = self._account(request), await form_of(request)
        people, appid, openid = self._platform.followers, account.appid, form.get("openid") or READER
        match request.match_info["action"]:
            case "follow":
                await people.follow(appid, openid, form.get("scene", ""), form.get("wxname") or WXNAME)
            case "unfollow":
                await people.unfollow(appid, openid)
            case "click":
                await people.click(appid, openid, form.get("key", ""))
            case "scan":
                await people.scan(appid, openid, form.get("scene", ""))
            case "view":
                raise await self._viewed(appid, openid, form.get("url", ""))
            case _ if form.get("text", "").strip():
                await people.say(appid, openid, form["text"].strip())
        raise web.HTTPSeeOther(_path(appid, openid))

    async def _viewed(self, appid: str, openid: str, url: str) -> web.HTTPSeeOther:
        """On to where a link of the menu leads, and nowhere else."""
        if url not in self._platform.menus.addresses(appid):
            raise web.HTTPNotFound
        await self._platform.followers.view(appid, openid, url)
        return web.HTTPSeeOther(url)

    async def _scanned(self, request: web.Request) -> web.Response:
        """What a QR code leads to: a page that scans it for the demo reader."""
        found = self._platform.menus.scene(request.match_info["ticket"])
        if found is None:
            return page("二维码已失效", gone("二维码已失效"), status=404)
        appid, scene = found
        name, action = self._platform.desk.name_of(appid), f"/phone/{appid}/scan"
        body = (
            f'<h1>{escape(name)}</h1><form method="post" action="{escape(action)}">'
            f'<input type="hidden" name="scene" value="{escape(scene)}"><button class="main">关注公众号</button></form>'
        )
        return page(name, body)

    async def _preview(self, request: web.Request) -> web.Response:
        account, index = self._account(request), int(request.match_info["index"])
        try:
            draft = self._platform.drafts.existing(account.appid, request.match_info["media_id"])
            article = draft["articles"][index]
        except (ApiError, IndexError):
            return page("预览已失效", gone("预览已失效"), status=404)
        return page(article["title"], article_body(article, account.name, draft["update_time"]))

    def _account(self, request: web.Request) -> AccountConfig:
        account = self._platform.desk.account(request.match_info["appid"])
        if account is None:
            raise web.HTTPNotFound
        return account

    def _dock(self, account: AccountConfig, openid: str, *, follows: bool) -> str:
        if not follows:
            hint = f'<input name="wxname" placeholder="微信号（{WXNAME}）" aria-label="微信号">'
            return (
                f'<div class="dock">{_form(account, openid, "follow", "关注公众号", hint, main=True)}</div>'
            )
        text = '<input name="text" placeholder="发消息" aria-label="发消息" autocomplete="off" autofocus>'
        entries = "".join(
            _entry(account, openid, button) for button in self._platform.menus.buttons(account.appid)
        )
        menu = f'<div class="menu">{entries}</div>' if entries else ""
        return f'<div class="dock">{_form(account, openid, "say", "发送", text, main=True)}</div>{menu}'


def _path(appid: str, openid: str) -> str:
    return f"/phone/{appid}/" + ("" if openid == READER else f"?openid={quote(openid)}")


def _form(
    account: AccountConfig, openid: str, action: str, label: str, fields: str = "", *, main: bool = False
) -> str:
    return (
        f'<form method="post" action="/phone/{escape(account.appid)}/{action}">{fields}'
        f'<input type="hidden" name="openid" value="{escape(openid)}">'
        f'<button class="{"main" if main else ""}">{escape(label)}</button></form>'
    )


def _entry(account: AccountConfig, openid: str, button: Document) -> str:
    """A button of the menu; one with sub-buttons opens them."""
    if button["sub_button"]:
        subs = "".join(_entry(account, openid, sub) for sub in button["sub_button"])
        return (
            f'<details><summary>≡ {escape(button["name"])}</summary><div class="subs">{subs}</div></details>'
        )
    action, name = ("view", "url") if "url" in button else ("click", "key")
    value = button.get(name) or button.get("article_id") or ""
    field = f'<input type="hidden" name="{name}" value="{escape(value)}">'
    return _form(account, openid, action, button["name"], field)


def _line(line: Document) -> str:
    if line["by"] == "note":
        return f'<div class="line hint">{escape(line["text"])}</div>'
    if not line["cards"]:
        text = escape(line["text"]) if line["by"] == ME else with_links(line["text"])
        return f'<div class="line {line["by"]}"><span class="bubble">{text}</span></div>'
    cards = "".join(_card(card, first=not place) for place, card in enumerate(line["cards"]))
    tag = f'<div class="tag">{escape(line["text"])}</div>' if line["text"] else ""
    return f'<div class="line"><div class="card">{cards}{tag}</div></div>'


def with_links(text: str) -> str:
    """An account's words: links are the one markup that the app shows, everything else stands as it is."""
    plain, *found = _LINK.split(text)
    links = zip(found[::3], found[1::3], found[2::3], strict=True)
    return escape(plain) + "".join(
        f'<a href="{escape(unescape(url))}">{escape(unescape(label))}</a>{escape(rest)}'
        for url, label, rest in links
    )


def _card(card: Document, *, first: bool) -> str:
    picture = f'<img src="{escape(card["picurl"])}" alt="">' if card["picurl"] else ""
    title, digest = escape(card["title"]), escape(card["description"])
    href = card["url"] if card["url"].startswith(("http://", "https://", "/")) else "#"
    text = f"<span>{title}{f'<small>{digest}</small>' if first and digest else ''}</span>"
    return f'<a href="{escape(href)}">{picture + text if first else text + picture}</a>'
