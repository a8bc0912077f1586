"""The door through which the platform calls us: who knocks is checked before anything is read.

Modes as the account is set up: plain (a token only), compatible and safe (encrypted). With an EncodingAESKey only
encrypted pushes are let in: the signature of a plain one does not cover its body.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from channels.adapters.wechat_mp.api.messages import (
    Clicked,
    Followed,
    MassFinished,
    Message,
    OtherMessage,
    PublishFinished,
    Scanned,
    TextMessage,
    Unfollowed,
    UnknownEvent,
    Viewed,
    message_of,
)
from channels.errors import ConfigError

if TYPE_CHECKING:
    from channels.adapters.wechat_mp.api.cipher import Cipher

__all__ = [
    "Clicked",
    "Door",
    "Followed",
    "Forged",
    "MassFinished",
    "Message",
    "NewsReply",
    "NoReply",
    "OtherMessage",
    "PublishFinished",
    "Received",
    "Reply",
    "Scanned",
    "TextMessage",
    "TextReply",
    "Unfollowed",
    "UnknownEvent",
    "Viewed",
]

BODY_MAX: Final = 64 * 1024
"""Bytes of a push. A follower's text is 2 KB at most by the platform's rules; ten times that passes."""
FRESH: Final = 600
"""Seconds that a push may be older or newer than our clock: the protocol has no check of its own against a replay."""
TEXT_MAX: Final = 2048
"""Bytes of a text reply in UTF-8."""
TITLE_MAX, DIGEST_MAX = 64, 128
"""Characters of a news reply."""
DEPTH_MAX: Final = 8
ECHO_MAX: Final = 512
XML, JSON, TEXT = (
    "application/xml; charset=utf-8",
    "application/json; charset=utf-8",
    "text/plain; charset=utf-8",
)
_AES_KEY: Final = re.compile(r"^[A-Za-z0-9]{43}$")


class Forged(Exception):
    """Not from the platform, or not to be read. Says nothing to whoever knocked."""


@dataclass(frozen=True, slots=True)
class Received:
    """A push, and how it came: the reply goes back the same way."""

    message: Message
    encrypted: bool = False
    is_json: bool = False


@dataclass(frozen=True, slots=True)
class TextReply:
    """What is over TEXT_MAX is cut at a character."""

    text: str


@dataclass(frozen=True, slots=True)
class NewsReply:
    """One article: the platform shows no more than one to somebody who has written. `picture` may be empty."""

    title: str
    digest: str
    url: str
    picture: str = ""


@dataclass(frozen=True, slots=True)
class NoReply:
    """Taken note of; the platform shows nothing and does not ask again."""


Reply = TextReply | NewsReply | NoReply


class Door:
    """One account's. Raises ConfigError for a key that is none."""

    def __init__(self, token: str, aes_key: str, appid: str) -> None:
        if not token:
            raise ConfigError("公众号的消息推送令牌（Token）未填写，请在终端设置中补充")
        if aes_key and not _AES_KEY.match(aes_key):
            raise ConfigError("消息加解密密钥（EncodingAESKey）应为 43 位字母和数字，请在终端设置中核对")
        self._token = token
        self._cipher = _cipher(aes_key, appid) if aes_key else None

    def greet(self, query: Mapping[str, str]) -> str:
        """The answer to the platform's first knock, when the address is entered in its console. Raises Forged."""
        echo = query.get("echostr", "")
        if not echo or len(echo) > ECHO_MAX:
            raise Forged("no echostr")
        if "msg_signature" in query:
            self._check(query, "msg_signature", echo)
            return self._opened(echo)
        self._check(query, "signature")
        return echo

    def read(self, query: Mapping[str, str], body: bytes, *, now: float, content_type: str = "") -> Received:
        """A push. `now` in Unix seconds. Raises Forged for whatever is not a fresh push of the platform to us."""
        if len(body) > BODY_MAX:
            raise Forged("too long")
        encrypted = query.get("encrypt_type", "raw") == "aes"
        if self._cipher is not None and not encrypted:
            raise Forged("plain, where a key is set")
        if "signature" in query or not encrypted:
            self._check(query, "signature")
        self._check_time(query, now)
        is_json = "json" in content_type or body.lstrip()[:1] == b"{"
        document = _document(body, is_json=is_json)
        if encrypted:
            sealed = str(document.get("Encrypt", ""))
            self._check(query, "msg_signature", sealed)
            inner = self._opened(sealed).encode()
            is_json = inner.lstrip()[:1] == b"{"
            document = _document(inner, is_json=is_json)
        try:
            message = message_of(document)
        except (ValueError, TypeError, AttributeError) as error:
            raise Forged(str(error)) from error
        return Received(message, encrypted=encrypted, is_json=is_json)

    def close(self, reply: Reply, received: Received, *, now: float) -> tuple[str, bytes]:
        """(content type, body) of the answer; encrypted when the push was."""
        if isinstance(reply, NoReply):
            return TEXT, b"success"
        fields = _fields(reply, received.message, int(now))
        if received.encrypted:
            fields = self._sealed(_written(fields, is_json=received.is_json), str(int(now)))
        return (JSON if received.is_json else XML), _written(fields, is_json=received.is_json).encode()

    def _check(self, query: Mapping[str, str], name: str, *more: str) -> None:
        signature = self._signature(query.get("timestamp", ""), query.get("nonce", ""), *more)
        if not hmac.compare_digest(signature.encode(), query.get(name, "").encode(errors="replace")):
            raise Forged(f"wrong {name}")

    def _signature(self, *parts: str) -> str:
        joined = "".join(sorted([self._token, *parts]))
        return hashlib.sha1(joined.encode(errors="replace"), usedforsecurity=False).hexdigest()

    def _check_time(self, query: Mapping[str, str], now: float) -> None:
        text = query.get("timestamp", "")
        if not (text.isascii() and text.isdigit() and len(text) <= 12) or abs(int(text) - now) > FRESH:
            raise Forged("stale")

    def _opened(self, sealed: str) -> str:
        """The text inside, meant for this account."""
        if self._cipher is None:
            raise Forged("encrypted, and no key is set")
        try:
            return self._cipher.open(sealed)
        except ValueError as error:
            raise Forged(str(error)) from error

    def _sealed(self, text: str, timestamp: str) -> dict[str, Any]:
        assert self._cipher is not None  # _opened has let it in
        nonce = secrets.token_hex(8)
        sealed = self._cipher.close(text)
        signature = self._signature(timestamp, nonce, sealed)
        return {"Encrypt": sealed, "MsgSignature": signature, "TimeStamp": int(timestamp), "Nonce": nonce}


def _cipher(aes_key: str, appid: str) -> Cipher:
    # Imported with the first key: wechatpy and cryptography take 8 MiB, and plain accounts need neither.
    from channels.adapters.wechat_mp.api.cipher import Cipher

    return Cipher(aes_key, appid)


def _document(body: bytes, *, is_json: bool) -> dict[str, Any]:
    try:
        found = json.loads(body) if is_json else _values(_root(body), DEPTH_MAX)
    except (ValueError, RecursionError, ParseError, DefusedXmlException, LookupError) as error:
        raise Forged("not readable") from error
    if not isinstance(found, dict):
        raise Forged("no document")
    return found


def _root(body: bytes) -> Element:
    """No document type and no entity is let in, whatever it would expand to."""
    root: Element = ElementTree.fromstring(body, forbid_dtd=True)
    return root


def _values(element: Element, depth: int) -> Any:
    """Text, or the parts by name; a name that comes several times is a list. Raises ValueError below `depth`."""
    if not depth:
        raise ValueError("too deep")
    if not len(element):
        return element.text or ""
    found: dict[str, Any] = {}
    for part in element:
        value = _values(part, depth - 1)
        if part.tag not in found:
            found[part.tag] = value
        elif isinstance(found[part.tag], list):
            found[part.tag].append(value)
        else:
            found[part.tag] = [found[part.tag], value]
    return found


def _fields(reply: TextReply | NewsReply, message: Message, now: int) -> dict[str, Any]:
    head = {"ToUserName": message.openid, "FromUserName": message.account, "CreateTime": now}
    if isinstance(reply, TextReply):
        return {**head, "MsgType": "text", "Content": cut(reply.text)}
    article = {
        "Title": reply.title[:TITLE_MAX],
        "Description": reply.digest[:DIGEST_MAX],
        "PicUrl": reply.picture,
        "Url": reply.url,
    }
    return {**head, "MsgType": "news", "ArticleCount": 1, "Articles": {"item": article}}


def cut(text: str, size: int = TEXT_MAX) -> str:
    """At most `size` bytes of UTF-8, and no half character."""
    data = text.encode()
    return text if len(data) <= size else data[: size - 3].decode(errors="ignore") + "…"


def _written(fields: Mapping[str, Any], *, is_json: bool) -> str:
    if is_json:
        return json.dumps(fields, ensure_ascii=False)
    return f"<xml>{_xml(fields)}</xml>"


def _xml(fields: Mapping[str, Any]) -> str:
    return "".join(f"<{name}>{_xml_value(value)}</{name}>" for name, value in fields.items())


def _xml_value(value: Any) -> str:
    if isinstance(value, Mapping):
        return _xml(value)
    if isinstance(value, int):
        return str(value)
    # The end of a CDATA section is the only thing that it cannot hold.
    return "<![CDATA[{}]]>".format(str(value).replace("]]>", "]]]]><![CDATA[>"))
