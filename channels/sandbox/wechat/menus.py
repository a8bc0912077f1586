"""The account's menu, its keyword replies of the back office, and QR codes that carry a scene."""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import segno

from channels.sandbox.articles import ApiError
from channels.sandbox.config import AccountKind
from channels.sandbox.store import Document
from channels.sandbox.wechat.call import OK, Call, Endpoint, Endpoints, word_of
from channels.sandbox.wechat.desk import Desk, require

BUTTONS, SUB_BUTTONS = 3, 5
NAME_BYTES, SUB_NAME_BYTES = 16, 60
KEY_BYTES, URL_BYTES = 128, 1024
DOMAINS_MAX = 3
KEYED = {"click", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select"}  # fmt: skip
NAMED = {"media_id": "media_id", "article_id": "article_id", "article_view_limited": "article_id"}
"""Kinds of buttons that point at a thing, and the field that names it."""
TEMPORARY = {"QR_SCENE", "QR_STR_SCENE"}
PERMANENT = {"QR_LIMIT_SCENE", "QR_LIMIT_STR_SCENE"}
EXPIRE_DEFAULT, EXPIRE_MAX = 60, 2_592_000
PERMANENT_MAX, SCENE_STR_MAX, SCENE_ID_MAX = 100_000, 64, 2**32 - 1


class Menus:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def endpoints(self) -> Endpoints:
        return {
            "menu/create": Endpoint(self._create),
            "menu/get": Endpoint(self._get, "GET"),
            "menu/delete": Endpoint(self._delete, "GET"),
            "get_current_selfmenu_info": Endpoint(self._current, "GET"),
            "get_current_autoreply_info": Endpoint(self._autoreply, "GET"),
            "qrcode/create": Endpoint(self._qrcode),
        }

    def buttons(self, appid: str) -> list[Document]:
        menu = self._desk.store.get("menu", appid)
        return list(menu["button"]) if menu else []

    def addresses(self, appid: str) -> set[str]:
        """Where the menu's links lead."""
        return set(_addresses(self.buttons(appid)))

    def picture(self, ticket: str, base: str) -> bytes | None:
        """The PNG of a ticket; None when there is none or it has expired."""
        code = self._desk.store.get("qrcode", ticket)
        if code is None or (code["ends_at"] and code["ends_at"] <= self._desk.clock.now()):
            return None
        picture = io.BytesIO()
        segno.make(f"{base}/q/{ticket}").save(picture, kind="png", scale=6, border=3)
        return picture.getvalue()

    def scene(self, ticket: str) -> tuple[str, str] | None:
        """(appid, scene) of a ticket that is still good."""
        code = self._desk.store.get("qrcode", ticket)
        if code is None or (code["ends_at"] and code["ends_at"] <= self._desk.clock.now()):
            return None
        return code["appid"], code["scene"]

    # -- menu ----------------------------------------------------------------------------------------------------

    def _create(self, call: Call) -> Document:
        """Overwrites the whole menu."""
        require(call.account.verified or call.account.kind is AccountKind.SERVICE)
        buttons = call.body.get("button")
        if not isinstance(buttons, list) or not 1 <= len(buttons) <= BUTTONS:
            raise ApiError(40016, "invalid button size")
        kept = [_button(button) for button in buttons]
        hosts = {urlsplit(url).hostname for url in _addresses(kept)} - {None, "mp.weixin.qq.com"}
        if len(hosts) > DOMAINS_MAX:
            raise ApiError(65316, "too many external domains in menu")
        self._desk.store.put("menu", call.appid, {"button": kept})
        return dict(OK)

    def _get(self, call: Call) -> Document:
        menu = self._desk.store.get("menu", call.appid)
        if menu is None:
            raise ApiError(46003, "menu no exist")
        return {"menu": menu}

    def _delete(self, call: Call) -> Document:
        self._desk.store.delete("menu", call.appid)
        return dict(OK)

    def _current(self, call: Call) -> Document:
        """The same menu in the other call's own shape: sub-buttons lie in a list."""
        menu = self._desk.store.get("menu", call.appid)
        if menu is None:
            return {"is_menu_open": 0, "selfmenu_info": {}}
        shaped = [
            {"name": button["name"], "sub_button": {"list": [_bare(sub) for sub in button["sub_button"]]}}
            if button["sub_button"]
            else _bare(button)
            for button in menu["button"]
        ]
        return {"is_menu_open": 1, "selfmenu_info": {"button": shaped}}

    def _autoreply(self, call: Call) -> Document:
        """What the back office answered before a server took over: a welcome and one keyword, to be imported."""
        welcome = f"欢迎关注{call.account.name}。"
        return {
            "is_add_friend_reply_open": 1,
            "is_autoreply_open": 0,
            "add_friend_autoreply_info": {"type": "text", "content": welcome},
            "keyword_autoreply_info": {
                "list": [
                    {
                        "rule_name": "办事指南",
                        "create_time": 1700000000,
                        "reply_mode": "random_one",
                        "keyword_list_info": [{"type": "text", "match_mode": "contain", "content": "办事"}],
                        "reply_list_info": [{"type": "text", "content": "请到政务服务大厅办理。"}],
                    }
                ]
            },
        }

    # -- QR codes ------------------------------------------------------------------------------------------------

    def _qrcode(self, call: Call) -> Document:
        """Only for verified 服务号 (staff answers in the community, 2025)."""
        require(call.account.verified and call.account.kind is AccountKind.SERVICE)
        action = call.word("action_name")
        if action not in TEMPORARY | PERMANENT:
            raise ApiError(40099, "invalid action_name")
        scene = _scene(action, call.part("action_info").get("scene"))
        seconds = _expiry(call.body.get("expire_seconds", EXPIRE_DEFAULT)) if action in TEMPORARY else 0
        permanent = f"qrcodes:{call.appid}"
        if action in PERMANENT and self._desk.store.next(permanent) > PERMANENT_MAX:
            raise ApiError(45029, "qrcode count out of limit")
        ticket = secrets.token_urlsafe(48)
        ends_at = self._desk.clock.now() + seconds if seconds else 0
        self._desk.store.put("qrcode", ticket, {"appid": call.appid, "scene": scene, "ends_at": ends_at})
        answer: Document = {"ticket": ticket, "url": f"{call.base}/q/{ticket}"}
        return {**answer, "expire_seconds": seconds} if seconds else answer


def _button(raw: Any, *, sub: bool = False) -> Document:
    """A button as it is kept. Raises ApiError."""
    if not isinstance(raw, dict):
        raise ApiError(47001, "data format error: button")
    name = word_of(raw.get("name"))
    if not 1 <= len(name.encode()) <= (SUB_NAME_BYTES if sub else NAME_BYTES):
        raise ApiError(
            *((40025, "invalid sub button name size") if sub else (40018, "invalid button name size"))
        )
    subs = raw.get("sub_button") or []
    if sub and subs:
        raise ApiError(40022, "invalid sub menu level")
    if not isinstance(subs, list) or len(subs) > SUB_BUTTONS:
        raise ApiError(40023, "invalid sub button size")
    if subs:
        return {"name": name, "sub_button": [_button(entry, sub=True) for entry in subs]}
    return {"name": name, **_action(raw, sub=sub), "sub_button": []}


def _action(raw: Document, *, sub: bool) -> Document:
    """What tapping a button does: its type and what belongs to that. Raises ApiError."""
    kind = word_of(raw.get("type"))
    kept = {"type": kind}
    if kind in KEYED:
        kept["key"] = _field(raw, "key", KEY_BYTES, 40026 if sub else 40019)
    elif kind in {"view", "miniprogram"}:
        kept["url"] = _field(raw, "url", URL_BYTES, 40027 if sub else 40020)
        if urlsplit(kept["url"]).scheme not in {"http", "https"}:
            raise ApiError(40055, "invalid button url domain")
        if kind == "miniprogram":
            kept |= {name: _field(raw, name, URL_BYTES, 40119) for name in ("appid", "pagepath")}
    elif kind in NAMED:
        kept[NAMED[kind]] = _field(raw, NAMED[kind], URL_BYTES, 40007)
    else:
        raise ApiError(*((40024, "invalid sub button type") if sub else (40017, "invalid button type")))
    return kept


def _field(raw: Document, name: str, most: int, code: int) -> str:
    value = word_of(raw.get(name))
    if not 1 <= len(value.encode()) <= most:
        raise ApiError(code, f"invalid button {name} size")
    return value


def _addresses(buttons: list[Document]) -> Iterator[str]:
    for button in buttons:
        yield from [button["url"]] if "url" in button else _addresses(button["sub_button"])


def _bare(button: Document) -> Document:
    return {name: value for name, value in button.items() if name != "sub_button"}


def _scene(action: str, raw: Any) -> str:
    """The scene of a code, numbers as their digits. Raises ApiError."""
    scene = raw if isinstance(raw, dict) else {}
    if "STR" in action:
        text = scene.get("scene_str")
        if not isinstance(text, str) or not 1 <= len(text) <= SCENE_STR_MAX:
            raise ApiError(40053, "invalid action info: scene_str")
        return text
    number, most = scene.get("scene_id"), SCENE_ID_MAX if action in TEMPORARY else PERMANENT_MAX
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= most:
        raise ApiError(40053, "invalid action info: scene_id")
    return str(number)


def _expiry(raw: Any) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool) or not 1 <= raw <= EXPIRE_MAX:
        raise ApiError(40052, "invalid expire_seconds")
    return raw
