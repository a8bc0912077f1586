"""The documents of feeds: an outline from keys, and the bytes spliced from fragments when they are wanted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from channels.formats.feed import FeedHead, Tombstone
from channels.models import Outlet
from cms.permalink import permalink
from sites.feeds import addresses, archive
from sites.feeds.fragments import Placed, fragments
from sites.feeds.heads import Owner, owner_of
from sites.feeds.selection import Selection
from sites.feeds.variants import VARIANTS, Variant
from sites.feeds.window import Cursor, Line, Window, outlet_of, window
from sites.serving.look import Look
from sites.serving.outline import Outline, digest

LAYOUT = 5
"""Part of every tag: raised when the same window gives other bytes."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed under its name: what it shows and whose it is."""

    name: str
    selection: Selection
    owner: Owner

    def head(self, variant: Variant, *, updated: datetime, own: str = "", **relations: Any) -> FeedHead:
        """`own` is this document's address where it is not the feed's; `relations` are fields of FeedHead."""
        return FeedHead(
            uri=addresses.uri_of(self.name),
            title=self.owner.title,
            author=self.owner.author,
            self_url=own or addresses.feed_url(self.name, variant.key),
            home_url=self.owner.home_url,
            # Only the feed itself changes: nobody can subscribe to the pages and archives behind it.
            hub_url="" if own else addresses.hub_url(),
            updated=updated,
            **relations,
        )

    def place(self, line: Line, article_form: str = "") -> Placed:
        """The item's address in this feed: the page for collectors, or at the outlet's own site if it has one."""
        if article_form:
            return Placed(line, addresses.entry_url(self.name, line.item, article_form))
        return Placed(line, f"{self.owner.item_base}{line.item}/" if self.owner.item_base else "")


def outline(name: str, variant: str, look: Look) -> Outline | None:
    """The document at `/feeds/<name>.<variant>`; None for a feed or a form that there is none of."""
    name, month = archive.split(name)
    form, found = VARIANTS.get(variant), look.settled(("feed", name), lambda: feed(name))
    if form is None or found is None:
        return None
    return archived(found, form, month, look.now) if month else page(found, form, look.now)


def feed(name: str) -> Feed | None:
    """None for a name that no feed has, and for a retired outlet."""
    selection = addresses.selection_of(name)
    if selection is None:
        return None
    outlet: Outlet | None = outlet_of(selection)
    if selection.outlet and outlet is None:
        return None
    return Feed(name, selection, owner_of(name, selection, outlet))


def page(found: Feed, variant: Variant, now: datetime, *, before: Cursor | None = None) -> Outline:
    """One page of a feed; `before` is where the last one ended."""
    shown = window(found.selection, now, before=before)
    current = addresses.feed_url(found.name, variant.key)
    head = found.head(
        variant,
        updated=shown.changed,
        own=f"{current}?before={before}" if before else "",
        first_url=current if before else "",
        next_url=f"{current}?before={shown.older}" if shown.older else "",
        prev_archive_url=archive.url(found.name, variant, shown.older.changed) if shown.older else "",
    )
    return _outlined(found, variant, head, shown)


def archived(found: Feed, variant: Variant, month: archive.Month, now: datetime) -> Outline | None:
    """Everything whose last change was in that month (RFC 5005); None for a month without any.

    An item that is corrected later moves to the newer document, one that is taken back leaves: what is wrong must not
    stay readable for the sake of a document that never changes.
    """
    shown = window(found.selection, now, between=month.span, limit=archive.ENTRIES_MAX)
    if not shown.shown:
        return None
    earlier, later = archive.neighbours(found.selection, month, now)
    head = found.head(
        variant,
        updated=shown.changed,
        own=archive.url(found.name, variant, month.begin),
        is_archive=True,
        current_url=addresses.feed_url(found.name, variant.key),
        prev_archive_url=archive.url(found.name, variant, earlier) if earlier else "",
        next_archive_url=archive.url(found.name, variant, later) if later else "",
    )
    return _outlined(found, variant, head, shown)


def _outlined(found: Feed, variant: Variant, head: FeedHead, shown: Window) -> Outline:
    def render() -> bytes:
        entries = fragments([found.place(line, variant.article_form) for line in shown.shown], variant)
        return variant.format.document(head, entries, tombstones(shown), updated=shown.changed)

    return Outline(
        etag=digest(LAYOUT, variant.key, head, found.owner, shown.keys),
        changed=shown.changed,
        until=shown.until,
        # Anybody can join codes in new ways: what only such an address shows stays in memory.
        lasting=bool(shown.shown or shown.buried) and addresses.JOINT not in found.name,
        contents=shown.contents(buried=variant.tells_withdrawals),
        content_type=variant.format.CONTENT_TYPE,
        render=render,
        headers={"Link": _link(head)},
    )


def _link(head: FeedHead) -> str:
    """The relations that WebSub's discovery needs, in one header."""
    hub = f', <{head.hub_url}>; rel="hub"' if head.hub_url else ""
    return f'<{head.self_url}>; rel="self"{hub}'


def tombstones(shown: Window) -> list[Tombstone]:
    return [
        Tombstone(uri=line.item.urn, when=line.changed, url=permalink(line.item)) for line in shown.buried
    ]
