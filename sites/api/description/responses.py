"""Responses of the description."""

from __future__ import annotations

from typing import Any

from sites.api.description.schemas import schema

KEYS = {"401": "密钥不正确；也可以不用密钥", "403": "密钥已吊销、已失效或没有此项权限"}
ETAG = {"ETag": {"description": "内容的标记", "schema": {"type": "string"}}}


def json(description: str, name: str) -> dict[str, Any]:
    """200 with a JSON document, and 304."""
    content = {"application/json": {"schema": schema(name)}}
    return {"200": {"description": description, "headers": ETAG, "content": content}, **UNCHANGED}


def error(description: str) -> dict[str, Any]:
    """A refusal of whatever status."""
    return {"description": description, "content": {"application/json": {"schema": schema("Error")}}}


def refused(**descriptions: str) -> dict[str, Any]:
    """Refusals by status, `s404=...`; keys and methods that do not exist are always among them."""
    said = {status.removeprefix("s"): text for status, text in descriptions.items()}
    said |= {**KEYS, "405": "只支持 GET 和 HEAD"}
    return {status: error(text) for status, text in said.items()}


UNCHANGED = {"304": {"description": "未变化", "headers": ETAG}}
