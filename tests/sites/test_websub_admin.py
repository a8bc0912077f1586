"""The operators' list of subscriptions, and what they may do about one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone
from wagtail.models import ModelLogEntry

from sites.models import Ending, Subscription
from sites.websub.verbs import forget, subscriptions_of
from tests.sites import build
from tests.sites.reading import soup
from tests.sites.subscribers import TOPIC

pytestmark = pytest.mark.django_db
LIST = "/admin/subscriptions/"


def subscription(callback: str = "http://unit.example:8080/cb?key=sesame", **fields: Any) -> Subscription:
    now = timezone.now()
    values = {
        "topic": TOPIC, "callback": callback, "callback_host": "unit.example:8080", "lease_seconds": 864_000,
        "subscribed_at": now, "expires_at": now + timedelta(days=10), "wanted": "t", "sent": "t",
    }  # fmt: skip
    row = Subscription(**{**values, **fields})
    row.set_secrets({"secret": "sesame"})
    row.save()
    return row


def somebody(*permissions: str) -> Client:
    user = User.objects.create_user("somebody", password="x")
    for permission in ("wagtailadmin.access_admin", *permissions):
        app, _, codename = permission.partition(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    client = Client(headers={"host": "hub.example"})
    client.force_login(user)
    return client


@pytest.fixture
def operator() -> Client:
    return somebody("cms.operate_desk", "syndication.change_outlet")


def test_the_list_says_how_each_stands_and_shows_no_key(operator: Client) -> None:
    subscription(expires_at=datetime(2099, 1, 8, 9, 30, tzinfo=UTC))
    subscription(
        "http://b.example/",
        callback_host="b.example",
        failures=3,
        message="连接不上 b.example，系统将自动重试",
    )
    subscription("http://c.example/", callback_host="c.example", ended=Ending.GONE)
    subscription("http://d.example/", callback_host="d.example", expires_at=timezone.now())
    text = operator.get(LIST).content.decode()
    for word in (
        "推送订阅",
        "/feeds/school.atom",
        "unit.example:8080",
        "正常",
        "连接不上 b.example",
        "对方已停用",
        "租期届满",
        "2099-01-08 17:30",
    ):
        assert word in text
    assert "sesame" not in text


def test_the_list_is_searched_by_host(operator: Client) -> None:
    subscription()
    subscription("http://other.cn/", callback_host="other.cn")
    text = operator.get(LIST, {"q": "ther.c"}).content.decode()
    assert "other.cn" in text
    assert "unit.example" not in text


def test_the_list_takes_a_fixed_number_of_queries(
    operator: Client, django_assert_max_num_queries: build.QueryCount
) -> None:
    for number in range(40):
        subscription(f"http://unit.example/{number}")
    operator.get(LIST)
    with django_assert_max_num_queries(20):
        operator.get(LIST)


def test_redelivering_asks_first_and_is_written_down(operator: Client) -> None:
    row = subscription()
    page = operator.get(f"{LIST}{row.pk}/redeliver/")
    assert "确认重新发送" in page.content.decode()
    row.refresh_from_db()
    assert row.due_at is None
    assert operator.post(f"{LIST}{row.pk}/redeliver/").status_code == 302
    row.refresh_from_db()
    assert row.due_at is not None
    assert ModelLogEntry.objects.get().action == "websub.redeliver"


def test_ending_tells_the_subscriber(operator: Client) -> None:
    row = subscription()
    operator.post(f"{LIST}{row.pk}/end/")
    row.refresh_from_db()
    assert (row.ended, row.due_at is not None) == (Ending.OPERATOR, True)
    again = operator.post(f"{LIST}{row.pk}/redeliver/", follow=True)
    assert "已经结束" in again.content.decode()


def test_the_signature_can_be_changed_for_one_that_has_a_secret(operator: Client) -> None:
    row = subscription()
    links = [a.get_text() for a in soup(operator.get(LIST)).select("td a.button")]
    assert links == ["重新发送", "终止", "改用 SHA-1 签名"]
    operator.post(f"{LIST}{row.pk}/sha1/")
    row.refresh_from_db()
    assert row.algorithm == "sha1"


def test_an_editor_may_redeliver_and_not_end() -> None:
    row = subscription()
    editor = somebody("cms.operate_desk")
    assert [a.get_text() for a in soup(editor.get(LIST)).select("td a.button")] == ["重新发送"]
    editor.post(f"{LIST}{row.pk}/end/")
    row.refresh_from_db()
    assert row.ended == ""


def test_who_does_not_run_outlets_sees_nothing() -> None:
    subscription()
    answer = somebody().get(LIST, follow=True)
    assert "unit.example" not in answer.content.decode()
    assert LIST not in answer.content.decode()


def test_the_console_asks_by_host_or_by_feed() -> None:
    mine = subscription()
    other = subscription("http://b.example/", callback_host="b.example", topic=TOPIC.replace("atom", "rss"))
    assert list(subscriptions_of(callback_host="Unit.example:8080")) == [mine]
    assert list(subscriptions_of(feed=other.topic)) == [other]
    assert not subscriptions_of(callback_host="b.example", feed=TOPIC).exists()


def test_what_is_over_is_forgotten_after_a_while() -> None:
    now = timezone.now()
    live = subscription()
    subscription("http://a.example/", expires_at=now - timedelta(days=31))
    subscription("http://b.example/", ended=Ending.GONE, ended_at=now - timedelta(days=31))
    lately = subscription("http://c.example/", expires_at=now - timedelta(days=29))
    assert forget(before=now - timedelta(days=30)) == 2
    assert set(Subscription.objects.all()) == {live, lately}
