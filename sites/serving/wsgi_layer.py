"""The layer before Django: documents are answered here, 304 first; everything else falls through.

Django's own handler and middleware cost more than all of this together, so none of them is asked. What they would have
added to such an answer (nosniff, caching, no cookies) is part of the document.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from http import HTTPStatus
from typing import Any, Protocol

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from channels.changes import Stamp
from channels.pulling.counting import Tally, tally
from channels.pulling.keys import Ring
from sites.serving import documents, keyed
from sites.serving import pages as all_pages
from sites.serving.conditions import Environ, has_tag, is_answerable, path_of, preferred, unchanged
from sites.serving.documents import Document, Shelf
from sites.serving.freshness import Watch, renew_connection, watch
from sites.serving.keyed import Visit
from sites.serving.pages import Asked, Foreign, Page, Pages

logger = logging.getLogger(__name__)

StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


class Store(Protocol):
    def encode(self, document: Any, coding: str) -> None:
        """Compress it as `coding` wants, once."""


class DocumentLayer:
    """A WSGI application in front of another one."""

    def __init__(
        self,
        application: Application,
        *,
        shelf: Shelf | None = None,
        pages: Pages | None = None,
        watching: Watch | None = None,
        ring: Ring | None = None,
        pulls: Tally | None = None,
    ) -> None:
        self._application = application
        self._shelf = shelf or documents.shelf
        self._pages = pages or all_pages.pages
        self._watch = watching or watch()
        self._ring = ring or keyed.ring
        self._pulls = pulls or tally
        if pulls is None:
            tally.soon.begin()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if not is_answerable(environ):
            return self._application(environ, start_response)
        query, key = keyed.split(environ)
        if environ["PATH_INFO"].endswith("/"):  # as every page's address does and no document's
            wanted = None if key else all_pages.asked(environ)
            if wanted is not None:
                return self._page(wanted, environ, start_response)
        elif document := self._document(environ, query):
            if key:
                return self._to_known(key, document, environ, start_response)
            return answer(document, environ, start_response, store=self._shelf)
        return self._application(environ, start_response)

    def _page(self, wanted: Asked, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        try:
            stamp, now = self._watch.stamp(), timezone.now()
            found = self._pages.fresh(wanted, stamp, now) or self._pages.renewed(wanted, stamp, now)
        except DatabaseError as error:
            logger.warning("no page %s: %s", wanted.path, error)
            return self._application(environ, start_response)
        if found is None and (settings.DEBUG or not all_pages.is_page(wanted.path)):
            return self._application(environ, start_response)
        made = found or self._made(wanted, environ, stamp, now)
        if isinstance(made, Page):
            made.was_read = True
            return answer(made, environ, start_response, store=self._pages)
        if made.sets_cookies:  # it is about the one who asks, after all
            made.close()
            return self._application(environ, start_response)
        return made.send(start_response, is_head=environ["REQUEST_METHOD"] == "HEAD")

    def _made(self, wanted: Asked, environ: Environ, stamp: Stamp, now: datetime) -> Page | Foreign:
        """Made by one thread where many wait for it after a change; what is not known for a page holds up nobody."""
        if wanted not in self._pages.memory:
            return self._asked(wanted, environ, stamp, now)
        with self._pages.memory.making(wanted):
            return self._pages.fresh(wanted, stamp, now) or self._asked(wanted, environ, stamp, now)

    def _asked(self, wanted: Asked, environ: Environ, stamp: Stamp, now: datetime) -> Page | Foreign:
        made = all_pages.ask(self._application, environ, wanted, stamp, now)
        if isinstance(made, Page):
            return self._pages.put(wanted, made)
        self._pages.memory.drop(wanted)
        return made

    def _to_known(
        self, key: str, document: Document, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        """The same document, and a note of who has it; to somebody whose key is no good, why."""
        try:
            seen = keyed.visit(key, document.stamp, timezone.now(), among=self._ring)
        except DatabaseError as error:
            logger.warning("no keys: %s", error)
            return self._application(environ, start_response)
        if seen.is_refused:
            return refuse(document, seen, start_response)
        if environ["REQUEST_METHOD"] == "GET":
            status = 304 if is_unchanged(document, environ) else 200
            proven = status == 200 or has_tag(document.outline.etag, environ.get("HTTP_IF_NONE_MATCH", ""))
            self._pulls.note(seen.fetch(document.path, document.outline, status, proven=proven))
        return answer(document, environ, start_response, store=self._shelf, caching=keyed.CACHING)

    def _document(self, environ: Environ, query: str) -> Document | None:
        """`query` is what is asked beside the key."""
        path = _address(environ, query)
        if not self._shelf.holds(path) and documents.maker_of(path) is None:
            return None
        try:
            stamp, now = self._watch.stamp(), timezone.now()
            found = self._shelf.fresh(path, stamp, now)
            if found is None:
                found = self._shelf.get(path, stamp, now)
                renew_connection()
        except DatabaseError as error:
            logger.warning("no document %s: %s", path, error)
            return None  # Django says what is to be said
        return found


def answer(
    document: Document, environ: Environ, start_response: StartResponse, *, store: Store, caching: str = ""
) -> Iterable[bytes]:
    """200 or 304. `caching` in place of the document's own."""
    coding = preferred(environ.get("HTTP_ACCEPT_ENCODING", ""))
    store.encode(document, coding)
    common, whole = document.headers(coding)
    unread = is_unchanged(document, environ)
    start_response("304 Not Modified" if unread else "200 OK", _kept(common if unread else whole, caching))
    return () if unread or environ["REQUEST_METHOD"] == "HEAD" else (document.encoded(coding),)


def refuse(document: Document, seen: Visit, start_response: StartResponse) -> Iterable[bytes]:
    """Why a key opens nothing, with the next step: as JSON where the document is JSON."""
    status, content_type, text = seen.refused(as_json="json" in document.outline.content_type)
    body = text.encode()
    headers = [
        ("Content-Type", content_type),
        ("Content-Length", str(len(body))),
        *keyed.refusal_headers(status),
    ]
    start_response(f"{status} {HTTPStatus(status).phrase}", headers)
    return (body,)


def is_unchanged(document: Document, environ: Environ) -> bool:
    tags, since = environ.get("HTTP_IF_NONE_MATCH", ""), environ.get("HTTP_IF_MODIFIED_SINCE", "")
    return bool(tags or since) and unchanged(document.outline.etag, document.outline.changed, tags, since)


def _kept(headers: Iterable[tuple[str, str]], caching: str) -> list[tuple[str, str]]:
    """A copy for this answer, with `caching` in place of the document's own."""
    if not caching:
        return list(headers)
    return [(name, caching if name == "Cache-Control" else value) for name, value in headers]


def _address(environ: Environ, query: str) -> str:
    """Path and query as a document's address; empty for a path that has a question mark in it, which would mix them up."""
    path = path_of(environ)
    if "?" in path:
        return ""
    return f"{path}?{query}" if query else path
