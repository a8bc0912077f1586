"""Checks and cleans an article as draft/add does: limits by error code, foreign pictures dropped without a word."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import lxml.html
import nh3

TITLE_MAX = 32
AUTHOR_MAX = 16
DIGEST_MAX = 128
DIGEST_FROM_TEXT = 54
CONTENT_CHARS = 20_000
CONTENT_BYTES = 1_000_000
SOURCE_URL_BYTES = 1024
ARTICLES_MAX = 8
_PICTURE = re.compile(r"""<img\b[^>]*?\bsrc\s*=\s*["']?([^"'\s>]*)""", re.IGNORECASE)
_EDGE = r"(?:0(?:\.\d{1,6})?|1(?:\.0{1,6})?)"
_CROP = re.compile(rf"^{_EDGE}(?:_{_EDGE}){{3}}$")
TAGS = {
    "a", "b", "blockquote", "br", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "li", "ol", "p",
    "section", "span", "strong", "sub", "sup", "s", "u", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


class ApiError(Exception):
    """An answer with an errcode, and `more` fields beside it."""

    def __init__(self, code: int, message: str, more: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.more = more or {}


def checked(raw: Any, *, image_base: str, has_cover: Callable[[str], bool]) -> dict[str, Any]:
    """The article as it is kept. `image_base` is where our own pictures are; `has_cover` knows permanent media ids."""
    if not isinstance(raw, dict):
        raise ApiError(47001, "data format error")
    if raw.get("article_type", "news") != "news":
        raise ApiError(40035, "invalid parameter: only article_type news")
    title, author, digest = (_text(raw, name) for name in ("title", "author", "digest"))
    content, source_url = _text(raw, "content"), _text(raw, "content_source_url")
    if not title:
        raise ApiError(40035, "invalid parameter: title")
    if not content.strip():
        raise ApiError(44003, "empty news data")
    _limit(title, TITLE_MAX, 45003, "title size out of limit")
    _limit(author, AUTHOR_MAX, 45110, "author size out of limit")
    _limit(digest, DIGEST_MAX, 45004, "description size out of limit")
    _limit(content, CONTENT_CHARS - 1, 45002, "content size out of limit")
    if len(content.encode()) >= CONTENT_BYTES:
        raise ApiError(45002, "content size out of limit")
    if len(source_url.encode()) > SOURCE_URL_BYTES:
        raise ApiError(45005, "url size out of limit")
    thumb = _text(raw, "thumb_media_id")
    if not thumb or not has_cover(thumb):
        raise ApiError(40007, "invalid media_id")
    crops = _crops(raw)
    kept = cleaned(content, image_base=image_base)
    return {
        "article_type": "news",
        "title": title,
        "author": author,
        "digest": digest or plain(kept)[:DIGEST_FROM_TEXT],
        "content": kept,
        "content_source_url": source_url,
        "thumb_media_id": thumb,
        "need_open_comment": int(raw.get("need_open_comment") or 0),
        "only_fans_can_comment": int(raw.get("only_fans_can_comment") or 0),
        **crops,
    }


def _crops(raw: dict[str, Any]) -> dict[str, str]:
    """The cover's crops that were given. Raises ApiError for one that is no part of a picture."""
    given = {name: _text(raw, name) for name in ("pic_crop_235_1", "pic_crop_1_1")}
    for crop in filter(None, given.values()):
        edges = [float(edge) for edge in crop.split("_")] if _CROP.match(crop) else [1.0, 1.0, 0.0, 0.0]
        if edges[0] >= edges[2] or edges[1] >= edges[3]:
            raise ApiError(53402, "cover crop failed")
    return {name: crop for name, crop in given.items() if crop}


def foreign_pictures(content: str, *, image_base: str) -> list[str]:
    """Addresses of the pictures that `cleaned` drops."""
    return [address for address in _PICTURE.findall(content) if not unescape(address).startswith(image_base)]


def cleaned(content: str, *, image_base: str) -> str:
    """Without scripts, handlers, ids, classes, foreign pictures and foreign links."""
    safe = nh3.clean(
        content,
        tags=TAGS,
        clean_content_tags={"script", "style", "iframe"},
        attributes={
            "*": {"style"},
            "a": {"href"},
            "img": {"src", "alt", "width"},
            "td": {"colspan", "rowspan"},
        },
        attribute_filter=_no_foreign_link,
        link_rel=None,
    )
    root = lxml.html.fragment_fromstring(safe, create_parent="div")
    for image in list(root.iter("img")):
        if not image.get("src", "").startswith(image_base):
            image.drop_tree()
    inner: str = lxml.html.tostring(root, encoding="unicode")
    return inner.removeprefix("<div>").removesuffix("</div>")


def plain(content: str) -> str:
    """The text that readers see, white space folded."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", content)).split())


def _no_foreign_link(tag: str, attribute: str, value: str) -> str | None:
    if tag == "a" and attribute == "href" and urlsplit(value).hostname != "mp.weixin.qq.com":
        return None
    return value


def _text(raw: dict[str, Any], name: str) -> str:
    value = raw.get(name, "")
    if not isinstance(value, str):
        raise ApiError(47001, f"data format error: {name}")
    return value


def _limit(text: str, limit: int, code: int, message: str) -> None:
    if len(text) > limit:
        raise ApiError(code, message)
