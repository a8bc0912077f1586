"""What DedeCMS 5.7 and PHPCMS 9.6 make of an RSS document or a list: with regular expressions, as they do it."""

from __future__ import annotations

import re
from dataclasses import dataclass

READABLE = {"utf-8", "gbk", "gb2312", "big5"}
ITEMS_MIN = 2


@dataclass(frozen=True, slots=True)
class Collected:
    title: str
    link: str
    description: str


def collected(document: bytes) -> list[Collected]:
    """What a collector takes; an item that it does not understand is not in it."""
    declared = re.search(rb'encoding="([^"]+)"', document)
    text = document.decode(declared[1].decode() if declared else "utf-8")
    found = []
    for item in re.findall(r"<item>(.*?)</item>", text, re.DOTALL):
        parts = [
            re.findall(f"<{name}>(.*?)</{name}>", item, re.DOTALL)
            for name in ("title", "link", "description")
        ]
        if all(len(part) == 1 for part in parts):
            found.append(Collected(*(part[0] for part in parts)))
    return found


def legacy_problems(document: bytes) -> list[str]:
    """One line a rule that keeps these systems from reading the document."""
    declared = re.search(rb'encoding="([^"]+)"', document)
    if declared is None or declared[1].decode().lower() not in READABLE:
        return ["encoding: not declared, or not one of theirs"]
    items = collected(document)
    lines = []
    if len(items) != document.count(b"<item"):
        lines.append("items: some lack a bare title, link or description")
    if document.count(b"<item") < ITEMS_MIN:
        lines.append("items: PHPCMS reads none of a single one")
    if b"<![CDATA[" in document:
        lines.append("CDATA: references in it are not undone")
    for item in items:
        if not re.fullmatch(r"https?://[!-~]+", item.link) or "&" in item.link:
            lines.append(f"link: {item.link!r} is spoiled by a collector")
    if len({item.link for item in items}) != len(items):
        lines.append("link: two items of one address are one article")
    return lines


def listed(page: str) -> list[tuple[str, str]]:
    """(address, title) of each link that PHPCMS finds between the marks of a list page."""
    cut = page.partition("<!--list-start-->")[2].partition("<!--list-end-->")[0]
    lines = cut.replace("\r", "").replace("\n", "").replace("</a>", "</a>\n")
    return [
        (address[1], re.sub(r"<[^>]*>", "", text))
        for attributes, text in re.findall(r"<a ([^>]*)>([^/a>].*)</a>", lines, re.IGNORECASE)
        if (address := re.search("""href=['"]?([^'" ]*)""", attributes, re.IGNORECASE))
    ]
