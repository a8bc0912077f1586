"""All feeds that have a name of their own, grouped as people look for them: for OPML, the page 订阅与转载 and machines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from channels import changes
from channels.edition import ItemType
from channels.formats import atom, opml
from channels.formats.extracts import TYPE_LABELS
from channels.models import Outlet
from cms.models import Column, Unit
from sites.feeds import addresses
from sites.feeds.heads import owner_of
from sites.feeds.selection import Selection
from sites.feeds.window import BEGINNING, SHOWN_CHANNELS
from sites.serving.look import Look
from sites.serving.outline import Outline, digest


@dataclass(frozen=True, slots=True)
class Named:
    """A feed in the directory; `home_url` is the page that shows the same."""

    title: str
    name: str
    home_url: str = ""

    @property
    def url(self) -> str:
        return addresses.feed_url(self.name, atom.KEY)


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    feeds: tuple[Named, ...]


def directory() -> list[Group]:
    """Six statements, whatever there is; groups without a feed are left out."""
    district = owner_of("by/all", Selection(), None)
    groups = [
        Group("全区", (Named(f"{district.title}全部信息", "by/all", district.home_url),)),
        *_outlets(),
        Group("按栏目", _named("columns", Column.objects.order_by("pk").values_list("code", "name"))),
        Group("按发布单位", _named("units", Unit.objects.order_by("pk").values_list("code", "name"))),
        Group("按类型", _named("types", ((kind.value, TYPE_LABELS[kind]) for kind in ItemType))),
    ]
    return [group for group in groups if group.feeds]


def outline(look: Look) -> Outline:  # noqa: ARG001  the shape of a maker
    """`/feeds.opml`: the whole directory, for readers to import."""
    groups = directory()
    changed = max(changes.restructured_at() or BEGINNING, BEGINNING)
    owner = owner_of("by/all", Selection(), None)

    def render() -> bytes:
        title = f"{owner.title}信息订阅"
        return opml.document(title, owner.author, [_listed(group) for group in groups], updated=changed)

    return Outline(
        etag=digest(groups, owner, changed), changed=changed, content_type=opml.CONTENT_TYPE, render=render
    )


def _outlets() -> list[Group]:
    rows = Outlet.objects.real().active().filter(channel__in=SHOWN_CHANNELS).order_by("group", "rank", "slug")
    return [
        Group(title or "站点", tuple(Named(row.name, row.slug, row.url) for row in some))
        for title, some in groupby(rows, key=lambda row: row.group)
    ]


def _named(kind: str, codes: Iterable[tuple[str, str]]) -> tuple[Named, ...]:
    return tuple(
        Named(title, addresses.name_of(Selection(**{kind: (code,)})))  # type: ignore[arg-type]
        for code, title in codes
    )


def _listed(group: Group) -> opml.Group:
    subscriptions = tuple(
        opml.Subscription(title=feed.title, xml_url=feed.url, html_url=feed.home_url) for feed in group.feeds
    )
    return opml.Group(title=group.title, subscriptions=subscriptions)
