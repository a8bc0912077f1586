"""The account's own bookkeeping: openapi/quota/get, openapi/rid/get, clear_quota."""

from __future__ import annotations

import re
import secrets
from collections import OrderedDict

from channels.sandbox.articles import ApiError
from channels.sandbox.store import Document
from channels.sandbox.wechat.call import OK, Call, Endpoint, Endpoints
from channels.sandbox.wechat.desk import Desk

REMEMBERED = 1000
RID_DAYS = 7
_RID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$")


class Upkeep:
    """Remembers the last refused requests by their rid, in memory."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._refused: OrderedDict[str, tuple[str, Document]] = OrderedDict()

    def endpoints(self) -> Endpoints:
        return {
            "openapi/quota/get": Endpoint(self._quota),
            "openapi/rid/get": Endpoint(self._rid),
            "clear_quota": Endpoint(self._clear),
        }

    def new_rid(self) -> str:
        return f"{int(self._desk.clock.now()):08x}-{secrets.token_hex(4)}-{secrets.token_hex(4)}"

    def remember(self, rid: str, appid: str, request: Document) -> None:
        """`appid` empty: the caller was nobody that is known."""
        self._refused[rid] = (appid, {"invoke_time": int(self._desk.clock.now()), **request})
        while len(self._refused) > REMEMBERED:
            self._refused.popitem(last=False)

    def clear(self, appid: str) -> Document:
        self._desk.quotas.clear(appid)
        return dict(OK)

    def _clear(self, call: Call) -> Document:
        if call.word("appid") != call.appid:
            raise ApiError(40013, "invalid appid")
        return self.clear(call.appid)

    def _quota(self, call: Call) -> Document:
        endpoint = call.word("cgi_path").removeprefix("/cgi-bin/")
        limit = self._desk.quotas.limit(endpoint)
        if limit is None:
            raise ApiError(76021, "cgi_path not found, please check")
        used = self._desk.quotas.used(call.appid, endpoint)
        quota = {"daily_limit": limit, "used": min(used, limit), "remain": max(0, limit - used)}
        return {**OK, "quota": quota}

    def _rid(self, call: Call) -> Document:
        rid = call.word("rid")
        if not _RID.match(rid):
            raise ApiError(76002, "rid is error")
        appid, request = self._refused.get(rid, ("", {"invoke_time": 0}))
        if request["invoke_time"] < self._desk.clock.now() - RID_DAYS * 86_400:
            raise ApiError(76001, "rid not found")
        if appid != call.appid:
            raise ApiError(76003, "could not query this rid, no permission")
        return {**OK, "request": request}
