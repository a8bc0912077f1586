"""Search over what is signed and public: the one entry that followers' replies and the public page ask.

All words have to occur, anywhere in a sentence. The engine behind is plain: the database narrows the register down,
the editions' own text decides. A word that a change of type face cuts in two (`文<strong>昌</strong>`) is found in
headlines and summaries only.
"""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import reduce
from operator import and_
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from channels.edition import Edition
from channels.formats.html import service_rows
from channels.formats.text import body_text
from channels.models import Item, Outlet, Placement, State

HOSTED = "hosted"
"""The channel whose outlets are pages of our own: what no such page shows has no address to send a reader to."""
WORDS_MAX = 8
WORD_CHARS_MAX = 40
REGISTER_MAX = 5_000
"""The newest items whose text is looked through; headlines are looked through in all of them."""
DOCUMENT_WORDS = 4
"""Words by which the database narrows documents down, the longest; all of them are looked for in what is opened."""
CANDIDATES_MAX = 120
"""Editions opened for one search."""
EXCERPT = 60
"""Characters around a hit in the text."""


class Where(IntEnum):
    """The worst place that a word had to be looked for; the order of results."""

    TITLE = 0
    SUMMARY = 1
    BODY = 2


@dataclass(frozen=True, slots=True)
class Found:
    """A hit. `url` is the article at the asking account if it is there, else the permanent link; `cover` may be empty."""

    content_id: UUID
    edition: Edition
    url: str
    where: Where
    excerpt: str

    @property
    def title(self) -> str:
        return self.edition.headline

    @property
    def cover(self) -> str:
        return cover_url(self.edition)


def find(text: str, *, limit: int, outlet: Outlet | None = None, now: datetime | None = None) -> list[Found]:
    """The best `limit` hits: title before summary before text, then the newest. Bounded work whatever the register."""
    words = words_of(text)
    if not words:
        return []
    now = now or timezone.now()
    found = [hit for item in _candidates(words) if (hit := _hit(item, words, now))]
    found.sort(key=lambda hit: hit.edition.first_created, reverse=True)
    found.sort(key=lambda hit: hit.where)
    return _placed(found[:limit], outlet)


def newest(*, limit: int, outlet: Outlet | None = None, now: datetime | None = None) -> list[Found]:
    """The newest notices that still hold."""
    now = now or timezone.now()
    items = _public().order_by("-first_published_at", "-pk")[: limit * 4]
    editions = [item.current.edition() for item in items if item.current]
    valid = [edition for edition in editions if not _is_over(edition, now)]
    hits = [Found(edition.content_id, edition, "", Where.TITLE, edition.summary) for edition in valid[:limit]]
    return _placed(hits, outlet)


def address_of(item: Item, outlet: Outlet | None = None) -> str:
    """Where a reader is sent for an item."""
    return _addresses([item.content_id], outlet)[item.content_id]


def words_of(text: str) -> tuple[str, ...]:
    """What to look for: no word twice, no word without end."""
    parts = (part[:WORD_CHARS_MAX] for part in text.replace("\x00", " ").split())
    return tuple(dict.fromkeys(part.casefold() for part in parts))[:WORDS_MAX]


def cover_url(edition: Edition) -> str:
    """Absolute address of the cover, or of the first picture; empty for none."""
    own = [edition.cover.asset] if edition.cover else []
    picture = next((asset for asset in [*own, *edition.assets] if asset.is_image), None)
    return f"{settings.PUBLIC_URL}/{picture.path}" if picture else ""


def _public() -> QuerySet[Item]:
    shown = Placement.objects.filter(
        item=OuterRef("pk"), outlet__channel=HOSTED, outlet__retired_at=None, desired__isnull=False
    )
    signed = Item.objects.filter(withdrawn_at=None, current__isnull=False).filter(Exists(shown))
    return signed.select_related("current")


def _candidates(words: Sequence[str]) -> list[Item]:
    """Every item whose headline fits, and the newest whose document may."""
    titled = _public().filter(reduce(and_, (Q(headline__icontains=word) for word in words)))
    recent = Item.objects.order_by("-changed_at", "-content_id").values("pk")[:REGISTER_MAX]
    # The longest words first: they are the rarest, and the database stops at the first that is not there.
    worded = _public().filter(pk__in=recent)
    rarest = sorted(words, key=len, reverse=True)[:DOCUMENT_WORDS]
    worded = worded.filter(reduce(and_, map(_in_document, rarest)))
    order = ("-first_published_at", "-pk")
    half = CANDIDATES_MAX // 2
    items = [*titled.order_by(*order)[:half], *worded.order_by(*order)[:half]]
    return list({item.pk: item for item in items}.values())


def _in_document(word: str) -> Q:
    """The document is JSON, its paragraphs are HTML: a word is looked for as it would be written there.

    Characters without case are compared as they are: PostgreSQL would write every document anew in capitals, word by
    word, which costs seconds for a query that a stranger may send.
    """
    spellings = {
        json.dumps(text, ensure_ascii=False)[1:-1] for text in (word, html.escape(word, quote=False))
    }
    look = "contains" if word.upper() == word.lower() else "icontains"
    queries = [Q(**{f"current__document__{look}": spelling}) for spelling in sorted(spellings)]
    return reduce(lambda one, other: one | other, queries)


def _hit(item: Item, words: Sequence[str], now: datetime) -> Found | None:
    assert item.current is not None
    edition = item.current.edition()
    if _is_over(edition, now):
        return None
    read = ""
    for where in Where:  # how far one has to read until every word has come
        part = _part(edition, where)
        read = f"{read}\n{part.casefold()}"
        if all(word in read for word in words):
            excerpt = _excerpt(part, words) if where is Where.BODY else edition.summary
            return Found(item.pk, edition, "", where, excerpt)
    return None


def _part(edition: Edition, where: Where) -> str:
    if where is Where.TITLE:
        return edition.headline
    if where is Where.SUMMARY:
        return edition.summary
    facts = service_rows(edition.service) if edition.service else []
    return "\n".join([*(value for _, value in facts), body_text(edition)])


def _excerpt(body: str, words: Sequence[str]) -> str:
    flat = " ".join(body.split())
    at = min((at for word in words if (at := flat.casefold().find(word)) >= 0), default=0)
    begin = max(0, at - EXCERPT // 3)
    end = begin + EXCERPT
    return f"{'…' if begin else ''}{flat[begin:end]}{'…' if end < len(flat) else ''}"


def _is_over(edition: Edition, now: datetime) -> bool:
    return edition.expires is not None and edition.expires <= now


def _placed(hits: Sequence[Found], outlet: Outlet | None) -> list[Found]:
    urls = _addresses([hit.content_id for hit in hits], outlet)
    return [Found(hit.content_id, hit.edition, urls[hit.content_id], hit.where, hit.excerpt) for hit in hits]


def _addresses(content_ids: Sequence[UUID], outlet: Outlet | None) -> dict[UUID, str]:
    """The outlet's own article where it is known to show the item, else the permanent link."""
    urls = {content_id: f"{settings.PUBLIC_URL}/i/{content_id}/" for content_id in content_ids}
    if outlet is not None:
        rows = Placement.objects.filter(
            outlet=outlet, item__in=content_ids, state=State.SETTLED, desired__isnull=False
        ).exclude(remote_url="")
        urls |= dict(rows.values_list("item_id", "remote_url"))
    return urls
