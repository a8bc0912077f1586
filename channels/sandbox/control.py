"""The sandbox's own interface under /_control: faults, clock, accounts, people, and things behind the hub's back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from aiohttp import web

from channels.sandbox.articles import ApiError
from channels.sandbox.copies import copies
from channels.sandbox.faults import Fault, FaultKind, Faults
from channels.sandbox.store import Document, Store
from channels.sandbox.wechat.call import body_of, word_of
from channels.sandbox.wechat.hookup import set_hookup
from channels.sandbox.wechat.messages import Reply
from channels.sandbox.wechat.platform import WeChatPlatform
from channels.sandbox.wordpress.sites import WordPressSites


class Control:
    def __init__(self, store: Store, faults: Faults, platform: WeChatPlatform, sites: WordPressSites) -> None:
        self._store = store
        self._faults = faults
        self._platform = platform
        self._sites = sites

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/_control/faults", self._list_faults),
            web.post("/_control/faults", self._add_fault),
            web.delete("/_control/faults", self._clear_faults),
            web.get("/_control/copies", self._copies),
            web.get("/_control/violations", self._violations),
            web.get("/_control/callbacks", self._callbacks),
            web.post("/_control/account", self._account),
            web.post("/_control/callback", self._callback),
            web.post("/_control/wordpress", self._wordpress),
            web.post("/_control/phone", self._phone),
            web.post("/_control/office", self._office),
            web.post("/_control/ban", self._ban),
            web.post("/_control/clock", self._advance),
            web.post("/_control/tokens/revoke", self._revoke),
            web.post("/_control/delete", self._delete),
            web.post("/_control/reset", self._reset),
        ]

    # -- faults and counting -------------------------------------------------------------------------------------

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
        self._platform.desk.agenda.run_due()
        found = copies(self._store)
        counts: dict[str, int] = {}
        for copy in found:
            key = f"{copy.outlet} {copy.item or copy.remote_id}"
            counts[key] = counts.get(key, 0) + 1
        return web.json_response({"copies": [copy.to_json() for copy in found], "counts": counts})

    async def _violations(self, _: web.Request) -> web.Response:
        return web.json_response({"violations": self._platform.desk.violations()})

    async def _callbacks(self, request: web.Request) -> web.Response:
        parcels = self._platform.courier.parcels(request.query.get("appid", ""))
        return web.json_response({"callbacks": [parcel.to_json() for parcel in parcels]})

    # -- settings ------------------------------------------------------------------------------------------------

    async def _account(self, request: web.Request) -> web.Response:
        """{"appid", and any setting of AccountConfig}."""
        appid, changes = _split(await _body(request))
        with _explained():
            self._platform.desk.set_account(appid, changes)
        return web.json_response({})

    async def _callback(self, request: web.Request) -> web.Response:
        """{"appid", and any setting of Hookup}."""
        appid, changes = _split(await _body(request))
        with _explained():
            self._platform.desk.known(appid)
            hookup = set_hookup(self._store, appid, changes)
        return web.json_response({"url": hookup.url, "mode": hookup.mode, "format": hookup.format})

    async def _wordpress(self, request: web.Request) -> web.Response:
        """{"site", and any setting of SiteSettings}."""
        body = await _body(request)
        with _explained():
            self._sites.change(word_of(body.pop("site", "")), body)
        return web.json_response({})

    async def _advance(self, request: web.Request) -> web.Response:
        seconds = (await _body(request)).get("advance", 0)
        if not isinstance(seconds, int | float) or isinstance(seconds, bool):
            raise web.HTTPBadRequest(text="advance is a number of seconds")
        self._platform.advance(seconds)
        return web.json_response({"now": self._platform.desk.clock.now()})

    async def _revoke(self, _: web.Request) -> web.Response:
        self._platform.credentials.revoke()
        return web.json_response({})

    async def _reset(self, _: web.Request) -> web.Response:
        self._platform.reset()
        return web.json_response({})

    # -- people --------------------------------------------------------------------------------------------------

    async def _phone(self, request: web.Request) -> web.Response:
        """{"appid", "openid", "do": follow | unfollow | say | click | view | scan, "text" | "key" | "url" | "scene"}."""
        body, people = await _body(request), self._platform.followers
        appid, openid = word_of(body.get("appid")), word_of(body.get("openid"))
        text, key, url, scene = (word_of(body.get(name)) for name in ("text", "key", "url", "scene"))
        actions: dict[str, Callable[[], Awaitable[Reply]]] = {
            "follow": lambda: people.follow(appid, openid, scene, word_of(body.get("wxname"))),
            "unfollow": lambda: people.unfollow(appid, openid),
            "say": lambda: people.say(appid, openid, text),
            "click": lambda: people.click(appid, openid, key),
            "view": lambda: people.view(appid, openid, url),
            "scan": lambda: people.scan(appid, openid, scene),
        }
        with _explained():
            reply = await actions[word_of(body.get("do"))]()
        return web.json_response(reply.to_json())

    async def _office(self, request: web.Request) -> web.Response:
        """{"appid", "do": publish | push | edit | delete | drop_draft, and media_id, or article_id with old, new, index}."""
        body, office = await _body(request), self._platform.office
        appid, media_id, key = (word_of(body.get(name)) for name in ("appid", "media_id", "article_id"))
        base, index = str(request.url.origin()), int(word_of(body.get("index")) or 0)
        actions: dict[str, Callable[[], str | None]] = {
            "publish": lambda: office.publish(appid, media_id, base),
            "push": lambda: office.publish(appid, media_id, base, notify=True),
            "edit": lambda: office.edit(appid, key, word_of(body.get("old")), word_of(body.get("new"))),
            "delete": lambda: office.delete(appid, key, index),
            "drop_draft": lambda: office.drop_draft(appid, media_id),
        }
        with _explained():
            made = actions[word_of(body.get("do"))]()
        return web.json_response({"id": made or ""})

    async def _ban(self, request: web.Request) -> web.Response:
        """{"appid", "article_id"}: as the platform does after a success."""
        body = await _body(request)
        with _explained():
            self._platform.office.ban(word_of(body.get("appid")), word_of(body.get("article_id")))
        return web.json_response({})

    async def _delete(self, request: web.Request) -> web.Response:
        """Behind the hub's back: {"outlet", "remote_id"} of a copy."""
        body = await _body(request)
        forget(self._store, self._platform, word_of(body.get("outlet")), word_of(body.get("remote_id")))
        return web.json_response({})


@contextmanager
def _explained() -> Iterator[None]:
    """Turns a refusal of the sandbox into a 400 with its words."""
    try:
        yield
    except (ValueError, KeyError, TypeError) as error:
        raise web.HTTPBadRequest(text=str(error)) from error


def forget(store: Store, platform: WeChatPlatform, outlet: str, remote_id: str, url: str = "") -> None:
    """Take one copy away: a received item, a post, or an article (`url` chooses one of several)."""
    store.delete(f"wp:{outlet}", remote_id)
    item = store.get(f"item:{outlet}", remote_id)
    if item is not None:
        store.put(f"item:{outlet}", remote_id, {**item, "withdrawn": True})
    found = platform.shelf.find(outlet, remote_id)
    if found is not None:
        addresses = [article["url"] for article in found[1]["articles"]]
        with suppress(ValueError):
            platform.office.delete(outlet, remote_id, addresses.index(url) + 1 if url in addresses else 0)


def _split(body: Document) -> tuple[str, Document]:
    return word_of(body.get("appid")), {name: value for name, value in body.items() if name != "appid"}


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        return body_of(await request.read())
    except ApiError as error:
        raise web.HTTPBadRequest(text=error.message) from error
