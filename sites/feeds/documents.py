"""The documents of feeds: an outline from keys, and the bytes spliced from fragments when they are wanted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from channels.formats.feed import FeedHead, Tombstone
from channels.models import Outlet
from cms.permalink import permalink
from sites.feeds import addresses
from sites.feeds.fragments import Placed, fragments
from sites.feeds.heads import Owner, owner_of
from sites.feeds.selection import Selection
from sites.feeds.variants import VARIANTS, Variant
from sites.feeds.window import Cursor, Line, Window, outlet_of, window
from sites.serving.outline import Outline, digest

LAYOUT = 3
"""Part of every tag: raised when the same window gives other bytes."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed under its name: what it shows and whose it is."""

    name: str
    selection: Selection
    owner: Owner

    def head(
        self, variant: Variant, *, before: Cursor | None, older: Cursor | None, updated: datetime
    ) -> FeedHead:
        own = addresses.feed_url(self.name, variant.key)
        return FeedHead(
            uri=addresses.uri_of(self.name),
            title=self.owner.title,
            author=self.owner.author,
            self_url=f"{own}?before={before}" if before else own,
            home_url=self.owner.home_url,
            # Only the first page changes: nobody can subscribe to the ones behind it.
            hub_url="" if before else addresses.hub_url(),
            first_url=own if before else "",
            next_url=f"{own}?before={older}" if older else "",
            updated=updated,
        )

    def place(self, line: Line) -> Placed:
        """The item's address in this feed: at the outlet's own site if it has one."""
        return Placed(line, f"{self.owner.item_base}{line.item}/" if self.owner.item_base else "")


def outline(name: str, variant: str, now: datetime) -> Outline | None:
    """The document at `/feeds/<name>.<variant>`; None for a feed or a form that there is none of."""
    form, found = VARIANTS.get(variant), feed(name)
    return page(found, form, now) if form and found else None


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
    head = found.head(variant, before=before, older=shown.older, updated=shown.changed)

    def render() -> bytes:
        entries = fragments([found.place(line) for line in shown.shown], variant)
        return variant.format.document(head, entries, tombstones(shown), updated=shown.changed)

    return Outline(
        etag=digest(LAYOUT, variant.key, replace(head, updated=shown.changed), found.owner, shown.keys),
        changed=shown.changed,
        until=shown.until,
        lasting=bool(shown.shown or shown.buried),
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
