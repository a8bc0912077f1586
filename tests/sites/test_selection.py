"""Selections: what a feed's name means, and which items it then shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import feedparser
import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from channels import outbox
from channels.edition import Edition, ItemType, Organisation
from channels.formats import atom
from channels.models import Outlet, WithdrawalKind
from sites.feeds import addresses
from sites.feeds.selection import KINDS, Selection
from sites.models import SavedFeed
from tests.sites import build

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
codes = st.lists(st.sampled_from(["ywdt", "tzgg", "停水", "x"]), max_size=3).map(tuple)


@given(st.fixed_dictionaries({kind: codes for kind in KINDS if kind != "types"}), st.integers(1, 100))
def test_the_same_choice_is_the_same_feed_in_whatever_order(
    chosen: dict[str, tuple[str, ...]], size: int
) -> None:
    one = Selection(**chosen, size=size)  # type: ignore[arg-type]
    other = Selection(**{kind: tuple(reversed(chosen[kind])) * 2 for kind in chosen}, size=size)  # type: ignore[arg-type]
    assert one == other
    assert one.key == other.key
    assert Selection.from_json(one.to_json()) == one


@pytest.mark.parametrize(
    "plain",
    [
        {"size": 0},
        {"size": 101},
        {"size": "many"},
        {"types": ["poem"]},
        {"tags": ["x" * 51]},
        {"columns": [" "]},
        {"units": [str(n) for n in range(31)]},
    ],
)
def test_what_nobody_can_have_chosen_is_refused(plain: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"[一-鿿]"):
        Selection.from_json(plain)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "selection"),
    [
        ("school", Selection(outlet="school")),
        ("school/column/ywdt", Selection(outlet="school", columns=("ywdt",))),
        ("by/all", Selection()),
        ("by/unit/xcb", Selection(units=("xcb",))),
        ("by/tag/停水", Selection(tags=("停水",))),
        ("by/type/notice", Selection(types=("notice",))),
    ],
)
def test_a_name_and_its_selection_belong_together(name: str, selection: Selection) -> None:
    assert addresses.selection_of(name) == selection
    assert addresses.name_of(selection) == name


@pytest.mark.django_db
def test_any_other_combination_is_saved_under_its_own_key() -> None:
    selection = Selection(columns=("ywdt",), tags=("停水",), size=10)
    assert addresses.name_of(selection) == f"saved/{selection.key}"
    assert addresses.selection_of(f"saved/{selection.key}") is None
    SavedFeed.objects.create(key=selection.key, selection=selection.to_json(), made_at=NOW)
    assert addresses.selection_of(f"saved/{selection.key}") == selection


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["", "by/colour/red", "by/type/poem", "a/b/c/d", "saved/none", "by/tag/" + "x" * 51]
)
def test_other_names_are_no_feeds(name: str) -> None:
    assert addresses.selection_of(name) is None


def titles(reader: Client, name: str) -> list[str]:
    answer = reader.get(f"/feeds/{name}.atom")
    assert answer.status_code == 200, answer.content.decode()
    return [entry.title for entry in feedparser.parse(answer.content).entries]


def signed(headline: str, *outlets: Outlet, at: datetime = NOW, **fields: object) -> Edition:
    value = build.edition(headline=headline, **fields)
    outbox.plan(value, [outbox.Target(outlet_id=o.pk, reason="测试") for o in outlets], now=at)
    return value


@pytest.fixture
def district() -> dict[str, Edition]:
    """Five items at two schools, one of them nowhere public."""
    first, second = (build.outlet(slug, channel="feed") for slug in ("first", "second"))
    account = build.outlet("account", channel="wechat_mp")
    unit = Organisation(code="gxj", name="工信局")
    return {
        "both": signed("两校都有", first, second, at=NOW, keywords=("停水", "通知")),
        "first": signed("一校才有", first, at=NOW + timedelta(minutes=1), column="tzgg"),
        "second": signed("二校才有", second, at=NOW + timedelta(minutes=2), issuer=unit),
        "type": signed("公告", first, at=NOW + timedelta(minutes=3), type=ItemType.NOTICE),
        "hidden": signed("只在微信", account, at=NOW + timedelta(minutes=4), keywords=("停水",)),
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("by/all", ["公告", "二校才有", "一校才有", "两校都有"]),
        ("first", ["公告", "一校才有", "两校都有"]),
        ("by/column/tzgg", ["一校才有"]),
        ("by/unit/gxj", ["二校才有"]),
        ("by/type/notice", ["公告"]),
        ("by/tag/停水", ["两校都有"]),
        ("second/tag/停水", ["两校都有"]),
        ("second/column/tzgg", []),
    ],
)
def test_a_feed_shows_what_fits_its_selection_newest_change_first(
    reader: Client, portal: object, district: dict[str, Edition], name: str, shown: list[str]
) -> None:
    assert titles(reader, name) == shown


@pytest.mark.django_db
def test_kinds_narrow_and_codes_of_one_kind_widen(
    reader: Client, portal: object, district: dict[str, Edition]
) -> None:
    for selection, shown in (
        (Selection(columns=("ywdt", "tzgg"), types=("news",)), ["二校才有", "一校才有", "两校都有"]),
        (Selection(columns=("tzgg",), units=("gxj",)), []),
        (Selection(size=2), ["公告", "二校才有"]),
    ):
        SavedFeed.objects.create(key=selection.key, selection=selection.to_json(), made_at=NOW)
        assert titles(reader, f"saved/{selection.key}") == shown


@pytest.mark.django_db
def test_a_withdrawn_item_is_buried_in_every_feed_it_was_in(
    reader: Client, portal: object, district: dict[str, Edition]
) -> None:
    lost = district["both"]
    outbox.recall(lost.content_id, kind=WithdrawalKind.GONE, reason="有误", now=datetime.now(UTC))
    for name in ("first", "second", "by/all", "by/tag/停水"):
        seen = atom.listing(reader.get(f"/feeds/{name}.atom").content)
        assert lost.uri in seen.buried, name
        assert lost.uri not in seen.versions, name


@pytest.mark.django_db
def test_a_tag_that_a_correction_drops_no_longer_finds_the_item(
    reader: Client, portal: object, district: dict[str, Edition]
) -> None:
    school = Outlet.objects.get(slug="first")
    corrected = replace(district["both"], keywords=("来水",))
    outbox.plan(corrected, [outbox.Target(outlet_id=school.pk, reason="测试")], now=NOW + timedelta(hours=1))
    assert titles(reader, "by/tag/停水") == []
    assert titles(reader, "by/tag/来水") == ["两校都有"]


@pytest.mark.django_db
def test_pages_behind_the_first_show_everything_once(
    reader: Client, portal: object, district: dict[str, Edition]
) -> None:
    selection = Selection(size=1)
    SavedFeed.objects.create(key=selection.key, selection=selection.to_json(), made_at=NOW)
    path, seen = f"/feeds/saved/{selection.key}.atom", []
    while path:
        feed = feedparser.parse(reader.get(path).content)
        seen += [entry.title for entry in feed.entries]
        links = {link.rel: link.href for link in feed.feed.links}
        path = links.get("next", "").removeprefix("http://hub.example")
    assert seen == ["公告", "二校才有", "一校才有", "两校都有"]
