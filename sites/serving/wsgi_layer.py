"""The layer before Django: documents are answered here, 304 first; everything else falls through.

Django's own handler and middleware cost more than all of this together, so none of them is asked. What they would have
added to such an answer (nosniff, caching, no cookies) is part of the document.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone
from django.utils.http import parse_etags

from channels.pulling.counting import Tally, tally
from channels.pulling.keys import Ring
from sites.serving import documents, keyed
from sites.serving.documents import Document, Shelf
from sites.serving.freshness import Watch, renew_connection, watch
from sites.serving.keyed import Visit

logger = logging.getLogger(__name__)

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


class DocumentLayer:
    """A WSGI application in front of another one."""

    def __init__(
        self,
        application: Application,
        *,
        shelf: Shelf | None = None,
        watching: Watch | None = None,
        ring: Ring | None = None,
        pulls: Tally | None = None,
    ) -> None:
        self._application = application
        self._shelf = shelf or documents.shelf
        self._watch = watching or watch()
        self._ring = ring or keyed.ring
        self._pulls = pulls or tally
        if pulls is None:
            tally.flush_by_itself()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        query, key = keyed.split(environ)
        document = self._document(environ, query)
        if document is None:
            return self._application(environ, start_response)
        if key:
            return self._to_known(key, document, environ, start_response)
        return answer(document, environ, start_response, shelf=self._shelf)

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
        return answer(document, environ, start_response, shelf=self._shelf, caching=keyed.CACHING)

    def _document(self, environ: Environ, query: str) -> Document | None:
        """`query` is what is asked beside the key."""
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return None
        if settings.SECURE_SSL_REDIRECT and not _is_secure(environ):
            return None
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
    document: Document, environ: Environ, start_response: StartResponse, *, shelf: Shelf, caching: str = ""
) -> Iterable[bytes]:
    """200 or 304. `caching` in place of the document's own."""
    coding = preferred(environ.get("HTTP_ACCEPT_ENCODING", ""))
    if coding == "br":
        shelf.with_brotli(document)
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
    known = environ.get("HTTP_IF_NONE_MATCH", ""), environ.get("HTTP_IF_MODIFIED_SINCE", "")
    return unchanged(document.outline.etag, document.outline.changed, *known)


def _kept(headers: Iterable[tuple[str, str]], caching: str) -> list[tuple[str, str]]:
    """A copy for this answer, with `caching` in place of the document's own."""
    if not caching:
        return list(headers)
    return [(name, caching if name == "Cache-Control" else value) for name, value in headers]


def unchanged(etag: str, changed: datetime | None, if_none_match: str, if_modified_since: str) -> bool:
    """Whether the reader has it already, in whatever encoding. What cannot be understood counts as not said.

    If-None-Match beats If-Modified-Since (RFC 9110, 13.2.2).
    """
    if if_none_match:
        return has_tag(etag, if_none_match) or if_none_match.strip() == "*"
    if if_modified_since and changed:
        since = _moment(if_modified_since)
        return since is not None and int(changed.timestamp()) <= since
    return False


def has_tag(etag: str, if_none_match: str) -> bool:
    """Whether the reader names these very bytes. A date does not: two changes may share a second."""
    return bool(if_none_match) and etag in _bare_tags(if_none_match)


@lru_cache(maxsize=1024)
def preferred(accept: str) -> str:
    """The best encoding that the reader takes: br, gzip, else identity. `q=0` is a refusal."""
    taken = set()
    for part in accept.lower().split(","):
        name, _, weight = part.replace(" ", "").partition(";q=")
        if weight.strip("0.") or not weight:
            taken.add(name)
    return next((coding for coding in ("br", "gzip") if coding in taken), "identity")


@lru_cache(maxsize=4096)
def _bare_tags(header: str) -> frozenset[str]:
    tags = (tag.removeprefix("W/").strip('"') for tag in parse_etags(header))
    return frozenset(tag.removesuffix("-gz").removesuffix("-br") for tag in tags)


@lru_cache(maxsize=4096)
def _moment(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError):
        return None


def _address(environ: Environ, query: str) -> str:
    """Path and query as a document's address; empty for a path that has a question mark in it, which would mix them up."""
    path: str = environ["PATH_INFO"]
    if not path.isascii():
        path = path.encode("latin-1").decode("utf-8", "replace")
    if "?" in path:
        return ""
    return f"{path}?{query}" if query else path


def _is_secure(environ: Environ) -> bool:
    if environ.get("wsgi.url_scheme") == "https":
        return True
    header = settings.SECURE_PROXY_SSL_HEADER
    return header is not None and environ.get(header[0]) == header[1]
