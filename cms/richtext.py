"""Wagtail's stored rich text as blocks of an edition: headings, paragraphs and lists with clean inline HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Protocol
from urllib.parse import urljoin

import nh3
from bs4 import BeautifulSoup, NavigableString, PageElement, Tag

from channels.edition import Block, Heading, ItemList, Paragraph

INLINE = {"strong", "em", "u", "s", "a", "br", "sub", "sup"}
RENAMED = {"b": "strong", "i": "em", "strike": "s", "del": "s"}
CONTAINERS = {"div", "section", "article", "blockquote", "body", "html", "center", "table", "tbody", "tr"}
HEADINGS = {f"h{level}": min(max(level, 2), 4) for level in range(1, 7)}
BLANK = re.compile(r"(?:\s|&nbsp;|\u00a0|\u3000|\u200b|\ufeff|<br\s*/?>)+")
SCHEMES = {"http", "https", "mailto", "tel"}


class Links(Protocol):
    """Addresses of what stored links point at; None when the target is gone."""

    def page(self, pk: int) -> str | None: ...
    def document(self, pk: int) -> str | None: ...


def to_blocks(source: str, *, links: Links, base_url: str) -> tuple[Block, ...]:
    """Blocks of `source`; links absolute against `base_url`, blank paragraphs dropped, Word's leftovers gone."""
    soup = BeautifulSoup(source, "html.parser")
    for junk in soup(["script", "style", "head", "meta", "link", "xml", "title", "iframe", "object"]):
        junk.decompose()
    _resolve(soup, links, base_url)
    for old, new in RENAMED.items():
        for tag in soup(old):
            tag.name = new
    return tuple(_blocks(soup.children))


def plain(html: str) -> str:
    """Text of inline HTML, blanks folded."""
    return " ".join(unescape(nh3.clean(html, tags=set())).split())


def inline(html: str) -> str:
    """Only the inline tags of an edition, trimmed; empty when nothing can be read."""
    clean = nh3.clean(
        html,
        tags=INLINE,
        attributes={"a": {"href"}},
        url_schemes=SCHEMES,
        link_rel=None,
        clean_content_tags={"script", "style"},
    )
    clean = _trim(clean)
    return clean if plain(clean) else ""


def _trim(html: str) -> str:
    lead = BLANK.match(html)
    html = html[lead.end() :] if lead else html
    tail = re.search(rf"(?:{BLANK.pattern})$", html)
    return html[: tail.start()] if tail else html


def _resolve(soup: BeautifulSoup, links: Links, base_url: str) -> None:
    for anchor in soup("a"):
        href = _address(anchor, links)
        if href:
            anchor.attrs = {"href": urljoin(base_url + "/", href)}
        else:
            anchor.unwrap()


def _address(anchor: Tag, links: Links) -> str | None:
    kind, pk = str(anchor.get("linktype", "")), str(anchor.get("id", ""))
    if kind in {"page", "document"}:
        if not pk.isdigit():
            return None
        return links.page(int(pk)) if kind == "page" else links.document(int(pk))
    href = str(anchor.get("href", "")).strip()
    return None if href.startswith("#") else href or None


def _blocks(nodes: Iterable[PageElement]) -> Iterator[Block]:
    """Blocks of a run of nodes; loose inline content between block elements becomes a paragraph."""
    loose: list[str] = []
    for node in nodes:
        if not isinstance(node, Tag):
            loose.append(str(node) if type(node) is NavigableString else "")
        elif node.name in INLINE or (node.name in {"span", "font", "mark", "code"}):
            loose.append(str(node))
        else:
            yield from _paragraph("".join(loose))
            loose = []
            yield from _element(node)
    yield from _paragraph("".join(loose))


def _element(node: Tag) -> Iterator[Block]:
    if node.name in HEADINGS:
        text = plain(node.decode_contents())
        if text:
            yield Heading(text=text[:200], level=HEADINGS[node.name])
    elif node.name in {"ul", "ol"}:
        items = tuple(filter(None, (inline(li.decode_contents()) for li in node.find_all("li"))))
        if items:
            yield ItemList(items=items, ordered=node.name == "ol")
    elif node.name in CONTAINERS or node.find(["p", "ul", "ol", "div", *HEADINGS]):
        yield from _blocks(node.children)
    else:
        yield from _paragraph(node.decode_contents())


def _paragraph(html: str) -> Iterator[Block]:
    clean = inline(html)
    if clean:
        yield Paragraph(html=clean)
