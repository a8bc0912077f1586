"""Faults on demand: what goes wrong with the next calls to a path, as it goes wrong in real life."""

from __future__ import annotations

import asyncio
import re
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

ERROR_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


class FaultKind(StrEnum):
    """drop_*: the connection ends without an answer. 500*: an error. html*: a page instead of JSON.

    Each of these before the call is carried out, or after. 429: too many requests. slow: `seconds` pass first.
    errcode: the platform's refusal with `errcode`. publish_status: the next review ends with `status`.
    """

    DROP_BEFORE = "drop_before"
    DROP_AFTER_COMMIT = "drop_after_commit"
    ERROR = "500"
    TOO_MANY = "429"
    ERROR_AFTER_COMMIT = "500_after"
    HTML = "html"
    HTML_AFTER_COMMIT = "html_after"
    SLOW = "slow"
    ERRCODE = "errcode"
    PUBLISH_STATUS = "publish_status"


@dataclass(slots=True, kw_only=True)
class Fault:
    """Strikes `times` requests in whose path the regular expression `path` is found, after letting `skip` of them pass."""

    path: str
    kind: FaultKind
    times: int = 1
    skip: int = 0
    errcode: int = 0
    errmsg: str = "fault"
    seconds: float = 0.0
    status: int = 3

    def __post_init__(self) -> None:
        """Raises ValueError for a `path` that is no regular expression."""
        try:
            re.compile(self.path)
        except re.error as error:
            raise ValueError(f"path: {error}") from error

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


class Faults:
    def __init__(self) -> None:
        self._pending: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._pending.append(fault)

    def clear(self) -> None:
        self._pending.clear()

    def pending(self) -> list[Fault]:
        return list(self._pending)

    def take(self, path: str, *, publishing: bool = False) -> Fault | None:
        """The fault that strikes a request now, used up once. `publishing` asks for the end of a review instead."""
        for fault in self._pending:
            if not re.search(fault.path, path) or (fault.kind is FaultKind.PUBLISH_STATUS) != publishing:
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.times -= 1
            if fault.times <= 0:
                self._pending.remove(fault)
            return fault
        return None


def middleware(faults: Faults) -> Middleware:
    """Applies the faults to everything but the control interface."""

    @web.middleware
    async def strike(request: web.Request, handler: Handler) -> web.StreamResponse:
        fault = None if request.path.startswith("/_control") else faults.take(request.path)
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
