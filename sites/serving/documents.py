"""Documents: outlined on the first read after a change, rendered only if the outline says so, kept in memory and in the database.

Whoever reads pays for the change, once: signing renders nothing, however many feeds an item is in. The memory answers as
long as nothing in the hub has changed; then the outline (two or three small statements) tells whether the bytes still
hold, and they are taken from the database if another process has made them already.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import brotli
from django.utils import timezone
from django.utils.module_loading import import_string

from channels.changes import Stamp
from sites.models import StoredDocument
from sites.serving import keeping
from sites.serving.bounded import Bounded
from sites.serving.look import NEVER, RECHECK, Look, Memory
from sites.serving.outline import Outline

Headers = list[tuple[str, str]]
Maker = Callable[..., Outline | None]
"""Takes the groups of its pattern and a Look; None for an address that has no document (then Django answers).

An address is a path, with `?` and one parameter where a maker takes one and it is spelled as the maker spells it itself.
Everything else that stands behind a question mark is no document's address: it is answered by Django and never kept.
"""

UUID_PATTERN = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
MAKERS: Sequence[tuple[re.Pattern[str], str]] = (
    (re.compile(r"/feeds\.opml"), "sites.feeds.directory.outline"),
    (re.compile(r"/feeds/(?P<name>[^.?]+)\.(?P<variant>[a-z.]+)"), "sites.feeds.documents.outline"),
    (re.compile(r"/embed/(?P<name>[^.?]+)\.(?P<form>[a-z.]+)"), "sites.embed.documents.outline"),
    (re.compile(r"/api/changes(?:\?since=(?P<since>0|[1-9][0-9]{0,15}))?"), "sites.api.changes.outline"),
    (re.compile(rf"/api/items/(?P<content_id>{UUID_PATTERN})"), "sites.api.items.outline"),
    (re.compile(r"/api/feeds"), "sites.api.catalogue.outline"),
    (re.compile(r"/api/openapi\.json"), "sites.api.description.document.outline"),
)
PATH_CHARS_MAX = 300
"""What the table of stored documents holds."""
BYTES_MAX = 64 * 1024 * 1024
"""What one process keeps in memory."""
OVERHEAD = 2048
"""Bytes that a document costs besides its text: small ones must not pile up without end."""
COMPRESS: Mapping[str, Callable[[bytes], bytes]] = {
    "gzip": partial(gzip.compress, compresslevel=5, mtime=0),
    "br": partial(brotli.compress, quality=5),
}


@dataclass(slots=True)
class Document:
    """What is sent: the same bytes in up to three encodings, each with a strong tag of its own and made when first asked for."""

    path: str
    outline: Outline
    body: bytes
    until: datetime
    stamp: Stamp
    was_read: bool = False
    compressed: dict[str, bytes] = field(default_factory=dict)
    prepared: dict[str, tuple[Headers, Headers]] = field(default_factory=dict)

    def is_fresh(self, stamp: Stamp, now: datetime) -> bool:
        """Whether nothing has changed since it was looked at last: most looks bring the very same stamp."""
        return (self.stamp is stamp or self.stamp == stamp) and now < self.until

    def encoded(self, coding: str) -> bytes:
        """The bytes in `coding` (identity, gzip or br); `compress` has made those of the last two."""
        return self.compressed.get(coding, self.body)

    def compress(self, coding: str) -> int:
        """Make the bytes in `coding` if they are not there yet; returns by how many the document has grown."""
        if coding in self.compressed or coding not in COMPRESS:
            return 0
        made = self.compressed[coding] = COMPRESS[coding](self.body)
        return len(made)

    def headers(self, coding: str) -> tuple[Headers, Headers]:
        """(of a 304, of a 200): what both have in common is the same, put together once."""
        found = self.prepared.get(coding)
        if found is None:
            found = self.prepared[coding] = self._headers(coding)
        return found

    def _headers(self, coding: str) -> tuple[Headers, Headers]:
        outline = self.outline
        common = [
            ("ETag", f'"{outline.etag}{TAGS[coding]}"'),
            ("Cache-Control", outline.caching),
            *outline.standing,
            *outline.validators.items(),
            *outline.headers.items(),
        ]
        whole = [
            *common,
            ("Content-Type", outline.content_type),
            ("Content-Length", str(len(self.encoded(coding)))),
        ]
        return common, whole if coding == "identity" else [*whole, ("Content-Encoding", coding)]

    @property
    def size(self) -> int:
        return OVERHEAD + len(self.body) + sum(map(len, self.compressed.values()))


TAGS = {"identity": "", "gzip": "-gz", "br": "-br"}


class Shelf:
    """The documents that this process has in memory."""

    def __init__(self) -> None:
        self._held: Bounded[str, Document] = Bounded(BYTES_MAX)
        self._memory = Memory()

    def holds(self, path: str) -> bool:
        """Whether there is something under this address, however old."""
        return path in self._held

    def fresh(self, path: str, stamp: Stamp, now: datetime) -> Document | None:
        """The document if nothing has changed since it was looked at last."""
        held = self._held.get(path)
        return held if held is not None and held.is_fresh(stamp, now) else None

    def get(self, path: str, stamp: Stamp, now: datetime) -> Document | None:
        """The document as of `stamp`, made if need be; None for an address without one. Reads the database."""
        found = self.fresh(path, stamp, now)
        if found or maker_of(path) is None:
            return found
        with self._held.making(path):  # whoever waited finds it made
            return self.fresh(path, stamp, now) or self._renewed(path, stamp, now)

    def forget(self) -> None:
        """Empty the memory."""
        self._held.forget()
        self._memory.clear()

    def encode(self, document: Document, coding: str) -> None:
        """Compress it as `coding` wants, once."""
        if made := document.compress(coding):
            self._held.grow(document.path, document, made)

    def _renewed(self, path: str, stamp: Stamp, now: datetime) -> Document | None:
        outline = _outline(path, Look(now, stamp, self._memory))
        if outline is None:
            self._held.drop(path)
            return None
        held = self._held.get(path)
        until = min(outline.until or now + RECHECK, now + RECHECK)
        if held is not None and held.outline.etag == outline.etag:
            held.until, held.stamp = until, stamp
            return held
        # Who has shown the one before makes the next from fragments as quickly as it could look for it.
        document = (held is None and _stored(path, outline)) or _made(path, outline)
        document.until, document.stamp = until, stamp
        self._held.put(path, document)
        return document


shelf = Shelf()
"""This process's."""


def maker_of(path: str) -> tuple[Maker, Mapping[str, str]] | None:
    """Who makes the document at this address, and what the address says."""
    for pattern, name in MAKERS:
        if found := pattern.fullmatch(path):
            return import_string(name), found.groupdict()
    return None


def prune(*, before: datetime) -> int:
    """Forget stored documents made before; whoever still reads them has them made again. Returns how many."""
    return int(StoredDocument.objects.filter(made_at__lt=before).delete()[0])


def _outline(path: str, look: Look) -> Outline | None:
    made_by = maker_of(path)
    if made_by is None:
        return None
    maker, said = made_by
    return maker(**said, look=look)


def _stored(path: str, outline: Outline) -> Document | None:
    kept = StoredDocument.objects.filter(path=path[:PATH_CHARS_MAX], etag=outline.etag)
    body = kept.values_list("body", flat=True).first()
    return None if body is None else _document(path, outline, bytes(body))


def _made(path: str, outline: Outline) -> Document:
    document = _document(path, outline, outline.render())
    _keep(document)
    return document


def _document(path: str, outline: Outline, body: bytes) -> Document:
    return Document(path=path, outline=outline, body=body, until=timezone.now(), stamp=NEVER)


def _keep(document: Document) -> None:
    """For the other processes and the next start."""
    if not document.outline.lasting or len(document.path) > PATH_CHARS_MAX:
        return
    keeping.keep(
        [
            StoredDocument(
                path=document.path,
                etag=document.outline.etag,
                body=document.body,
                made_at=timezone.now(),
            )
        ]
    )
