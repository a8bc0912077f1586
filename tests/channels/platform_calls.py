"""The platform's side of a callback, for tests: signed, encrypted, as XML or JSON."""

from __future__ import annotations

import hashlib
import json
import time
from typing import Any
from urllib.parse import urlencode

from channels.sandbox.wechat.crypto import encrypted
from channels.sandbox.wechat.messages import written

TOKEN = "demotoken"
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APPID = "wxdemo000000000001"
OPENID = "oDEMO_reader"
ACCOUNT = "gh_demo000000000001"


def signature(*parts: str) -> str:
    return hashlib.sha1("".join(sorted([TOKEN, *parts])).encode()).hexdigest()


def signed(now: float | None = None, nonce: str = "n0nce") -> dict[str, str]:
    timestamp = str(int(time.time() if now is None else now))
    return {"timestamp": timestamp, "nonce": nonce, "signature": signature(timestamp, nonce)}


def fields(**more: Any) -> dict[str, Any]:
    head = {"ToUserName": ACCOUNT, "FromUserName": OPENID, "CreateTime": 1_795_000_000}
    return {**head, "MsgType": "event", **more}


def text(content: str, msg_id: int = 23_000_000_000_000_001) -> dict[str, Any]:
    return fields(MsgType="text", Content=content, MsgId=msg_id)


def push(
    document: dict[str, Any],
    *,
    now: float | None = None,
    form: str = "xml",
    sealed: bool = False,
    appid: str = APPID,
) -> tuple[dict[str, str], bytes, str]:
    """(query, body, content type) of one push."""
    query, body = signed(now), written(document, form)
    if sealed:
        inner = encrypted(KEY, appid, body)
        query |= {
            "encrypt_type": "aes",
            "msg_signature": signature(query["timestamp"], query["nonce"], inner),
        }
        body = written({"ToUserName": ACCOUNT, "Encrypt": inner}, form)
    return query, body.encode(), "application/json" if form == "json" else "text/xml"


def post(client: Any, document: dict[str, Any], *, slug: str = "pinzhi", **how: Any) -> Any:
    """Pushes to the hub's own address."""
    query, body, content_type = push(document, **how)
    return client.post(f"/wechat/{slug}/?{urlencode(query)}", data=body, content_type=content_type)


def published(publish_id: Any = 2247503051, item: Any = None, **more: Any) -> dict[str, Any]:
    detail = {"count": 1, "item": item or {"idx": 1, "article_url": "https://mp.weixin.qq.com/s/x"}}
    told = {
        "publish_id": publish_id,
        "publish_status": 0,
        "article_id": "b5O2\nWP4",
        "article_detail": detail,
    }
    return fields(Event="PUBLISHJOBFINISH", PublishEventInfo={**told, **more})


def mass_sent(**more: Any) -> dict[str, Any]:
    entry = {"ArticleIdx": 1, "ArticleUrl": " https://mp.weixin.qq.com/s/y\n"}
    told = {
        "MsgID": 1000001625,
        "Status": "send success",
        "TotalCount": 100,
        "FilterCount": 80,
        "SentCount": 75,
        "ErrorCount": 5,
        "CopyrightCheckResult": {"Count": 0, "ResultList": "", "CheckState": 2},
        "ArticleUrlResult": {"Count": 1, "ResultList": {"item": entry}},
    }
    return fields(Event="MASSSENDJOBFINISH", **{**told, **more})


def read_json(body: bytes) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(body)
    return document
