"""The hub against the W3C Recommendation of 2018-01-23; section numbers are the Recommendation's."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import feedparser
import pytest
from django.utils import timezone

from channels import changes
from channels.models import Outlet
from sites.models import Subscription, SubscriptionRequest
from sites.serving import documents
from sites.serving.wsgi_layer import DocumentLayer
from tests.sites import build
from tests.sites.subscribers import HUB, TOPIC, Hub, Subscriber, sign, withdraw

pytestmark = pytest.mark.django_db


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


# ---- 4 discovery


@pytest.mark.parametrize("variant", ["atom", "rss", "summary.atom", "summary.rss"])
def test_a_feed_names_hub_and_self_in_one_header_and_in_its_body(
    hub: Hub, outlet: Outlet, variant: str
) -> None:
    sign(outlet)
    answer = hub.client.get(f"/feeds/school.{variant}")
    own = f"http://hub.example/feeds/school.{variant}"
    assert answer.headers["Link"] == f'<{own}>; rel="self", <{HUB}>; rel="hub"'
    links = [(link.rel, link.href) for link in feedparser.parse(answer.content).feed.links]
    assert links.count(("hub", HUB)) == links.count(("self", own)) == 1


def test_the_layer_before_django_says_the_same(hub: Hub, outlet: Outlet) -> None:
    sign(outlet)
    heard: list[Any] = []

    class Asking:
        def stamp(self) -> Any:
            return changes.stamp()

        def close(self) -> None: ...

    layer = DocumentLayer(lambda *_: [], shelf=hub.shelf, watching=Asking())
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/feeds/school.atom", "wsgi.url_scheme": "http"}
    list(layer(environ, lambda _status, headers: heard.extend(headers)))
    assert [value for name, value in heard if name == "Link"] == [
        f'<{TOPIC}>; rel="self", <{HUB}>; rel="hub"'
    ]


def test_a_page_behind_the_first_one_offers_no_hub(hub: Hub, outlet: Outlet) -> None:
    for number in range(51):
        sign(outlet, headline=f"第{number}篇")
    first = feedparser.parse(hub.client.get("/feeds/school.atom").content)
    [further] = [link.href for link in first.feed.links if link.rel == "next"]
    answer = hub.client.get(further.removeprefix("http://hub.example"))
    assert 'rel="hub"' not in answer.headers["Link"]
    assert hub.ask("http://127.0.0.1:20009/cb", further).status_code == 404


# ---- 5.1 requests


def test_a_request_is_answered_at_once_and_verified_by_the_worker(hub: Hub, site: Subscriber) -> None:
    answer = hub.ask(site.callback)
    assert (answer.status_code, answer["X-Hub-Status"]) == (202, "accepted")
    assert answer["Content-Type"].startswith("text/plain")
    assert site.requests == []
    assert not Subscription.objects.exists()
    hub.work()
    assert Subscription.objects.get().callback == site.callback


def test_parameters_that_nobody_knows_are_ignored(hub: Hub, site: Subscriber) -> None:
    assert hub.ask(site.callback, verify="sync", foo="bar").status_code == 202


def test_the_answer_does_not_depend_on_the_outcome(hub: Hub) -> None:
    assert hub.ask("http://127.0.0.1:20009/nobody-there").status_code == 202


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"hub.mode": ""}, 400, "mode_unknown"),
        ({"hub.mode": "publish"}, 400, "mode_unknown"),
        ({"hub.topic": ""}, 400, "topic_missing"),
        ({"hub.topic": "http://other.example/feed"}, 404, "topic_unknown"),
        ({"hub.topic": "http://hub.example/"}, 404, "topic_unknown"),
        ({"hub.topic": "http://hub.example/feeds/nobody.atom"}, 404, "topic_unknown"),
        ({"hub.topic": "http://hub.example/feeds/school.pdf"}, 404, "topic_unknown"),
        ({"hub.topic": "http://hub.example/feeds/school.atom?x=1"}, 404, "topic_unknown"),
        ({"hub.topic": "http://hub.example/feeds/%73chool.atom"}, 404, "topic_unknown"),
        ({"hub.topic": "http://hub.example.evil/feeds/school.atom"}, 404, "topic_unknown"),
        ({"hub.topic": "https://hub.example/feeds/school.atom"}, 404, "topic_unknown"),
        ({"hub.topic": "http://hub.example/feeds/" + "a" * 5000 + ".atom"}, 404, "topic_unknown"),
        ({"hub.callback": ""}, 400, "callback_missing"),
        ({"hub.lease_seconds": "0"}, 400, "lease_invalid"),
        ({"hub.lease_seconds": "-5"}, 400, "lease_invalid"),
        ({"hub.lease_seconds": "1e3"}, 400, "lease_invalid"),
        ({"hub.lease_seconds": "永久"}, 400, "lease_invalid"),
        ({"hub.secret": "x" * 200}, 400, "secret_too_long"),
        ({"hub.secret": "密" * 67}, 400, "secret_too_long"),
    ],
)
def test_a_refusal_is_a_sentence_and_a_code(
    hub: Hub, changed: dict[str, str], status: int, code: str
) -> None:
    form = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.callback": "http://127.0.0.1:20009/cb"}
    answer = hub.post(form | changed)
    assert (answer.status_code, answer["X-Hub-Status"]) == (status, code)
    assert any("一" <= sign <= "鿿" for sign in answer.content.decode())
    assert not SubscriptionRequest.objects.exists()


@pytest.mark.parametrize("body", ["hub.mode=%ff", "&".join(["a=1"] * 60), "hub.mode=a&hub.mode=b", "x"])
def test_a_form_that_nobody_can_read(hub: Hub, body: str) -> None:
    answer = hub.client.post("/websub/", body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400


def test_only_small_forms_are_taken(hub: Hub) -> None:
    form = "application/x-www-form-urlencoded"
    assert hub.client.get("/websub/").status_code == 405
    assert hub.client.post("/websub/", "{}", content_type="application/json").status_code == 415
    assert hub.client.post("/websub/", "a=" + "x" * 20_000, content_type=form).status_code == 413


def test_chinese_topics_have_the_spelling_that_their_feeds_name(hub: Hub, site: Subscriber) -> None:
    encoded = "http://hub.example/feeds/by/tag/%E5%81%9C%E6%B0%B4.atom"
    assert hub.subscribe(site.callback, encoded).topic == encoded
    assert site.asked()["hub.topic"] == encoded
    assert hub.ask(site.callback, encoded.lower()).status_code == 404
    assert hub.ask(site.callback, "http://hub.example/feeds/by/tag/停水.atom").status_code == 404


@pytest.mark.parametrize(
    ("asked", "granted"),
    [({}, 864_000), ({"lease_seconds": ""}, 864_000), ({"lease_seconds": "7200"}, 7200),
     ({"lease_seconds": "1"}, 60), ({"lease_seconds": "9" * 100}, 2_592_000)],
)  # fmt: skip
def test_the_lease_is_what_was_asked_for_within_limits(
    hub: Hub, site: Subscriber, asked: dict[str, str], granted: int
) -> None:
    subscription = hub.subscribe(site.callback, **asked)
    assert site.asked()["hub.lease_seconds"] == str(granted)
    left = subscription.expires_at - timezone.now()
    assert timedelta(seconds=granted - 60) < left <= timedelta(seconds=granted)


def test_a_secret_of_199_bytes_is_taken_and_sealed(hub: Hub, site: Subscriber) -> None:
    subscription = hub.subscribe(site.callback, secret="x" * 199)
    assert "x" * 12 not in subscription.sealed
    assert subscription.secrets() == {"secret": "x" * 199}


def test_one_host_cannot_keep_the_hub_busy(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sites.websub.intake.PER_HOST_RATE", 2)
    callback = "http://127.0.0.1:20009/cb"
    assert [hub.ask(callback).status_code for _ in range(3)] == [202, 202, 429]
    refused = hub.ask(callback)
    assert int(refused["Retry-After"]) > 0
    assert hub.ask("http://127.0.0.2:20009/cb").status_code == 202


def test_one_host_has_so_many_subscriptions_and_may_renew_them(
    hub: Hub, site: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sites.websub.intake.PER_HOST_MAX", 2)
    hub.subscribe(f"{site.url}/1")
    assert hub.ask(f"{site.url}/2").status_code == 202
    refused = hub.ask(f"{site.url}/3")
    assert (refused.status_code, refused["X-Hub-Status"]) == (403, "too_many_subscriptions")
    assert hub.ask(f"{site.url}/1").status_code == 202


# ---- 5.3 verification of intent


def test_the_callback_is_asked_with_its_own_query_untouched(hub: Hub, site: Subscriber) -> None:
    hub.subscribe(f"{site.url}/cb?k=a%2Fb%20c&%e5=1")
    query = site.questions[0].rel_url.raw_query_string
    assert query.startswith("k=a%2Fb%20c&%e5=1&hub.mode=subscribe&")
    said = parse_qs(query)
    assert said["hub.topic"] == [TOPIC]
    assert len(said["hub.challenge"][0]) >= 32


def test_a_challenge_is_used_once(hub: Hub, site: Subscriber) -> None:
    hub.subscribe(site.callback)
    hub.subscribe(site.callback)
    assert site.asked(0)["hub.challenge"] != site.asked(1)["hub.challenge"]


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308, 400, 404, 410, 500, 503])
def test_any_status_but_success_is_a_no(hub: Hub, site: Subscriber, status: int) -> None:
    site.confirms = lambda challenge: (status, challenge)
    hub.ask(site.callback)
    hub.work()
    hub.later(days=1)
    hub.work()
    assert not Subscription.objects.exists()
    assert not SubscriptionRequest.objects.exists()
    assert site.requests == [("GET", "/cb")], "asked again, or a redirect was followed"


@pytest.mark.parametrize("said", ["", "no", "{}\n", " {}", "<html>{}</html>", "{}" * 5000])
def test_anything_but_the_challenge_is_a_no(hub: Hub, site: Subscriber, said: str) -> None:
    site.confirms = lambda challenge: (200, said.replace("{}", challenge))
    hub.ask(site.callback)
    hub.work()
    assert not Subscription.objects.exists()


@pytest.mark.parametrize("status", [200, 201, 202, 299])
def test_every_success_is_a_yes(hub: Hub, site: Subscriber, status: int) -> None:
    site.confirms = lambda challenge: (status, challenge)
    hub.subscribe(site.callback)


def test_a_callback_that_cannot_be_reached_is_asked_three_times(hub: Hub) -> None:
    hub.ask("http://127.0.0.1:20009/cb")
    calls = 0
    for _ in range(5):
        calls += hub.work()
        hub.later(hours=1)
    assert calls == 3
    assert not SubscriptionRequest.objects.exists()


def test_a_renewal_counts_when_it_is_confirmed_and_not_before(hub: Hub, site: Subscriber) -> None:
    first = hub.subscribe(site.callback, secret="old", lease_seconds="3600")
    site.confirms = lambda challenge: (404, challenge)
    assert hub.ask(site.callback, secret="new", lease_seconds="7200").status_code == 202
    hub.work()
    first.refresh_from_db()
    assert (first.secrets(), first.lease_seconds) == ({"secret": "old"}, 3600)
    site.confirms = lambda challenge: (200, challenge)
    again = hub.subscribe(site.callback, secret="new", lease_seconds="7200")
    assert (again.pk, again.secrets(), again.lease_seconds) == (first.pk, {"secret": "new"}, 7200)
    assert again.expires_at > first.expires_at


def test_a_renewal_without_a_secret_takes_the_signature_away(
    hub: Hub, outlet: Outlet, site: Subscriber
) -> None:
    hub.subscribe(site.callback, secret="old")
    hub.subscribe(site.callback)
    sign(outlet)
    hub.work()
    assert "X-Hub-Signature" not in site.pushes[0].headers


def test_topic_and_callback_together_are_one_subscription(hub: Hub, site: Subscriber) -> None:
    for callback in ("/1", "/2", "/1"):
        for topic in (TOPIC, TOPIC.replace("atom", "rss")):
            hub.subscribe(f"{site.url}{callback}", topic)
    assert Subscription.objects.count() == 4


def test_leaving_is_verified_too(hub: Hub, outlet: Outlet, site: Subscriber) -> None:
    hub.subscribe(site.callback)
    site.confirms = lambda _: (404, "")
    assert hub.ask(site.callback, mode="unsubscribe").status_code == 202
    hub.work()
    assert Subscription.objects.live(hub.now()).exists(), "somebody else has ended it"
    site.confirms = lambda challenge: (200, challenge)
    hub.ask(site.callback, mode="unsubscribe")
    hub.work()
    assert site.asked()["hub.mode"] == "unsubscribe"
    assert not Subscription.objects.live(hub.now()).exists()
    sign(outlet)
    hub.work()
    assert site.pushes == []


def test_a_closed_feed_can_be_left(hub: Hub, outlet: Outlet, site: Subscriber) -> None:
    hub.subscribe(site.callback)
    Outlet.objects.update(retired_at=timezone.now())
    assert hub.ask(site.callback, mode="unsubscribe").status_code == 202


# ---- 5.2 denial


def test_who_subscribes_to_a_feed_that_ends_is_told(hub: Hub, outlet: Outlet, site: Subscriber) -> None:
    hub.subscribe(site.callback)
    outlet.retired_at = timezone.now()
    outlet.save()
    hub.work()
    said = site.asked()
    assert (said["hub.mode"], said["hub.topic"]) == ("denied", TOPIC)
    assert "停止" in said["hub.reason"]
    assert "hub.challenge" not in said
    assert not Subscription.objects.live(hub.now()).exists()
    hub.later(days=1)
    assert hub.work() == 0, "told twice"


def test_a_request_whose_feed_has_ended_meanwhile_is_denied(
    hub: Hub, outlet: Outlet, site: Subscriber
) -> None:
    hub.ask(site.callback)
    Outlet.objects.update(retired_at=timezone.now())
    hub.work()
    assert [dict(q.query)["hub.mode"] for q in site.questions] == ["denied"]
    assert not Subscription.objects.exists()
    assert not SubscriptionRequest.objects.exists()


# ---- 7 distribution


def test_a_change_is_sent_as_the_topic_is(hub: Hub, outlet: Outlet, site: Subscriber) -> None:
    hub.subscribe(f"{site.url}/cb?k=a%2Fb")
    assert site.pushes == [], "nothing has changed"
    sign(outlet)
    hub.work()
    [push] = site.pushes
    topic = hub.client.get("/feeds/school.atom")
    assert push.path == "/cb?k=a%2Fb"
    assert push.body == topic.content
    assert push.headers["Content-Type"] == topic["Content-Type"]
    assert push.headers.getall("Link") == [topic["Link"]]
    assert "X-Hub-Signature" not in push.headers
    assert hub.work() == 0


@pytest.mark.parametrize("algorithm", ["sha256", "sha1"])
def test_the_signature_covers_the_bytes_that_are_sent(
    hub: Hub, outlet: Outlet, site: Subscriber, algorithm: str
) -> None:
    hub.subscribe(site.callback, secret="密钥 secret")
    Subscription.objects.update(algorithm=algorithm)
    sign(outlet)
    hub.work()
    [push] = site.pushes
    digest = hmac.new("密钥 secret".encode(), push.body, getattr(hashlib, algorithm)).hexdigest()
    assert push.headers["X-Hub-Signature"] == f"{algorithm}={digest}"


def test_what_changed_between_request_and_confirmation_is_sent(
    hub: Hub, outlet: Outlet, site: Subscriber
) -> None:
    hub.ask(site.callback)
    sign(outlet)
    hub.work()
    assert len(site.pushes) == 1


def test_a_correction_and_a_withdrawal_are_changes(hub: Hub, outlet: Outlet, site: Subscriber) -> None:
    hub.subscribe(site.callback)
    value = sign(outlet, headline="停水通知")
    hub.work()
    withdraw(value)
    hub.work()
    assert ["停水通知".encode() in push.body for push in site.pushes] == [True, False]


def test_a_change_of_another_feed_sends_nothing(hub: Hub, site: Subscriber) -> None:
    hub.subscribe(site.callback)
    sign(build.outlet("other", channel="feed"))
    assert hub.work() == 0


def test_five_changes_are_one_delivery(hub: Hub, outlet: Outlet, site: Subscriber) -> None:
    hub.subscribe(site.callback)
    for number in range(5):
        sign(outlet, headline=f"第{number}篇")
    assert hub.work() == 1


def test_a_long_answer_to_a_delivery_is_an_answer(hub: Hub, outlet: Outlet, site: Subscriber) -> None:
    hub.subscribe(site.callback)
    site.body = b"x" * 1_000_000
    sign(outlet)
    hub.work()
    assert Subscription.objects.get().failures == 0


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 404, 429, 500, 503])
def test_whatever_is_no_success_is_tried_again_to_the_end_of_the_lease(
    hub: Hub, outlet: Outlet, site: Subscriber, status: int
) -> None:
    hub.subscribe(site.callback, lease_seconds="21600")
    site.statuses.extend([status] * 1000)
    sign(outlet)
    for _ in range(20):
        hub.work()
        hub.later(minutes=20)
    tries = len(site.pushes)
    assert tries > 8
    assert ("POST", "/elsewhere") not in site.requests
    assert Subscription.objects.get().expires_at < hub.now()
    hub.later(days=3)
    assert hub.work() == 0


def test_the_pauses_grow(hub: Hub, outlet: Outlet, site: Subscriber, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.subscribe(site.callback)
    site.statuses.extend([500] * 1000)
    sign(outlet)
    begun = hub.now()
    monkeypatch.setattr(hub, "now", lambda: begun + hub.shift)
    pauses = []
    for _ in range(12):
        hub.work()
        row = Subscription.objects.get()
        assert row.due_at is not None
        pauses.append((row.due_at - hub.now()).total_seconds())
        hub.shift += row.due_at - hub.now()
    assert pauses[:4] == [10, 20, 40, 80]
    assert pauses[-1] == 3600
    site.statuses.clear()
    hub.work()
    row = Subscription.objects.get()
    assert (row.failures, row.due_at, row.message, row.sent) == (0, None, "", row.wanted)


def test_the_next_change_is_tried_at_once_however_long_the_pause(
    hub: Hub, outlet: Outlet, site: Subscriber
) -> None:
    hub.subscribe(site.callback)
    site.statuses.append(500)
    value = sign(outlet)
    hub.work()
    assert hub.work() == 0
    withdraw(value)
    assert hub.work() == 1


def test_a_subscriber_who_is_gone_gets_no_more(hub: Hub, outlet: Outlet, site: Subscriber) -> None:
    hub.subscribe(site.callback)
    site.statuses.append(410)
    sign(outlet)
    hub.work()
    sign(outlet)
    hub.later(days=1)
    assert hub.work() == 0
    assert Subscription.objects.get().ended == "gone"
    assert hub.subscribe(site.callback).ended == ""


def test_a_lease_ends_by_itself(hub: Hub, outlet: Outlet, site: Subscriber) -> None:
    hub.subscribe(site.callback, lease_seconds="3600")
    hub.later(seconds=3601)
    sign(outlet)
    assert hub.work() == 0


def test_who_comes_back_after_his_lease_gets_what_he_has_missed(
    hub: Hub, outlet: Outlet, site: Subscriber
) -> None:
    hub.subscribe(site.callback, lease_seconds="60")
    hub.later(minutes=2)
    sign(outlet)
    hub.subscribe(site.callback)
    assert len(site.pushes) == 1


def test_feeds_that_lie_at_another_address_now_are_left_to_run_out(
    hub: Hub, outlet: Outlet, site: Subscriber, settings: Any
) -> None:
    hub.subscribe(site.callback)
    settings.PUBLIC_URL = "http://new.example"
    sign(outlet)
    assert hub.work() == 0
    assert Subscription.objects.live(hub.now()).exists()
