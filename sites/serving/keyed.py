"""Keys at the door of public documents: reading needs none, but whoever shows one proves what he has taken.

The key comes as `Authorization: Bearer`, or as `?key=` from systems that can only be given an address.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote_plus

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from channels import changes
from channels.pulling import keys
from channels.pulling.counting import Fetch, tally
from channels.pulling.keys import REFUSALS, KnownKey, Ring, Standing
from channels.pulling.models import Scope
from sites.serving.outline import Outline

PARAMETER = "key="
CACHING = "private, no-cache"
"""Of keyed answers: a cache between would hide the fetch. Asking again costs a 304."""
ring = Ring()
"""This process's."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody with a key, which has been checked."""

    known: KnownKey | None
    standing: Standing
    sequence: int
    at: datetime

    @property
    def is_refused(self) -> bool:
        return self.standing in REFUSALS

    def refused(self, *, as_json: bool) -> tuple[int, str, str]:
        """(status, content type, body) of a refusal: the sentence; for programs, with a word that never changes."""
        status, sentence = REFUSALS[self.standing]
        if not as_json:
            return status, "text/plain; charset=utf-8", sentence
        document = {"error": f"key_{self.standing}", "message": sentence}
        return status, "application/json", json.dumps(document, ensure_ascii=False)

    def fetch(self, document: str, outline: Outline, status: int, *, proven: bool) -> Fetch:
        """`proven`: whether the reader has these very bytes; else he was here, and that is all."""
        assert self.known is not None
        return Fetch(
            key_id=self.known.pk,
            outlet_id=self.known.outlet_id,
            document=document,
            status=status,
            etag=outline.etag if proven else "",
            sequence=self.sequence if outline.reaches is None else outline.reaches,
            contents=outline.contents if proven else (),
            at=self.at,
        )


def visit(
    key: str, stamp: changes.Stamp, now: datetime, *, scope: str = Scope.PULL, among: Ring | None = None
) -> Visit:
    """Who shows this key at this moment; costs no query while the hub's structure stands."""
    known = (among or ring).find(key, stamp.structure)
    return Visit(known, keys.check(known, scope, now), stamp.sequence, now)


def split(environ: Mapping[str, str]) -> tuple[str, str]:
    """(what is asked beside the key, the key) of a request; an empty key for none."""
    query = environ.get("QUERY_STRING", "")
    parts = query.split("&") if PARAMETER in query else []
    shown = [part for part in parts if part.startswith(PARAMETER)]
    if len(shown) != 1:
        header = environ.get("HTTP_AUTHORIZATION", "")
        return query, _bearer(header) if header else ""
    rest = "&".join(part for part in parts if part not in shown)
    return rest, unquote_plus(shown[0].removeprefix(PARAMETER))


def visit_of(request: HttpRequest, *, scope: str = Scope.PULL) -> Visit | None:
    """The same for a view; None for a reader without a key."""
    key = request.GET.get("key") or _bearer(request.headers.get("Authorization", ""))
    return visit(key, changes.stamp(), timezone.now(), scope=scope) if key else None


def refusal(seen: Visit, *, as_json: bool = False) -> HttpResponse:
    """What a view answers to a key that is no good."""
    status, content_type, text = seen.refused(as_json=as_json)
    response = HttpResponse(text, status=status, content_type=content_type)
    for name, value in refusal_headers(status):
        response[name] = value
    return response


def refusal_headers(status: int) -> list[tuple[str, str]]:
    """Without the content type. A refusal is not kept by anybody: the key may be good in a moment."""
    challenge = [("WWW-Authenticate", 'Bearer realm="tongsheng"')] if status == 401 else []
    return [("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"), *challenge]


def note(request: HttpRequest, seen: Visit, outline: Outline, status: int, *, proven: bool) -> None:
    """A view has answered: count it. HEAD gives nothing away."""
    if request.method != "GET":
        return
    rest = request.GET.copy()
    rest.pop("key", None)
    document = f"{request.path}?{rest.urlencode()}" if rest else request.path
    tally.note(seen.fetch(document, outline, status, proven=proven))


def _bearer(header: str) -> str:
    scheme, _, text = header.partition(" ")
    return text.strip() if scheme.lower() == "bearer" else ""
