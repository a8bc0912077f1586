"""The forms that are HTML: a document for a frame, and a fragment for a page that is put together on its server."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from sites.embed import style
from sites.embed.board import Board, Entry
from sites.embed.options import Embed, Layout
from sites.embed.script import EMPTY, NEW_WINDOW

BEGIN, END = "<!--tongsheng-embed-->", "<!--/tongsheng-embed-->"
"""Around a fragment: whoever keeps a copy sees that it is one, and whole."""
IMAGE_WIDTH = 160
"""Pixels, in a fragment: its page may have no style for it."""


def page(board: Board, entries: Sequence[Entry]) -> bytes:
    """`<name>.html`."""
    text = format_html(
        '<!doctype html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="robots" content="noindex">\n'
        "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n{}\n</body>\n</html>\n",
        board.title,
        mark_safe(style.stylesheet(board.embed)),  # noqa: S308 made of checked options
        _list(board, entries, target="_blank" if board.embed.new_window else "_top"),
    )
    return text.encode()


def fragment(board: Board, entries: Sequence[Entry]) -> bytes:
    """`<name>.inc.html`."""
    return _fragment(board, entries).encode()


def gbk_fragment(board: Board, entries: Sequence[Entry]) -> bytes:
    """`<name>.inc.gbk.html`: what GBK cannot write stands as a character reference."""
    return _fragment(board, entries).encode("gbk", "xmlcharrefreplace")


def page_policy(embed: Embed, framed_by: Sequence[str]) -> str:
    """A document's policy: its own style and our pictures, no script."""
    digest = base64.b64encode(hashlib.sha256(style.stylesheet(embed).encode()).digest()).decode()
    return "; ".join(
        (
            *_BARE,
            f"img-src 'self' {_origin()}",
            f"style-src 'sha256-{digest}'",
            f"frame-ancestors {' '.join(framed_by)}",
        )
    )


def ancestors(embed: Embed) -> list[str]:
    """Who may frame it. A host is named with both schemes: alone it would mean that of this document."""
    hosts = [f"{scheme}://{host}" for host in embed.frames for scheme in ("http", "https")]
    return ["'self'", *hosts] if hosts else ["http:", "https:"]


def fragment_policy() -> str:
    """For somebody who opens the fragment itself."""
    return "; ".join((*_BARE, f"img-src 'self' {_origin()}", "frame-ancestors 'none'"))


_BARE = ("default-src 'none'", "base-uri 'none'", "form-action 'none'")


def _fragment(board: Board, entries: Sequence[Entry]) -> str:
    body = _list(board, entries, target="_blank" if board.embed.new_window else "")
    return f"{BEGIN}\n{body}\n{END}\n"


def _list(board: Board, entries: Sequence[Entry], *, target: str) -> SafeString:
    attributes = _attributes(target)
    heading = _heading(board, attributes)
    if not entries:
        rest = format_html('<p class="tongsheng-note">{}</p>', EMPTY)
    else:
        rest = _items(board, entries, attributes)
    return format_html('<div class="tongsheng" lang="zh-CN">\n{}{}\n</div>', heading, rest)


def _heading(board: Board, attributes: SafeString) -> SafeString:
    if not board.embed.heading:
        return SafeString("")
    return format_html(
        '<h{level} class="tongsheng-title"><a class="tongsheng-link" href="{}"{}>{}</a></h{level}>\n',
        board.url,
        attributes,
        board.title,
        level=board.embed.heading,
    )


def _items(board: Board, entries: Sequence[Entry], attributes: SafeString) -> SafeString:
    note = format_html('<p class="tongsheng-note">{}</p>\n', NEW_WINDOW) if board.embed.new_window else ""
    is_dated = board.embed.layout is Layout.DATED
    lines = format_html_join(
        "\n", "{}", ((_item(entry, attributes, is_dated=is_dated),) for entry in entries)
    )
    return format_html(
        '{}<ul class="tongsheng-list" role="list" aria-label="{}">\n{}\n</ul>', note, board.title, lines
    )


def _item(entry: Entry, attributes: SafeString, *, is_dated: bool) -> SafeString:
    image = (
        format_html(
            '<img class="tongsheng-image" src="{}" alt="" width="{}" loading="lazy">',
            entry.image,
            IMAGE_WIDTH,
        )
        if entry.image
        else ""
    )
    date = (
        format_html(' <time class="tongsheng-date" datetime="{0}">{0}</time>', entry.date) if is_dated else ""
    )
    return format_html(
        '<li class="tongsheng-item"><a class="tongsheng-link" href="{}"{}>{}{}</a>{}</li>',
        entry.url,
        attributes,
        image,
        entry.title,
        date,
    )


def _attributes(target: str) -> SafeString:
    rel = ' rel="noopener"' if target == "_blank" else ""
    return mark_safe(f' target="{target}"{rel}' if target else "")  # noqa: S308 one of three words


def _origin() -> str:
    public = urlsplit(settings.PUBLIC_URL)
    return f"{public.scheme}://{public.netloc}"
