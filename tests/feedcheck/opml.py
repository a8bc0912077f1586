"""Rules of OPML 2.0 subscription lists."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from tests.feedcheck.dates import rfc822
from tests.feedcheck.values import counted, duplicates, is_web

ATTRIBUTES = {
    "text", "title", "type", "xmlUrl", "htmlUrl", "description", "language", "category", "version", "created",
}  # fmt: skip


def found(root: etree._Element) -> Iterator[str]:
    head, body = root.find("head"), root.find("body")
    if root.tag != "opml" or root.get("version") != "2.0" or head is None or body is None:
        yield "root: not OPML 2.0 with head and body"
        return
    yield from counted("head", head, ["title", "dateModified", "ownerName"], ())
    if rfc822(head.findtext("dateModified")) is None:
        yield "head: dateModified is no date with a numeric zone"
    outlines = list(body.iter("outline"))
    if not outlines:
        yield "body: no outline"
    for outline in outlines:
        yield from _outline(outline)
    yield from duplicates(
        "body: feed", (outline.get("xmlUrl") for outline in body.iter("outline") if outline.get("xmlUrl"))
    )


def _outline(outline: etree._Element) -> Iterator[str]:
    place = f"outline {outline.get('text')}"
    if not outline.get("text", "").strip():
        yield f"{place}: no text"
    if unknown := set(map(str, outline.attrib)) - ATTRIBUTES:
        yield f"{place}: unknown {unknown}"
    if outline.get("type") == "rss":
        if not is_web(outline.get("xmlUrl")):
            yield f"{place}: feed without absolute address"
        if not outline.get("title"):
            yield f"{place}: feed without title"
        if "htmlUrl" in outline.attrib and not is_web(outline.get("htmlUrl")):
            yield f"{place}: page without absolute address"
    elif set(outline.attrib) & {"xmlUrl", "htmlUrl", "language", "title"}:
        yield f"{place}: a feed that does not say so"
