"""What a request says of the answer it takes: the bytes it has already, the encodings it understands, its address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.http import parse_etags

Environ = dict[str, Any]


def is_answerable(environ: Mapping[str, Any]) -> bool:
    """Whether it only reads, on the scheme that readers are to use."""
    if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
        return False
    return not settings.SECURE_SSL_REDIRECT or is_secure(environ)


def path_of(environ: Mapping[str, Any]) -> str:
    """As text; what is no UTF-8 is nobody's address."""
    path: str = environ["PATH_INFO"]
    return path if path.isascii() else path.encode("latin-1").decode("utf-8", "replace")


def is_secure(environ: Mapping[str, Any]) -> bool:
    if environ.get("wsgi.url_scheme") == "https":
        return True
    header = settings.SECURE_PROXY_SSL_HEADER
    return header is not None and environ.get(header[0]) == header[1]


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
