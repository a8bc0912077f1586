"""The links of an edition, and those of a page as it is sent. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from bs4 import BeautifulSoup

from channels.edition import Asset, Attachment, Edition, Image, ItemList, Paragraph
from sites.linkcheck.addresses import target

TEXT_MAX = 100


@dataclass(frozen=True, slots=True)
class Found:
    """`part` is a value of models.Part."""

    url: str
    part: str
    text: str = ""


class Placed(Protocol):
    """Where the hub serves a file."""

    def __call__(self, asset: Asset) -> str: ...


def of_edition(edition: Edition, asset_url: Placed) -> list[Found]:
    """Every link of an edition once for each part that it stands in."""
    found = {(one.url, one.part): one for one in reversed(list(_of_edition(edition, asset_url)))}
    return list(reversed(found.values()))


def of_page(html: str | bytes, base: str) -> list[Found]:
    """What a page links to and shows, each address once, with the words of its first link."""
    soup = BeautifulSoup(html, "html.parser")
    found: dict[str, Found] = {}
    for tag in soup.select("a[href], img[src]"):
        address = target(str(tag.get("href") or tag.get("src")), base)
        if address:
            text = tag.get_text(" ", strip=True) or str(tag.get("alt", ""))
            found.setdefault(address, Found(address, "text", text[:TEXT_MAX]))
    return list(found.values())


def _of_edition(edition: Edition, asset_url: Placed) -> Iterator[Found]:
    base = edition.canonical_url
    if edition.origin_url and (origin := target(edition.origin_url, base)):
        yield Found(origin, "origin", "原文链接")
    if edition.cover:
        yield Found(asset_url(edition.cover.asset), "picture", edition.cover.alt[:TEXT_MAX])
    for block in edition.body:
        if isinstance(block, Image):
            yield Found(asset_url(block.asset), "picture", (block.alt or block.caption)[:TEXT_MAX])
        elif isinstance(block, Attachment):
            yield Found(asset_url(block.asset), "attachment", block.title[:TEXT_MAX])
        elif isinstance(block, Paragraph):
            yield from _in_html(block.html, base)
        elif isinstance(block, ItemList):
            for html in block.items:
                yield from _in_html(html, base)


def _in_html(html: str, base: str) -> Iterator[Found]:
    if "<a" not in html:
        return
    yield from of_page(html, base)
