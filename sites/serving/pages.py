"""Pages for anonymous readers: asked of Django once, kept in memory, answered before Django until something changes.

They are not written down: a page costs Django some ten milliseconds, and its bytes in the database of every archive's
every page would cost more than that. The tag is a digest of the bytes, so every process and every start gives the same.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.urls import Resolver404, resolve

from channels.changes import Stamp
from sites.modes import Mode, mode_of_cookies
from sites.serving.bounded import Bounded
from sites.serving.conditions import Environ, is_secure, path_of
from sites.serving.documents import Document
from sites.serving.look import RECHECK
from sites.serving.offering import SLOT, Keys, Offer
from sites.serving.outline import Outline

Headers = list[tuple[str, str]]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

BYTES_MAX = 32 * 1024 * 1024
"""What one process keeps in memory: some 1,500 pages in two encodings and plain."""
PAGE_BYTES_MAX = 1024 * 1024
PATH_CHARS_MAX = 300
QUERY = re.compile(r"before=(?:0|-?[1-9]\d{0,9})\.(?:0|[1-9]\d{0,16})\.[1-9]\d{0,18}", re.ASCII)
"""The only question that is part of a page's address: a list's cursor, spelled as the list spells it."""
PERSONAL = ("sessionid", "view", "street")
"""Cookies whose owner may see something else than everybody: Django's. `street` is of sites.service.choice."""
OWN_HEADERS = frozenset({"cache-control", "content-length", "content-type", "etag", "last-modified", "vary"})
"""Of Django's answer; a document says these itself."""
CACHING = "no-cache"
VARY = (("Vary", "Accept-Encoding, Cookie"),)


class Asked(NamedTuple):
    """The address of a page and the mode that it is read in."""

    scheme: str
    host: str
    path: str
    query: str
    mode: Mode


@dataclass(slots=True, kw_only=True)
class Page(Document):
    """A page as Django has answered it."""

    asked: Asked
    keys: Keys | None


def asked(environ: Environ) -> Asked | None:
    """What page an anonymous reader may mean by an address with a slash at its end; None for what is Django's."""
    query = environ.get("QUERY_STRING", "")
    cookies = environ.get("HTTP_COOKIE", "")
    if query and not QUERY.fullmatch(query):
        return None
    if cookies and any(f"{name}=" in cookies for name in (*PERSONAL, settings.SESSION_COOKIE_NAME)):
        return None
    path = path_of(environ)
    if "HTTP_AUTHORIZATION" in environ or len(path) > PATH_CHARS_MAX:
        return None
    scheme = "https" if is_secure(environ) else "http"
    mode = mode_of_cookies(cookies) if cookies else Mode.STANDARD
    return Asked(scheme, environ.get("HTTP_HOST", ""), path, query, mode)


class Pages:
    """The pages that this process has in memory."""

    def __init__(self, bytes_max: int = BYTES_MAX) -> None:
        self.memory: Bounded[Asked, Page] = Bounded(bytes_max)

    def fresh(self, wanted: Asked, stamp: Stamp, now: datetime) -> Page | None:
        """The page if nothing in the hub has changed since it was looked at last."""
        held = self.memory.get(wanted)
        return held if held is not None and held.is_fresh(stamp, now) else None

    def renewed(self, wanted: Asked, stamp: Stamp, now: datetime) -> Page | None:
        """The page if what has changed is nothing that it says. Reads the database."""
        held = self.memory.get(wanted)
        if held is None or held.keys is None or now >= held.until or held.stamp.structure != stamp.structure:
            return None
        if held.keys.look() != held.keys.known:
            return None
        held.stamp = stamp
        return held

    def put(self, wanted: Asked, page: Page) -> Page:
        """The same bytes as before keep what was compressed of them."""
        held = self.memory.get(wanted)
        if held is not None and held.outline.etag == page.outline.etag:
            page.compressed, page.was_read = held.compressed, held.was_read
        self.memory.put(wanted, page)
        return page

    def encode(self, page: Page, coding: str) -> None:
        """Compress it as `coding` wants, once."""
        if made := page.compress(coding):
            self.memory.grow(page.asked, page, made)

    def forget(self) -> None:
        """Empty the memory."""
        self.memory.forget()


pages = Pages()
"""This process's."""


def is_page(path: str) -> bool:
    """Whether Django would look for it in the tree of pages; files, feeds and forms have routes of their own."""
    try:
        return resolve(path).url_name == "wagtail_serve"
    except Resolver404:
        return False


def ask(
    application: Application, environ: Environ, wanted: Asked, stamp: Stamp, now: datetime
) -> Page | Foreign:
    """Django's answer to a reader of whom it knows nothing but the mode; `stamp` was read before."""
    made = Offer()
    answer = Foreign(application, plain(environ, wanted) | {SLOT: made})
    if not made.is_made or not answer.may_be_kept:
        return answer
    body = answer.read()
    return _page(wanted, answer, body, made, stamp, now) if len(body) <= PAGE_BYTES_MAX else answer


def plain(environ: Environ, wanted: Asked) -> Environ:
    """The request without what tells one reader from another: no page can say to all what one has sent."""
    header = settings.SECURE_PROXY_SSL_HEADER
    kept = {"HTTP_HOST", header[0] if header else ""}
    bare = {name: value for name, value in environ.items() if not name.startswith("HTTP_") or name in kept}
    return bare | {"REQUEST_METHOD": "GET", "HTTP_COOKIE": f"mode={wanted.mode}"}


class Foreign:
    """An answer of the application behind, not sent yet."""

    def __init__(self, application: Application, environ: Environ) -> None:
        self.status = ""
        self.headers: Headers = []
        self._parts = application(environ, self._start)

    def _start(self, status: str, headers: Headers, *_: object) -> None:
        self.status, self.headers = status, headers

    @property
    def sets_cookies(self) -> bool:
        return any(name.lower() == "set-cookie" for name, _ in self.headers)

    @property
    def may_be_kept(self) -> bool:
        return self.status.startswith("200 ") and not self.sets_cookies

    def read(self) -> bytes:
        """The whole body; it can be sent all the same."""
        body = b"".join(self._parts)
        self.close()
        self._parts = (body,)
        return body

    def close(self) -> None:
        getattr(self._parts, "close", lambda: None)()

    def send(self, start_response: StartResponse, *, is_head: bool) -> Iterable[bytes]:
        start_response(self.status, self.headers)
        if not is_head:
            return self._parts  # the server closes it
        self.close()
        return ()


def _page(wanted: Asked, answer: Foreign, body: bytes, made: Offer, stamp: Stamp, now: datetime) -> Page:
    named = {name.lower(): value for name, value in answer.headers}
    outline = Outline(
        etag=hashlib.sha256(body).hexdigest()[:32],
        changed=None,
        content_type=named["content-type"],
        render=lambda: body,
        lasting=False,
        headers={name: value for name, value in answer.headers if name.lower() not in OWN_HEADERS},
        standing=VARY,
        caching=CACHING,
    )
    keys, latest = made.keys, now + RECHECK
    return Page(
        path=wanted.path,
        outline=outline,
        asked=wanted,
        body=body,
        until=min(keys.until or latest, latest) if keys else _next_minute(now),
        stamp=stamp,
        keys=keys,
    )


def _next_minute(now: datetime) -> datetime:
    """People give times to the minute: a page that does not say when it changes is made anew at every turn of one."""
    return now.replace(second=0, microsecond=0) + timedelta(minutes=1)
