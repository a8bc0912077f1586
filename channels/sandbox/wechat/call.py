"""One call as a family sees it, and how a family says which calls it answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from channels.sandbox.articles import ApiError
from channels.sandbox.config import AccountConfig
from channels.sandbox.pictures import Upload
from channels.sandbox.store import Document

IMAGES = "/mmbiz/"
OK: Mapping[str, Any] = {"errcode": 0, "errmsg": "ok"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of an account. `base` is the sandbox's own address without a trailing slash."""

    account: AccountConfig
    base: str
    body: Document = field(default_factory=dict)
    query: Document = field(default_factory=dict)
    upload: Upload | None = None

    @property
    def appid(self) -> str:
        return self.account.appid

    def kind(self, name: str) -> str:
        """The store's kind for this account's things."""
        return f"{name}:{self.account.appid}"

    def word(self, name: str) -> str:
        """A string or a number of the body, as a string; empty for everything else."""
        return word_of(self.body.get(name))

    def part(self, name: str) -> Document:
        """An object of the body. Raises ApiError when it is none."""
        value = self.body.get(name)
        if not isinstance(value, dict):
            raise ApiError(47001, f"data format error: {name}")
        return value

    def openids(self, name: str, *, most: int, least: int = 1) -> list[str]:
        """A list of openids of the body. Raises ApiError for none and for too many."""
        value = self.body.get(name)
        if not isinstance(value, list) or not least <= len(value) <= most:
            raise ApiError(40032, "invalid openid list size")
        return [str(openid) for openid in value]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """How a call is made and who answers it."""

    answer: Callable[[Call], Document]
    method: str = "POST"


Endpoints = dict[str, Endpoint]


def word_of(value: Any) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def body_of(raw: bytes) -> Document:
    """The JSON object of a request. Raises ApiError."""
    try:
        body = json.loads(raw or b"{}")
    except ValueError:
        raise ApiError(47001, "data format error") from None
    if not isinstance(body, dict):
        raise ApiError(47001, "data format error")
    return body
