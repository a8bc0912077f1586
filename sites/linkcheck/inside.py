"""The hub's own answer to an address, without a network: the whole of Django, asked in this process.

It answers what a reader would get behind the layer of stored documents, whatever the process: the web server need not run.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from io import BytesIO
from urllib.parse import unquote_to_bytes, urljoin, urlsplit

from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponseBase
from wagtail.models import Site

from channels.answers import REDIRECTS
from sites.linkcheck.judging import Failure, Probe

HOPS_MAX = 5
USER_AGENT = "Tongsheng-Inspection"


@dataclass(frozen=True, slots=True)
class Page:
    """`body` is empty for a file, which is streamed, and for HEAD."""

    url: str
    status: int
    location: str
    body: bytes


@dataclass(frozen=True, slots=True)
class OwnHosts:
    """The hosts that this hub answers for, with their ports where they are named."""

    hosts: frozenset[str]

    def __contains__(self, host: object) -> bool:
        return host in self.hosts


def own_hosts(public_url: str) -> OwnHosts:
    """Those of all Site rows, and of the public address. One query at most."""
    roots = [site.root_url for site in Site.objects.all()]
    return OwnHosts(frozenset(urlsplit(url).netloc.lower() for url in (*roots, public_url)))


def fetch(url: str, method: str = "GET") -> Page:
    """The answer to one request; redirects are returned, not followed."""
    response = _handler().get_response(_request(url, method))
    try:
        body = b"" if response.streaming or method == "HEAD" else bytes(response.content)  # type: ignore[attr-defined]
        return Page(url, response.status_code, _location(url, response), body)
    finally:
        # Not response.close(): it says that a request has finished, and whoever hears that closes our connection.
        for close in response._resource_closers:  # type: ignore[attr-defined]
            close()


def probe(url: str, own: OwnHosts) -> Probe:
    """What a reader meets at an own address. A redirect that leaves the hub works as far as we are concerned."""
    at = url
    for _ in range(HOPS_MAX + 1):
        page = fetch(at, "HEAD")
        if page.status not in REDIRECTS or not page.location:
            return Probe(status=page.status, leads_to=at if at != url else "")
        at = page.location
        if urlsplit(at).netloc.lower() not in own:
            return Probe(status=page.status, leads_to=at)
    return Probe(failure=Failure.LOOP)


@cache
def _handler() -> BaseHandler:
    handler = BaseHandler()
    handler.load_middleware()
    return handler


def _request(url: str, method: str) -> WSGIRequest:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    path = unquote_to_bytes(parts.path.encode() or b"/").decode("latin-1")
    return WSGIRequest(
        {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": parts.query,
            "SCRIPT_NAME": "",
            "SERVER_NAME": parts.hostname or "",
            "SERVER_PORT": str(port),
            "HTTP_HOST": parts.netloc.rpartition("@")[2],
            "HTTP_USER_AGENT": USER_AGENT,
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": parts.scheme,
            "wsgi.input": BytesIO(),
            "CONTENT_LENGTH": "0",
        }
    )


def _location(url: str, response: HttpResponseBase) -> str:
    location = response.headers.get("Location", "")
    return urljoin(url, location) if location else ""
