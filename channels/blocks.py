"""Asset and Block: the files and the parts of an edition's text. `channels.edition` is where others take them from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file that belongs to an edition, held by content.

    `size` is in bytes, `width` and `height` in pixels (None for what is not a picture). `focal` is the
    point that a crop must keep, as fractions of width and height from the top left corner.
    """

    sha256: str
    content_type: str
    name: str
    size: int
    width: int | None = None
    height: int | None = None
    focal: tuple[float, float] | None = None

    EXTENSIONS: ClassVar[Mapping[str, str]] = {
        "image/jpeg": "jpg",
        "image/png": "png",
        "image/gif": "gif",
        "image/webp": "webp",
    }

    @property
    def extension(self) -> str:
        """File name extension without the dot; `bin` when there is none."""
        known = self.EXTENSIONS.get(self.content_type)
        tail = self.name.rpartition(".")[2].lower() if "." in self.name else ""
        return known or (tail if tail.isascii() and tail.isalnum() and len(tail) <= 5 else "bin")

    @property
    def path(self) -> str:
        """Where the hub serves the file, below its public address, without a leading slash."""
        return f"assets/{self.sha256[:2]}/{self.sha256}.{self.extension}"

    @property
    def is_image(self) -> bool:
        return self.content_type in self.EXTENSIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """`html`: sanitised inline HTML (strong, em, u, s, a, br, sub, sup)."""

    kind: ClassVar[str] = "paragraph"
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """`level` 2 to 4; the headline of the item is level 1."""

    kind: ClassVar[str] = "heading"
    text: str
    level: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture; `alt` is empty only for a decorative one."""

    kind: ClassVar[str] = "image"
    asset: Asset
    alt: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Plain-text cells, all rows of one length. `header_row` and `header_column` say which cells are headers."""

    kind: ClassVar[str] = "table"
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    header_row: bool = True
    header_column: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemList:
    """A list; each entry is sanitised inline HTML."""

    kind: ClassVar[str] = "list"
    items: tuple[str, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    kind: ClassVar[str] = "quote"
    text: str
    attribution: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file to take away; `title` is what the reader sees, `asset.name` the file's own name."""

    kind: ClassVar[str] = "attachment"
    asset: Asset
    title: str


Block = Paragraph | Heading | Image | Table | ItemList | Quote | Attachment
BLOCKS: Mapping[str, type[Block]] = {
    block.kind: block for block in (Paragraph, Heading, Image, Table, ItemList, Quote, Attachment)
}


def read_block(document: Mapping[str, Any]) -> Block:
    """A block from the JSON of an edition. Raises KeyError or TypeError for anything else."""
    values = dict(document)
    kind = values.pop("kind")
    if "asset" in values:
        values["asset"] = read_asset(values["asset"])
    if kind == "table":
        values["rows"] = tuple(tuple(row) for row in values["rows"])
    if kind == "list":
        values["items"] = tuple(values["items"])
    return BLOCKS[kind](**values)


def read_asset(document: Mapping[str, Any]) -> Asset:
    """A file from the JSON of an edition."""
    focal = document.get("focal")
    return Asset(**{**document, "focal": tuple(focal) if focal else None})
