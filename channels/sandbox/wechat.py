"""The HTTP face of the WeChat stand-in: /cgi-bin/…, answers as the platform words them."""

from __future__ import annotations

import secrets
from typing import Any

from aiohttp import BodyPartReader, web

from channels.sandbox.articles import ApiError
from channels.sandbox.pictures import Upload
from channels.sandbox.platform import Call, WeChatPlatform, body_of

MAX_BODY = 12 * 1024 * 1024


class WeChatApi:
    def __init__(self, platform: WeChatPlatform) -> None:
        self._platform = platform

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/cgi-bin/token", self._token),
            web.post("/cgi-bin/stable_token", self._stable_token),
            web.post("/cgi-bin/material/get_material", self._get_material),
            web.get("/cgi-bin/draft/count", self._call),
            web.post("/cgi-bin/{endpoint:.+}", self._call),
        ]

    async def _token(self, request: web.Request) -> web.Response:
        query = request.query
        try:
            if query.get("grant_type") != "client_credential":
                raise ApiError(40002, "invalid grant_type")
            return _json(self._platform.token(query.get("appid", ""), query.get("secret", ""), stable=False))
        except ApiError as error:
            return _refused(error)

    async def _stable_token(self, request: web.Request) -> web.Response:
        try:
            body = body_of(await request.read())
            if body.get("grant_type") != "client_credential":
                raise ApiError(40002, "invalid grant_type")
            appid, secret = str(body.get("appid", "")), str(body.get("secret", ""))
            force = bool(body.get("force_refresh"))
            return _json(self._platform.token(appid, secret, stable=True, force=force))
        except ApiError as error:
            return _refused(error)

    async def _call(self, request: web.Request) -> web.Response:
        endpoint = request.match_info.get("endpoint", "draft/count")
        try:
            return _json(self._platform.call(endpoint, await self._read(request)))
        except ApiError as error:
            return _refused(error)

    async def _get_material(self, request: web.Request) -> web.Response:
        try:
            content_type, data = self._platform.get_material(await self._read(request))
        except ApiError as error:
            return _refused(error)
        return web.Response(body=data, content_type=content_type)

    async def _read(self, request: web.Request) -> Call:
        account = self._platform.account_of(request.query.get("access_token", ""))
        base = str(request.url.origin())
        query = dict(request.query)
        if request.content_type == "multipart/form-data":
            return Call(account=account, base=base, query=query, upload=await _upload(request))
        return Call(account=account, base=base, query=query, body=body_of(await request.read()))


async def _upload(request: web.Request) -> Upload | None:
    """The file in the field `media`; None when there is none."""
    async for part in await request.multipart():
        if isinstance(part, BodyPartReader) and part.name == "media" and part.filename:
            return Upload(part.filename, bytes(await part.read()))
    return None


def _json(document: dict[str, Any]) -> web.Response:
    return web.json_response(document)


def _refused(error: ApiError) -> web.Response:
    rid = f"{secrets.token_hex(4)}-{secrets.token_hex(4)}-{secrets.token_hex(4)}"
    return web.json_response({"errcode": error.code, "errmsg": f"{error.message} rid: {rid}"})
