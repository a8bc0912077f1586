"""Whether a feed keeps the rules that readers and validators hold it to, written down by us once more.

Strict on purpose: what the formats allow but readers stumble over is a problem too. `now` makes dates of the future
one.
"""

from __future__ import annotations

import re
from datetime import datetime
from email.message import Message

from lxml import etree

from tests.feedcheck import atom, jsonfeed, opml, rss
from tests.feedcheck.dates import BEGINNING
from tests.feedcheck.legacy import legacy_problems

__all__ = ["legacy_problems", "problems"]

XML = {
    "application/atom+xml": atom.found,
    "application/rss+xml": rss.found,
    "text/x-opml": opml.found,
}


def problems(document: bytes, content_type: str, *, now: datetime | None = None) -> list[str]:
    """One line a broken rule, empty for a sound document. Raises ValueError for a type that has no rules here."""
    header = Message()
    header["Content-Type"] = content_type
    media_type = header.get_content_type()
    charset = header.get_param("charset")
    if media_type == "application/feed+json":
        return [
            *(["charset: JSON has none"] if charset else []),
            *jsonfeed.found(document),
            *_characters(document.decode(errors="replace")),
            *_dates(document, now),
        ]
    if media_type not in XML:
        raise ValueError(f"no rules for {content_type}")
    return [*_encoding(document, str(charset or "")), *_tree(document, media_type), *_dates(document, now)]


def _tree(document: bytes, media_type: str) -> list[str]:
    if b"<!DOCTYPE" in document:
        return ["doctype: there must be none"]
    try:
        root = etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        return [f"not well-formed: {error}"]
    return [*_characters("".join(map(str, root.itertext()))), *XML[media_type](root)]


def _characters(text: str) -> list[str]:
    found = re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]", text)
    return [f"control character: {found[0]!r}"] if found else []


def _encoding(document: bytes, charset: str) -> list[str]:
    declared = re.match(rb'<\?xml version="1.0" encoding="([\w-]+)"\?>', document)
    if declared is None:
        return ["declaration: absent, or not in double quotes"]
    if declared[1].decode() != charset:
        return [f"charset: {charset!r} in the header, {declared[1].decode()!r} in the document"]
    return []


def _dates(document: bytes, now: datetime | None) -> list[str]:
    """Dates outside of what a feed can know, wherever they stand in our own form."""
    found = re.findall(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)", document)
    lines = []
    for text in dict.fromkeys(found):
        moment = datetime.fromisoformat(text.decode())
        if moment < BEGINNING or (now is not None and moment > now):
            lines.append(f"implausible date: {text.decode()}")
    return lines
