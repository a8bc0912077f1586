"""Keys at the door: reading needs none, a good one proves what was taken, a bad one says what to do."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from channels import changes, outbox
from channels.contract import Answer as HttpAnswer
from channels.engine import Dispatcher
from channels.models import Outlet, Placement, State, WithdrawalKind
from channels.pulling import counting, keys
from channels.pulling.counting import Tally
from channels.pulling.keys import Ring
from channels.pulling.models import Holding, Pull, PullKey, TakenItem
from sites.serving import keyed
from sites.serving.documents import Shelf
from sites.serving.wsgi_layer import DocumentLayer
from tests.sites import build
from tests.sites.hub import Asking, Hub
from tests.sites.test_serving import PATH, sign

pytestmark = pytest.mark.django_db


class KeyedHub(Hub):
    """The same, with a memory of keys and fetches of its own."""

    def __init__(self) -> None:
        self.shelf, self.watch, self.pulls, self.ring = Shelf(), Asking(), Tally(), Ring()
        self.layer = DocumentLayer(
            self._django, shelf=self.shelf, watching=self.watch, ring=self.ring, pulls=self.pulls
        )


@pytest.fixture
def outlet() -> Outlet:
    return build.outlet("school", channel="feed", url="http://school.example/")


@pytest.fixture
def hub(outlet: Outlet) -> KeyedHub:
    return KeyedHub()


@pytest.fixture
def key(outlet: Outlet) -> tuple[PullKey, str]:
    return keys.make(outlet, name="网站", by="站长", now=timezone.now())


@pytest.fixture
def tally(monkeypatch: pytest.MonkeyPatch) -> Tally:
    """What views count."""
    fresh = Tally()
    monkeypatch.setattr(keyed, "tally", fresh)
    monkeypatch.setattr(keyed, "ring", Ring())
    return fresh


def test_a_reader_without_a_key_is_not_counted(hub: KeyedHub, outlet: Outlet) -> None:
    sign(outlet)
    assert hub.get().status == 200
    assert hub.pulls.flush() == 0


@pytest.mark.parametrize("as_address", [True, False])
def test_a_key_gets_the_same_bytes_and_is_counted(
    hub: KeyedHub, outlet: Outlet, key: tuple[PullKey, str], as_address: bool
) -> None:
    sign(outlet)
    shown: dict[str, Any] = (
        {"query": f"key={key[1]}"} if as_address else {"authorization": f"Bearer {key[1]}"}
    )
    answer = hub.get(**shown)
    assert answer.body == hub.get().body
    assert answer.headers["Cache-Control"] == "private, no-cache", "a cache between would hide the next fetch"
    assert hub.pulls.flush() == 1
    assert (Holding.objects.get().document, Pull.objects.get().status) == (PATH, 200)
    assert Holding.objects.get().sequence == changes.stamp().sequence == 1


def test_not_modified_proves_as_much(hub: KeyedHub, outlet: Outlet, key: tuple[PullKey, str]) -> None:
    value = sign(outlet)
    tag = hub.get().headers["ETag"]
    assert hub.get(query=f"key={key[1]}", if_none_match=tag).status == 304
    hub.pulls.flush()
    assert Pull.objects.get().status == 304
    assert TakenItem.objects.get().item_id == value.content_id


def test_asking_for_the_head_proves_nothing(hub: KeyedHub, outlet: Outlet, key: tuple[PullKey, str]) -> None:
    sign(outlet)
    assert hub.get(method="HEAD", query=f"key={key[1]}").status == 200
    assert hub.pulls.flush() == 0


@pytest.mark.parametrize("query", ["key=ts_school_wrong", "key=", "key=%00"])
def test_a_key_that_is_none_is_refused_with_a_sentence(hub: KeyedHub, outlet: Outlet, query: str) -> None:
    sign(outlet)
    answer = hub.get(query=query)
    if query == "key=":
        assert answer.status == 200, "an empty key is none"
        return
    assert answer.status == 401
    assert "密钥不正确" in answer.body.decode()
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_key_is_refused_at_once(hub: KeyedHub, outlet: Outlet, key: tuple[PullKey, str]) -> None:
    sign(outlet)
    assert hub.get(query=f"key={key[1]}").status == 200
    keys.revoke(key[0], by="值班编辑", now=timezone.now())
    answer = hub.get(query=f"key={key[1]}")
    assert answer.status == 403
    assert "已吊销" in answer.body.decode()
    assert hub.pulls.flush() == 1


def test_known_keys_cost_no_query(
    hub: KeyedHub,
    outlet: Outlet,
    key: tuple[PullKey, str],
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: build.QueryCount,
) -> None:
    sign(outlet)
    stamp = changes.stamp()
    monkeypatch.setattr(hub.watch, "stamp", lambda: stamp)
    for shown in (key[1], "ts_school_wrong"):
        hub.get(query=f"key={shown}")
        with django_assert_num_queries(0):
            hub.get(query=f"key={shown}")


def test_another_parameter_beside_the_key_goes_to_django(
    hub: KeyedHub, outlet: Outlet, key: tuple[PullKey, str]
) -> None:
    sign(outlet)
    assert hub.get(query=f"key={key[1]}&before=1").is_django
    assert hub.get(query=f"before=1&key={key[1]}").is_django
    assert hub.get(query=f"key={key[1]}&key={key[1]}").is_django
    assert hub.get(query="keys=1").is_django


@pytest.mark.parametrize("how", ["bearer", "address"])
def test_django_counts_older_pages_and_single_entries(
    outlet: Outlet, key: tuple[PullKey, str], tally: Tally, reader: Client, how: str
) -> None:
    value = sign(outlet)
    entry = f"/feeds/school/{value.content_id}.atom"
    if how == "bearer":
        answer = reader.get(entry, headers={"authorization": f"Bearer {key[1]}"})
    else:
        answer = reader.get(entry, {"key": key[1]})
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-cache")
    page = reader.get(PATH, {"key": key[1], "before": f"1.{value.content_id.hex}"})
    assert page.status_code == 200
    tally.flush()
    assert {row.document for row in Holding.objects.all()} == {
        entry,
        f"{PATH}?before=1.{value.content_id.hex}",
    }
    assert TakenItem.objects.get().item_id == value.content_id


def test_django_refuses_in_the_same_words(outlet: Outlet, tally: Tally, reader: Client) -> None:
    value = sign(outlet)
    answer = reader.get(f"/feeds/school/{value.content_id}.atom", {"key": "ts_school_wrong"})
    assert answer.status_code == 401
    assert "密钥不正确" in answer.content.decode()
    assert tally.flush() == 0


def test_a_format_without_tombstones_proves_no_withdrawal(
    hub: KeyedHub, outlet: Outlet, key: tuple[PullKey, str]
) -> None:
    value = sign(outlet)
    hub.get("/feeds/school.gbk.rss", query=f"key={key[1]}")
    hub.pulls.flush()
    assert TakenItem.objects.get().edition_id is not None
    outbox.recall(value.content_id, kind=WithdrawalKind.GONE, reason="内容有误", now=timezone.now())
    hub.get("/feeds/school.gbk.rss", query=f"key={key[1]}")
    hub.pulls.flush()
    assert TakenItem.objects.get().edition_id is not None, "a collector takes and never gives back"
    hub.get("/feeds/school.flat.json", query=f"key={key[1]}")
    hub.pulls.flush()
    assert TakenItem.objects.get().edition_id is None


def test_a_date_alone_proves_that_he_was_here_and_no_more(
    hub: KeyedHub, outlet: Outlet, key: tuple[PullKey, str]
) -> None:
    """Two changes may share a second: the second one is not proven by the date of the first."""
    sign(outlet)
    date = hub.get().headers["Last-Modified"]
    assert hub.get(query=f"key={key[1]}", if_modified_since=date).status == 304
    assert hub.get(query=f"key={key[1]}", if_none_match="*").status == 304
    hub.pulls.flush()
    assert Holding.objects.exists()
    assert not TakenItem.objects.exists()


def test_the_log_of_changes_proves_as_far_as_it_was_read(
    hub: KeyedHub, outlet: Outlet, key: tuple[PullKey, str]
) -> None:
    first, second = sign(outlet), sign(outlet)
    hub.get("/api/changes", query=f"key={key[1]}")
    hub.pulls.flush()
    assert {row.item_id for row in TakenItem.objects.all()} == {first.content_id, second.content_id}
    assert Holding.objects.get().sequence == changes.stamp().sequence
    outbox.recall(first.content_id, kind=WithdrawalKind.GONE, reason="内容有误", now=timezone.now())
    hub.get("/api/changes", query=f"since=0&key={key[1]}")
    hub.pulls.flush()
    assert TakenItem.objects.get(item=first.content_id).edition_id is None


def test_programs_are_refused_in_their_own_words(
    hub: KeyedHub, outlet: Outlet, reader: Client, tally: Tally
) -> None:
    sign(outlet)
    answer = hub.get("/api/changes", query="key=ts_school_wrong")
    assert (answer.status, json.loads(answer.body)["error"]) == (401, "key_unknown")
    by_django = reader.get("/api/changes", {"limit": 5, "key": "ts_school_wrong"})
    assert (by_django.status_code, by_django.json()["error"]) == (401, "key_unknown")


class Reading:
    """The engine's network: the feed as the layer answers it now."""

    def __init__(self, hub: KeyedHub) -> None:
        self.body = hub.get().body

    async def __aenter__(self) -> Reading:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def request(self, method: str, url: str, **_: Any) -> HttpAnswer:
        return HttpAnswer(status=200, url=url, headers={}, body=self.body)


def look(hub: KeyedHub, *, days: int = 0) -> Placement:
    """The engine does what is due; returns the placement."""
    now, network = timezone.now() + timedelta(days=days), Reading(hub)
    for moment in (now, now + timedelta(seconds=2)):
        Dispatcher(http=lambda: network, now=lambda: moment, jitter=lambda: 0.5).run()  # noqa: B023
    return Placement.objects.get()


def test_an_item_settles_when_the_outlets_own_key_has_fetched_it(
    hub: KeyedHub, outlet: Outlet, key: tuple[PullKey, str]
) -> None:
    """The whole path: signed, offered, fetched, settled; withdrawn, offered, fetched, settled."""
    Outlet.objects.update(options={"proof": "fetched"})
    value = sign(outlet)
    placement = look(hub)
    assert (placement.state, placement.message) == (State.ACCEPTED, "已提供，等待对方取用")
    assert placement.actual is None

    hub.get(query=f"key={key[1]}")
    hub.pulls.flush()
    placement = look(hub)
    assert (placement.state, placement.actual_id) == (State.SETTLED, placement.desired_id)

    outbox.recall(value.content_id, kind=WithdrawalKind.GONE, reason="内容有误", now=timezone.now())
    placement = look(hub)
    assert placement.state == State.ACCEPTED
    assert "撤稿已提供" in placement.message

    hub.get(authorization=f"Bearer {key[1]}")
    hub.pulls.flush()
    placement = look(hub)
    assert (placement.state, placement.actual) == (State.SETTLED, None)


def test_a_subscriber_who_never_comes_is_asked_after_in_the_end(hub: KeyedHub, outlet: Outlet) -> None:
    Outlet.objects.update(options={"proof": "fetched"})
    sign(outlet)
    placement = look(hub)
    for day in range(1, 12):
        placement = look(hub, days=day)
    assert placement.state == State.ASKING
    assert "等待对方取用" in placement.message


def test_the_layer_of_the_hub_writes_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[bool] = []
    monkeypatch.setattr(counting.tally.soon, "begin", lambda: started.append(True))
    DocumentLayer(lambda environ, start: [], shelf=Shelf(), watching=Asking())
    assert started
