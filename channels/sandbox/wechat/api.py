"""The HTTP face of the WeChat stand-in: /cgi-bin/… and /datacube/…, answers as the platform words them."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from aiohttp import BodyPartReader, web

from channels.sandbox.articles import ApiError
from channels.sandbox.pictures import Upload
from channels.sandbox.wechat.call import Call, Endpoint, body_of, word_of
from channels.sandbox.wechat.platform import WeChatPlatform

MAX_BODY = 12 * 1024 * 1024
TAGGING = "tags/members/batchtagging"
TAGGING_SECONDS = 0.02
"""How long tagging takes; a second call of the account in that time gets the spurious 45159 of the real platform."""
_ESCAPED = re.compile(rb"(?<!\\)(?:\\\\)*\\u(?:2[89a-f]|[3-9a-f][0-9a-f])[0-9a-f]{2}", re.IGNORECASE)

Answer = Callable[[web.Request], Awaitable[web.Response]]


class WeChatApi:
    def __init__(self, platform: WeChatPlatform) -> None:
        self._platform = platform
        self._tagging: set[str] = set()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/cgi-bin/token", self._safe(self._token)),
            web.post("/cgi-bin/stable_token", self._safe(self._stable_token)),
            web.post("/cgi-bin/clear_quota/v2", self._safe(self._clear_quota)),
            web.post("/cgi-bin/material/get_material", self._safe(self._get_material)),
            web.get("/cgi-bin/showqrcode", self._show_qrcode),
            web.route("*", "/cgi-bin/{endpoint:.+}", self._safe(self._call)),
            web.route("*", "/{endpoint:datacube/.+}", self._safe(self._call)),
        ]

    def _safe(self, answer: Answer) -> Answer:
        """A refusal becomes an errcode with a rid, which is kept to be asked for."""

        async def answered(request: web.Request) -> web.Response:
            try:
                return await answer(request)
            except ApiError as error:
                return await self._refused(request, error)

        return answered

    async def _token(self, request: web.Request) -> web.Response:
        query = request.query
        _credential(query.get("grant_type"))
        appid, secret = query.get("appid", ""), query.get("secret", "")
        return _json(self._platform.credentials.legacy(appid, secret, request.remote or ""))

    async def _stable_token(self, request: web.Request) -> web.Response:
        body = body_of(await request.read())
        _credential(body.get("grant_type"))
        appid, secret = word_of(body.get("appid")), word_of(body.get("secret"))
        force = bool(body.get("force_refresh"))
        credentials = self._platform.credentials
        return _json(credentials.stable(appid, secret, request.remote or "", force=force))

    async def _clear_quota(self, request: web.Request) -> web.Response:
        """clear_quota/v2 works without a token."""
        given = {**request.query, **body_of(await request.read())}
        appid = word_of(given.get("appid"))
        self._platform.credentials.checked(appid, word_of(given.get("appsecret")))
        return _json(self._platform.upkeep.clear(appid))

    async def _call(self, request: web.Request) -> web.Response:
        name = request.match_info["endpoint"]
        account = self._platform.credentials.account_of(request.query.get("access_token", ""))
        endpoint = self._platform.endpoint(name, request.method)
        call = await self._read(request, Call(account=account, base=_base(request)))
        if name == TAGGING:
            return _json(await self._one_by_one(name, endpoint, call))
        return _json(self._platform.call(name, endpoint, call))

    async def _one_by_one(self, name: str, endpoint: Endpoint, call: Call) -> dict[str, Any]:
        if call.appid in self._tagging:
            raise ApiError(45159, "invalid tag id")
        self._tagging.add(call.appid)
        try:
            await asyncio.sleep(TAGGING_SECONDS)
            return self._platform.call(name, endpoint, call)
        finally:
            self._tagging.discard(call.appid)

    async def _get_material(self, request: web.Request) -> web.Response:
        account = self._platform.credentials.account_of(request.query.get("access_token", ""))
        call = await self._read(request, Call(account=account, base=_base(request)))
        content_type, data = self._platform.uploads.file(call)
        return web.Response(body=data, content_type=content_type)

    async def _show_qrcode(self, request: web.Request) -> web.Response:
        data = self._platform.menus.picture(request.query.get("ticket", ""), _base(request))
        if data is None:
            raise web.HTTPNotFound
        return web.Response(body=data, content_type="image/png")

    async def _read(self, request: web.Request, call: Call) -> Call:
        """`call` with what the request carries. Raises ApiError."""
        given: dict[str, Any] = {"account": call.account, "base": call.base, "query": dict(request.query)}
        if request.method == "GET":
            return Call(**given)
        if request.content_type == "multipart/form-data":
            return Call(**given, upload=await _upload(request))
        raw = await request.read()
        if _ESCAPED.search(raw):
            self._platform.desk.violation(call.appid, f"{request.path}: Chinese as \\u escapes")
        return Call(**given, body=body_of(raw))

    async def _refused(self, request: web.Request, error: ApiError) -> web.Response:
        upkeep = self._platform.upkeep
        rid = upkeep.new_rid()
        answer = {"errcode": error.code, "errmsg": f"{error.message} rid: {rid}", **error.more}
        multipart = request.content_type == "multipart/form-data"
        body = b"" if multipart else await request.read()
        upkeep.remember(
            rid,
            self._appid(request),
            {
                "cost_in_ms": 30,
                "request_url": request.query_string.replace(request.query.get("access_token") or "\0", "***"),
                "request_body": body.decode(errors="replace")[:2000],
                "response_body": json.dumps(answer, ensure_ascii=False),
                "client_ip": request.remote or "",
            },
        )
        return _json(answer)

    def _appid(self, request: web.Request) -> str:
        try:
            return self._platform.credentials.account_of(request.query.get("access_token", "")).appid
        except ApiError:
            return ""


def _credential(grant_type: Any) -> None:
    if grant_type != "client_credential":
        raise ApiError(40002, "invalid grant_type")


async def _upload(request: web.Request) -> Upload | None:
    """The file in the field `media`; None when there is none, it has no name, or the body is no multipart."""
    try:
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader) and part.name == "media" and part.filename:
                return Upload(part.filename, bytes(await part.read()))
    except ValueError:
        return None
    return None


def _base(request: web.Request) -> str:
    return str(request.url.origin())


def _json(document: dict[str, Any]) -> web.Response:
    return web.json_response(document, dumps=partial(json.dumps, ensure_ascii=False))
