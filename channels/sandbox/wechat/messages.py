"""Messages and events as the platform writes them (XML or JSON), and replies as it reads them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from lxml import etree

from channels.sandbox.store import Document

NEWS_MAX = 1
"""Articles of a passive reply; more are cut since 2018-10-12."""
TEXT_BYTES = 2048


@dataclass(frozen=True, slots=True)
class ReplyArticle:
    title: str
    url: str
    description: str = ""
    picurl: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a follower sees after a message: `kind` text, news or none. `failed`: 该公众号提供的服务出现故障."""

    kind: str = "none"
    text: str = ""
    articles: tuple[ReplyArticle, ...] = ()
    failed: bool = False

    def to_json(self) -> Document:
        return {**asdict(self), "articles": [asdict(article) for article in self.articles]}


FAILED = Reply(failed=True)


def written(fields: Document, kind: str) -> str:
    """`fields` in the account's format, xml or json."""
    if kind == "json":
        return json.dumps(fields, ensure_ascii=False)
    return f"<xml>{_xml(fields)}</xml>"


def _xml(fields: Document) -> str:
    return "\n".join(_element(name, value) for name, value in fields.items())


def _element(name: str, value: Any) -> str:
    """A list is the element several times."""
    if isinstance(value, list):
        return "\n".join(_element(name, entry) for entry in value)
    if isinstance(value, dict):
        return f"<{name}>{_xml(value)}</{name}>"
    if isinstance(value, int):
        return f"<{name}>{value}</{name}>"
    text = str(value).replace("]]>", "]]]]><![CDATA[>")
    return f"<{name}><![CDATA[{text}]]></{name}>"


def parsed(body: str) -> Document:
    """XML or JSON of an answer as nested fields. Raises ValueError."""
    if body.lstrip().startswith("{"):
        fields = json.loads(body)
        return fields if isinstance(fields, dict) else {}
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    try:
        root = etree.fromstring(body.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise ValueError("not XML") from error
    if root.tag != "xml":
        raise ValueError("not a message")
    return {child.tag: _value(child) for child in root}


def _value(element: etree._Element) -> Any:
    children = list(element)
    if not children:
        return element.text or ""
    if len({child.tag for child in children}) == 1 and children[0].tag == "item":
        return {"item": [_value(child) for child in children]}
    return {child.tag: _value(child) for child in children}


def reply_of(fields: Document, *, sender: str, receiver: str) -> tuple[Reply, str]:
    """(what the follower sees, what was cut). Raises ValueError for a message that is not to him or is none."""
    if (fields.get("FromUserName"), fields.get("ToUserName")) != (sender, receiver):
        raise ValueError("not from this account to this follower")
    if not str(fields.get("CreateTime") or "").isdigit():
        raise ValueError("no CreateTime")
    if fields.get("MsgType") == "text":
        text = str(fields.get("Content") or "")
        shown = text.encode()[:TEXT_BYTES].decode(errors="ignore")
        return Reply("text", shown), "" if shown == text else f"text over {TEXT_BYTES} bytes"
    if fields.get("MsgType") == "news":
        articles = _articles(fields.get("Articles"))
        if not articles:
            raise ValueError("news without articles")
        cut = "" if len(articles) <= NEWS_MAX else f"{len(articles)} articles, only {NEWS_MAX} is shown"
        return Reply("news", articles=articles[:NEWS_MAX]), cut
    if fields.get("MsgType") in {"image", "voice", "video", "music", "transfer_customer_service"}:
        return Reply(), ""
    raise ValueError("unknown MsgType")


def _articles(raw: Any) -> tuple[ReplyArticle, ...]:
    items = raw.get("item", []) if isinstance(raw, dict) else raw
    items = items if isinstance(items, list) else [items]
    return tuple(
        ReplyArticle(*(str(item.get(name) or "") for name in ("Title", "Url", "Description", "PicUrl")))
        for item in items
        if isinstance(item, dict)
    )
