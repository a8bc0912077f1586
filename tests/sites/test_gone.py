"""Withdrawn items: what readers and machines find in their place; and the permanent link."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client

from channels.models import Item, Placement, WithdrawalKind
from sites.models import ColumnIndex, SiteHome
from tests.sites import build
from tests.sites.reading import soup, words

REASON = "内容有误"
NEW = "http://portal.example/news/new/"


@pytest.fixture
def withdrawn(portal: SiteHome, news: ColumnIndex) -> Item:
    value = build.edition(headline="撤回的标题", slug="old")
    item = build.place(value, portal.outlet)
    withdraw(item, WithdrawalKind.NOTICE)
    return item


def withdraw(item: Item, kind: WithdrawalKind, replacement_url: str = "") -> None:
    item.withdrawn_at = build.NOW
    item.withdrawal_kind = kind
    item.withdrawal_reason = REASON
    item.replacement_url = replacement_url
    item.save()
    Placement.objects.filter(item=item).update(desired=None)


def everywhere(item: Item) -> list[str]:
    return ["/news/old/", f"/item/{item.pk}/", f"/i/{item.pk}/"]


def test_a_withdrawal_with_notice_says_what_went_and_why(reader: Client, withdrawn: Item) -> None:
    for path in everywhere(withdrawn):
        answer = reader.get(path)
        assert answer.status_code == 410
        text = words(answer, ".notice")
        assert "《撤回的标题》已于 2026-11-20 09:30 由发布单位撤回" in text
        assert REASON in text


def test_a_silent_withdrawal_tells_nothing_of_the_item(reader: Client, withdrawn: Item) -> None:
    withdraw(withdrawn, WithdrawalKind.GONE)
    for path in everywhere(withdrawn):
        answer = reader.get(path)
        assert answer.status_code == 410
        assert "已由发布单位撤回" in words(answer, ".notice")
        for secret in ("撤回的标题", REASON, "热烈有序", str(build.NOW.year) + "-11-20"):
            assert secret not in answer.content.decode()


def test_a_replaced_item_leads_readers_on_and_tells_the_read_back_it_is_gone(
    reader: Client, withdrawn: Item
) -> None:
    withdraw(withdrawn, WithdrawalKind.REDIRECT, NEW)
    for path in ("/news/old/", f"/i/{withdrawn.pk}/"):
        answer = reader.get(path)
        assert (answer.status_code, answer["Location"]) == (302, NEW)
    answer = reader.get(f"/item/{withdrawn.pk}/")
    assert answer.status_code == 410
    assert soup(answer).select_one(f".notice a[href='{NEW}']") is not None


@pytest.mark.parametrize(
    "target", ["", "ftp://portal.example/a", "http://portal.example/news/old/", "own id"]
)
def test_a_replacement_that_leads_nowhere_is_a_plain_410(
    reader: Client, withdrawn: Item, target: str
) -> None:
    withdraw(
        withdrawn,
        WithdrawalKind.REDIRECT,
        f"http://portal.example/i/{withdrawn.pk}/" if target == "own id" else target,
    )
    assert reader.get("/news/old/").status_code == 410


def test_a_withdrawal_counts_before_the_placements_have_followed(reader: Client, withdrawn: Item) -> None:
    Placement.objects.update(desired=withdrawn.current)
    for path in everywhere(withdrawn):
        assert reader.get(path).status_code == 410


def test_an_item_that_left_only_this_site_points_to_where_it_lives(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    item = build.place(build.edition(slug="moved"), portal.outlet)
    Placement.objects.update(desired=None)
    answer = reader.get("/news/moved/")
    assert answer.status_code == 410
    assert soup(answer).select_one(f".notice a[href='/i/{item.pk}/']") is not None


def test_a_gone_page_carries_no_mark_of_the_item(reader: Client, withdrawn: Item) -> None:
    assert soup(reader.get("/news/old/")).select("meta[name^='tongsheng']") == []


def test_an_item_published_again_is_back_at_its_address(
    reader: Client, portal: SiteHome, withdrawn: Item
) -> None:
    assert withdrawn.current is not None
    Item.objects.update(withdrawn_at=None, withdrawal_kind="", withdrawal_reason="")
    build.place(withdrawn.current.edition(), portal.outlet)
    assert reader.get("/news/old/").status_code == 200


def test_the_permanent_link_leads_to_the_owner(reader: Client, portal: SiteHome, news: ColumnIndex) -> None:
    office = build.site("tanzhong", parent=portal)
    build.column_page(office, "ywdt", slug="dt")
    value = build.edition(canonical_url="http://portal.example/tanzhong/dt/x/")
    build.place(value, portal.outlet, office.outlet)
    answer = reader.get(f"/i/{value.content_id}/")
    assert answer["Location"] == f"http://portal.example/tanzhong/item/{value.content_id}/"
    assert words(reader.get(f"/i/{value.content_id}/", follow=True), "h1") == value.headline


def test_the_permanent_link_finds_another_site_when_the_owner_does_not_show_it(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    office = build.site("tanzhong", parent=portal)
    build.column_page(office, "ywdt", slug="dt")
    value = build.edition(canonical_url="http://portal.example/news/x/")
    build.place(value, office.outlet)
    answer = reader.get(f"/i/{value.content_id}/")
    assert answer["Location"] == f"http://portal.example/tanzhong/item/{value.content_id}/"


def test_the_permanent_link_of_an_item_without_a_page_is_not_found(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    value = build.edition()
    value = replace(value, canonical_url=value.permalink)
    build.place(value, build.outlet("wechat", channel="wechat_mp"))
    assert reader.get(f"/i/{value.content_id}/").status_code == 404
    assert reader.get(f"/i/{build.NOBODY}/").status_code == 404


def test_a_slug_that_another_item_has_taken_since_leads_to_that_item(
    reader: Client, portal: SiteHome, withdrawn: Item
) -> None:
    Item.objects.filter(pk=withdrawn.pk).update(slug="renamed")
    build.place(build.edition(headline="新的标题", slug="old"), portal.outlet)
    answer = reader.get("/news/old/")
    assert (answer.status_code, words(answer, "h1")) == (200, "新的标题")
