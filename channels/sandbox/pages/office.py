"""An account's back office (公众号后台) in the browser: what staff do there by hand."""

from __future__ import annotations

from html import escape

from aiohttp import web

from channels.sandbox.clock import shown
from channels.sandbox.config import AccountConfig, AccountKind
from channels.sandbox.pages.layout import back_to, button, form_of, note_of, page, table
from channels.sandbox.pages.public import article_link
from channels.sandbox.store import Document
from channels.sandbox.wechat.hookup import hookup_of, set_hookup
from channels.sandbox.wechat.platform import WeChatPlatform

LISTED = 30
MODES = {"plain": "明文模式", "compatible": "兼容模式", "safe": "安全模式（推荐）"}
FORMATS = {"xml": "XML", "json": "JSON"}
STATES = {"SENDING": "发送中", "SEND_SUCCESS": "已发送", "SEND_FAIL": "发送失败", "DELETE": "已删除"}


class OfficePages:
    def __init__(self, platform: WeChatPlatform) -> None:
        self._platform = platform

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/mp/{appid}/", self._show),
            web.post("/mp/{appid}/server", self._server),
            web.post("/mp/{appid}/{action:publish|push|drop|edit|delete|ban}", self._act),
        ]

    async def _show(self, request: web.Request) -> web.Response:
        self._platform.desk.agenda.run_due()
        account = self._account(request)
        sections = (
            ("drafts", "草稿箱", self._drafts(account)),
            ("published", "发表记录", self._published(account)),
            ("pushed", "群发记录", self._pushed(account)),
            ("server", "服务器配置", self._settings(account)),
            ("usage", "接口用量", self._usage(account)),
        )
        tabs = "".join(f'<a href="#{name}">{title}</a>' for name, title, _ in sections)
        body = "".join(f'<h2 id="{name}">{title}</h2>{shown_}' for name, title, shown_ in sections)
        verified = "已认证" if account.verified else "未认证"
        return page(
            f"{account.name} 公众号后台",
            f"<h1>{escape(account.name)} · 公众号后台</h1>"
            f'<p class="meta">{account.kind_label} · {verified} · {escape(account.appid)} · '
            f'<a href="/phone/{escape(account.appid)}/">读者手机</a></p>'
            f'{note_of(request)}<nav class="tabs">{tabs}</nav>{body}',
            kind="wide",
        )

    async def _act(self, request: web.Request) -> web.Response:
        account, form = self._account(request), await form_of(request)
        try:
            note = self._do(account.appid, request.match_info["action"], form, str(request.url.origin()))
        except ValueError as error:
            raise back_to(f"/mp/{account.appid}/", str(error), bad=True) from error
        raise back_to(f"/mp/{account.appid}/", note)

    def _do(self, appid: str, action: str, form: dict[str, str], base: str) -> str:
        """A sentence about what was done. Raises ValueError with a sentence about why not."""
        office, key, media_id = self._platform.office, form.get("key", ""), form.get("media_id", "")
        match action:
            case "publish":
                office.publish(appid, media_id, base)
                return "已发表。"
            case "push":
                office.publish(appid, media_id, base, notify=True)
                return "已群发。"
            case "drop":
                office.drop_draft(appid, media_id)
                return "草稿已删除。"
            case "edit":
                office.edit(appid, key, form.get("old", ""), form.get("new", ""))
                return "已修改。每篇文章只能修改一次。"
            case "ban":
                office.ban(appid, key)
                return "已模拟平台封禁。"
            case _:
                office.delete(appid, key)
                return "文章已删除。"

    async def _server(self, request: web.Request) -> web.Response:
        """Saves the settings when the server answers the platform's GET, as the real page does."""
        account, form = self._account(request), await form_of(request)
        store, path = self._platform.desk.store, f"/mp/{account.appid}/"
        before = hookup_of(store, account.appid)
        try:
            set_hookup(store, account.appid, {name: value.strip() for name, value in form.items()})
        except ValueError as error:
            raise back_to(path, str(error), bad=True) from error
        problem = await self._platform.courier.verify(account.appid) if form.get("url") else ""
        if problem:
            set_hookup(store, account.appid, before.to_json())
            raise back_to(path, problem, bad=True)
        raise back_to(path, "服务器配置已启用。" if form.get("url") else "服务器配置已停用。")

    def _account(self, request: web.Request) -> AccountConfig:
        account = self._platform.desk.account(request.match_info["appid"])
        if account is None:
            raise web.HTTPNotFound
        return account

    # -- sections ------------------------------------------------------------------------------------------------

    def _drafts(self, account: AccountConfig) -> str:
        store, path = self._platform.desk.store, f"/mp/{account.appid}"
        running = {job["media_id"] for job in store.all(f"review:{account.appid}")}
        rows = [
            (
                _titles(draft) + (" <b>审核中</b>" if draft["media_id"] in running else ""),
                shown(draft["update_time"]),
                button(f"{path}/publish", "发表", "main", media_id=draft["media_id"])
                + button(f"{path}/push", "群发", media_id=draft["media_id"])
                + button(f"{path}/drop", "删除", "risky", media_id=draft["media_id"]),
            )
            for draft in store.all(f"draft:{account.appid}", limit=LISTED)
        ]
        return table(("标题", "更新时间", ""), rows, empty="草稿箱是空的。")

    def _published(self, account: AccountConfig) -> str:
        rows = [
            (_articles(account, entry), shown(entry["update_time"]), _actions(account, entry))
            for entry in self._platform.desk.store.all(f"article:{account.appid}", limit=LISTED)
        ]
        return table(("文章", "时间", ""), rows, empty="还没有发表过文章。")

    def _pushed(self, account: AccountConfig) -> str:
        quota, limit = self._platform.massing.quota, self._platform.massing.quota.limit(account)
        period = "本月" if account.kind is AccountKind.SERVICE else "今天"
        left = f'<p class="meta">{period}已用群发 {quota.used(account)} 次，上限 {limit or "不限"}</p>'
        rows = [self._push(account, job) for job in self._platform.massing.jobs(account.appid)[:LISTED]]
        return left + table(("文章", "状态", "送达", "时间", ""), rows, empty="还没有群发过。")

    def _push(self, account: AccountConfig, job: Document) -> tuple[str, ...]:
        entry = self._platform.desk.store.get(f"sent:{account.appid}", str(job["msg_id"]))
        title = escape(job.get("title") or job["articles"][0]["title"])
        why = f"（{escape(job['ends_with'])}）" if job["status"] == "SEND_FAIL" else ""
        return (
            _articles(account, entry) if entry else title,
            STATES[job["status"]] + why,
            f"{len(job.get('reached', []))} 人",
            shown(job["created_at"]),
            _actions(account, entry) if entry else "",
        )

    def _settings(self, account: AccountConfig) -> str:
        hookup = hookup_of(self._platform.desk.store, account.appid)
        state = "已启用" if hookup.url else "未启用"
        fields = (
            _input("url", "服务器地址（URL）", hookup.url, "https://…")
            + _input("token", "令牌（Token）", hookup.token, "3 至 32 位英文或数字")
            + _input("aes_key", "消息加解密密钥", hookup.aes_key, "43 位英文或数字")
            + _select("mode", "消息加解密方式", MODES, hookup.mode)
            + _select("format", "数据格式", FORMATS, hookup.format)
        )
        return (
            f'<p class="meta">{state}。提交时平台会请求服务器地址进行验证；地址留空即停用。</p>'
            f'<form class="fields" method="post" action="/mp/{escape(account.appid)}/server">{fields}'
            '<span></span><button class="main">提交</button></form>'
        )

    def _usage(self, account: AccountConfig) -> str:
        rows = [
            (escape(name), str(used), "不限" if limit is None else str(limit))
            for name, used, limit in self._platform.desk.quotas.table(account.appid)
        ]
        return table(("接口", "今日已用", "每日上限"), rows, empty="今天还没有调用过接口。")


def _titles(draft: Document) -> str:
    return "<br>".join(escape(article["title"]) for article in draft["articles"])


def _visible(entry: Document) -> bool:
    return not entry["banned"] and not all(article["is_deleted"] for article in entry["articles"])


def _articles(account: AccountConfig, entry: Document) -> str:
    titles = "<br>".join(article_link(entry, index) for index in range(len(entry["articles"])))
    return titles + (_edit(f"/mp/{account.appid}", entry["article_id"]) if _visible(entry) else "")


def _actions(account: AccountConfig, entry: Document) -> str:
    path, key = f"/mp/{account.appid}", entry["article_id"]
    if not _visible(entry):
        return ""
    return button(f"{path}/delete", "删除", "risky", key=key) + button(f"{path}/ban", "封禁", key=key)


def _edit(path: str, key: str) -> str:
    return (
        "<details><summary>修改</summary>"
        f'<form method="post" action="{escape(path)}/edit"><input type="hidden" name="key" value="{escape(key)}">'
        '<input name="old" placeholder="原文" aria-label="原文" maxlength="20" required>'
        '<input name="new" placeholder="改为" aria-label="改为" maxlength="20"><button>保存修改</button></form></details>'
    )


def _input(name: str, label: str, value: str, hint: str) -> str:
    return (
        f'<label for="{name}">{label}</label>'
        f'<input id="{name}" name="{name}" value="{escape(value)}" placeholder="{hint}" autocomplete="off">'
    )


def _select(name: str, label: str, choices: dict[str, str], value: str) -> str:
    options = "".join(
        f'<option value="{key}"{" selected" if key == value else ""}>{text}</option>'
        for key, text in choices.items()
    )
    return f'<label for="{name}">{label}</label><select id="{name}" name="{name}">{options}</select>'
