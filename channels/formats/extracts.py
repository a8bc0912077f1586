"""What every feed format takes from an edition: classification, author, origin, short text and files.

Taken in one place, so that all formats say the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from channels import markup
from channels.edition import Asset, Attachment, Edition, ItemType
from channels.formats.feed import ascii_url
from channels.formats.html import AssetUrl
from channels.formats.text import body_text
from channels.formats.typed import spelled_out

OPENING_CHARS = 200
"""How much of the body stands for a missing summary."""

TYPE_LABELS = {kind: kind.label for kind in ItemType}


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file beside the text; `length` in bytes."""

    url: str
    content_type: str
    length: int
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One classification of an item; `scheme` is an IRI, one for each taxonomy."""

    scheme: str
    code: str
    name: str


def terms(edition: Edition) -> list[Term]:
    """Column, topics and streets, then issuing unit, kind of item and keywords; each once, blank ones left out."""
    found = [
        *((subject.scheme, subject.code, subject.name) for subject in edition.subjects),
        ("unit", edition.issuer.code, edition.issuer.name),
        ("type", edition.type.value, TYPE_LABELS[edition.type]),
        *(("keyword", keyword, keyword) for keyword in edition.keywords),
    ]
    named: dict[tuple[str, str], str] = {}
    for scheme, code, name in found:
        named.setdefault((scheme, _line(code)), _line(name))
    return [
        Term(scheme=ascii_url(f"urn:tongsheng:{scheme}"), code=code, name=name or code)
        for (scheme, code), name in named.items()
        if code
    ]


def creator(edition: Edition) -> str:
    """Who wrote it: the person if one is named, else the source, else the unit that answers for it."""
    return _line(edition.by) or _line(edition.source) or _line(edition.issuer.name)


def origin(edition: Edition) -> str:
    """Where a reprinted item was first published; empty when that is no web address."""
    return ascii_url(edition.origin_url) if markup.is_web_address(edition.origin_url) else ""


def summary(edition: Edition) -> str:
    """The summary that was written; empty when there is none."""
    return markup.xml_text(edition.summary).strip()


def opening(edition: Edition) -> str:
    """The summary, or else how the body begins, or else the headline; plain text, never empty."""
    if written := summary(edition):
        return written
    text = _line(body_text(edition)) or _line(edition.headline)
    return text if len(text) <= OPENING_CHARS else f"{text[:OPENING_CHARS]}…"


def digest(edition: Edition) -> str:
    """What stands for the text where only a summary is offered: a correction must not be missed there either."""
    note = f"更正说明：{edition.correction.note}\n" if edition.correction else ""
    return f"{markup.xml_text(note)}{opening(edition)}"


def enclosures(edition: Edition, asset_url: AssetUrl) -> list[Enclosure]:
    """Attachments in the order of the body, then the cover; a file that is used twice is listed once.

    An empty file is left out: a length of 0 says "unknown" to most readers.
    """
    files: list[tuple[Asset, str]] = [
        (b.asset, b.title) for b in spelled_out(edition).body if isinstance(b, Attachment)
    ]
    if edition.cover:
        files.append((edition.cover.asset, edition.cover.caption or edition.cover.alt))
    first = {asset.sha256: (asset, title) for asset, title in reversed(files) if asset.size}
    return [
        Enclosure(
            url=ascii_url(asset_url(asset)),
            content_type=asset.content_type,
            length=asset.size,
            title=_line(title) or _line(asset.name),
        )
        for asset, title in reversed(first.values())
    ]


def _line(text: str) -> str:
    return " ".join(markup.xml_text(text).split())
