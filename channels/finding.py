"""Search over what is signed and public: the one entry that followers' replies and the public page ask.

All words have to occur, anywhere in a sentence: in the title, the summary, the text, the facts, or the name or the text
of an attachment. The index behind is channels.search; here its hits become what a reader sees.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from channels.edition import Edition
from channels.models import Item, Outlet, Placement, State
from channels.search import asking, guessing
from channels.search.asking import Depth, Filters, Hit, TooCostly
from channels.search.models import AttachmentText
from channels.search.store import index
from channels.search.texts import Texts, files_of, texts_of
from channels.search.words import fold, hits, holds, phrase_of, words_of

__all__ = [
    "EVERYTHING",
    "HOSTED",
    "Answer",
    "Filters",
    "Found",
    "TooCostly",
    "Where",
    "address_of",
    "answer",
    "cover_url",
    "find",
    "meant",
    "newest",
    "opened",
    "words_of",
]

HOSTED = "hosted"
"""The channel whose outlets are pages of our own: what no such page shows has no address to send a reader to."""
EXCERPT = 60
"""Characters around a hit in the text."""
EVERYTHING = Filters()


class Where(IntEnum):
    """The worst place that a word had to be looked for; the order of results."""

    TITLE = 0
    SUMMARY = 1
    BODY = 2
    ATTACHMENT = 3


@dataclass(frozen=True, slots=True)
class Found:
    """A hit. `url` is the article at the asking account if it is there, else the permanent link; `cover` may be empty.

    file: the name of the attachment that has a word which nothing else has.
    """

    content_id: UUID
    edition: Edition
    url: str
    where: Where
    excerpt: str
    file: str = ""

    @property
    def title(self) -> str:
        return self.edition.headline

    @property
    def cover(self) -> str:
        return cover_url(self.edition)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the index says: the words as they were taken, the hits in the order asked for, whether there are more."""

    words: tuple[str, ...]
    hits: tuple[Hit, ...]
    is_cut: bool = False


def find(
    text: str,
    *,
    limit: int,
    outlet: Outlet | None = None,
    now: datetime | None = None,
    filters: Filters = EVERYTHING,
) -> list[Found]:
    """The best `limit` hits: title before summary before text, then the newest. Nothing for a query that is too costly."""
    now = now or timezone.now()
    words = words_of(text)
    if not words:
        return []
    try:
        found = answer(words, filters, limit=limit, now=now)
    except TooCostly:
        return []
    return opened(found.hits, words, outlet)


def answer(
    words: Sequence[str], filters: Filters, *, limit: int, now: datetime, by_date: bool = False
) -> Answer:
    """At most `limit` hits; without words whatever fits the filters, newest first. Raises TooCostly."""
    condition = asking.condition(filters, now)
    found: dict[UUID, Hit] = {}
    with index().hurried() as looker:
        if not words:
            found = {hit.content_id: hit for hit in asking.latest(condition, limit + 1)}
        for depth in [Depth.WHOLE] if by_date else Depth if words else ():
            phrases = [phrase_of(word) for word in words]
            rest = condition.without(found.values())
            for hit in looker.find(phrases, depth, rest, limit + 1 - len(found)):
                found[hit.content_id] = hit
            if len(found) > limit:
                break
    return Answer(tuple(words), tuple(found.values())[:limit], len(found) > limit)


def meant(text: str, *, filters: Filters = EVERYTHING, now: datetime) -> str:
    """What somebody may have meant who has found nothing; it finds something. Empty when nothing is near."""
    try:
        return guessing.guess(text, words_of(text), asking.condition(filters, now))
    except TooCostly:
        return ""


def newest(*, limit: int, outlet: Outlet | None = None, now: datetime | None = None) -> list[Found]:
    """The newest notices that still hold."""
    try:
        found = answer((), EVERYTHING, limit=limit, now=now or timezone.now())
    except TooCostly:
        return []
    return opened(found.hits, (), outlet)


def opened(hits: Sequence[Hit], words: Sequence[str], outlet: Outlet | None = None) -> list[Found]:
    """Hits with their editions, excerpts and addresses, in their order. Three statements, whatever their number."""
    rows = Item.objects.filter(pk__in=[hit.content_id for hit in hits], withdrawn_at=None)
    editions = {
        item.pk: item.current.edition() for item in rows.select_related("current") if item.current is not None
    }
    read = _read(editions.values())
    urls = _addresses(list(editions), outlet)
    return [
        replace(_found(editions[hit.content_id], words, read), url=urls[hit.content_id])
        for hit in hits
        if hit.content_id in editions
    ]


def address_of(item: Item, outlet: Outlet | None = None) -> str:
    """Where a reader is sent for an item."""
    return _addresses([item.content_id], outlet)[item.content_id]


def cover_url(edition: Edition) -> str:
    """Absolute address of the cover, or of the first picture; empty for none."""
    own = [edition.cover.asset] if edition.cover else []
    picture = next((asset for asset in [*own, *edition.assets] if asset.is_image), None)
    return f"{settings.PUBLIC_URL}/{picture.path}" if picture else ""


def _read(editions: Iterable[Edition]) -> dict[str, str]:
    keys = {asset.sha256 for edition in editions for _, asset in files_of(edition)}
    if not keys:
        return {}
    return dict(AttachmentText.objects.filter(pk__in=keys).exclude(text="").values_list("pk", "text"))


def _found(edition: Edition, words: Sequence[str], read: Mapping[str, str]) -> Found:
    """The hit as a reader sees it: how far one has to read until every word has come, and what stands there."""
    texts = texts_of(edition, read)
    where, left = _reached(texts, words)
    if left:
        file, excerpt = _in_files(texts, left)
        return Found(edition.content_id, edition, "", Where.ATTACHMENT, excerpt, file)
    if where is Where.BODY:
        return Found(edition.content_id, edition, "", where, _excerpt(texts.body, words))
    return Found(edition.content_id, edition, "", where, texts.summary or _excerpt(texts.body, ()))


def _reached(texts: Texts, words: Sequence[str]) -> tuple[Where, list[str]]:
    """The place where the last word comes, and the words that have not come even in the body."""
    left = list(words)
    for where, part in (
        (Where.TITLE, texts.title),
        (Where.SUMMARY, texts.summary),
        (Where.BODY, texts.body),
    ):
        left = _without(left, part)
        if not left:
            return where, left
    return Where.ATTACHMENT, left


def _without(words: Sequence[str], part: str) -> list[str]:
    folded = fold(part)
    return [word for word in words if not holds(folded, word)]


def _in_files(texts: Texts, words: Sequence[str]) -> tuple[str, str]:
    """The first file that has one of the words, and what is around it there."""
    for name, text in texts.files:
        if len(_without(words, f"{name}\n{text}")) < len(words):
            return name, _excerpt(text, words)
    return "", texts.summary


def _excerpt(text: str, words: Sequence[str]) -> str:
    """What is around the first word that stands in the text; the beginning for a text that has none."""
    flat = " ".join(text.split())
    marked = hits(flat, words)
    begin = max(0, marked[0][0] - EXCERPT // 3) if marked else 0
    end = begin + EXCERPT
    return f"{'…' if begin else ''}{flat[begin:end]}{'…' if end < len(flat) else ''}"


def _addresses(content_ids: Sequence[UUID], outlet: Outlet | None) -> dict[UUID, str]:
    """The outlet's own article where it is known to show the item, else the permanent link."""
    urls = {content_id: f"{settings.PUBLIC_URL}/i/{content_id}/" for content_id in content_ids}
    if outlet is not None:
        rows = Placement.objects.filter(
            outlet=outlet, item__in=content_ids, state=State.SETTLED, desired__isnull=False
        ).exclude(remote_url="")
        urls |= dict(rows.values_list("item_id", "remote_url"))
    return urls
