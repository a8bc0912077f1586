"""Documents: outlined on the first read after a change, rendered only if the outline says so, kept in memory and in the database.

Whoever reads pays for the change, once: signing renders nothing, however many feeds an item is in. The memory answers as
long as nothing in the hub has changed; then the outline (two or three small statements) tells whether the bytes still
hold, and they are taken from the database if another process has made them already.
"""

from __future__ import annotations

import gzip
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import brotli
from django.utils import timezone
from django.utils.module_loading import import_string

from channels.changes import Stamp
from sites.models import StoredDocument
from sites.serving import keeping
from sites.serving.outline import Outline

Headers = list[tuple[str, str]]
Maker = Callable[..., Outline | None]
"""Takes the groups of its pattern and `now`; None for an address that has no document (then Django answers).

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
RECHECK = timedelta(seconds=60)
"""A document is outlined anew after this time even if nothing seems to have changed: what no signal told is seen then."""
GZIP_LEVEL, BROTLI_QUALITY = 5, 5


@dataclass(slots=True)
class Document:
    """What is sent: the same bytes in up to three encodings, each with a strong tag of its own."""

    path: str
    outline: Outline
    body: bytes
    gzip: bytes
    br: bytes | None
    until: datetime
    stamp: Stamp
    prepared: dict[str, tuple[Headers, Headers]] = field(default_factory=dict)

    def encoded(self, coding: str) -> bytes:
        """The bytes in `coding` (identity, gzip or br)."""
        if coding == "br":
            return self.br or b""
        return self.gzip if coding == "gzip" else self.body

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
            ("Vary", "Accept-Encoding"),
            ("Access-Control-Allow-Origin", "*"),
            ("X-Content-Type-Options", "nosniff"),
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
        return OVERHEAD + len(self.body) + len(self.gzip) + len(self.br or b"")


TAGS = {"identity": "", "gzip": "-gz", "br": "-br"}


class Shelf:
    """The documents that this process has in memory, the latest used last."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, Document] = OrderedDict()
        self._bytes = 0
        self._guard = threading.Lock()
        self._making: dict[str, threading.Lock] = {}

    def holds(self, path: str) -> bool:
        """Whether there is something under this address, however old."""
        return path in self._held

    def fresh(self, path: str, stamp: Stamp, now: datetime) -> Document | None:
        """The document if nothing has changed since it was looked at last."""
        held = self._held.get(path)
        return held if held is not None and held.stamp == stamp and now < held.until else None

    def get(self, path: str, stamp: Stamp, now: datetime) -> Document | None:
        """The document as of `stamp`, made if need be; None for an address without one. Reads the database."""
        found = self.fresh(path, stamp, now)
        if found or maker_of(path) is None:
            return found
        with self._guard:
            making = self._making.setdefault(path, threading.Lock())
        with making:  # whoever waited finds it made
            try:
                return self.fresh(path, stamp, now) or self._renewed(path, stamp, now)
            finally:
                with self._guard:
                    self._making.pop(path, None)

    def forget(self) -> None:
        """Empty the memory."""
        with self._guard:
            self._held.clear()
            self._bytes = 0

    def with_brotli(self, document: Document) -> Document:
        """Compressed with br as well: once, when the first reader asks for it."""
        if document.br is None:
            document.br = brotli.compress(document.body, quality=BROTLI_QUALITY)
            with self._guard:
                self._bytes += len(document.br)
            _keep(document)
        return document

    def _renewed(self, path: str, stamp: Stamp, now: datetime) -> Document | None:
        outline = _outline(path, now)
        if outline is None:
            self._drop(path)
            return None
        held = self._held.get(path)
        until = min(outline.until or now + RECHECK, now + RECHECK)
        if held is not None and held.outline.etag == outline.etag:
            held.until, held.stamp = until, stamp
            return held
        document = _stored(path, outline) or _made(path, outline)
        document.until, document.stamp = until, stamp
        self._put(document)
        return document

    def _put(self, document: Document) -> None:
        self._drop(document.path)
        with self._guard:
            self._held[document.path] = document
            self._bytes += document.size
            while self._bytes > BYTES_MAX and len(self._held) > 1:
                _, oldest = self._held.popitem(last=False)
                self._bytes -= oldest.size

    def _drop(self, path: str) -> None:
        with self._guard:
            gone = self._held.pop(path, None)
            self._bytes -= gone.size if gone else 0


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


NEVER = Stamp(sequence=-1, structure=-1)


def _outline(path: str, now: datetime) -> Outline | None:
    made_by = maker_of(path)
    if made_by is None:
        return None
    maker, said = made_by
    return maker(**said, now=now)


def _stored(path: str, outline: Outline) -> Document | None:
    kept = StoredDocument.objects.filter(path=path[:PATH_CHARS_MAX], etag=outline.etag)
    row = kept.values_list("body", "gzip", "br").first()
    if row is None:
        return None
    body, zipped, br = row
    return _document(path, outline, bytes(body), bytes(zipped), bytes(br) if br is not None else None)


def _made(path: str, outline: Outline) -> Document:
    body = outline.render()
    document = _document(path, outline, body, gzip.compress(body, GZIP_LEVEL, mtime=0), None)
    _keep(document)
    return document


def _document(path: str, outline: Outline, body: bytes, zipped: bytes, br: bytes | None) -> Document:
    return Document(
        path=path,
        outline=outline,
        body=body,
        gzip=zipped,
        br=br,
        until=timezone.now(),
        stamp=NEVER,
    )


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
                gzip=document.gzip,
                br=document.br,
                made_at=timezone.now(),
            )
        ]
    )
