"""The StreamField body as blocks of an edition."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from django.conf import settings
from wagtail.models import Page

from channels.edition import Attachment, Block, Heading, Image, ItemList, Quote, Table
from cms import freezing, richtext
from cms.permalink import permalink
from cms.richtext import one_line

if TYPE_CHECKING:
    from cms.models import DistrictImage


def to_blocks(stream: Iterable[Any], *, base_url: str) -> tuple[Block, ...]:
    """Blocks in order; empty ones are left out. Freezes files; raises ContentError for one that cannot be read."""
    return tuple(
        block
        for child in stream
        if child.value is not None
        for block in CONVERTERS[child.block_type](child.value, base_url)
    )


def figure(image: DistrictImage, *, caption: str = "") -> Image:
    """A picture of the body or the cover. A decorative one has no alternative text."""
    alternative = "" if getattr(image, "decorative", False) else getattr(image, "contextual_alt_text", None)
    if alternative is None:
        alternative = image.description or image.title
    return Image(asset=freezing.picture(image), alt=one_line(alternative), caption=caption)


class StoredLinks:
    """Where links of stored rich text lead: items by the address that outlives every move."""

    def page(self, pk: int) -> str | None:
        page = Page.objects.filter(pk=pk).first()
        if page is None:
            return None
        content_id = getattr(page.specific, "content_id", None)
        return permalink(content_id) if content_id else page.full_url

    def document(self, pk: int) -> str | None:
        from cms.models import DistrictDocument

        document = DistrictDocument.objects.filter(pk=pk).first()
        return f"{settings.PUBLIC_URL}{document.url}" if document else None


def _paragraph(value: Any, base_url: str) -> Iterator[Block]:
    yield from richtext.to_blocks(value.source, links=StoredLinks(), base_url=base_url)


def _heading(value: Any, _: str) -> Iterator[Block]:
    if text := one_line(value["text"]):
        yield Heading(text=text, level=int(value["level"] or 2))


def _figure(value: Any, _: str) -> Iterator[Block]:
    if value["image"]:
        yield figure(value["image"], caption=one_line(value["caption"]))


def _list(value: Any, _: str) -> Iterator[Block]:
    items = tuple(filter(None, (richtext.inline(escape(item)) for item in value["items"])))
    if items:
        yield ItemList(items=items, ordered=bool(value["ordered"]))


def _quote(value: Any, _: str) -> Iterator[Block]:
    if text := one_line(value["text"]):
        yield Quote(text=text, attribution=one_line(value["attribution"]))


def _attachment(value: Any, _: str) -> Iterator[Block]:
    document = value["document"]
    if document:
        title = one_line(value["title"]) or document.title
        yield Attachment(asset=freezing.attachment(document), title=title)


def _table(value: dict[str, Any], _: str) -> Iterator[Block]:
    rows = _rectangle(_merged(value.get("data") or [], value.get("mergeCells") or []))
    if rows:
        yield Table(
            rows=rows,
            caption=one_line(value.get("table_caption")),
            header_row=bool(value.get("first_row_is_table_header")),
            header_column=bool(value.get("first_col_is_header")),
        )


def _merged(data: Sequence[Sequence[Any]], merges: Any) -> list[list[str]]:
    """Plain cells; a merged cell's text is repeated in every cell it covers, so that each row reads alone."""
    cells = [[one_line(cell) for cell in row] for row in data]
    for merge in merges if isinstance(merges, list) else []:
        top, left = merge["row"], merge["col"]
        for row in cells[top : top + merge["rowspan"]]:
            for column in range(left, min(left + merge["colspan"], len(row))):
                row[column] = cells[top][left]
    return cells


def _rectangle(cells: list[list[str]]) -> tuple[tuple[str, ...], ...]:
    """Rows of one length, without blank rows and without blank columns at the right."""
    rows = [row for row in cells if any(row)]
    width = max((index + 1 for row in rows for index, cell in enumerate(row) if cell), default=0)
    return tuple(tuple((row + [""] * width)[:width]) for row in rows)


CONVERTERS: dict[str, Callable[[Any, str], Iterator[Block]]] = {
    "paragraph": _paragraph,
    "heading": _heading,
    "figure": _figure,
    "table": _table,
    "list": _list,
    "quote": _quote,
    "attachment": _attachment,
}
