"""试连 at the desk: a button of the outlet's form, an answer in words, no transaction meanwhile."""

from __future__ import annotations

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from channels import drills, trying
from channels.models import Outlet
from tests.cms.desk import admin
from tests.factories import make_outlet

OUTLETS = "syndication.change_outlet"
pytestmark = pytest.mark.django_db


@pytest.fixture
def outlet() -> Outlet:
    return make_outlet(
        "web_post", name="政务平台", options={"url": "http://127.0.0.1:9/"}, secrets={"secret": "x"}
    )


def press(outlet: Outlet, *rights: str) -> str:
    client = admin(*rights)
    answer = client.post(reverse("desk:try", args=[outlet.pk]), follow=True)
    return str(answer.content.decode())


def form(outlet: Outlet) -> str:
    return str(admin(superuser=True).get(reverse("outlets:edit", args=[outlet.pk])).content.decode())


def test_the_answer_is_shown_and_kept(outlet: Outlet) -> None:
    assert "试连政务平台：连接不上 127.0.0.1" in press(outlet, OUTLETS, "syndication.view_outlet")
    entry = ModelLogEntry.objects.get(object_id=str(outlet.pk), action="desk.try")
    assert entry.data["text"].startswith("连接不上 127.0.0.1")


def test_it_needs_the_right_to_run_outlets(outlet: Outlet) -> None:
    press(outlet, "cms.operate_desk")
    assert not ModelLogEntry.objects.filter(action="desk.try").exists()


def test_it_is_not_done_by_looking(outlet: Outlet) -> None:
    assert admin(OUTLETS).get(reverse("desk:try", args=[outlet.pk])).status_code == 405


def test_the_real_outlet_is_not_tried_during_a_drill(outlet: Outlet) -> None:
    drills.start(outlet, sandbox_url="http://127.0.0.1:9", now=timezone.now())
    assert "演练中不试连真实终端" in press(outlet, OUTLETS)


def test_the_form_offers_it_or_says_why_not(outlet: Outlet) -> None:
    button = reverse("desk:try", args=[outlet.pk])
    assert button in form(outlet)
    by_hand = make_outlet("handoff")
    assert "人工交办没有接口，无需试连" in form(by_hand)
    assert reverse("desk:try", args=[by_hand.pk]) not in form(by_hand)
    account = make_outlet("wechat_mp", options={"appid": "wx1"}, secrets={"secret": "x"})
    assert reverse("desk:try", args=[account.pk]) not in form(account)
    assert "公众号：检测" in form(account)
    assert admin(superuser=True).post(reverse("desk:try", args=[by_hand.pk])).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_meanwhile(outlet: Outlet, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []

    def ask(outlet: Outlet) -> trying.Trial:
        seen.append(connection.in_atomic_block)
        return trying.Trial(True, "可用")

    monkeypatch.setattr(trying, "try_connection", ask)
    press(outlet, OUTLETS)
    assert seen == [False]
