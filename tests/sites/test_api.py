"""Items, feeds and the description under /api/, and what every address there has in common."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from channels import outbox
from channels.edition import Edition
from channels.models import Outlet, WithdrawalKind
from sites.api import items
from sites.api.description.document import document
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


def signed(value: Edition, *outlets: Outlet) -> Edition:
    outbox.plan(value, [outbox.Target(outlet_id=one.pk, reason="测试") for one in outlets], now=NOW)
    return value


def get(path: str, **headers: str) -> Any:
    return Client().get(path, headers=headers)


def address(value: Edition) -> str:
    return f"/api/items/{value.content_id}"


# Items.


def test_an_item_is_its_newest_edition(hub: Hub, outlet: Outlet) -> None:
    value = signed(build.edition(headline="旧标题"), outlet)
    first = get(address(value))
    signed(replace(value, headline="新标题"), outlet)
    second = get(address(value), **{"if-none-match": first["ETag"]})
    assert second.status_code == 200
    assert second.json()["headlines"][0]["value"] == "新标题"
    assert second.json()["version"] == "2"
    assert hub.get(address(value)).body == second.content
    assert get(address(value), **{"if-none-match": second["ETag"]}).status_code == 304


def test_a_withdrawn_item_is_gone_in_neutral_words(hub: Hub, outlet: Outlet) -> None:
    value = signed(build.edition(headline="有误的稿件"), outlet)
    assert hub.get(address(value)).status == 200
    outbox.recall(value.content_id, kind=WithdrawalKind.NOTICE, reason="内部原因", now=NOW)
    assert hub.get(address(value)).is_django
    gone = get(address(value))
    assert (gone.status_code, gone.json()["error"]) == (410, "gone")
    assert not {"有误的稿件", "内部原因"} & {*gone.content.decode().split('"')}
    signed(value, outlet)
    assert get(address(value)).status_code == 200


def test_an_item_that_left_every_public_outlet_is_gone(outlet: Outlet) -> None:
    value = signed(build.edition(), outlet)
    signed(value, build.outlet("account", channel="wechat_mp"))
    assert get(address(value)).status_code == 410


def test_an_item_whose_validity_is_over_stays_and_says_so(outlet: Outlet) -> None:
    past = NOW - timedelta(days=1)
    value = signed(build.edition(expires=past), outlet)
    assert get(address(value)).json()["expires"] == "2026-11-19T02:00:00.000Z"
    [entry] = get("/api/changes").json()["changes"]
    assert entry["change"] == "put"
    assert str(value.content_id) not in get("/feeds/school.atom").content.decode()


@pytest.mark.parametrize(
    ("content_id", "status", "error"),
    [
        ("00000000-0000-4000-8000-000000000000", 404, "no_such_item"),
        ("x", 400, "bad_content_id"),
        ("{00000000-0000-4000-8000-000000000000}", 400, "bad_content_id"),
        ("00000000-0000-4000-8000-00000000000A", 400, "bad_content_id"),
    ],
)
def test_other_items_are_refused(content_id: str, status: int, error: str) -> None:
    answer = get(f"/api/items/{content_id}")
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_the_bytes_of_an_item_are_pinned() -> None:
    """Whoever changes what an edition gives raises items.LAYOUT, and puts the new digest here: mirrors rely on the bytes."""
    value = build.edition(
        uri="urn:uuid:00000000-0000-4000-8000-000000000001",
        slug="20261120-pinned",
        canonical_url="http://portal.example/news/20261120-pinned/",
        permalink="http://hub.example/i/00000000-0000-4000-8000-000000000001/",
    )
    body = items.canonical(items.ninjs.document(value, items.asset_url))
    assert (items.LAYOUT, items.checksum(body)[:16]) == (2, "e14f5a682c4f4c50")


# Feeds.


def test_every_named_feed_is_listed_and_can_be_read(outlet: Outlet) -> None:
    build.site("portal", hostname="portal.example", is_default=True, kind="portal")
    build.column("ywdt")
    build.outlet("account", channel="wechat_mp")
    build.outlet("closed", channel="feed", retired_at=NOW)
    listed = get("/api/feeds").json()
    names = [feed["name"] for feed in listed["feeds"]]
    assert names == [
        "by/all",
        "portal",
        "school",
        "by/column/ywdt",
        "by/unit/gxj",
        "by/type/news",
        "by/type/notice",
        "by/type/service_notice",
        "by/type/policy_doc",
        "by/type/interpretation",
        "by/type/public_notice",
        "by/type/service_guide",
    ]
    kinds = {feed["name"]: (feed["kind"], feed["code"]) for feed in listed["feeds"]}
    assert kinds["by/all"] == ("all", "")
    assert kinds["school"] == ("outlet", "school")
    assert kinds["by/column/ywdt"] == ("column", "ywdt")
    keys = {variant["key"] for variant in listed["variants"]}
    for feed in listed["feeds"]:
        assert set(feed["addresses"]) == keys
        for url in (*feed["addresses"].values(), feed["changes"]):
            assert get(url.removeprefix("http://hub.example")).status_code == 200, url


def test_a_renamed_outlet_has_its_new_name_in_the_list(hub: Hub, outlet: Outlet) -> None:
    before = hub.get("/api/feeds")
    outlet.name = "新校名"
    outlet.save()
    after = hub.get("/api/feeds", if_none_match=before.headers["ETag"])
    assert after.status == 200
    assert "新校名" in after.body.decode()


# What all have in common.


def test_the_description_is_served_as_a_document(hub: Hub) -> None:
    answer = hub.get("/api/openapi.json")
    assert json.loads(answer.body) == document() == get("/api/openapi.json").json()
    assert hub.get("/api/openapi.json", if_none_match=answer.headers["ETag"]).status == 304


@pytest.mark.parametrize(
    "path", ["/api/changes", "/api/feeds", "/api/openapi.json", "/api/items/x", "/api/x"]
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_the_api_is_read_only(path: str, method: str) -> None:
    answer = Client(enforce_csrf_checks=True).generic(method, path)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert answer.json()["error"] == "method_not_allowed"


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/x", "/api/changes/", "/api/items/", "/api/feeds/x"])
def test_other_addresses_are_refused_in_json(path: str) -> None:
    answer = get(path)
    assert (answer.status_code, answer.json()["error"]) == (404, "no_such_address")


@pytest.mark.parametrize(
    "path", ["/api/feeds?x=1", "/api/openapi.json?x=1", "/api/items/00000000-0000-4000-8000-000000000000?x=1"]
)
def test_unknown_parameters_are_refused(path: str) -> None:
    assert (get(path).status_code, get(path).json()["error"]) == (400, "unknown_parameter")
    assert get(path)["Access-Control-Allow-Origin"] == "*"
    assert not get(path).cookies
