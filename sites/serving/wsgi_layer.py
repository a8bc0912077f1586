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
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone
from django.utils.http import parse_etags

from sites.serving import documents
from sites.serving.documents import Document, Shelf
from sites.serving.freshness import Watch, renew_connection, watch

logger = logging.getLogger(__name__)

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


class DocumentLayer:
    """A WSGI application in front of another one."""

    def __init__(
        self, application: Application, *, shelf: Shelf | None = None, watching: Watch | None = None
    ) -> None:
        self._application = application
        self._shelf = shelf or documents.shelf
        self._watch = watching or watch()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        document = self._document(environ)
        if document is None:
            return self._application(environ, start_response)
        return answer(document, environ, start_response, shelf=self._shelf)

    def _document(self, environ: Environ) -> Document | None:
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return None
        if settings.SECURE_SSL_REDIRECT and not _is_secure(environ):
            return None
        path = _address(environ)
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
    document: Document, environ: Environ, start_response: StartResponse, *, shelf: Shelf
) -> Iterable[bytes]:
    """200 or 304. If-None-Match beats If-Modified-Since (RFC 9110, 13.2.2)."""
    coding = preferred(environ.get("HTTP_ACCEPT_ENCODING", ""))
    if coding == "br":
        shelf.with_brotli(document)
    common, whole = document.headers(coding)
    known = environ.get("HTTP_IF_NONE_MATCH", ""), environ.get("HTTP_IF_MODIFIED_SINCE", "")
    if unchanged(document.outline.etag, document.outline.changed, *known):
        start_response("304 Not Modified", list(common))
        return ()
    start_response("200 OK", list(whole))
    return () if environ["REQUEST_METHOD"] == "HEAD" else (document.encoded(coding),)


def unchanged(etag: str, changed: datetime | None, if_none_match: str, if_modified_since: str) -> bool:
    """Whether the reader has it already, in whatever encoding. What cannot be understood counts as not said."""
    if if_none_match:
        return etag in _bare_tags(if_none_match) or if_none_match.strip() == "*"
    if if_modified_since and changed:
        since = _moment(if_modified_since)
        return since is not None and int(changed.timestamp()) <= since
    return False


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


def _address(environ: Environ) -> str:
    """Path and query as a document's address; empty for a path that has a question mark in it, which would mix them up."""
    path: str = environ["PATH_INFO"]
    if not path.isascii():
        path = path.encode("latin-1").decode("utf-8", "replace")
    query = environ.get("QUERY_STRING", "")
    if "?" in path:
        return ""
    return f"{path}?{query}" if query else path


def _is_secure(environ: Environ) -> bool:
    if environ.get("wsgi.url_scheme") == "https":
        return True
    header = settings.SECURE_PROXY_SSL_HEADER
    return header is not None and environ.get(header[0]) == header[1]
