"""撤稿 and 更正: who may, what they see first, what happens."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupPagePermission, PageLogEntry

from channels.models import Item, Placement
from cms.models import ContentPage
from tests.cms.desk import admin, move, place
from tests.factories import make_outlet, make_page, make_rule, sign

pytestmark = pytest.mark.django_db
WITHDRAW = "cms.withdraw_item"
REASON = {"reason": "停水时间有误", "kind": "notice"}


@pytest.fixture
def page() -> ContentPage:
    """A signed item at its own site and at a feed and a hand-off."""
    make_rule(
        make_outlet("feed", name="街道订阅源"),
        make_outlet("handoff", name="政务平台", contact="值班员甲", phone="0772-0000000"),
    )
    page = make_page("notice")
    sign(page)
    return page


def address(page: ContentPage, action: str) -> str:
    return reverse(f"desk:{action}", args=[page.content_id])


def grant(client, page: ContentPage, codename: str) -> None:
    """The right on the item's part of the tree, as Wagtail's groups give it."""
    from django.contrib.auth.models import Group, Permission, User

    group = Group.objects.create(name=f"{codename} here")
    permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
    GroupPagePermission.objects.create(group=group, page=page.get_parent(), permission=permission)
    User.objects.get(pk=client.session["_auth_user_id"]).groups.add(group)


def test_the_impact_is_shown_before_anything_happens(page):
    html = admin(WITHDRAW).get(address(page, "withdraw")).content.decode()
    assert "已在 3 处发布" in html
    assert "自动撤稿 2 处" in html
    assert "须人工撤下 1 处：政务平台（值班员甲 0772-0000000）" in html
    assert Item.objects.get().withdrawn_at is None


def test_an_outlet_that_never_had_the_item_does_not_count(page):
    placement = Placement.objects.get(outlet__name="街道订阅源")
    Placement.objects.filter(pk=placement.pk).update(desired=None, actual=None, state="settled")
    assert "已在 2 处发布" in admin(WITHDRAW).get(address(page, "withdraw")).content.decode()


def test_withdrawing_wants_the_item_absent_everywhere_and_keeps_the_reason(page):
    admin(WITHDRAW).post(address(page, "withdraw"), REASON)
    item = Item.objects.get()
    assert item.withdrawn_at is not None
    assert (item.withdrawal_kind, item.withdrawal_reason) == ("notice", "停水时间有误")
    assert not Placement.objects.exclude(desired=None).exists()
    assert not ContentPage.objects.get(pk=page.pk).live
    assert PageLogEntry.objects.filter(
        page=page.pk, action="desk.withdraw", data__text="停水时间有误"
    ).exists()


def test_an_item_whose_page_is_gone_can_still_be_withdrawn():
    outlet = make_outlet("feed")
    item = place(outlet)
    admin(WITHDRAW).post(reverse("desk:withdraw", args=[item.content_id]), REASON)
    item.refresh_from_db()
    assert item.withdrawn_at is not None


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ({"reason": " ", "kind": "notice"}, "请填写撤稿原因"),
        ({"reason": "误", "kind": "redirect"}, "请填写替代稿件的地址"),
        (
            {"reason": "误", "kind": "redirect", "replacement_url": "javascript:alert(1)"},
            "输入一个有效的 URL",
        ),
        ({"reason": "误" * 501, "kind": "gone"}, "500"),
        ({"reason": "误", "kind": "explode"}, "explode"),
    ],
)
def test_an_incomplete_withdrawal_does_nothing_and_says_what_is_missing(page, data, complaint):
    html = admin(WITHDRAW).post(address(page, "withdraw"), data).content.decode()
    assert complaint in html
    assert Item.objects.get().withdrawn_at is None


def test_a_redirect_keeps_its_address_and_the_other_kinds_drop_it(page):
    values = {**REASON, "kind": "gone", "replacement_url": "https://hub.example/new/"}
    admin(WITHDRAW).post(address(page, "withdraw"), values)
    assert Item.objects.get().replacement_url == ""


def test_an_editor_without_the_right_cannot_withdraw(page):
    client = admin("cms.operate_desk")
    grant(client, page, "change_page")
    for answer in (client.get(address(page, "withdraw")), client.post(address(page, "withdraw"), REASON)):
        assert answer.status_code == 302
    assert Item.objects.get().withdrawn_at is None


def test_the_right_to_publish_the_page_is_enough(page):
    client = admin()
    grant(client, page, "publish_page")
    client.post(address(page, "withdraw"), REASON)
    assert Item.objects.get().withdrawn_at is not None


def test_a_withdrawn_item_is_not_withdrawn_twice(page):
    client = admin(WITHDRAW)
    client.post(address(page, "withdraw"), REASON)
    client.post(address(page, "withdraw"), {**REASON, "reason": "另一个原因"})
    assert Item.objects.get().withdrawal_reason == "停水时间有误"


def test_a_correction_opens_a_draft_with_its_note_and_leaves_the_live_item_alone(page):
    client = admin()
    grant(client, page, "change_page")
    answer = client.post(address(page, "correct"), {"note": "停水时间更正为 8 时", "major": "major"})
    assert answer.url == reverse("wagtailadmin_pages:edit", args=[page.pk])
    draft = ContentPage.objects.get(pk=page.pk).specific.get_latest_revision_as_object()
    assert (draft.correction_note, draft.correction_major) == ("停水时间更正为 8 时", True)
    assert Item.objects.get().current.number == 1
    assert PageLogEntry.objects.filter(page=page.pk, action="desk.correct").exists()


def test_a_correction_needs_a_note(page):
    client = admin(superuser=True)
    before = page.revisions.count()
    assert client.post(address(page, "correct"), {"note": "", "major": "minor"}).status_code == 200
    assert page.revisions.count() == before


def test_a_correction_needs_the_right_to_edit(page):
    before = page.revisions.count()
    assert (
        admin(WITHDRAW).post(address(page, "correct"), {"note": "更正", "major": "minor"}).status_code == 302
    )
    assert page.revisions.count() == before


def test_an_item_whose_page_is_gone_cannot_be_corrected():
    item = place(make_outlet("feed"))
    client = admin(superuser=True)
    assert client.get(reverse("desk:correct", args=[item.content_id])).status_code == 302


def test_both_actions_stand_in_the_header_of_the_editor_while_the_item_is_out(page):
    client = admin(superuser=True)
    editor = reverse("wagtailadmin_pages:edit", args=[page.pk])
    html = client.get(editor).content.decode()
    assert address(page, "withdraw") in html
    assert address(page, "correct") in html
    client.post(address(page, "withdraw"), REASON)
    assert address(page, "withdraw") not in client.get(editor).content.decode()


def test_wagtails_list_of_pages_leads_to_the_actions_without_a_query_a_row(page):
    client = admin(superuser=True)
    listing = reverse("wagtailadmin_explore", args=[page.get_parent().pk])
    link = reverse("desk:page_action", args=[page.pk, "withdraw"])
    client.get(listing)
    with CaptureQueriesContext(connection) as one:
        assert link in client.get(listing).content.decode()
    for _ in range(4):
        sign(make_page("notice", parent=page.get_parent(), title="又一篇"))
    with CaptureQueriesContext(connection) as five:
        client.get(listing)
    assert len(five) == len(one)
    assert client.get(link).url == address(page, "withdraw")


def test_a_page_that_was_never_signed_has_nothing_to_take_back():
    draft = make_page()
    assert (
        admin(superuser=True).get(reverse("desk:page_action", args=[draft.pk, "withdraw"])).status_code == 404
    )


def test_the_ledger_holds_a_withdrawal_until_every_copy_is_confirmed_gone(page):
    placement = Placement.objects.get(outlet__name="政务平台")
    move(placement.item, placement.outlet, "settled")
    client = admin(WITHDRAW)
    client.post(address(page, "withdraw"), REASON)
    ledger = client.get("/admin/desk/ledger/").content.decode()
    assert "政务平台" in ledger
    assert "停水时间有误" in ledger
    Placement.objects.update(actual=None, state="settled", settled_at=timezone.now())
    assert "没有未确认的撤稿" in client.get("/admin/desk/ledger/").content.decode()
