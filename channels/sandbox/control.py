"""The sandbox's own interface under /_control: faults, clock, counting copies, doing things behind the hub's back."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from channels.sandbox.articles import ApiError
from channels.sandbox.clock import Clock
from channels.sandbox.copies import copies
from channels.sandbox.faults import Fault, FaultKind, Faults
from channels.sandbox.platform import WeChatPlatform, body_of
from channels.sandbox.store import Store


class Control:
    def __init__(self, store: Store, clock: Clock, faults: Faults, platform: WeChatPlatform) -> None:
        self._store = store
        self._clock = clock
        self._faults = faults
        self._platform = platform

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/_control/faults", self._list_faults),
            web.post("/_control/faults", self._add_fault),
            web.delete("/_control/faults", self._clear_faults),
            web.get("/_control/copies", self._copies),
            web.post("/_control/clock", self._advance),
            web.post("/_control/tokens/revoke", self._revoke),
            web.post("/_control/delete", self._delete),
            web.post("/_control/reset", self._reset),
        ]

    async def _list_faults(self, _: web.Request) -> web.Response:
        return web.json_response({"faults": [fault.to_json() for fault in self._faults.pending()]})

    async def _add_fault(self, request: web.Request) -> web.Response:
        body = await _body(request)
        try:
            fault = Fault(**{**body, "kind": FaultKind(str(body.get("kind", "")))})
        except (TypeError, ValueError) as error:
            raise web.HTTPBadRequest(text=f"no such fault: {error}") from error
        self._faults.add(fault)
        return web.json_response(fault.to_json(), status=201)

    async def _clear_faults(self, _: web.Request) -> web.Response:
        self._faults.clear()
        return web.json_response({"faults": []})

    async def _copies(self, _: web.Request) -> web.Response:
        for kind in self._store.kinds("review:"):
            self._platform.finish_reviews(kind.removeprefix("review:"))
        found = copies(self._store)
        counts: dict[str, int] = {}
        for copy in found:
            key = f"{copy.outlet} {copy.item or copy.remote_id}"
            counts[key] = counts.get(key, 0) + 1
        return web.json_response({"copies": [copy.to_json() for copy in found], "counts": counts})

    async def _advance(self, request: web.Request) -> web.Response:
        seconds = (await _body(request)).get("advance", 0)
        if not isinstance(seconds, int | float) or isinstance(seconds, bool):
            raise web.HTTPBadRequest(text="advance is a number of seconds")
        self._clock.advance(seconds)
        return web.json_response({"now": self._clock.now()})

    async def _revoke(self, _: web.Request) -> web.Response:
        self._platform.revoke_tokens()
        return web.json_response({})

    async def _delete(self, request: web.Request) -> web.Response:
        """Behind the hub's back: {"outlet", "remote_id"} of a copy."""
        body = await _body(request)
        outlet, remote_id = str(body.get("outlet", "")), str(body.get("remote_id", ""))
        item = self._store.get(f"item:{outlet}", remote_id)
        if item is not None:
            self._store.put(f"item:{outlet}", remote_id, {**item, "withdrawn": True})
        self._platform.delete_article(outlet, remote_id)
        return web.json_response({})

    async def _reset(self, _: web.Request) -> web.Response:
        self._store.clear()
        self._faults.clear()
        return web.json_response({})


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        return body_of(await request.read())
    except ApiError as error:
        raise web.HTTPBadRequest(text=error.message) from error
