"""Whatever happens to items, a mirror holds what the hub shows: by thousands of invented histories, without pages and browsers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from channels import changes, outbox
from channels.edition import Edition, Subject
from channels.formats import rss
from channels.models import Outlet, WithdrawalKind
from sites.api import items, log
from sites.api.changes import page_outline
from sites.feeds import addresses, documents, fragments
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
VERBS = ("sign", "correct", "rename", "move", "place", "withdraw", "domain", "poll")
steps = st.tuples(st.sampled_from(VERBS), st.integers(0, 2), st.integers(0, 4))
histories = st.lists(steps, min_size=1, max_size=9)


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

    def poll(self, limit: int) -> None:
        while self._page(limit):
            pass

    def _page(self, limit: int) -> bool:
        page = self._asked(limit)
        if page["log"] != self.name:
            self.name, begun = page["log"], self.since
            self.since, self.kept = 0, {}
            page = self._asked(limit) if begun else page
        previous = self.since
        for entry in page["changes"]:
            assert entry["previous"] == previous
            previous = entry["sequence"]
            assert self.seen.setdefault(previous, entry["content_id"]) == entry["content_id"]
            self._take(entry)
        self.since = page["next"]
        return bool(page["has_more"])

    def _asked(self, limit: int) -> Any:
        extent = changes.extent()
        if self.feed:
            selection = addresses.selection_of(self.feed)
            assert selection is not None
            page = log.chosen_page(extent, self.since, limit, selection)
        else:
            page = log.page(extent, self.since, limit)
        return json.loads(page_outline(page).render())

    def _take(self, entry: dict[str, Any]) -> None:
        assert ("item" in entry) == (entry["change"] == "put")
        if entry["change"] == "put":
            body = items.canonical(entry["item"])
            assert items.checksum(body) == entry["checksum"]
            self.kept[entry["content_id"]] = body
        if entry["change"] == "remove":
            self.kept.pop(entry["content_id"], None)


class District:
    """Three items and what happens to them."""

    def __init__(self) -> None:
        self.held: dict[int, Held] = {}
        self.at = NOW
        self.mirror = Mirror()
        self.filtered = {name: Mirror(feed=name) for name in FEEDS}

    def do(self, verb: str, which: int, how: int) -> None:
        self.at += timedelta(seconds=1)
        if verb == "domain":
            django_settings.PUBLIC_URL = DOMAINS[how % 2]
        elif verb == "poll":
            self.mirror.poll(how + 1)
            self.filtered["school"].poll(how + 1)
        elif verb == "sign" or which not in self.held:
            held = self.held.get(which) or Held(edition(UUID(int=which + 1, version=4), slug=f"item-{which}"))
            self._plan(which, held.edition, held.places or PLACES[how])
        else:
            getattr(self, f"_{verb}")(which, self.held[which], how)

    def _plan(self, which: int, value: Edition, places: tuple[str, ...]) -> None:
        targets = [outbox.Target(outlet_id=self.outlets[slug].pk, reason="测试") for slug in places]
        outbox.plan(value, targets, now=self.at)
        self.held[which] = Held(value, places)

    outlets: dict[str, Outlet]

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

    def check(self) -> None:
        self._check_numbers()
        expected = self._expected(FEEDS["by/all"])
        self.mirror.poll(100)
        anew = Mirror()
        anew.poll(3)
        assert self.mirror.kept == anew.kept == expected
        for name, belongs in FEEDS.items():
            self.filtered[name].poll(100)
            assert self.filtered[name].kept == self._expected(belongs), name
        self._check_feeds(set(expected))

    def _expected(self, belongs: Callable[[Held], bool]) -> dict[str, bytes]:
        """Every item read afresh, and that it is the newest edition."""
        found = {}
        for held in filter(belongs, self.held.values()):
            content_id = str(held.edition.content_id)
            outline = items.outline(content_id, NOW)
            assert outline is not None
            found[content_id] = outline.render()
            assert json.loads(found[content_id])["headlines"][0]["value"] == held.edition.headline
            assert json.loads(found[content_id])["uri"] == held.edition.uri
        return found

    def _check_numbers(self) -> None:
        extent = changes.extent()
        lines = log.page(extent, 0, 10_000).lines
        assert [line.sequence for line in lines] == list(range(1, extent.last + 1))
        newest = [line.item for line in lines if line.kind != log.Kind.SUPERSEDED]
        assert len(newest) == len(set(newest))

    def _check_feeds(self, expected: set[str]) -> None:
        for variant, path in FEED_IDS.items():
            outline = documents.outline("by/all", variant, self.at + timedelta(days=1))
            assert outline is not None
            ids = etree.fromstring(outline.render()).xpath(path)
            assert sorted(ids) == sorted(f"urn:uuid:{content_id}" for content_id in expected), variant


@pytest.fixture
def outlets(db: None) -> dict[str, Outlet]:
    channels = {"school": "feed", "portal": "hosted", "account": "wechat_mp"}
    return {
        slug: Outlet.objects.create(slug=slug, name=slug, channel=channel)
        for slug, channel in channels.items()
    }


def run(outlets: dict[str, Outlet], history: list[tuple[str, int, int]]) -> None:
    """Live through a history in a savepoint, and leave nothing."""
    fragments._recent = fragments.Recent()  # editions of another history had the same row ids
    with transaction.atomic():
        district = District()
        district.outlets = outlets
        try:
            for step in history:
                district.do(*step)
            district.check()
        finally:
            django_settings.PUBLIC_URL = DOMAINS[0]
            transaction.set_rollback(True)


within = settings(
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@settings(within, max_examples=150)
@given(history=histories)
def test_a_mirror_equals_the_hub_after_any_history(
    outlets: dict[str, Outlet], history: list[tuple[str, int, int]]
) -> None:
    run(outlets, history)


@pytest.mark.soak
@settings(within, max_examples=10_000)
@given(history=histories)
def test_a_mirror_equals_the_hub_after_ten_thousand_histories(
    outlets: dict[str, Outlet], history: list[tuple[str, int, int]]
) -> None:
    run(outlets, history)
