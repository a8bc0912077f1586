"""The log of changes at /api/changes: its order, what its entries give out, its filters, and how it is served."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from channels import changes, outbox
from channels.edition import Edition
from channels.models import Outlet, WithdrawalKind
from sites.api import log
from sites.models import StoredDocument
from tests.sites import build
from tests.sites.hub import Hub

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@pytest.fixture
def outlet() -> Outlet:
    return build.outlet("school", channel="feed")


@pytest.fixture
def hub() -> Hub:
    return Hub()


def sign(*outlets: Outlet, **fields: object) -> Edition:
    return signed(build.edition(**fields), *outlets)


def signed(value: Edition, *outlets: Outlet) -> Edition:
    outbox.plan(value, [outbox.Target(outlet_id=one.pk, reason="测试") for one in outlets], now=NOW)
    return value


def recall(value: Edition, **fields: str) -> None:
    kind = WithdrawalKind.REDIRECT if fields else WithdrawalKind.GONE
    outbox.recall(value.content_id, kind=kind, reason="内部原因", now=NOW, **fields)


def ask(status: int = 200, **query: object) -> dict[str, Any]:
    answer = Client().get("/api/changes", query)
    assert answer.status_code == status, answer.content.decode()
    assert answer["Content-Type"] == "application/json"
    document: dict[str, Any] = json.loads(answer.content)
    return document


def told(**query: object) -> list[tuple[int, str]]:
    return [(entry["sequence"], entry["change"]) for entry in ask(**query)["changes"]]


def texts(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False)


def test_a_signed_item_is_told_whole(outlet: Outlet) -> None:
    value = sign(outlet, headline="A & <市>", expires=NOW + timedelta(days=1), cover=build.cover())
    page = ask()
    assert {name: page[name] for name in ("since", "next", "last", "has_more")} == {
        "since": 0,
        "next": 1,
        "last": 1,
        "has_more": False,
    }
    [entry] = page["changes"]
    assert (entry["sequence"], entry["previous"], entry["change"], entry["version"]) == (1, 0, "put", 1)
    assert entry["content_id"] == str(value.content_id)
    assert entry["item"]["uri"] == value.uri
    assert entry["item"]["headlines"][0]["value"] == "A & <市>"
    assert entry["expires"] == entry["item"]["expires"] == "2026-11-21T02:00:00.000Z"
    assert entry["addresses"] == {
        "item": f"http://hub.example/api/items/{value.content_id}",
        "permalink": f"http://hub.example/i/{value.content_id}/",
    }


def test_the_checksum_proves_the_canonical_bytes_and_they_are_those_of_the_items_own_address(
    outlet: Outlet,
) -> None:
    value = sign(outlet, headline='引号“”\\"\u2028\t与𠮷')
    [entry] = ask()["changes"]
    text = json.dumps(entry["item"], sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert hashlib.sha256(text).hexdigest() == entry["checksum"]
    assert Client().get(f"/api/items/{value.content_id}").content == text


def test_a_correction_supersedes_what_was_told_before(outlet: Outlet) -> None:
    value = sign(outlet, headline="旧标题")
    signed(replace(value, headline="新标题"), outlet)
    page = ask()
    assert [(e["sequence"], e["change"]) for e in page["changes"]] == [(1, "superseded"), (2, "put")]
    assert page["changes"][0]["by"] == 2
    assert page["changes"][1]["version"] == 2
    assert "旧标题" not in texts(page)


def test_a_withdrawn_item_leaves_its_id_and_nothing_else(outlet: Outlet) -> None:
    value = sign(outlet, headline="有误的稿件")
    recall(value)
    page = ask()
    assert [(e["sequence"], e["change"]) for e in page["changes"]] == [(1, "superseded"), (2, "remove")]
    assert set(page["changes"][1]) == {"sequence", "previous", "change", "content_id", "at"}
    assert not {"有误的稿件", "内部原因", value.slug} & set(texts(page).split('"'))


def test_a_replacement_is_named(outlet: Outlet) -> None:
    value = sign(outlet)
    recall(value, replacement_url="https://www.example.gov.cn/new")
    assert ask(since=1)["changes"][0]["replacement"] == "https://www.example.gov.cn/new"
    gone = Client().get(f"/api/items/{value.content_id}")
    assert (gone.status_code, gone.json()["replacement"]) == (410, "https://www.example.gov.cn/new")


def test_what_comes_back_is_told_again(outlet: Outlet) -> None:
    value = sign(outlet)
    recall(value)
    signed(value, outlet)
    assert told() == [(1, "superseded"), (2, "superseded"), (3, "put")]


def test_between_a_withdrawal_and_its_number_nothing_is_given_out(outlet: Outlet) -> None:
    value = sign(outlet, headline="有误的稿件")
    extent = changes.extent()
    recall(value)
    [line] = log.page(extent, 0, 10).lines
    assert (line.kind, line.edition) == ("remove", None)


def test_an_item_that_no_public_outlet_shows_is_no_more_than_a_number(outlet: Outlet) -> None:
    account = build.outlet("account", channel="wechat_mp")
    value = sign(account, headline="只在微信")
    assert told() == [(1, "remove")]
    assert Client().get(f"/api/items/{value.content_id}").status_code == 404
    outbox.add(value.content_id, outbox.Target(outlet_id=outlet.pk, reason="测试"), now=NOW)
    assert told() == [(1, "superseded"), (2, "put")]


def test_an_outlet_that_is_retired_takes_its_items_with_it(outlet: Outlet) -> None:
    other = build.outlet("other", channel="feed")
    alone, both = sign(outlet), sign(outlet, other)
    ask(outlet="school")
    outbox.retire(outlet, now=NOW)
    page = ask(since=2)
    assert {e["content_id"]: e["change"] for e in page["changes"]} == {
        str(alone.content_id): "remove",
        str(both.content_id): "put",
    }
    assert ask(410, outlet="school")["error"] == "feed_closed"


def test_pages_follow_each_other_without_a_gap(outlet: Outlet) -> None:
    for _ in range(7):
        sign(outlet)
    seen, since, has_more = [], 0, True
    while has_more:
        page = ask(since=since, limit=3)
        assert [e["previous"] for e in page["changes"]] == [
            since,
            *(e["sequence"] for e in page["changes"][:-1]),
        ]
        seen += [e["sequence"] for e in page["changes"]]
        since, has_more = page["next"], page["has_more"]
    assert seen == list(range(1, 8))


def test_whoever_is_out_of_step_is_led_back_to_a_kept_page(
    outlet: Outlet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "SIZE", 5)
    for _ in range(7):
        sign(outlet)
    assert ask(since=3)["next"] == 5


# Filters.


def test_a_filtered_log_tells_each_item_once_and_what_no_longer_fits_as_removed(outlet: Outlet) -> None:
    other = build.outlet("other", channel="feed")
    here = sign(outlet, keywords=("停水",))
    sign(other)
    signed(replace(here, keywords=("来水",)), outlet)
    left = sign(outlet, other)
    signed(left, other)
    assert told(outlet="school") == [(3, "put"), (5, "remove")]
    assert told(feed="school") == told(outlet="school")
    assert told(feed="by/tag/来水") == [(2, "remove"), (3, "put"), (5, "remove")]
    assert told(feed="by/tag/停水") == [(2, "remove"), (3, "remove"), (5, "remove")]
    page = ask(outlet="school", since=1)
    assert [e["previous"] for e in page["changes"]] == [1, 3]
    assert (page["next"], page["last"]) == (5, 5)


def test_a_filtered_page_looks_through_so_many_numbers_and_no_more(
    outlet: Outlet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "SPAN", 3)
    other = build.outlet("other", channel="feed")
    for _ in range(4):
        sign(other)
    sign(outlet)
    empty = ask(outlet="school")
    assert (empty["changes"], empty["next"], empty["has_more"]) == ([], 3, True)
    assert [e["sequence"] for e in ask(outlet="school", since=3)["changes"]] == [5]


def test_a_filtered_page_ends_where_the_next_begins(outlet: Outlet) -> None:
    for _ in range(3):
        sign(outlet)
    first = ask(outlet="school", limit=2)
    assert (first["next"], first["has_more"]) == (2, True)
    assert [e["sequence"] for e in ask(outlet="school", since=2)["changes"]] == [3]


# Refusals.


@pytest.mark.parametrize(
    ("query", "status", "error"),
    [
        ({"since": "-1"}, 400, "bad_since"),
        ({"since": "x"}, 400, "bad_since"),
        ({"since": ""}, 400, "bad_since"),
        ({"since": "１"}, 400, "bad_since"),
        ({"since": "1.0"}, 400, "bad_since"),
        ({"since": "9" * 5000}, 400, "bad_since"),
        ({"limit": "0"}, 400, "bad_limit"),
        ({"limit": "101"}, 400, "bad_limit"),
        ({"utm": "1"}, 400, "unknown_parameter"),
        ({"since": ["0", "0"]}, 400, "repeated_parameter"),
        ({"outlet": "school", "feed": "school"}, 400, "outlet_or_feed"),
        ({"outlet": "nobody"}, 404, "no_such_feed"),
        ({"outlet": "by/all"}, 404, "no_such_feed"),
        ({"outlet": "account"}, 404, "no_such_feed"),
        ({"outlet": ""}, 404, "no_such_feed"),
        ({"feed": "by/type/poem"}, 404, "no_such_feed"),
        ({"feed": "\x00"}, 404, "no_such_feed"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_the_next_step(
    outlet: Outlet, query: dict[str, Any], status: int, error: str
) -> None:
    build.outlet("account", channel="wechat_mp")
    said = ask(status, **query)
    assert said["error"] == error
    assert "请" in said["message"]
    assert said["message"].endswith("。")


def test_a_cursor_of_another_hub_is_told_what_to_do(outlet: Outlet) -> None:
    sign(outlet)
    said = ask(400, since=2)
    assert (said["error"], said["last"]) == ("since_ahead", 1)
    assert "since=0" in said["message"]


def test_after_a_restore_the_log_has_another_name(outlet: Outlet, settings: Any) -> None:
    before = ask()["log"]
    sign(outlet)
    assert ask()["log"] == before
    call_command("restart_log", verbosity=0, stdout=StringIO())
    restarted = ask()["log"]
    settings.PUBLIC_URL = "http://new.example"
    assert len({before, restarted, ask()["log"]}) == 3


# How it is served.


def test_kept_pages_and_the_end_of_the_log_are_answered_before_django(hub: Hub, outlet: Outlet) -> None:
    sign(outlet, headline="第一篇")
    sign(outlet, headline="第二篇")
    for query in ("", "since=0", "since=2"):
        answer = hub.get("/api/changes", query=query)
        assert answer.status == 200, query
        assert answer.body == Client().get(f"/api/changes?{query}").content
        assert answer.headers["Cache-Control"] == "public, no-cache"
        assert "Last-Modified" not in answer.headers
        again = hub.get("/api/changes", query=query, if_none_match=answer.headers["ETag"])
        assert (again.status, again.body) == (304, b"")
        by_date = hub.get("/api/changes", query=query, if_modified_since="Fri, 20 Nov 2099 02:00:00 GMT")
        assert by_date.status == 200, "a date tells nothing of two changes in one second"


def test_a_change_moves_the_end(hub: Hub, outlet: Outlet) -> None:
    sign(outlet)
    end = hub.get("/api/changes", query="since=1")
    assert json.loads(end.body)["changes"] == []
    value = sign(outlet)
    assert hub.get("/api/changes", query="since=1").is_django
    assert len(json.loads(hub.get("/api/changes", query="since=0").body)["changes"]) == 2
    recall(value)
    page = json.loads(hub.get("/api/changes", query="since=0").body)
    assert [e["change"] for e in page["changes"]] == ["put", "superseded", "remove"]


@pytest.mark.parametrize(
    "query",
    [
        "since=1",
        "since=00",
        "since=%30",
        "since=0&limit=100",
        "limit=100",
        "since=0&since=0",
        "since=9",
        "x",
        "since",
    ],
)
def test_every_other_query_is_djangos(hub: Hub, outlet: Outlet, query: str) -> None:
    sign(outlet)
    sign(outlet)
    assert hub.get("/api/changes", query=query).is_django
    assert hub.get(f"/api/changes?{query}").is_django


def test_parameters_without_end_leave_nothing_behind(hub: Hub, outlet: Outlet) -> None:
    sign(outlet)
    for n in range(300):
        hub.get("/api/changes", query=f"since={n + 2}")
        hub.get("/api/changes", query=f"since=0&limit={n}")
        hub.get("/api/feeds", query=f"x={n}")
        Client().get("/api/changes", {"since": 0, "limit": n % 100 + 1})
    assert not StoredDocument.objects.exists()
    assert not hub.shelf._held


def test_a_poll_that_finds_nothing_new_asks_the_database_nothing(
    hub: Hub, outlet: Outlet, django_assert_num_queries: build.QueryCount
) -> None:
    sign(outlet)
    stamp = changes.stamp()
    hub.get("/api/changes", query="since=1")
    with django_assert_num_queries(0):
        assert hub.shelf.fresh("/api/changes?since=1", stamp, timezone.now()) is not None


def test_a_page_costs_the_same_whatever_it_shows(
    outlet: Outlet, django_assert_num_queries: build.QueryCount
) -> None:
    for _ in range(20):
        sign(outlet)
    ask()
    # Two savepoints' statements, counters, rows; the fragments are in memory.
    with django_assert_num_queries(4):
        ask()
