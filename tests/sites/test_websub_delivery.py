"""How deliveries are made: nobody waits for anybody else, nothing old after something new, nothing lost with a worker."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.resolver import ThreadedResolver
from django.db import connections
from django.utils import timezone

from channels import changes
from channels.models import Outlet
from sites.models import Subscription, SubscriptionRequest
from sites.serving import documents
from sites.serving.documents import Shelf
from sites.websub import claiming, confirming, looking
from sites.websub.claiming import CLAIM, claim_requests, claim_subscriptions
from sites.websub.looking import look
from sites.websub.recording import Result, record
from tests.sites import build
from tests.sites.subscribers import TOPIC, Hub, Subscriber, sign

pytestmark = pytest.mark.django_db
COMMITTED = pytest.mark.django_db(transaction=True)


@pytest.fixture
def outlet() -> Outlet:
    return build.outlet("school", channel="feed", url="http://school.example/")


@pytest.fixture
def hub(outlet: Outlet) -> Iterator[Hub]:
    documents.shelf.forget()
    yield Hub()
    documents.shelf.forget()


@pytest.fixture
def site() -> Iterator[Subscriber]:
    with Subscriber() as server:
        yield server


def subscription(callback: str, host: str, **fields: Any) -> Subscription:
    """A live one that has everything; `host` is what the hub takes for its host."""
    now = timezone.now()
    tag = fields.pop("tag", "old")
    values = {
        "topic": TOPIC, "callback": callback, "callback_host": host, "lease_seconds": 864_000,
        "subscribed_at": now, "expires_at": now + timedelta(days=10), "wanted": tag, "sent": tag,
    }  # fmt: skip
    return Subscription.objects.create(**{**values, **fields})


def release_on_arrival(site: Subscriber, path: str) -> None:
    """Whoever hangs goes on as soon as there is a delivery at `path`."""

    def arrived(push: Any) -> None:
        if push.path == path:
            site.released.set()

    site.on_push = arrived


def test_fifty_that_hang_do_not_hold_up_the_healthy(hub: Hub, outlet: Outlet, site: Subscriber) -> None:
    for number in range(50):
        subscription(f"{site.url}/hang/{number}", f"dead-{number}.example")
    subscription(f"{site.url}/well", "well.example")
    release_on_arrival(site, "/well")
    sign(outlet)
    assert hub.work(call_seconds=20) == 51
    assert not Subscription.objects.filter(failures__gt=0).exists(), "the healthy one had to wait"


def test_one_host_that_hangs_takes_a_few_slots_only(hub: Hub, outlet: Outlet, site: Subscriber) -> None:
    for number in range(50):
        subscription(f"{site.url}/hang/{number}", "dead.example")
    subscription(f"{site.url}/well", "well.example")
    release_on_arrival(site, "/well")
    sign(outlet)
    assert hub.work(slots=20, call_seconds=20) == 51
    assert not Subscription.objects.filter(failures__gt=0).exists(), "the healthy one had to wait"


def test_who_has_failed_before_comes_after_the_others(hub: Hub, outlet: Outlet, site: Subscriber) -> None:
    for number in range(3):
        subscription(f"{site.url}/hang/{number}", f"dead-{number}.example", failures=3)
    subscription(f"{site.url}/well", "well.example")
    release_on_arrival(site, "/well")
    sign(outlet)
    hub.work(slots=1, call_seconds=20)
    assert site.pushes[0].path == "/well"


def test_a_call_that_hangs_ends(hub: Hub, outlet: Outlet, site: Subscriber) -> None:
    row = subscription(f"{site.url}/hang", "dead.example")
    sign(outlet)
    hub.work(call_seconds=0.2)
    row.refresh_from_db()
    assert row.failures == 1
    assert "自动重试" in row.message
    assert row.due_at is not None
    assert not row.claimed_by


@COMMITTED
def test_a_correction_during_a_delivery_is_sent_after_it(hub: Hub, outlet: Outlet, site: Subscriber) -> None:
    """By the same run, and while the first is still under way nothing else goes out to the same callback."""
    row = subscription(f"{site.url}/hang", "site.example")
    sign(outlet, headline="第一版")

    def deliver() -> None:
        hub.work(call_seconds=60)
        connections.close_all()

    worker = threading.Thread(target=deliver)
    arrived = threading.Event()
    site.on_push = lambda _: arrived.set()
    worker.start()
    assert arrived.wait(30)
    sign(outlet, headline="更正版")
    assert Hub().work() == 0, "a second worker sends it beside the first"
    site.released.set()
    worker.join(60)
    Hub().work()
    assert ["更正版".encode() in push.body for push in site.pushes] == [False, True]
    row.refresh_from_db()
    assert row.sent == row.wanted


def test_a_worker_that_has_looked_before_does_not_send_the_older_document(
    hub: Hub, outlet: Outlet, site: Subscriber
) -> None:
    row = subscription(site.callback, "site.example")
    sign(outlet, headline="第一版")
    late = look(Shelf(), hub.now())
    sign(outlet, headline="更正版")
    newer = look(Shelf(), hub.now())
    assert claim_subscriptions(10, late, hub.now()) == []
    [call] = claim_subscriptions(10, newer, hub.now())
    row.refresh_from_db()
    assert row.wanted == newer[TOPIC].outline.etag
    assert "更正版".encode() in call.document.body  # type: ignore[union-attr]


def test_a_call_belongs_to_one_worker_until_its_claim_runs_out(
    hub: Hub, outlet: Outlet, site: Subscriber
) -> None:
    subscription(site.callback, "site.example")
    sign(outlet)
    found = look(hub.shelf, hub.now())
    assert len(claim_subscriptions(10, found, hub.now())) == 1
    assert claim_subscriptions(10, found, hub.now()) == []
    hub.later(seconds=CLAIM.total_seconds() + 1)
    assert hub.work() == 1
    assert len(site.pushes) == 1


def test_who_has_lost_his_claim_has_nothing_to_say(hub: Hub, outlet: Outlet, site: Subscriber) -> None:
    """A worker that was believed dead comes back with a failure; meanwhile another one has delivered."""
    row = subscription(site.callback, "site.example")
    sign(outlet)
    [stale] = claim_subscriptions(10, look(hub.shelf, hub.now()), hub.now())
    hub.later(minutes=1)
    hub.work()
    record([Result(stale, None, None, 0.5)], hub.now())
    row.refresh_from_db()
    assert (row.failures, row.due_at) == (0, None)


def test_a_request_that_was_replaced_is_not_confirmed_by_the_earlier_question(
    hub: Hub, site: Subscriber
) -> None:
    hub.ask(site.callback, secret="first")
    [stale] = claim_requests(10, hub.now())
    hub.ask(site.callback, secret="second")
    confirming.confirm(stale.request, hub.now())  # type: ignore[union-attr]
    assert not Subscription.objects.exists()
    hub.work()
    assert Subscription.objects.get().secrets() == {"secret": "second"}
    assert not SubscriptionRequest.objects.exists()


def test_feeds_without_subscriptions_are_not_looked_at(
    hub: Hub, outlet: Outlet, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        sign(build.outlet(f"school-{number}", channel="feed"))
    asked: list[str] = []
    monkeypatch.setattr(looking.topics, "document_of", lambda topic, *_: asked.append(topic))
    subscription("http://127.0.0.1:20009/", "x", tag="t")
    look(hub.shelf, hub.now())
    assert set(asked) == {TOPIC}


def test_a_quiet_round_writes_nothing_and_asks_little(
    hub: Hub, outlet: Outlet, site: Subscriber, django_assert_max_num_queries: build.QueryCount
) -> None:
    for number in range(20):
        subscription(f"{site.url}/{number}", f"host-{number}")
    sign(outlet)
    hub.work()
    with django_assert_max_num_queries(8) as asked:
        assert hub.work() == 0
    assert not [query for query in asked.captured_queries if query["sql"].startswith(("UPDATE", "INSERT"))]


def test_a_defect_of_ours_costs_one_delivery_and_not_the_round(
    hub: Hub, outlet: Outlet, site: Subscriber, settings: Any
) -> None:
    settings.OUTLET_KEYS = ["lost"]
    hub.subscribe(f"{site.url}/sealed", secret="s")
    settings.OUTLET_KEYS = ["other"]
    hub.subscribe(f"{site.url}/well", secret="s")
    sign(outlet)
    hub.work()
    assert [push.path for push in site.pushes] == ["/well"]
    assert "密钥" in Subscription.objects.get(callback__endswith="sealed").message


def test_an_unexpected_failure_is_written_down_and_tried_again(
    hub: Hub, outlet: Outlet, site: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = subscription(site.callback, "site.example")
    sign(outlet)
    monkeypatch.setattr("sites.websub.calls.Delivery.headers", lambda self: 1 / 0)
    hub.work()
    row.refresh_from_db()
    assert (row.failures, row.message) == (1, "系统内部错误，已记录，请联系技术人员")


def test_names_that_do_not_resolve_hold_up_nobody(
    hub: Hub, outlet: Outlet, site: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server that is silent: fifty names wait for it in threads, the healthy name is found meanwhile."""
    real = socket.getaddrinfo

    def slow(host: Any, *rest: Any, **more: Any) -> Any:
        if str(host).endswith(".slow"):
            site.released.wait(60)
            raise socket.gaierror
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    for number in range(50):
        subscription(f"http://h{number}.slow:8080/cb", f"h{number}.slow:8080")
    subscription(f"http://localhost:{site.port}/well", "localhost")
    sign(outlet)
    try:
        assert hub.work(call_seconds=8) == 51, "it waits for the name server"
    finally:
        site.released.set()
    assert [push.path for push in site.pushes] == ["/well"]


def test_a_name_that_turns_to_an_address_inside_is_not_called(
    hub: Hub, outlet: Outlet, site: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: public while it subscribes, 127.0.0.1 when the delivery is made."""
    row = subscription(f"http://rebind.example:{site.port}/cb", "rebind.example")

    async def resolve(self: Any, host: str, port: int = 0, family: Any = 0) -> list[dict[str, Any]]:
        return [
            {
                "hostname": host,
                "host": "127.0.0.1",
                "port": port,
                "family": socket.AF_INET,
                "proto": 0,
                "flags": 0,
            }
        ]

    monkeypatch.setattr(ThreadedResolver, "resolve", resolve)
    sign(outlet)
    hub.work(networks=[])
    row.refresh_from_db()
    assert site.requests == []
    assert row.failures == 1
    assert "内部网络" in row.message
    hub.later(hours=1)
    hub.work()
    assert len(site.pushes) == 1, "with the network allowed it is the same server"


def test_the_worker_and_the_reader_have_the_same_tag(hub: Hub, outlet: Outlet, site: Subscriber) -> None:
    hub.subscribe(site.callback)
    sign(outlet)
    hub.work()
    assert hub.client.get("/feeds/school.atom")["ETag"] == f'"{Subscription.objects.get().sent}"'
    assert changes.stamp().sequence == 1


def test_the_newest_is_sent_when_a_feed_changes_while_a_claim_is_held(hub: Hub, outlet: Outlet) -> None:
    row = subscription("http://127.0.0.1:20009/", "x")
    sign(outlet)
    claim_subscriptions(10, look(hub.shelf, hub.now()), hub.now())
    sign(outlet, headline="更正版")
    found = look(hub.shelf, hub.now())
    row.refresh_from_db()
    assert (row.wanted, bool(row.claimed_by)) == (found[TOPIC].outline.etag, True)
    assert claiming.claim_subscriptions(10, found, hub.now()) == []
