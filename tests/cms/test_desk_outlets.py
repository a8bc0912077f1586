"""发布终端: secrets go in and never come out, slugs stay, nothing is deleted."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from channels.models import Outlet, Placement
from channels.rendering import channel_options
from cms.models import RoutingRule
from tests.cms.desk import admin, move, place
from tests.factories import make_column, make_outlet

pytestmark = pytest.mark.django_db
OPTIONS = channel_options("wechat_mp")
SECRET_NAME = next(option.name for option in OPTIONS if option.secret and option.required)
SECRET_FIELD = f"secret_{SECRET_NAME}"
SECRET = "s3cr3t-that-must-not-show"
VALUES = {
    "name": "品质城中",
    "slug": "pzcz",
    "group": "公众号",
    "rank": "10",
    "contact": "值班员甲",
    "phone": "0772-0000000",
    "max_age_hours": "72",
    **{
        f"option_{option.name}": option.default or "wx0000000000000000"
        for option in OPTIONS
        if not option.secret and option.required
    },
    SECRET_FIELD: SECRET,
}
RIGHTS = ("syndication.add_outlet", "syndication.change_outlet", "syndication.delete_outlet")


def create(client, **changes: str):
    return client.post("/admin/outlets/new/?channel=wechat_mp", {**VALUES, **changes})


def edit(client, outlet: Outlet, **changes: str):
    values = {name: value for name, value in VALUES.items() if name != SECRET_FIELD}
    return client.post(reverse("outlets:edit", args=[outlet.pk]), {**values, **changes})


@pytest.fixture
def outlet() -> Outlet:
    create(admin(*RIGHTS))
    return Outlet.objects.get(slug="pzcz")


def test_an_outlet_is_made_with_the_options_of_its_channel(outlet):
    assert outlet.channel == "wechat_mp"
    assert outlet.options["appid"] == "wx0000000000000000"
    assert outlet.secrets() == {SECRET_NAME: SECRET}


def test_the_secret_is_sealed_in_the_database(outlet):
    assert SECRET not in outlet.sealed
    assert SECRET not in str(outlet.options)


def test_no_page_of_the_admin_shows_a_secret(outlet):
    client = admin(superuser=True)
    pages = [
        reverse("outlets:index"),
        reverse("outlets:edit", args=[outlet.pk]),
        reverse("outlets:history", args=[outlet.pk]),
        reverse("desk:matrix"),
    ]
    for url in pages:
        assert SECRET not in client.get(url).content.decode()


def test_a_form_with_errors_does_not_send_the_secret_back():
    answer = create(admin(*RIGHTS), name="")
    assert answer.status_code == 200
    assert SECRET not in answer.content.decode()
    assert not Outlet.objects.exists()


def test_a_blank_secret_keeps_what_is_stored(outlet):
    edit(admin(*RIGHTS), outlet, name="品质城中（新）")
    outlet.refresh_from_db()
    assert outlet.name == "品质城中（新）"
    assert outlet.secrets() == {SECRET_NAME: SECRET}


def test_a_new_secret_replaces_the_old_one(outlet):
    edit(admin(*RIGHTS), outlet, **{SECRET_FIELD: "another"})
    outlet.refresh_from_db()
    assert outlet.secrets() == {SECRET_NAME: "another"}


def test_a_secret_is_needed_once():
    assert create(admin(*RIGHTS), **{SECRET_FIELD: ""}).status_code == 200
    assert not Outlet.objects.exists()


def test_secrets_that_no_key_opens_any_more_can_be_entered_again(outlet):
    Outlet.objects.filter(pk=outlet.pk).update(sealed="sealed with a lost key")
    client = admin(*RIGHTS)
    assert "原密钥无法解密" in client.get(reverse("outlets:edit", args=[outlet.pk])).content.decode()
    edit(client, outlet, **{SECRET_FIELD: "again"})
    outlet.refresh_from_db()
    assert outlet.secrets() == {SECRET_NAME: "again"}


def test_the_slug_stays_whatever_is_posted(outlet):
    edit(admin(*RIGHTS), outlet, slug="other")
    outlet.refresh_from_db()
    assert outlet.slug == "pzcz"


def test_a_slug_is_not_used_twice(outlet):
    Outlet.objects.filter(pk=outlet.pk).update(retired_at=timezone.now())
    assert create(admin(*RIGHTS)).status_code == 200
    assert Outlet.objects.count() == 1


@pytest.mark.parametrize("query", ["", "?channel=fax", "?channel="])
def test_without_a_channel_the_channels_are_offered(query):
    client = admin(*RIGHTS)
    for answer in (
        client.get(f"/admin/outlets/new/{query}"),
        client.post(f"/admin/outlets/new/{query}", VALUES),
    ):
        assert "?channel=wechat_mp" in answer.content.decode()
    assert not Outlet.objects.exists()


def test_an_outlet_is_retired_not_deleted(outlet):
    place(outlet)
    admin(*RIGHTS).post(reverse("outlets:delete", args=[outlet.pk]))
    outlet.refresh_from_db()
    assert outlet.retired_at is not None
    assert Placement.objects.filter(outlet=outlet).exists()


def test_only_who_may_change_outlets_pauses_one(outlet):
    url = reverse("desk:pause", args=[outlet.pk])
    admin("cms.operate_desk").post(url, {"reason": "改版"})
    outlet.refresh_from_db()
    assert outlet.paused_at is None
    admin(*RIGHTS).post(url, {"reason": "改版"})
    outlet.refresh_from_db()
    assert outlet.paused_reason == "改版"


def test_a_pause_needs_a_reason(outlet):
    assert admin(*RIGHTS).post(reverse("desk:pause", args=[outlet.pk]), {"reason": ""}).status_code == 200
    outlet.refresh_from_db()
    assert outlet.paused_at is None


def test_resuming_takes_up_the_backlog(outlet):
    Outlet.objects.filter(pk=outlet.pk).update(paused_at=timezone.now(), blocked_reason="密钥不正确")
    placement = move(place(outlet), outlet, "asking", remedy="admin", due_at=None)
    client = admin(*RIGHTS)
    assert client.get(reverse("desk:resume", args=[outlet.pk])).status_code == 405
    client.post(reverse("desk:resume", args=[outlet.pk]))
    outlet.refresh_from_db()
    placement.refresh_from_db()
    assert (outlet.paused_at, outlet.blocked_reason) == (None, "")
    assert placement.due_at is not None


def test_resuming_needs_the_right_to(outlet):
    Outlet.objects.filter(pk=outlet.pk).update(paused_at=timezone.now())
    admin("cms.operate_desk").post(reverse("desk:resume", args=[outlet.pk]))
    outlet.refresh_from_db()
    assert outlet.paused_at is not None


def test_a_rule_is_made_with_ticked_conditions():
    outlet, column = make_outlet("feed"), make_column("tzgg")
    values = {
        "name": "通知公告全区投放", "columns": [column.pk], "item_types": ["notice", "service_notice"],
        "outlets": [outlet.pk], "must_carry": "on", "must_carry_hours": "12", "enabled": "on", "rank": "1",
    }  # fmt: skip
    admin(superuser=True).post("/admin/routing_rules/new/", values)
    rule = RoutingRule.objects.get()
    assert rule.item_types == ["notice", "service_notice"]
    assert list(rule.outlets.all()) == [outlet]
    assert list(rule.columns.all()) == [column]


def test_a_rule_needs_an_outlet():
    values = {"name": "无终端", "must_carry_hours": "12", "rank": "1"}
    admin(superuser=True).post("/admin/routing_rules/new/", values)
    assert not RoutingRule.objects.exists()


@pytest.mark.parametrize("path", ["outlets", "routing_rules", "columns", "units"])
def test_the_basic_data_is_closed_to_those_without_rights(path):
    assert admin().get(f"/admin/{path}/").status_code == 302
    assert admin(superuser=True).get(f"/admin/{path}/").status_code == 200


def test_an_account_is_not_changed_under_the_copies_that_are_out(outlet):
    """Looked for at the new account they would all seem to be gone, and a withdrawal to be done."""
    client, field = admin(*RIGHTS), "option_appid"
    assert edit(client, outlet, **{field: "wx0000000000000001"}).status_code == 302
    move(place(outlet), outlet, "settled")
    response = edit(client, outlet, **{field: "wx0000000000000002"})
    assert "无法更正和撤下" in response.content.decode()
    outlet.refresh_from_db()
    assert outlet.options["appid"] == "wx0000000000000001"
    assert edit(client, outlet, name="品质城中（新）", **{field: "wx0000000000000001"}).status_code == 302
