"""A foreign site on loopback, with the ways in which linked sites fail; and a visitor that never waits."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from channels.http import HttpClient
from sites.linkcheck.judging import Probe
from sites.linkcheck.probing import Visitor
from tests.channels.loopback import Loopback

HUGE_CHUNKS = 200
CHUNK = b"x" * 100_000


class Foreign(Loopback):
    """`/status/<n>` answers n; `robots` is its robots.txt; `front` its front page; `moved` sends `/moved` somewhere."""

    robots = ""
    front = "<title>演示网站</title><p>欢迎访问</p>"
    moved = ""
    sent = 0

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        if path == "/robots.txt":
            return web.Response(text=self.robots, status=200 if self.robots else 404)
        if path.startswith("/status/"):
            return web.Response(status=int(path.rpartition("/")[2]))
        if path == "/get-only":
            return web.Response(status=405 if request.method == "HEAD" else 200)
        if path == "/moved":
            return web.Response(status=302, headers={"Location": self.moved})
        if path == "/loop":
            return web.Response(status=302, headers={"Location": "/loop"})
        if path == "/hang":
            await asyncio.Event().wait()
        if path == "/huge":
            return await self._huge(request)
        return web.Response(text=self.front, content_type="text/html")

    async def _huge(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.method == "HEAD":
            return web.Response(status=501)
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(HUGE_CHUNKS):
            await response.write(CHUNK)
            self.sent += len(CHUNK)
        return response


def client() -> HttpClient:
    return HttpClient(allowed_networks=["127.0.0.0/8"])


class Pauses:
    """Stands in for asyncio.sleep: notes how long, does not wait."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def probe(*urls: str, pauses: Pauses | None = None, **settings: Any) -> list[Probe]:
    """What one visitor sees at these addresses, one after the other."""
    clock = settings.pop("clock", lambda: 0.0)

    async def visit() -> list[Probe]:
        async with client() as http:
            visitor = Visitor(http, clock, pauses or Pauses(), **settings)
            return [await visitor.probe(url) for url in urls]

    return asyncio.run(visit())
