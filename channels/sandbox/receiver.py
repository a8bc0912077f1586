"""A receiver of signed posts, as a sub-office or the e-government platform would run it (Standard Webhooks, v1)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from typing import Any

from aiohttp import web

from channels.sandbox.articles import ApiError
from channels.sandbox.config import SandboxConfig
from channels.sandbox.store import Document, Store
from channels.sandbox.wechat.call import body_of

TOLERANCE = 300
"""Seconds that a post's time may be off; older ones are replays."""
PUBLISHED, WITHDRAWN, PING = "item.published", "item.withdrawn", "hub.ping"


class Receiver:
    """All receivers, by name. An item is kept by its id; a version never gives way to an older one."""

    def __init__(self, config: SandboxConfig, store: Store) -> None:
        self._config = config
        self._store = store

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/receiver/{name}/items", self._receive)]

    async def _receive(self, request: web.Request) -> web.Response:
        name, raw = request.match_info["name"], await request.read()
        if not is_signed(self._config.receiver_secret(name), request.headers, raw, now=time.time()):
            return web.json_response({"error": "signature"}, status=401)
        try:
            event = body_of(raw)
        except ApiError:
            return web.json_response({"error": "not a JSON object"}, status=400)
        if event.get("type") == PING:
            return web.json_response({})
        data = event.get("data")
        problem = _problem(event, data)
        if problem or not isinstance(data, dict):
            return web.json_response({"error": problem}, status=422)
        message_id = request.headers["webhook-id"]
        known = self._store.get(f"message:{name}", message_id)
        if known is None:
            known = self._apply(name, str(event["type"]), data, str(request.url.origin()))
            self._store.put(f"message:{name}", message_id, known)
        return web.json_response(known)

    def _apply(self, name: str, kind: str, data: Document, base: str) -> Document:
        item_id, version = _item_id(data), int(data["version"])
        held = self._store.get(f"item:{name}", item_id)
        if held is None or version >= held["version"]:
            held = _item(item_id, version, kind, data) if kind == PUBLISHED else _gone(item_id, version, held)
            self._store.put(f"item:{name}", item_id, held)
        return {"id": item_id, "url": f"{base}/receiver/{name}/{item_id}/", "version": held["version"]}


def is_signed(secret: str, headers: Any, body: bytes, *, now: float) -> bool:
    """Whether one of the signatures is ours and the time is near `now` (Unix seconds)."""
    message_id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message_id or not stamp.isdigit() or abs(now - int(stamp)) > TOLERANCE:
        return False
    signed = b".".join([message_id.encode(), stamp.encode(), body])
    expected = b"v1," + base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest())
    given = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(expected, signature.encode()) for signature in given)


def _key(secret: str) -> bytes:
    if not secret.startswith("whsec_"):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        return secret.encode()


def _problem(event: Document, data: Any) -> str:
    if event.get("type") not in {PUBLISHED, WITHDRAWN}:
        return "unknown type"
    if not isinstance(data, dict) or not str(data.get("uri", "")).startswith("urn:uuid:"):
        return "data.uri is no urn:uuid name"
    if not str(data.get("version", "")).isdigit():
        return "data.version is no number"
    return ""


def _item_id(data: Document) -> str:
    return str(data["uri"]).removeprefix("urn:uuid:")


def _item(item_id: str, version: int, kind: str, data: Document) -> Document:
    return {
        "id": item_id,
        "uri": data["uri"],
        "version": version,
        "withdrawn": False,
        "headline": _headline(data),
        "source": next(
            (str(s.get("name", "")) for s in data.get("infoSources", []) if isinstance(s, dict)), ""
        ),
        "body_html": str(data.get("body_html", "")),
        "link": str(data.get("permalink", "")),
        "received_at": time.time(),
        "type": kind,
    }


def _gone(item_id: str, version: int, held: Document | None) -> Document:
    before = held or {"id": item_id, "uri": f"urn:uuid:{item_id}", "headline": "", "received_at": time.time()}
    return {**before, "version": version, "withdrawn": True, "body_html": ""}


def _headline(data: Document) -> str:
    """ninjs carries headlines as a list with roles; a plain `headline` is taken as well."""
    listed = [str(h.get("value", "")) for h in data.get("headlines", []) if isinstance(h, dict)]
    return next((text for text in [*listed, str(data.get("headline", ""))] if text), "（无标题）")
