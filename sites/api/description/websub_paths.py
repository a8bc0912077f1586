"""The address at which feeds are subscribed to by WebSub; docs/websub.md is its manual."""

from __future__ import annotations

from typing import Any

from sites.api.description.schemas import schema
from sites.websub.views import CODE_HEADER, FORM

SUBSCRIBING = """\
按 W3C 推荐标准 [WebSub](https://www.w3.org/TR/websub/) 受理订阅和退订。答复 202 以后，平台向 `hub.callback` 核实：
以 GET 请求带去 `hub.challenge`，接收方须以 200 原样返回它的值。核实以后，订阅源的每次变化都以 POST 发往 `hub.callback`，
正文与订阅源完全相同；填写了密钥的，带 `X-Hub-Signature`。不认识的参数不予理会。
"""
CODE = {
    CODE_HEADER: {"description": "代码，供程序判断", "schema": {"type": "string", "pattern": "^[a-z_]+$"}}
}
LATER = {"Retry-After": {"description": "秒数", "schema": {"type": "integer", "minimum": 1}}}


def _said(description: str, **headers: Any) -> dict[str, Any]:
    """One sentence for people."""
    content = {"text/plain": {"schema": {"type": "string", "minLength": 1}}}
    return {"description": description, "headers": {**CODE, **headers}, "content": content}


PATHS: dict[str, Any] = {
    "/websub/": {
        "post": {
            "operationId": "subscribe",
            "tags": ["推送"],
            "summary": "订阅、续订或退订推送",
            "description": SUBSCRIBING,
            "security": [],
            "requestBody": {"required": True, "content": {FORM: {"schema": schema("Subscribing")}}},
            "responses": {
                "202": _said("`accepted`：已受理，等待核实"),
                "400": _said(
                    "参数有误：`mode_unknown` `topic_missing` `callback_missing` `lease_invalid` `secret_too_long` "
                    "`form_invalid` `parameter_twice`；接收地址不予访问：`callback_scheme` `callback_invalid` "
                    "`callback_userinfo` `callback_port` `callback_forbidden`"
                ),
                "403": _said("`too_many_subscriptions`：同一主机的订阅已达上限"),
                "404": _said("`topic_unknown`：没有这个订阅内容"),
                "405": _said("`method_not_allowed`：只接受 POST"),
                "413": _said("`too_large`：请求过大"),
                "415": _said("`type_unsupported`：须为表单"),
                "429": _said("`too_many_requests`：请求过于频繁", **LATER),
                "503": _said("`hub_full`：推送订阅总数已达上限", **LATER),
            },
        }
    },
}
