"""An account's own menu: buttons as values, the platform's limits, and the three calls that know it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self
from urllib.parse import urlsplit

from channels.adapters.wechat_mp.api.calls import Json
from channels.adapters.wechat_mp.api.line import Line

BUTTONS_MAX, BELOW_MAX = 3, 5
NAME_BYTES, BELOW_NAME_BYTES = 16, 60
"""UTF-8: five Chinese characters above, twenty below. A phone shows about four and eight."""
KEY_BYTES, URL_BYTES = 128, 1024
DOMAINS_MAX = 3
"""Foreign domains in one menu (65316); the platform's own do not count."""
OWN_DOMAIN = "mp.weixin.qq.com"


class Kind(StrEnum):
    """What a button does; the platform's words."""

    VIEW = "view"
    CLICK = "click"
    ARTICLE = "article_id"


FIELDS: Mapping[Kind, str] = {Kind.VIEW: "url", Kind.CLICK: "key", Kind.ARTICLE: "article_id"}


@dataclass(frozen=True, slots=True)
class Button:
    """A button that does something (`kind`, `value`), or that opens those `below` it."""

    name: str
    kind: Kind | None = None
    value: str = ""
    below: tuple[Button, ...] = ()

    def to_json(self) -> Json:
        """As the platform takes it, and as a draft is kept."""
        if self.kind is None:
            return {"name": self.name, "sub_button": [button.to_json() for button in self.below]}
        return {"type": self.kind.value, "name": self.name, FIELDS[self.kind]: self.value}

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """A button in any of the platform's shapes. Raises ValueError, with its name, for a kind we do not edit."""
        name, below = str(document.get("name", "")), document.get("sub_button") or ()
        if isinstance(below, Mapping):
            below = below.get("list") or ()
        if below:
            return cls(name, below=tuple(cls.read(entry) for entry in below))
        try:
            kind = Kind(str(document.get("type", "")))
        except ValueError:
            raise ValueError(name) from None
        return cls(name, kind, str(document.get(FIELDS[kind], "")))


@dataclass(frozen=True, slots=True)
class Current:
    """The menu that followers see. `strange` are the names of buttons that can be edited in the console only."""

    buttons: tuple[Button, ...]
    strange: tuple[str, ...] = ()


class Menus:
    """One account's. Raises ChannelError."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def publish(self, buttons: Sequence[Button]) -> None:
        """Replaces the whole menu; repeating changes nothing."""
        await self._line.call("menu/create", {"button": [button.to_json() for button in buttons]})

    async def remove(self) -> None:
        await self._line.call("menu/delete", get=True)

    async def current(self) -> Current:
        """Also when it was made in the console."""
        answer = await self._line.call("get_current_selfmenu_info", get=True)
        if not answer.get("is_menu_open", 1):
            return Current(())
        return shown(list((answer.get("selfmenu_info") or {}).get("button") or []))


def shown(documents: Sequence[Mapping[str, Any]]) -> Current:
    buttons, strange = [], []
    for document in documents:
        known, unknown = _known(document)
        strange += unknown
        try:
            buttons.append(Button.read(known))
        except ValueError as error:
            strange.append(str(error))
    return Current(tuple(buttons), tuple(strange))


def _known(document: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[str]]:
    """The button without those below it that we cannot edit, and the names of these."""
    below = document.get("sub_button") or ()
    if isinstance(below, Mapping):
        below = below.get("list") or ()
    kept, strange = [], []
    for entry in below:
        try:
            Button.read(entry)
            kept.append(entry)
        except ValueError as error:
            strange.append(str(error))
    return ({**document, "sub_button": kept} if below else document), strange


def problems(buttons: Sequence[Button]) -> list[str]:
    """What the platform would refuse, in words for the editor."""
    found = []
    if not buttons:
        found.append("菜单是空的，请至少填写一个一级菜单")
    if len(buttons) > BUTTONS_MAX:
        found.append(f"一级菜单最多 {BUTTONS_MAX} 个")
    for number, button in enumerate(buttons, start=1):
        found += _problems(button, f"第 {number} 个一级菜单", NAME_BYTES)
        if len(button.below) > BELOW_MAX:
            found.append(f"“{button.name}”的子菜单超过 {BELOW_MAX} 个，请删减")
        for below, entry in enumerate(button.below, start=1):
            found += _problems(entry, f"“{button.name}”的第 {below} 个子菜单", BELOW_NAME_BYTES)
    domains = {urlsplit(url).hostname for url in _addresses(buttons)} - {None, OWN_DOMAIN}
    if len(domains) > DOMAINS_MAX:
        found.append(f"菜单中的外部网站超过 {DOMAINS_MAX} 个域名，微信不接受，请合并到本单位网站")
    return found


def _problems(button: Button, place: str, name_bytes: int) -> list[str]:
    found, size = [], len(button.name.encode())
    if not size:
        found.append(f"{place}没有名称，请填写")
    elif size > name_bytes:
        found.append(
            f"{place}“{button.name}”的名称占 {size} 字节，超过 {name_bytes} 字节（约 {name_bytes // 3} 个汉字），请缩短"
        )
    if button.below:
        return found
    if button.kind is None or not button.value:
        return [*found, f"{place}没有填写内容，请填写或清空该行"]
    limit = KEY_BYTES if button.kind is Kind.CLICK else URL_BYTES
    if len(button.value.encode()) > limit:
        found.append(f"{place}的内容超过 {limit} 字节，请缩短")
    if button.kind is Kind.VIEW and not _is_address(button.value):
        found.append(f"{place}的网址不正确，请以 https:// 开头填写完整")
    return found


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not any(map(str.isspace, text))


def _addresses(buttons: Sequence[Button]) -> Iterator[str]:
    for button in buttons:
        if button.kind is Kind.VIEW and _is_address(button.value):
            yield button.value
        yield from _addresses(button.below)


def differences(wanted: Sequence[Button], seen: Sequence[Button]) -> list[str]:
    """Where two menus differ, in words; empty when they are the same."""
    if len(wanted) != len(seen):
        return [f"应有 {len(wanted)} 个菜单，微信上有 {len(seen)} 个"]
    found = []
    for one, other in zip(wanted, seen, strict=True):
        if one.name != other.name:
            found.append(f"“{one.name}”在微信上是“{other.name}”")
        elif (one.kind, one.value) != (other.kind, other.value):
            found.append(f"“{one.name}”在微信上的内容不同")
        elif differences_below := differences(one.below, other.below) if one.below != other.below else []:
            found += [f"“{one.name}”下：{difference}" for difference in differences_below]
    return found
