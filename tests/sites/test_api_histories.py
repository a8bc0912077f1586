"""Whatever happens to items, a mirror holds what the hub shows: by thousands of invented histories, without pages and browsers.

A history is a beginning and an ending. Several endings are tried upon one beginning, each in a savepoint of its own. All of
them check the whole log and two of the views (the filtered logs and the feeds) in turn, so that each beginning sees them all.
"""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import cycle
from typing import Any, Self
from uuid import UUID

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from channels import changes, outbox
from channels.changes import Extent
from channels.edition import Edition, Subject
from channels.formats import rss
from channels.models import Outlet, WithdrawalKind
from sites.api import items, log
from sites.api.changes import page_outline
from sites.feeds import addresses, documents
from sites.feeds.variants import VARIANTS
from sites.serving import fragments
from tests.channels.builders import NOW, edition

PUBLIC = ("school", "portal")
PLACES = (("school",), ("portal", "account"), ("account",), ("school", "portal"), ())
COLUMNS = ("ywdt", "tzgg")
DOMAINS = ("http://hub.example", "http://new.example")
FEEDS: dict[str, Callable[[Held], bool]] = {
    "by/all": lambda held: held.is_public,
    "school": lambda held: "school" in held.places,
    "by/column/ywdt": lambda held: held.is_public and held.column == "ywdt",
    "school/column/tzgg": lambda held: "school" in held.places and held.column == "tzgg",
}
FEED_IDS = {
    "atom": "/*/*[local-name()='entry']/*[local-name()='id']/text()",
    "rss": f"/rss/channel/item[title != '{rss.WITHDRAWN_TITLE}']/guid/text()",
}
VIEWS = (("school", "atom"), ("by/all", "rss"), ("by/column/ywdt", "school/column/tzgg"))
"""What an ending checks besides the log, in turn: filtered logs by their names, feeds of the whole district by their forms."""
VERBS = ("sign", "correct", "rename", "move", "place", "withdraw", "domain", "poll")
ENDINGS = 9
HISTORIES = int(os.environ.get("HISTORIES", "2000"))
"""Of the soak: as many as CI has the time for, `make test-soak HISTORIES=10000` for more."""
Step = tuple[str, int, int]
steps = st.tuples(st.sampled_from(VERBS), st.integers(0, 2), st.integers(0, 4))
beginnings = st.lists(steps, max_size=8)
endings = st.lists(st.lists(steps, min_size=1, max_size=2), min_size=ENDINGS, max_size=ENDINGS)


@dataclass
class Held:
    """What should be: an item's newest edition and where it stands; no places once it is withdrawn."""

    edition: Edition
    places: tuple[str, ...] = ()

    @property
    def is_public(self) -> bool:
        return bool(set(PUBLIC) & set(self.places))

    @property
    def column(self) -> str:
        assert self.edition.column is not None
        return self.edition.column.code


@dataclass
class Mirror:
    """A client in a few lines: it keeps what it is told, and that no number ever means something else."""

    feed: str = ""
    name: str = ""
    since: int = 0
    kept: dict[str, bytes] = field(default_factory=dict)
    seen: dict[int, str] = field(default_factory=dict)
    told: list[int] = field(default_factory=list)

    def poll(self, extent: Extent, limit: int) -> None:
        while self._page(extent, limit):
            pass

    def copy(self) -> Self:
        return replace(self, kept=dict(self.kept), seen=dict(self.seen), told=list(self.told))

    def _page(self, extent: Extent, limit: int) -> bool:
        page = self._asked(extent, limit)
        if page["log"] != self.name:
            self.name, begun = page["log"], self.since
            self.since, self.kept = 0, {}
            page = self._asked(extent, limit) if begun else page
        previous = self.since
        for entry in page["changes"]:
            assert entry["previous"] == previous
            previous = entry["sequence"]
            assert self.seen.setdefault(previous, entry["content_id"]) == entry["content_id"]
            self._take(entry)
        self.since = page["next"]
        return bool(page["has_more"])

    def _asked(self, extent: Extent, limit: int) -> Any:
        if self.feed:
            selection = addresses.selection_of(self.feed)
            assert selection is not None
            page = log.chosen_page(extent, self.since, limit, selection)
        else:
            page = log.page(extent, self.since, limit)
        return json.loads(page_outline(page).render())

    def _take(self, entry: dict[str, Any]) -> None:
        assert ("item" in entry) == (entry["change"] == "put")
        if entry["change"] != "superseded":
            self.told.append(entry["sequence"])
        if entry["change"] == "put":
            body = items.canonical(entry["item"])
            assert items.checksum(body) == entry["checksum"]
            self.kept[entry["content_id"]] = body
        if entry["change"] == "remove":
            self.kept.pop(entry["content_id"], None)


class District:
    """Three items and what happens to them."""

    def __init__(self, outlets: dict[str, Outlet]) -> None:
        self.outlets = outlets
        self.feed = documents.feed("by/all")
        self.held: dict[int, Held] = {}
        self.at = NOW
        self.mirror = Mirror()
        self.filtered = {name: Mirror(feed=name) for name in FEEDS}

    def copy(self) -> Self:
        """As it is now; what happens to one of the two is not known to the other."""
        other = copy.copy(self)
        other.held, other.mirror = dict(self.held), self.mirror.copy()
        other.filtered = {name: mirror.copy() for name, mirror in self.filtered.items()}
        return other

    def do(self, verb: str, which: int, how: int) -> None:
        self.at += timedelta(seconds=1)
        if verb == "domain":
            django_settings.PUBLIC_URL = DOMAINS[how % 2]
        elif verb == "poll":
            extent = changes.extent()
            self.mirror.poll(extent, how + 1)
            self.filtered["school"].poll(extent, how + 1)
        elif verb == "sign" or which not in self.held:
            held = self.held.get(which) or Held(edition(UUID(int=which + 1, version=4), slug=f"item-{which}"))
            self._plan(which, held.edition, held.places or PLACES[how])
        else:
            getattr(self, f"_{verb}")(which, self.held[which], how)

    def _plan(self, which: int, value: Edition, places: tuple[str, ...]) -> None:
        targets = [outbox.Target(outlet_id=self.outlets[slug].pk, reason="测试") for slug in places]
        outbox.plan(value, targets, now=self.at)
        self.held[which] = Held(value, places)

    def _correct(self, which: int, held: Held, how: int) -> None:
        self._plan(which, replace(held.edition, headline=f"第{how}稿"), held.places)

    def _rename(self, which: int, held: Held, how: int) -> None:
        slug = f"20261120-{which}-{how}"
        page = f"http://portal.example/{slug}/"
        self._plan(which, replace(held.edition, slug=slug, headline=slug, canonical_url=page), held.places)

    def _move(self, which: int, held: Held, how: int) -> None:
        subject = Subject(scheme="column", code=COLUMNS[how % 2], name="栏目")
        self._plan(which, replace(held.edition, subjects=(subject,)), held.places)

    def _place(self, which: int, held: Held, how: int) -> None:
        self._plan(which, held.edition, PLACES[how])

    def _withdraw(self, which: int, held: Held, how: int) -> None:
        outbox.recall(held.edition.content_id, kind=WithdrawalKind.GONE, reason=f"第{how}因", now=self.at)
        self.held[which] = Held(held.edition)

    # What has to hold at the end.

    def check(self, views: Sequence[str]) -> None:
        extent, shown = changes.extent(), self._shown()
        anew = Mirror()
        anew.poll(extent, 4)
        self._check_numbers(extent, anew)
        assert anew.kept == shown
        if self.mirror.seen:  # it has asked before, and asks for the rest
            self.mirror.poll(extent, 100)
            assert self.mirror.kept == shown
        for view in views:
            if view in FEEDS:
                self._check_filtered(extent, view, shown)
            else:
                self._check_feed(view, set(shown))

    def _shown(self) -> dict[str, bytes]:
        """Every public item read afresh, and that it is the newest edition."""
        public = dict(items.public_items().values_list("pk", "current_id"))
        assert set(public) == {held.edition.content_id for held in self.held.values() if held.is_public}
        bodies = items.bodies(public.values())
        for held in self.held.values():
            if held.is_public:
                document = json.loads(bodies[public[held.edition.content_id]])
                assert document["headlines"][0]["value"] == held.edition.headline
                assert document["uri"] == held.edition.uri
        return {str(content_id): bodies[edition] for content_id, edition in public.items()}

    def _check_numbers(self, extent: Extent, anew: Mirror) -> None:
        """Each number once and in order, and the last of each item is the only one that says something of it."""
        assert list(anew.seen) == list(range(1, extent.last + 1))
        newest = {content_id: sequence for sequence, content_id in anew.seen.items()}
        assert sorted(newest.values()) == anew.told

    def _check_filtered(self, extent: Extent, name: str, shown: dict[str, bytes]) -> None:
        belonging = {str(held.edition.content_id) for held in self.held.values() if FEEDS[name](held)}
        self.filtered[name].poll(extent, 100)
        assert self.filtered[name].kept == {content_id: shown[content_id] for content_id in belonging}, name

    def _check_feed(self, form: str, shown: set[str]) -> None:
        assert self.feed is not None
        outline = documents.page(self.feed, VARIANTS[form], self.at + timedelta(days=1))
        ids = etree.fromstring(outline.render()).xpath(FEED_IDS[form])
        assert sorted(ids) == sorted(f"urn:uuid:{content_id}" for content_id in shown), form


@pytest.fixture
def outlets(db: None) -> dict[str, Outlet]:
    channels = {"school": "feed", "portal": "hosted", "account": "wechat_mp"}
    return {
        slug: Outlet.objects.create(slug=slug, name=slug, channel=channel)
        for slug, channel in channels.items()
    }


def run(outlets: dict[str, Outlet], beginning: list[Step], endings: list[list[Step]]) -> None:
    with undone():
        begun = District(outlets)
        for step in beginning:
            begun.do(*step)
        for ending, views in zip(endings, cycle(VIEWS), strict=False):
            with undone():
                district = begun.copy()
                for step in ending:
                    district.do(*step)
                district.check(views)


@contextmanager
def undone() -> Iterator[None]:
    """What is done inside is undone at its end; the rows of what comes after have the same ids again."""
    domain = django_settings.PUBLIC_URL
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        django_settings.PUBLIC_URL = domain
        fragments.forget()


within = settings(
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@settings(within, max_examples=20)
@given(beginning=beginnings, endings=endings)
def test_a_mirror_equals_the_hub_after_any_history(
    outlets: dict[str, Outlet], beginning: list[Step], endings: list[list[Step]]
) -> None:
    run(outlets, beginning, endings)


@pytest.mark.soak
@settings(within, max_examples=-(-HISTORIES // ENDINGS))
@given(beginning=beginnings, endings=endings)
def test_a_mirror_equals_the_hub_after_thousands_of_histories(
    outlets: dict[str, Outlet], beginning: list[Step], endings: list[list[Step]]
) -> None:
    run(outlets, beginning, endings)
