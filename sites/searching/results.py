"""One hit as a reader sees it: marked words, where it stands, which site shows it, and the best address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from channels import finding
from channels.models import Placement
from channels.search.asking import Hit
from channels.search.words import hits as spans
from sites.frame import Frame
from sites.items.validity import Validity, validity
from sites.searching.query import Query

Marked = Sequence[tuple[str, bool]]
"""Pieces of a text, each with whether it is a word that was looked for."""


@dataclass(frozen=True, slots=True)
class Row:
    """`file` is the attachment that the words stand in, when they stand nowhere else."""

    found: finding.Found
    url: str
    title: Marked
    excerpt: Marked
    file: Marked
    site: str
    state: Validity | None


def rows(hits: Sequence[Hit], query: Query, frame: Frame | None, now: datetime) -> list[Row]:
    """A fixed number of statements."""
    found = finding.opened(hits, query.words)
    shown = _shown([hit.content_id for hit in found])
    return [_row(hit, shown[hit.content_id], query, frame, now) for hit in found]


def marked(text: str, words: Sequence[str]) -> Marked:
    """The text in pieces; put together again they are the text."""
    pieces: list[tuple[str, bool]] = []
    last = 0
    for begin, end in spans(text, words):
        pieces += [(text[last:begin], False), (text[begin:end], True)]
        last = end
    return [piece for piece in [*pieces, (text[last:], False)] if piece[0]]


def _row(
    found: finding.Found, shown: Sequence[Placement], query: Query, frame: Frame | None, now: datetime
) -> Row:
    """At the site that the reader is at, if it shows the item: he should not be led away from it."""
    here = next((one for one in shown if frame and frame.outlet and one.outlet_id == frame.outlet.pk), None)
    at = here or (shown[0] if shown else None)
    url = frame.item_url(here.item_id, here.slug, here.column_code) if here and frame else found.url
    return Row(
        found=found,
        url=url,
        title=marked(found.title, query.words),
        excerpt=marked(found.excerpt, query.words),
        file=marked(found.file, query.words),
        site=at.outlet.name if at else "",
        state=validity(found.edition, now),
    )


def _shown(content_ids: Sequence[UUID]) -> dict[UUID, list[Placement]]:
    """The hosted sites that show each item, in their own order."""
    placed = Placement.objects.filter(
        item__in=content_ids,
        outlet__channel=finding.HOSTED,
        outlet__retired_at=None,
        desired__isnull=False,
    )
    shown: dict[UUID, list[Placement]] = defaultdict(list)
    for placement in placed.select_related("outlet").order_by("outlet__rank", "outlet__slug"):
        shown[placement.item_id].append(placement)
    return shown
