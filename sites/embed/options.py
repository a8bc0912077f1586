"""Embed: what one embedded list shows and how. A pure value; the same options are always the same key."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Self

from sites import theme
from sites.feeds.selection import SIZE, Selection

COUNT_MAX = 20
CHARS_MIN, CHARS_MAX = 8, 60
"""Of a title; a longer one is cut."""
FRAMES_MAX = 10
HEADINGS = (0, 2, 3, 4)
"""0: no title."""
_HOST = re.compile(r"(?:\*\.)?[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9-]{1,63}){0,8}(?::\d{1,5})?")


class Layout(StrEnum):
    PLAIN = "plain"
    DATED = "dated"
    CARDS = "cards"


LAYOUT_LABELS = {
    Layout.PLAIN: "标题列表",
    Layout.DATED: "标题列表（带日期）",
    Layout.CARDS: "图文卡片",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Embed:
    """`count` takes the place of the selection's size. `colour` is `#rrggbb` and is read on white.

    `frames`: hosts whose pages may frame the list, `www.school.example`, `*.gov.example`, with a port if need be;
    empty: all. Raises ValueError, with a sentence for the webmaster, for what is no choice.
    """

    selection: Selection
    count: int = 8
    layout: Layout = Layout.DATED
    heading: int = 3
    colour: str = "#b5121b"
    title_chars: int = 40
    new_window: bool = False
    frames: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "selection", replace(self.selection, size=SIZE))
        object.__setattr__(self, "colour", self.colour.lower())
        object.__setattr__(self, "frames", tuple(sorted({host.lower() for host in self.frames})))
        if not 1 <= self.count <= COUNT_MAX:
            raise ValueError(f"条数应在 1 到 {COUNT_MAX} 之间")
        if not CHARS_MIN <= self.title_chars <= CHARS_MAX:
            raise ValueError(f"标题字数应在 {CHARS_MIN} 到 {CHARS_MAX} 之间")
        if self.heading not in HEADINGS:
            raise ValueError("列表标题级别应为二级、三级、四级或不显示")
        _check_colour(self.colour)
        _check_frames(self.frames)

    @property
    def key(self) -> str:
        """Names the options for ever: 16 hex digits of their canonical JSON's SHA-256."""
        text = json.dumps(self.to_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def to_json(self) -> dict[str, Any]:
        """Every option, defaults too: another default must not change what is saved."""
        return {
            "selection": self.selection.to_json(),
            "count": self.count,
            "layout": self.layout.value,
            "heading": self.heading,
            "colour": self.colour,
            "title_chars": self.title_chars,
            "new_window": self.new_window,
            "frames": list(self.frames),
        }

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Self:
        """The inverse of `to_json`."""
        values = {
            **plain,
            "selection": Selection.from_json(plain["selection"]),
            "layout": Layout(plain["layout"]),
            "frames": tuple(plain["frames"]),
        }
        return cls(**values)


def _check_colour(colour: str) -> None:
    try:
        value = theme.parse(colour)
    except ValueError as error:
        raise ValueError("颜色应写成 # 加 6 位十六进制数，如 #b5121b") from error
    if theme.contrast(value, theme.WHITE) < theme.CONTRAST_MIN:
        better = theme.text(theme.readable(value, theme.WHITE))
        raise ValueError(f"这个颜色太浅，白底上的文字看不清，请改用更深的颜色，例如 {better}")


def _check_frames(hosts: tuple[str, ...]) -> None:
    if len(hosts) > FRAMES_MAX:
        raise ValueError(f"允许嵌入的域名最多 {FRAMES_MAX} 个")
    wrong = next((host for host in hosts if len(host) > 100 or not _HOST.fullmatch(host)), None)
    if wrong is not None:
        raise ValueError(f"“{wrong[:30]}”不是域名，请只写域名，如 www.example.cn，不写 http:// 和路径")
