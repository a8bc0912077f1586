"""Faults on demand: what goes wrong with the next calls to a path, as it goes wrong in real life."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

ERROR_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


class FaultKind(StrEnum):
    """drop_*: the connection ends without an answer. 500*: an error. html*: a page instead of JSON.

    Each of these before the call is carried out, or after. 429: too many requests. slow: `seconds` pass first.
    answer: the HTTP status `status`, with the request's own headers in the text, as careless servers do.
    errcode: the platform's refusal with `errcode`. publish_status: the next review ends with `status` (a number).
    mass_status: the next push ends with `status` ("send fail", "err(20001)", ...).
    """

    DROP_BEFORE = "drop_before"
    DROP_AFTER_COMMIT = "drop_after_commit"
    ERROR = "500"
    TOO_MANY = "429"
    ERROR_AFTER_COMMIT = "500_after"
    HTML = "html"
    HTML_AFTER_COMMIT = "html_after"
    ANSWER = "answer"
    SLOW = "slow"
    ERRCODE = "errcode"
    PUBLISH_STATUS = "publish_status"
    MASS_STATUS = "mass_status"


ENDINGS: Mapping[FaultKind, int | str] = {FaultKind.PUBLISH_STATUS: 3, FaultKind.MASS_STATUS: "send fail"}
"""Kinds that strike the end of a job instead of a request, and the end that is meant when none is named."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """Strikes `times` requests in whose `METHOD /path` the regular expression `path` is found, after letting `skip` of them pass.

    `times` 0 strikes for ever. `share` strikes only that share of the matching requests, by dice seeded with `seed`.
    """

    path: str
    kind: FaultKind
    times: int = 1
    skip: int = 0
    share: float = 1.0
    seed: int = 0
    errcode: int = 0
    errmsg: str = "fault"
    seconds: float = 0.0
    status: int | str = ""
    _dice: random.Random = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Raises ValueError for a `path` that is no regular expression, and for a share beyond 0 to 1."""
        try:
            re.compile(self.path)
        except re.error as error:
            raise ValueError(f"path: {error}") from error
        if not 0 <= self.share <= 1:
            raise ValueError("share: between 0 and 1")
        if self.kind is FaultKind.ANSWER and not str(self.status).isdigit():
            raise ValueError("status: an HTTP status")
        if self.status == "":
            self.status = ENDINGS.get(self.kind, "")
        self._dice = random.Random(self.seed)  # noqa: S311

    def to_json(self) -> dict[str, Any]:
        return {entry.name: getattr(self, entry.name) for entry in fields(self) if entry.init}

    def strikes(self) -> bool:
        """Whether it strikes a request that matches; counts it."""
        if self.skip > 0:
            self.skip -= 1
            return False
        return self.share >= 1 or self._dice.random() < self.share

    def used_up(self) -> bool:
        """Counts a strike."""
        if self.times == 0:
            return False
        self.times -= 1
        return self.times <= 0


class Faults:
    def __init__(self) -> None:
        self._pending: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._pending.append(fault)

    def clear(self) -> None:
        self._pending.clear()

    def pending(self) -> list[Fault]:
        return list(self._pending)

    def take(self, request: str, *, ending: FaultKind | None = None) -> Fault | None:
        """The fault that strikes a request now, counted. `ending` asks for the end of a job instead."""
        for fault in self.pending():
            wanted = fault.kind is ending if ending else fault.kind not in ENDINGS
            if not wanted or not re.search(fault.path, request) or not fault.strikes():
                continue
            if fault.used_up():
                self._pending.remove(fault)
            return fault
        return None


def middleware(faults: Faults) -> Middleware:
    """Applies the faults to everything but the control interface."""

    @web.middleware
    async def strike(request: web.Request, handler: Handler) -> web.StreamResponse:
        fault = (
            None if request.path.startswith("/_control") else faults.take(f"{request.method} {request.path}")
        )
        return await (handler(request) if fault is None else _struck(fault, request, handler))

    return strike


async def _struck(fault: Fault, request: web.Request, handler: Handler) -> web.StreamResponse:
    match fault.kind:
        case FaultKind.DROP_BEFORE:
            return _dropped(request)
        case FaultKind.DROP_AFTER_COMMIT:
            await handler(request)
            return _dropped(request)
        case FaultKind.ERROR:
            return web.Response(status=500, text="Internal Server Error")
        case FaultKind.ERROR_AFTER_COMMIT:
            await handler(request)
            return web.Response(status=500, text="Internal Server Error")
        case FaultKind.TOO_MANY:
            return web.Response(status=429, text="Too Many Requests")
        case FaultKind.HTML:
            return web.Response(text=ERROR_PAGE, content_type="text/html")
        case FaultKind.HTML_AFTER_COMMIT:
            await handler(request)
            return web.Response(text=ERROR_PAGE, content_type="text/html")
        case FaultKind.ANSWER:
            echo = "\n".join(f"{name}: {value}" for name, value in request.headers.items())
            return web.Response(status=int(fault.status), text=echo)
        case FaultKind.ERRCODE:
            return web.json_response({"errcode": fault.errcode, "errmsg": f"{fault.errmsg} rid: 0-fault-0"})
        case _:
            await asyncio.sleep(fault.seconds)
            return await handler(request)


def _dropped(request: web.Request) -> web.StreamResponse:
    """The connection is cut; the response that aiohttp wants never leaves."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
