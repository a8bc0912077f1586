"""Wagtail's stored rich text as blocks of an edition: headings, paragraphs and lists with clean inline HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Protocol
from urllib.parse import urljoin

from bs4 import BeautifulSoup, NavigableString, PageElement, Tag

from channels import markup
from channels.edition import Block, Heading, ItemList, Paragraph

INLINE = markup.INLINE_TAGS | {"b", "i", "strike", "del", "span", "font", "mark", "code"}
"""What stays within a paragraph; the last four lose their tags."""

CONTAINERS = {"div", "section", "article", "blockquote", "body", "html", "center", "table", "tbody", "tr"}
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
            loose.append(str(node) if type(node) is NavigableString else "")
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
    elif node.name in {"ul", "ol"}:
        items = tuple(filter(None, (inline(_own(entry)) for entry in node.find_all("li"))))
        if items:
            yield ItemList(items=items, ordered=node.name == "ol")
    elif node.name in CONTAINERS or node.find(["p", "ul", "ol", "div", *HEADINGS]):
        yield from _blocks(node.children)
    else:
        yield from _paragraph(node.decode_contents())


def _own(entry: Tag) -> str:
    """The entry without lists inside it: their entries follow as entries of the same list."""
    return "".join(str(child) for child in entry.children if getattr(child, "name", None) not in {"ul", "ol"})


def _paragraph(html: str) -> Iterator[Block]:
    clean = inline(html)
    if clean:
        yield Paragraph(html=clean)
