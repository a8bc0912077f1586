"""The layer before Django: what it answers, that it is never stale, and what it leaves to Django."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import brotli
import pytest
from django.utils import timezone

from channels import changes, outbox
from channels.models import Outlet, WithdrawalKind
from sites.models import StoredDocument, StoredFragment
from sites.serving import documents
from sites.serving.conditions import preferred
from sites.serving.freshness import watch
from tests.sites import build
from tests.sites.hub import Hub, heard

pytestmark = pytest.mark.django_db
COMMITTED = pytest.mark.django_db(transaction=True)
"""Only what is committed is seen by another connection."""
PATH = Hub.PATH


@pytest.fixture
def outlet() -> Outlet:
    return build.outlet("school", channel="feed", url="http://school.example/")


@pytest.fixture
def hub(outlet: Outlet) -> Hub:
    return Hub()


@pytest.fixture
def watching(outlet: Outlet) -> Iterator[Hub]:
    """With the watch that the hub has: it sees what is committed."""
    hub = Hub(watch())
    yield hub
    hub.watch.close()


def sign(outlet: Outlet, **fields: object) -> Any:
    value = build.edition(**fields)
    outbox.plan(value, [outbox.Target(outlet_id=outlet.pk, reason="测试")], now=timezone.now())
    return value


def test_a_document_is_answered_with_all_that_a_client_needs(hub: Hub, outlet: Outlet) -> None:
    sign(outlet)
    answer = hub.get()
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Content-Length"] == str(len(answer.body))
    assert not {"Set-Cookie", "Content-Encoding"} & set(answer.headers)


def test_every_encoding_is_the_same_document_with_a_tag_of_its_own(hub: Hub, outlet: Outlet) -> None:
    sign(outlet)
    plain = hub.get()
    zipped, br = hub.get(accept_encoding="gzip"), hub.get(accept_encoding="gzip, deflate, br;q=0.9")
    assert gzip.decompress(zipped.body) == brotli.decompress(br.body) == plain.body
    assert (zipped.headers["Content-Encoding"], br.headers["Content-Encoding"]) == ("gzip", "br")
    assert len({answer.headers["ETag"] for answer in (plain, zipped, br)}) == 3


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        ("", "identity"),
        ("gzip;q=0", "identity"),
        ("gzip; q=0.0, br;q=0", "identity"),
        ("br", "br"),
        ("deflate, gzip;q=1.0, *;q=0.5", "gzip"),
        ("GZIP", "gzip"),
        (";;q=,", "identity"),
    ],
)
def test_an_encoding_that_is_refused_is_not_sent(accept: str, coding: str) -> None:
    assert preferred(accept) == coding


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_the_client_has_is_not_sent_again(hub: Hub, outlet: Outlet, method: str) -> None:
    sign(outlet)
    first = hub.get(accept_encoding="gzip")
    for known in (first.headers["ETag"], f'W/{first.headers["ETag"]}, "x"', "*", hub.get().headers["ETag"]):
        again = hub.get(method=method, accept_encoding="gzip", if_none_match=known)
        assert (again.status, again.body) == (304, b""), known
        for name in ("ETag", "Cache-Control", "Vary", "Last-Modified"):
            assert again.headers[name] == first.headers[name]
    by_date = hub.get(method=method, if_modified_since=first.headers["Last-Modified"])
    assert by_date.status == 304


@pytest.mark.parametrize("malformed", ['"', "W/", 'x"y', "\x00", '"a" "b"', ",,,", '"' * 5000])
def test_a_tag_that_nobody_can_read_is_no_match(hub: Hub, outlet: Outlet, malformed: str) -> None:
    sign(outlet)
    assert hub.get(if_none_match=malformed).status == 200


def test_the_tag_beats_the_date_and_a_broken_date_counts_for_nothing(hub: Hub, outlet: Outlet) -> None:
    sign(outlet)
    modified = hub.get().headers["Last-Modified"]
    assert hub.get(if_none_match='"other"', if_modified_since=modified).status == 200
    assert hub.get(if_modified_since="yesterday").status == 200


def test_head_has_the_headers_of_get_and_no_body(hub: Hub, outlet: Outlet) -> None:
    sign(outlet)
    get, head = hub.get(), hub.get(method="HEAD")
    assert (head.status, head.body, head.headers) == (200, b"", get.headers)


@COMMITTED
def test_what_is_signed_corrected_or_taken_back_shows_at_once(watching: Hub, outlet: Outlet) -> None:
    kept = sign(outlet, headline="第一篇")
    first = watching.get()
    sign(outlet, headline="第二篇")
    heard(lambda: watching.get(if_none_match=first.headers["ETag"]).status == 200, "it has changed")
    assert "第二篇".encode() in watching.get().body
    outbox.recall(kept.content_id, kind=WithdrawalKind.GONE, reason="有误", now=timezone.now())
    heard(lambda: "第一篇".encode() not in watching.get().body, "it is taken back")


@COMMITTED
def test_an_outlet_that_is_renamed_shows_its_new_name(watching: Hub, outlet: Outlet) -> None:
    assert outlet.name.encode() in watching.get().body
    outlet.name = "新校名"
    outlet.save()
    heard(lambda: "新校名".encode() in watching.get().body, "the new name")


def test_an_item_leaves_when_its_validity_ends(hub: Hub, outlet: Outlet) -> None:
    sign(outlet, headline="今晚停水", expires=timezone.now() + timedelta(hours=1))
    stamp = hub.watch.stamp()
    before = hub.shelf.get(PATH, stamp, timezone.now())
    after = hub.shelf.get(PATH, stamp, timezone.now() + timedelta(hours=2))
    assert before is not None
    assert after is not None
    assert ("今晚停水".encode() in before.body, "今晚停水".encode() in after.body) == (True, False)


@COMMITTED
def test_nothing_is_asked_of_the_database_while_nothing_changes(watching: Hub, outlet: Outlet) -> None:
    sign(outlet)
    watching.get()
    watching.get()
    heard(lambda: watching.asks_nothing(), "a document that asks nothing of the database")


def test_a_change_elsewhere_renders_nothing(hub: Hub, outlet: Outlet) -> None:
    sign(outlet)
    hub.get()
    document = hub.shelf.fresh(PATH, hub.watch.stamp(), timezone.now())
    sign(build.outlet("other", channel="feed"))
    hub.get()
    assert hub.shelf.fresh(PATH, hub.watch.stamp(), timezone.now()) is document


def test_one_correction_renders_one_entry(hub: Hub, outlet: Outlet) -> None:
    for n in range(5):
        sign(outlet, headline=f"第{n}篇")
    hub.get()
    before = set(StoredFragment.objects.values_list("pk", flat=True))
    sign(outlet, headline="第五篇")
    hub.get()
    after = set(StoredFragment.objects.values_list("pk", flat=True))
    assert (len(before), len(after - before)) == (5, 1)


def test_another_process_takes_what_the_first_has_made(hub: Hub, outlet: Outlet) -> None:
    sign(outlet)
    first = hub.get(accept_encoding="br")
    StoredFragment.objects.all().delete()
    other = Hub()
    assert other.get(accept_encoding="br").body == first.body
    assert not StoredFragment.objects.exists(), "it was rendered again"


def test_the_store_can_be_emptied_at_any_time(hub: Hub, outlet: Outlet) -> None:
    sign(outlet)
    first = hub.get()
    assert documents.prune(before=timezone.now() + timedelta(seconds=1)) == 1
    StoredFragment.objects.all().delete()
    assert Hub().get().body == first.body
    assert StoredDocument.objects.count() == 1


@pytest.mark.parametrize(
    "asked",
    [
        {"path": "/"},
        {"path": "/feeds/nobody.atom"},
        {"path": "/feeds/school.pdf"},
        {"path": "/feeds/../admin/"},
        {"query": "before=1"},
        {"method": "POST"},
    ],
)
def test_everything_else_is_djangos(hub: Hub, outlet: Outlet, asked: dict[str, str]) -> None:
    assert hub.get(**asked).is_django


def test_ten_thousand_addresses_leave_no_more_than_the_documents_there_are(hub: Hub, outlet: Outlet) -> None:
    sign(outlet)
    for n in range(100):
        assert hub.get(query=f"utm={n}").is_django
        assert hub.get(f"/feeds/by/tag/{n}.atom").status == 200
    assert StoredDocument.objects.count() <= 1


def test_plain_http_is_left_to_djangos_redirect_where_https_is_the_rule(
    hub: Hub, outlet: Outlet, settings: Any
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert hub.get().is_django
    assert hub.get(x_forwarded_proto="https").status == 200


def test_a_retired_outlets_feed_ends(hub: Hub, outlet: Outlet) -> None:
    sign(outlet)
    assert hub.get().status == 200
    outlet.retired_at = timezone.now()
    outlet.save()
    assert hub.get().is_django


@COMMITTED
def test_a_stamp_never_goes_back(watching: Hub, outlet: Outlet) -> None:
    stamps = []
    for _ in range(3):
        stamps.append(watching.watch.stamp())
        sign(outlet)
        stamps.append(watching.watch.stamp())
        changes.touch()
    assert [s.sequence for s in stamps] == sorted(s.sequence for s in stamps)
    heard(lambda: watching.watch.stamp().sequence == 3, "the third signature")
