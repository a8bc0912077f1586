"""Feeds -> OPML 2.0: the list of all feeds that a reader imports at once, grouped by unit or site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from channels.formats.elements import add, splice
from channels.formats.feed import ascii_url
from channels.formats.rss import rfc822

CONTENT_TYPE = "text/x-opml; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One feed: `xml_url` is its own address, `html_url` the page it belongs to; both absolute.

    `categories` are paths like `/城中街道/通知公告`, without commas.
    """

    title: str
    xml_url: str
    html_url: str = ""
    description: str = ""
    categories: tuple[str, ...] = ()
    language: str = "zh-CN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Feeds under one heading, and headings below that."""

    title: str
    subscriptions: tuple[Subscription, ...] = ()
    groups: tuple[Group, ...] = ()


def document(title: str, owner: str, groups: Sequence[Group], *, updated: datetime) -> bytes:
    """The list, UTF-8. Groups without any feed are left out: OPML readers make empty folders of them."""
    root = etree.Element("opml", version="2.0")
    head = add(root, "head")
    add(head, "title", title)
    add(head, "dateModified", rfc822(updated))
    add(head, "ownerName", owner)
    body = add(root, "body")
    for group in groups:
        _group(body, group)
    return splice(root, (), closing=b"</opml>")


def _group(parent: etree._Element, group: Group) -> None:
    if not _has_feeds(group):
        return
    outline = add(parent, "outline", text=group.title)
    for subscription in group.subscriptions:
        add(outline, "outline", **_attributes(subscription))
    for below in group.groups:
        _group(outline, below)


def _has_feeds(group: Group) -> bool:
    return bool(group.subscriptions) or any(_has_feeds(below) for below in group.groups)


def _attributes(subscription: Subscription) -> dict[str, str]:
    """`type` is `rss` for Atom too: it is what readers look for."""
    return {
        name: value
        for name, value in (
            ("text", subscription.title),
            ("title", subscription.title),
            ("type", "rss"),
            ("xmlUrl", ascii_url(subscription.xml_url)),
            ("htmlUrl", ascii_url(subscription.html_url)),
            ("description", subscription.description),
            ("language", subscription.language),
            ("category", ",".join(subscription.categories)),
        )
        if value or name == "text"
    }
