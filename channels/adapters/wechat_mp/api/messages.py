"""What the platform pushes to us, as values: followers' messages and events, and how publishing and pushes ended.

The platform's page says XML; accounts on the new console may choose JSON. Lists of one arrive as a single thing,
numbers as text, and the platform's own samples wrap ids over two lines: all of that ends here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from channels import markup

Document = Mapping[str, Any]
ID_MAX = 128
"""Characters of any id of the platform; the longest that are known have 64. Longer ones fit no column of ours."""
OPENID_MAX = 64
QR = "qrscene_"
"""Stands before the scene in the event of somebody who follows by a code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """`openid` is the follower's id at this account, `account` the account's original id, `at` Unix seconds.

    `key` is the same for every repetition of one push and different for any other.
    """

    openid: str
    account: str
    at: int
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMessage(Message):
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherMessage(Message):
    """A picture, a voice, a place, …: `kind` is the platform's word."""

    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed(Message):
    """`scene` is that of the code that led here; empty without one."""

    scene: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfollowed(Message):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned(Message):
    """A follower has scanned a code of ours."""

    scene: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Clicked(Message):
    """A menu button; in `Message.key`'s place the button's own key is `button`."""

    button: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewed(Message):
    """A menu button that opens a page."""

    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishFinished(Message):
    """PUBLISHJOBFINISH. `articles` are (number from 1, address), `fail_idx` the numbers that were refused."""

    publish_id: str
    status: int
    article_id: str
    articles: tuple[tuple[int, str], ...]
    fail_idx: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MassFinished(Message):
    """MASSSENDJOBFINISH. `status` is the platform's word ("send success", "err(10001)"); counts are followers.

    `check_state` is that of the originality check: 1 no need, 2 may send, 3 may not.
    """

    msg_id: str
    status: str
    total: int
    filtered: int
    sent: int
    errors: int
    articles: tuple[tuple[int, str], ...]
    check_state: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownEvent(Message):
    name: str


def message_of(document: Document) -> Message:
    """Raises ValueError, TypeError or AttributeError for a document that is no push."""
    kind = _word(document, "MsgType").lower()
    if not kind:
        raise ValueError("no MsgType")
    if kind == "event":
        return _event(document)
    msg_id = _id(document, "MsgId")
    common = _common(document, f"msg|{msg_id}" if msg_id else "", kind)
    if kind == "text":
        return TextMessage(**common, text=_word(document, "Content"))
    return OtherMessage(**common, kind=kind)


def _event(document: Document) -> Message:
    name = _word(document, "Event")
    read = _EVENTS.get(name.lower())
    if read is None:
        return UnknownEvent(**_common(document, "", f"{name}|{_word(document, 'EventKey')}"), name=name[:60])
    return read(document)


def _common(document: Document, key: str, tail: str) -> dict[str, Any]:
    """The fields of every message. Without an id of its own, sender, time and what it is about make the key."""
    openid, at = _id(document, "FromUserName"), _number(document, "CreateTime")
    if not openid or len(openid) > OPENID_MAX:
        raise ValueError("no sender")
    made = key or f"{openid}|{at}|{tail}"
    return {"openid": openid, "account": _id(document, "ToUserName"), "at": at, "key": made}


def _followed(document: Document) -> Message:
    event_key = _word(document, "EventKey")
    scene = event_key.removeprefix(QR) if event_key.startswith(QR) else ""
    return Followed(**_common(document, "", f"subscribe|{event_key}"), scene=scene)


def _unfollowed(document: Document) -> Message:
    return Unfollowed(**_common(document, "", "unsubscribe"))


def _scanned(document: Document) -> Message:
    scene = _word(document, "EventKey").removeprefix(QR)
    return Scanned(**_common(document, "", f"scan|{scene}"), scene=scene)


def _clicked(document: Document) -> Message:
    button = _word(document, "EventKey")
    return Clicked(**_common(document, "", f"click|{button}"), button=button)


def _viewed(document: Document) -> Message:
    url = _id(document, "EventKey")
    return Viewed(**_common(document, "", f"view|{url}"), url=url)


def _published(document: Document) -> Message:
    told = _part(document, "PublishEventInfo")
    publish_id = _short(told, "publish_id")
    items = _items(told.get("article_detail"))
    return PublishFinished(
        **_common(document, "", f"publishjobfinish|{publish_id}"),
        publish_id=publish_id,
        status=_number(told, "publish_status"),
        article_id=_short(told, "article_id"),
        articles=tuple((_number(item, "idx"), _id(item, "article_url")) for item in items),
        fail_idx=tuple(int(str(number)) for number in _list(told.get("fail_idx"))),
    )


def _mass_sent(document: Document) -> Message:
    msg_id = _short(document, "MsgID") or _short(document, "MsgId")
    items = _items(_part(document, "ArticleUrlResult").get("ResultList"))
    return MassFinished(
        **_common(document, "", f"masssendjobfinish|{msg_id}"),
        msg_id=msg_id,
        status=_word(document, "Status"),
        total=_number(document, "TotalCount"),
        filtered=_number(document, "FilterCount"),
        sent=_number(document, "SentCount"),
        errors=_number(document, "ErrorCount"),
        articles=tuple((_number(item, "ArticleIdx"), _id(item, "ArticleUrl")) for item in items),
        check_state=_number(_part(document, "CopyrightCheckResult"), "CheckState"),
    )


_EVENTS: Mapping[str, Callable[[Document], Message]] = {
    "subscribe": _followed,
    "unsubscribe": _unfollowed,
    "scan": _scanned,
    "click": _clicked,
    "view": _viewed,
    "publishjobfinish": _published,
    "masssendjobfinish": _mass_sent,
}


def _word(document: Document, name: str) -> str:
    value = document.get(name)
    if value is None:
        return ""
    if isinstance(value, str | int):
        return markup.xml_text(str(value)).strip()
    raise ValueError(f"{name} is no text")


def _id(document: Document, name: str) -> str:
    """An id or an address: without any blank."""
    return "".join(_word(document, name).split())


def _short(document: Document, name: str) -> str:
    """An id that is kept. Raises ValueError for one that is none."""
    found = _id(document, name)
    if len(found) > ID_MAX:
        raise ValueError(f"{name} is no id")
    return found


def _number(document: Document, name: str) -> int:
    """0 for what is not there. Raises ValueError."""
    return int(_id(document, name) or 0)


def _part(document: Document, name: str) -> Document:
    """A part with parts of its own; an empty one arrives as empty text."""
    value = document.get(name)
    if not value:
        return {}
    if isinstance(value, Mapping):
        return value
    raise ValueError(f"{name} has no parts")


def _list(value: object) -> list[Any]:
    if value is None or value == "":
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _items(value: object) -> list[Document]:
    """Entries of a list that is wrapped in `item` (XML) or is not (JSON)."""
    inner = value.get("item") if isinstance(value, Mapping) else value
    return [entry for entry in _list(inner) if isinstance(entry, Mapping)]
