"""Wagtail's stored rich text as blocks of an edition: headings, paragraphs and lists with clean inline HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape
from typing import Protocol
from urllib.parse import urljoin

from bs4 import BeautifulSoup, NavigableString, PageElement, Tag

from channels import markup
from channels.edition import Block, Heading, ItemList, Paragraph

INLINE = markup.INLINE_TAGS | {"b", "i", "strike", "del", "span", "font", "mark", "code"}
"""What stays within a paragraph; the last four lose their tags."""

CONTAINERS = {"div", "section", "article", "blockquote", "body", "html", "center", "table", "tbody", "tr"}
LISTS = {"ul", "ol"}
INDENT = "\u3000"
HEADINGS = {f"h{level}": min(max(level, 2), 4) for level in range(1, 7)}
BLANKS = r"(?:\s|&nbsp;|\u200b|\ufeff|<br\s*/?>)+"
LEADING = re.compile(BLANKS)
TRAILING = re.compile(BLANKS + "$")
INVISIBLE = re.compile(r"[\u200b\u200e\u200f\ufeff]")


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
    return tuple(_blocks(soup.children))


def plain(html: str) -> str:
    """Text of inline HTML, blanks folded."""
    return one_line(markup.plain(html))


def inline(html: str) -> str:
    """Only the inline tags of an edition, without blanks at the ends; empty when nothing can be read."""
    clean = markup.inline(html)
    if not plain(clean):
        return ""
    lead, tail = LEADING.match(clean), TRAILING.search(clean)
    return clean[lead.end() if lead else 0 : tail.start() if tail else len(clean)]


def one_line(value: object) -> str:
    """Typed text on one line, without what no reader can see; empty for None."""
    return " ".join(INVISIBLE.sub("", markup.xml_text(str(value))).split()) if value is not None else ""


def _resolve(soup: BeautifulSoup, links: Links, base_url: str) -> None:
    for anchor in soup("a"):
        href = _absolute(_address(anchor, links), base_url)
        if href:
            anchor.attrs = {"href": href}
        else:
            anchor.unwrap()


def _absolute(href: str | None, base_url: str) -> str | None:
    try:
        return urljoin(base_url, href) if href else None
    except ValueError:  # no address at all, e.g. "http://["
        return None


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
            loose.append(_text(node))
        elif node.name in INLINE:
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
            yield Heading(text=text, level=HEADINGS[node.name])
    elif node.name in LISTS:
        items = tuple(filter(None, (inline(_entry(child)) for child in node.children)))
        if items:
            yield ItemList(items=items, ordered=node.name == "ol")
    elif node.name in CONTAINERS or node.find(["p", "ul", "ol", "div", *HEADINGS]):
        yield from _blocks(node.children)
    else:
        yield from _paragraph(node.decode_contents())


def _text(node: PageElement) -> str:
    """A run of text as HTML: `str` would turn a written `&lt;` into the beginning of a tag."""
    return escape(str(node), quote=False) if type(node) is NavigableString else ""


def _entry(node: PageElement, depth: int = 0) -> str:
    """An entry with the entries of lists inside it on lines below its own: they must not count as entries beside it."""
    if not isinstance(node, Tag):
        return _text(node)
    if node.name in LISTS:  # a list that stands in a list without an entry around it, as old editors write
        return "".join(_lines(node, depth))
    parts: list[str] = []
    below = False
    for child in node.children:
        if isinstance(child, Tag) and child.name in LISTS:
            parts += _lines(child, depth)
            below = True
        elif own := str(child) if isinstance(child, Tag) else _text(child):
            parts += ["<br>", own] if below and own.strip() else [own]
            below = below and not own.strip()
    return "".join(parts)


def _lines(inner: Tag, depth: int) -> Iterator[str]:
    """The entries of a list in a list, each on a line with its number or a dot, indented by its depth."""
    number = 0
    for child in inner.children:
        if isinstance(child, Tag) and child.name in LISTS:
            yield _entry(child, depth + 1)
        elif own := inline(_entry(child, depth + 1)):
            number += 1
            mark = f"（{number}）" if inner.name == "ol" else "· "
            yield f"<br>{INDENT * depth}{mark}{own}"


def _paragraph(html: str) -> Iterator[Block]:
    clean = inline(html)
    if clean:
        yield Paragraph(html=clean)
