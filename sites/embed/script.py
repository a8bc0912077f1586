"""The forms that are programs: the script with its items, what it asks for in the same view, JSON and JSONP. All ASCII."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from sites.embed import addresses, style
from sites.embed.board import Board, Entry
from sites.embed.options import Layout

CALLBACK = "tongshengEmbed"
"""What JSONP calls where no other name is asked for."""
_CALLBACK = re.compile(r"[A-Za-z_$][\w$.]{0,63}", re.ASCII)
NEW_WINDOW = "以下链接在新窗口打开"
EMPTY = "暂无信息"
_FRESH = (
    '(function(d,f,i){f=(window.tongshengFresh||{})[" "+d.name]||[];for(i=0;i<f.length;i++)f[i](d)})(%s);\n'
)


def script(board: Board, entries: Sequence[Entry]) -> bytes:
    """`<name>.js`: shows these entries at once, asks for newer ones then."""
    options = {
        "name": board.name,
        "path": addresses.path(board.name, "js"),
        "fresh": addresses.url(board.name, "fresh.js"),
        "heading": board.embed.heading,
        "layout": board.embed.layout.value,
        "note": NEW_WINDOW if board.embed.new_window else "",
        "empty": EMPTY,
        "style": style.parts(board.embed),
        "first": _terse(board, entries),
    }
    return f"{_program()}(window,document,{_json(options)});\n".encode("ascii")


def fresh(board: Board, entries: Sequence[Entry]) -> bytes:
    """`<name>.fresh.js`: tells the scripts of this name on the page. A script, because a policy that lets the first one
    in lets this one in too, and it needs no right to connect."""
    return fresh_of(_terse(board, entries))


def fresh_of(plain: dict[str, Any]) -> bytes:
    return (_FRESH % _json(plain)).encode("ascii")


def json_document(board: Board, entries: Sequence[Entry]) -> bytes:
    """`<name>.json`."""
    return _json(_plain(board, entries)).encode("ascii")


def jsonp(board: Board, entries: Sequence[Entry], callback: str = "") -> bytes:
    """`<name>.jsonp`. The comment before the name keeps the answer from being taken for something else (CVE-2014-4671)."""
    data = _json(_plain(board, entries))
    call = callback or f"window.{CALLBACK}&&{CALLBACK}"
    return f"/**/{call}({data});\n".encode("ascii")


def is_callback(name: str) -> bool:
    """Whether it can be called, and be nothing but a name."""
    return _CALLBACK.fullmatch(name) is not None


def _plain(board: Board, entries: Sequence[Entry]) -> dict[str, Any]:
    return {
        "name": board.name,
        "tag": board.tag[:16],
        "title": board.title,
        "url": board.url,
        "items": [_item(entry) for entry in entries],
    }


def _terse(board: Board, entries: Sequence[Entry]) -> dict[str, Any]:
    """For our own script: addresses without the hub's own in front (`base`), dates only where they are shown."""
    base = settings.PUBLIC_URL
    plain = _plain(board, entries)
    is_dated = board.embed.layout is Layout.DATED
    for item in plain["items"]:
        if not is_dated:
            del item["date"]
        for name in {"url", "image"} & set(item):
            item[name] = _below(base, item[name])
    return {**plain, "base": base}


def _below(base: str, url: str) -> str:
    return url.removeprefix(base) if url.startswith(f"{base}/") else url


def _item(entry: Entry) -> dict[str, str]:
    plain = {"title": entry.title, "url": entry.url, "date": entry.date, "image": entry.image}
    return {name: value for name, value in plain.items() if value}


def _json(value: Any) -> str:
    """ASCII, and without a sign that could end a script or a CDATA section which somebody has put it into."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@cache
def _program() -> str:
    """embed.js without its comments and indents."""
    text = (Path(__file__).parent / "embed.js").read_text(encoding="ascii")
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))
