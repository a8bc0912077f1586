"""演练 at the desk: who may, what is refused, and that nobody can overlook one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from channels import drills
from channels.models import CheckpointEntry, Outlet, Placement
from channels.wechat import probing
from cms import targeting
from tests.channels.loopback import Loopback
from tests.cms.desk import admin, place
from tests.factories import make_outlet, make_page, make_rule, sign

OUTLETS = "syndication.change_outlet"
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def listening() -> Iterator[Loopback]:
    """Something that takes connections where the sandbox should be."""
    with Loopback() as server:
        yield server


@pytest.fixture(autouse=True)
def _sandbox(listening: Loopback, settings) -> None:
    settings.SANDBOX_URL = listening.url


@pytest.fixture
def outlet() -> Outlet:
    return make_outlet(
        "web_post",
        slug="egov",
        name="政务平台",
        options={"url": "https://egov.example/items"},
        secrets={"secret": "x"},
    )


@pytest.fixture
def drill(outlet: Outlet, settings) -> drills.Drill:
    drills.start(outlet, sandbox_url=settings.SANDBOX_URL, now=timezone.now())
    outlet.refresh_from_db()
    return drills.running()[0]


def post(client: Client, name: str, outlet: Outlet, **values: str) -> str:
    return client.post(reverse(f"desk:{name}", args=[outlet.pk]), values, follow=True).content.decode()


def test_a_drill_is_begun_and_ended_and_both_are_in_the_history(outlet: Outlet) -> None:
    client = admin(OUTLETS)
    assert "演练已开始" in post(client, "drill_start", outlet)
    assert "演练已结束" in post(client, "drill_end", outlet, carry="no")
    actions = ModelLogEntry.objects.filter(object_id=str(outlet.pk)).values_list("action", flat=True)
    assert sorted(actions) == ["desk.drill_end", "desk.drill_start"]


def test_an_account_that_makes_drafts_practises_with_drafts() -> None:
    account = make_outlet("wechat_mp", options={"appid": "wx1"}, secrets={"secret": "x"})
    CheckpointEntry.objects.create(outlet=account, scope="shared", name=probing.LEVEL, value="draft")
    post(admin(OUTLETS), "drill_start", account)
    twin = drills.running()[0].twin
    assert probing.levels([twin.pk]) == {twin.pk: probing.Level.DRAFT}


@pytest.mark.parametrize("name", ["drill_start", "drill_end"])
def test_it_needs_the_right_to_run_outlets(name: str, outlet: Outlet) -> None:
    post(admin("cms.operate_desk"), name, outlet, carry="yes")
    assert drills.running() == []
    assert admin("cms.operate_desk").get(reverse("desk:drill", args=[outlet.pk])).status_code == 302


def test_without_a_sandbox_none_begins(outlet: Outlet, settings) -> None:
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    assert "没有应答" in post(admin(OUTLETS), "drill_start", outlet)
    assert drills.running() == []


def test_ending_one_needs_a_choice(drill: drills.Drill) -> None:
    assert "请选择" in post(admin(OUTLETS), "drill_end", drill.real)
    assert drills.running()


def test_carrying_over_is_the_operators_choice(drill: drills.Drill) -> None:
    item = place(drill.real)
    page = admin(OUTLETS).get(reverse("desk:drill", args=[drill.real.pk])).content.decode()
    assert item.headline in page
    assert "补投 1 篇" in post(admin(OUTLETS), "drill_end", drill.real, carry="yes")
    assert Placement.objects.get(item=item, outlet=drill.real).desired is not None


def test_the_real_outlet_is_not_resumed_or_paused_behind_its_back(drill: drills.Drill) -> None:
    client = admin(OUTLETS)
    assert "正在演练" in post(client, "resume", drill.real)
    assert "正在演练" in post(client, "pause", drill.real, reason="改版")
    drill.real.refresh_from_db()
    assert drill.real.paused_reason == drills.REASON


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/pages/", "/admin/desk/", "/admin/outlets/", "/admin/images/"]
)
def test_every_page_of_the_admin_says_so(path: str, drill: drills.Drill) -> None:
    client = admin(superuser=True)
    assert "d-drill-strip" in client.get(path).content.decode()
    drills.end(drill.real, carry=False, now=timezone.now())
    assert "d-drill-strip" not in client.get(path).content.decode()


def test_the_matrix_marks_both_columns(drill: drills.Drill) -> None:
    place(drill.real)
    text = admin().get(reverse("desk:matrix")).content.decode()
    assert '<b class="d-flag">演练</b>' in text
    assert '<b class="d-flag">演练中</b>' in text


def test_the_outlets_form_offers_it_only_where_it_can_be(outlet: Outlet) -> None:
    feed, client = make_outlet("feed"), admin(superuser=True)
    shown = [
        reverse("desk:drill", args=[one.pk])
        in client.get(reverse("outlets:edit", args=[one.pk])).content.decode()
        for one in (outlet, feed)
    ]
    assert shown == [True, False]
    assert client.get(reverse("desk:drill", args=[feed.pk])).status_code == 404


def test_nobody_aims_at_a_twin(drill: drills.Drill) -> None:
    page = make_page()
    assert drill.twin not in [choice.outlet for choice in targeting.explain(page)]
    text = admin(superuser=True).get("/admin/routing_rules/new/").content.decode()
    assert drill.real.name in text
    assert drill.twin.name not in text


def test_a_page_that_is_signed_goes_to_the_twin_by_the_rule_for_the_real_one(drill: drills.Drill) -> None:
    make_rule(drill.real, name="通知送政务平台")
    page = make_page()
    sign(page)
    placed = Placement.objects.get(item=page.content_id, outlet=drill.twin)
    assert placed.reason == "规则：通知送政务平台"
    assert not Placement.objects.filter(item=page.content_id, outlet=drill.real).exists()


def test_the_preview_of_a_drilled_channel_says_where_it_goes() -> None:
    account = make_outlet("wechat_mp", name="品质城中", options={"appid": "wx1"}, secrets={"secret": "x"})
    page = make_page()
    client = admin(superuser=True)
    url = reverse("wagtailadmin_pages:view_draft", args=[page.pk]) + "?mode=wechat_mp"
    assert "演练中" not in client.get(url).content.decode()
    drills.start(account, sandbox_url="http://127.0.0.1:9", now=timezone.now())
    assert "不发到品质城中" in client.get(url).content.decode()
