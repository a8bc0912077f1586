"""What of an edition is looked through: its headline, its summary, its text with all facts, the names of its files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from typing import Any

from channels.edition import Asset, Attachment, Correction, Edition, Image, Organisation
from channels.formats.text import block_text
from channels.formats.typed import service_rows
from channels.search.asking import Depth
from channels.search.words import characters, segmented

GAP = "|"
"""A token that no query has: no phrase goes from one part into the next."""
_NO_FACTS = (Organisation, Image, Asset)


@dataclass(frozen=True, slots=True)
class Texts:
    """As written, in the order of their weight. `files`: name by name, each with the text read from it, if any."""

    title: str
    summary: str
    body: str
    files: tuple[tuple[str, str], ...] = ()

    @property
    def head(self) -> str:
        """The tokens and the characters of the title, and the tokens of title and summary, each kind behind its own mark.

        So a word that every text has and no title is not looked for in every text.
        """
        title, summary = Depth.TITLE.mark, Depth.SUMMARY.mark
        return _parts(
            segmented(self.title, title),
            characters(self.title, title),
            segmented(self.title, summary),
            segmented(self.summary, summary),
        )

    @property
    def whole(self) -> str:
        """The tokens of everything."""
        files = (part for file in self.files for part in file)
        return _parts(*map(segmented, (self.title, self.summary, self.body, *files)))


def _parts(*parts: str) -> str:
    return " ".join((GAP, *(f"{part} {GAP}" for part in parts if part)))


def texts_of(edition: Edition, read: Mapping[str, str]) -> Texts:
    """`read`: what could be read in the edition's files, by SHA-256."""
    files = ((name, read.get(asset.sha256, "")) for name, asset in files_of(edition))
    return Texts(edition.headline, edition.summary, body_of(edition), tuple(files))


def files_of(edition: Edition) -> list[tuple[str, Asset]]:
    """Every file to take away, under the name that readers see."""
    titles = {block.asset.sha256: block.title for block in edition.body if isinstance(block, Attachment)}
    files = [asset for asset in edition.assets if not asset.is_image]
    return [(_name(titles.get(asset.sha256, ""), asset.name), asset) for asset in files]


def body_of(edition: Edition) -> str:
    """The text with tables, captions, typed facts, official numbers, tags and the correction note; one part a line."""
    lines = [line for block in edition.body if (line := _line(block))]
    if edition.service:
        lines += [value for _, value in service_rows(edition.service)]
    lines += _facts(edition)
    lines += [alt.value for alt in edition.alt_ids]
    lines += edition.tags
    return "\n".join(dict.fromkeys(lines))


def _line(block: Any) -> str:
    """Without our own words for what is no text: everything with a picture would be found by “图片”."""
    if isinstance(block, Attachment):
        return ""
    if isinstance(block, Image):
        return " ".join(filter(None, (block.caption, block.alt)))
    return block_text(block)


def _facts(edition: Edition) -> Iterator[str]:
    """The words in whatever typed fields an item's type has."""
    for field in fields(edition):
        value = getattr(edition, field.name)
        if isinstance(value, Correction):
            yield value.note
        elif is_dataclass(value) and not isinstance(value, _NO_FACTS):
            yield from _words(value)


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value and not isinstance(value, Enum) and "://" not in value:
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _words(one)
    elif is_dataclass(value) and not isinstance(value, Asset):
        for field in fields(value):
            yield from _words(getattr(value, field.name))


def _name(title: str, name: str) -> str:
    return title if not name or name in title else f"{title} {name}".strip()
