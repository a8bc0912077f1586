"""取用情况: the worst first, at a fixed cost; invitations and keys in the hands of operators only."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from channels import outbox
from channels.models import Item, Outlet, Placement, WithdrawalKind
from channels.pulling import flushing, keys, webmasters
from channels.pulling.counting import Fetch, Line
from channels.pulling.models import Invitation, Membership, PullKey
from tests.cms.desk import admin, place
from tests.factories import make_outlet, make_user

pytestmark = pytest.mark.django_db
OPERATOR = "syndication.change_outlet"


@pytest.fixture
def office() -> Outlet:
    return make_outlet(slug="jinglan", name="静兰街道网站", contact="李站长", phone="0772-1234567")


@pytest.fixture
def key(office: Outlet) -> PullKey:
    return keys.make(office, name="织梦后台", by="站长", now=timezone.now())[0]


def take(key: PullKey, item: Item, *, days: int = 0) -> None:
    placement = Placement.objects.get(item=item, outlet=key.outlet_id)
    fetch = Fetch(
        key_id=key.pk,
        outlet_id=key.outlet_id,
        document="/feeds/jinglan.rss",
        status=200,
        etag=str(item.pk),
        sequence=3,
        contents=((item.pk, placement.desired_id),),
        at=timezone.now() - timedelta(days=days),
    )
    flushing.write([Line(fetch, 1)])


def withdraw(item: Item) -> None:
    outbox.recall(item.pk, kind=WithdrawalKind.GONE, reason="内容有误", now=timezone.now())


def page(client: Client, name: str = "desk:pulls", *args: Any) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_withdrawal_that_was_not_taken_shows_whom_to_call(office: Outlet, key: PullKey) -> None:
    item = place(office, headline="有误的通知")
    take(key, item)
    withdraw(item)
    shown = page(admin())
    assert "有误的通知" in shown
    assert "0772-1234567" in shown
    assert "持有第 1 版" in shown


def test_the_worst_comes_first(office: Outlet, key: PullKey) -> None:
    fine = make_outlet(slug="hedong", name="河东街道网站", rank=1)
    take(keys.make(fine, name="x", by="x", now=timezone.now())[0], place(fine))
    item = place(office)
    take(key, item)
    withdraw(item)
    shown = page(admin())
    assert shown.index("静兰街道网站") < shown.index("河东街道网站")


def test_who_does_not_come_any_more_is_named(office: Outlet, key: PullKey) -> None:
    take(key, place(office), days=5)
    assert "5 日未取用" in page(admin()).replace("\xa0", " ")


def test_the_page_costs_the_same_whatever_the_number_of_outlets(office: Outlet, key: PullKey) -> None:
    client = admin()

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            page(client)
        return len(queries)

    page(client)
    take(key, place(office))
    few = count()
    for number in range(5):
        other = make_outlet(slug=f"o-{number}")
        take(keys.make(other, name="x", by="x", now=timezone.now())[0], place(other))
        webmasters.join(other, make_user(), now=timezone.now())
    assert count() == few


def test_the_stage_is_shown_where_there_is_evidence(office: Outlet, key: PullKey) -> None:
    item = place(office)
    placement = Placement.objects.get()
    client = admin()
    assert "已提供" in page(client, "desk:placement", placement.pk)
    assert "已取用" not in page(client, "desk:matrix")
    take(key, item)
    assert "已取用" in page(client, "desk:placement", placement.pk)
    assert "已取用" in page(client, "desk:matrix")


def test_an_operator_invites_and_the_link_is_shown_once(office: Outlet) -> None:
    client = admin(OPERATOR)
    address = reverse("desk:outlet_pulls", args=[office.pk])
    shown = client.post(address, {"person": "王站长"}).content.decode()
    found = re.search(r"http://hub\.example(/console/invitation/[\w-]+/)", shown)
    assert found
    assert "王站长" in Client().get(found[1]).content.decode()
    again = page(client, "desk:outlet_pulls", office.pk)
    assert found[1] not in again
    assert "王站长" in again


def test_an_invitation_is_taken_back(office: Outlet) -> None:
    invitation, token = webmasters.invite(office, person="王站长", by="x", now=timezone.now())
    admin(OPERATOR).post(reverse("desk:revoke_invitation", args=[office.pk, invitation.pk]))
    assert Client().get(f"/console/invitation/{token}/").status_code == 410


def test_a_key_is_revoked_by_the_desk(office: Outlet, key: PullKey) -> None:
    admin(OPERATOR).post(reverse("desk:revoke_key", args=[office.pk, key.pk]))
    key.refresh_from_db()
    assert key.revoked_at is not None


def test_a_webmaster_is_dismissed(office: Outlet) -> None:
    user = User.objects.create_user("jinglan")
    member = webmasters.join(office, user, now=timezone.now())
    admin(OPERATOR).post(reverse("desk:webmaster", args=[office.pk, member.pk, "dismiss"]))
    assert not webmasters.outlets_of(user)
    assert User.objects.filter(pk=user.pk).exists()


def test_a_webmaster_who_forgot_his_password_gets_a_link_of_his_own(office: Outlet) -> None:
    member = webmasters.join(office, User.objects.create_user("jinglan"), now=timezone.now())
    shown = (
        admin(OPERATOR).post(reverse("desk:webmaster", args=[office.pk, member.pk, "reset"])).content.decode()
    )
    assert "/console/invitation/" in shown
    assert Invitation.objects.get().user_id == member.user_id


def test_nobody_comes_to_rights_of_the_desk_by_a_link(office: Outlet) -> None:
    member = webmasters.join(office, make_user(superuser=True), now=timezone.now())
    address = reverse("desk:webmaster", args=[office.pk, member.pk, "reset"])
    answer = admin(OPERATOR).post(address, follow=True).content.decode()
    assert "系统管理员" in answer
    assert not Invitation.objects.exists()


def test_the_rest_of_the_desk_may_look_and_not_touch(office: Outlet, key: PullKey) -> None:
    member = webmasters.join(office, User.objects.create_user("jinglan"), now=timezone.now())
    client = admin("cms.operate_desk")
    assert "吊销</button>" not in page(client, "desk:outlet_pulls", office.pk)
    client.post(reverse("desk:outlet_pulls", args=[office.pk]), {"person": "x"})
    client.post(reverse("desk:revoke_key", args=[office.pk, key.pk]))
    client.post(reverse("desk:webmaster", args=[office.pk, member.pk, "dismiss"]))
    key.refresh_from_db()
    assert key.revoked_at is None
    assert Membership.objects.exists()
    assert not Invitation.objects.exists()


def test_the_outlets_own_page_leads_here(office: Outlet) -> None:
    client = admin(OPERATOR, "syndication.view_outlet")
    assert reverse("desk:outlet_pulls", args=[office.pk]) in page(client, "outlets:edit", office.pk)
