"""From the tree to the register: signing, correcting, withdrawing, and every trap of Wagtail's signals."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import LogContext
from wagtail.models import Page, PageViewRestriction

from channels import outbox
from channels.errors import ContentError
from channels.models import EditionRecord, Item, Placement, WithdrawalKind
from cms import publishing, sweeping
from cms.models import ContentPage, NewsPage
from tests.factories import (
    make_body,
    make_column_page,
    make_image,
    make_outlet,
    make_page,
    make_rule,
    make_site,
    make_user,
    sign,
)

pytestmark = pytest.mark.django_db


def wanted(page):
    """Outlets that should show the item now."""
    rows = Placement.objects.filter(item_id=page.content_id).exclude(desired=None).select_related("outlet")
    return {placement.outlet for placement in rows}


def test_signing_freezes_an_edition_and_wants_it_at_every_target():
    site = make_site()
    feed = make_outlet("feed")
    make_rule(feed, name="通知进订阅", hours=8)
    page = make_page("notice", parent=make_column_page(site))
    record = sign(page)
    assert record.number == 1
    assert record.edition().version == 1
    assert record.source_revision == page.live_revision_id
    assert wanted(page) == {site.outlet, feed}
    assert Item.objects.get().current == record
    placement = Placement.objects.get(outlet=feed)
    assert (placement.reason, placement.must_carry) == ("规则：通知进订阅", True)


def test_signing_again_without_a_change_makes_no_edition():
    page = make_page()
    first = sign(page)
    generation = Placement.objects.get().generation
    assert sign(page) == first
    assert EditionRecord.objects.count() == 1
    assert Placement.objects.get().generation == generation


def test_signing_a_change_makes_the_next_edition():
    page = make_page()
    sign(page)
    page.title = "改过的标题"
    second = sign(page)
    assert second.number == 2
    assert second.edition().headline == "改过的标题"
    assert Placement.objects.get().desired == second


def test_a_new_rule_reaches_a_signed_item_when_it_is_signed_again():
    page = make_page()
    first = sign(page)
    feed = make_outlet("feed")
    make_rule(feed)
    assert sign(page) == first
    assert feed in wanted(page)


def test_the_signer_is_who_acts_not_who_wrote():
    writer, reviewer = make_user("bianji"), make_user("shenhe")
    page = make_page()
    page.save_revision(user=writer)
    assert sign(page, reviewer).signed_by == "shenhe"


def test_a_draft_is_not_signed():
    page = make_page()
    assert publishing.release(page) is None
    page.save_revision()
    assert not Item.objects.exists()


def test_a_draft_over_a_live_item_changes_nothing_outside():
    page = make_page()
    first = sign(page)
    page.title = "草稿标题"
    page.save_revision()
    publishing.release(page)
    assert Item.objects.get().current == first


# Corrections


def test_a_correction_shows_its_note_once_it_is_signed_and_leaves_the_form():
    page = make_page()
    sign(page)
    draft = publishing.start_correction(page, note=" 会议日期有误,现予更正 ", major=True, user=None)
    assert Item.objects.get().current.number == 1
    draft.title = "更正后的标题"
    record = sign(draft)
    correction = record.edition().correction
    assert correction
    assert (correction.note, correction.major) == ("会议日期有误,现予更正", True)
    after = ContentPage.objects.get(pk=page.pk).get_latest_revision_as_object()
    assert (after.correction_note, after.correction_major) == ("", False)
    assert sweeping.sweep() == 0
    assert publishing.release(page) == record, "clearing the note is no new edition"


def test_a_note_alone_is_a_new_edition():
    page = make_page()
    sign(page)
    assert sign(publishing.start_correction(page, note="配图有误,已撤换", major=False, user=None)).number == 2


def test_a_later_edition_keeps_the_note_of_the_last_correction():
    page = make_page()
    sign(page)
    noted = sign(publishing.start_correction(page, note="更正", major=True, user=None)).edition().correction
    page = ContentPage.objects.get(pk=page.pk).specific
    page.title = "改过的标题"
    third = sign(page)
    assert third.number == 3
    assert third.edition().correction == noted


def test_a_correction_keeps_an_open_draft():
    page = make_page()
    sign(page)
    page.title = "写到一半"
    page.save_revision()
    assert publishing.start_correction(page, note="更正", major=False, user=None).title == "写到一半"


def test_a_correction_needs_a_note():
    page = make_page()
    sign(page)
    with pytest.raises(ValueError, match="更正说明"):
        publishing.start_correction(page, note=" ", major=False, user=None)


# Withdrawal


def test_withdrawing_takes_the_page_and_every_copy():
    page = make_page()
    sign(page)
    reviewer = make_user("shenhe")
    assert publishing.withdraw(page, kind=WithdrawalKind.NOTICE, reason=" 内容有误 ", user=reviewer) == 1
    item = Item.objects.get()
    assert (item.withdrawal_kind, item.withdrawal_reason) == ("notice", "内容有误")
    assert wanted(page) == set()
    assert not ContentPage.objects.get().live
    assert sweeping.sweep() == 0, "the sweep respects what a person decided"
    assert Item.objects.get().withdrawal_kind == "notice"


def test_publishing_again_brings_a_withdrawn_item_back():
    page = make_page()
    first = sign(page)
    publishing.withdraw(page, kind=WithdrawalKind.GONE, reason="误发", user=None)
    page = ContentPage.objects.get().specific
    record = sign(page)
    assert record.number == first.number + 1
    assert Item.objects.get().withdrawn_at is None
    assert wanted(page) == {first.item.placements.get().outlet}


def test_a_redirect_needs_an_address_and_a_withdrawal_a_reason():
    page = make_page()
    sign(page)
    with pytest.raises(ValueError, match="替代稿件"):
        publishing.withdraw(page, kind=WithdrawalKind.REDIRECT, reason="重复", user=None)
    with pytest.raises(ValueError, match="撤稿原因"):
        publishing.withdraw(page, kind=WithdrawalKind.GONE, reason=" ", user=None)
    publishing.withdraw(
        page,
        kind=WithdrawalKind.REDIRECT,
        reason="重复",
        replacement_url="http://hub.example/i/x/",
        user=None,
    )
    assert Item.objects.get().replacement_url == "http://hub.example/i/x/"


def test_an_item_without_a_page_can_still_be_withdrawn():
    page = make_page()
    sign(page)
    content_id = page.content_id
    page.delete()
    publishing.withdraw(content_id, kind=WithdrawalKind.NOTICE, reason="保留说明", user=None)
    assert Item.objects.get().withdrawal_kind == "notice"


# Traps of Wagtail's signals


def test_a_scheduled_item_is_not_signed_before_its_time():
    page = make_page(go_live_at=timezone.now() + timedelta(hours=1))
    page.save_revision().publish()
    assert ContentPage.objects.get().approved_schedule
    assert not Item.objects.exists()


def test_rescheduling_a_live_item_keeps_its_edition():
    page = make_page()
    first = sign(page)
    page.title, page.go_live_at = "明天的标题", timezone.now() + timedelta(days=1)
    page.save_revision().publish()
    assert Item.objects.get().current == first


def test_a_publish_that_rolls_back_leaves_nothing():
    page = make_page()
    with transaction.atomic():
        sign(page)
        transaction.set_rollback(True)
    assert not Item.objects.exists()
    assert not ContentPage.objects.get(pk=page.pk).live


def test_a_receiver_that_raises_takes_the_publish_with_it(monkeypatch):
    page = make_page()

    def broken(*args, **kwargs):
        raise ContentError("图片坏了")

    monkeypatch.setattr(publishing, "capture", broken)
    with pytest.raises(ContentError), transaction.atomic():
        sign(page)
    assert not ContentPage.objects.get(pk=page.pk).live


def test_unpublishing_recalls_the_item():
    page = make_page()
    sign(page)
    page.unpublish()
    assert wanted(page) == set()
    assert Item.objects.get().withdrawal_kind == "gone"


def test_deleting_a_live_item_recalls_it_and_keeps_the_register():
    page = make_page()
    record = sign(page)
    page.delete()
    assert wanted(page) == set()
    assert Item.objects.get().current == record


def test_deleting_a_section_recalls_every_item_below():
    page = make_page()
    other = make_page(parent=page.get_parent().specific)
    sign(page)
    sign(other)
    Page.objects.get(pk=page.get_parent().pk).specific.delete()
    assert not Placement.objects.exclude(desired=None).exists()


def test_moving_an_item_to_another_site_changes_its_owner_and_address():
    portal = make_site()
    office = make_site("tanzhong", parent=portal)
    page = make_page(parent=make_column_page(portal))
    first = sign(page)
    page.move(make_column_page(office, slug="dongtai"), pos="last-child")
    edition = Item.objects.get().current.edition()
    assert edition.canonical_url == f"http://hub.example/tanzhong/dongtai/{page.slug}/"
    assert edition.version == first.number + 1
    assert wanted(page) == {office.outlet}


def test_an_expired_item_is_recalled():
    page = make_page()
    sign(page)
    ContentPage.objects.filter(pk=page.pk).update(expire_at=timezone.now() - timedelta(minutes=1))
    assert sweeping.publish_due() == 1
    page = ContentPage.objects.get()
    assert (page.live, page.expired) == (False, True)
    assert wanted(page) == set()


def test_copying_a_live_item_live_signs_the_copy_as_another_item():
    page = make_page()
    sign(page)
    copied = page.copy(keep_live=True, update_attrs={"title": "副本", "slug": "x"})
    assert {item.pk for item in Item.objects.all()} == {page.content_id, copied.content_id}


def test_an_item_of_a_private_section_is_not_signed():
    page = make_page()
    PageViewRestriction.objects.create(page=page.get_parent(), restriction_type="login")
    page.save_revision().publish()
    assert not Item.objects.exists()


def test_a_live_page_that_is_no_item_is_none_of_our_business():
    site = make_site()
    site.save_revision().publish()
    site.unpublish()
    assert not Item.objects.exists()


def test_an_item_made_live_without_a_revision_is_signed_by_the_sweep():
    parent = make_page().get_parent().specific
    page = NewsPage(
        title="程序写入", body=make_body(), column=parent.columns.first(), unit=make_page().unit, live=True
    )
    parent.add_child(instance=page)
    assert not Item.objects.exists()
    assert sweeping.sweep() == 1
    assert Item.objects.get().current.edition().headline == "程序写入"
    assert sweeping.sweep() == 0


def test_a_scheduled_item_is_signed_by_who_scheduled_it():
    page = make_page()
    reviewer = make_user("shenhe")
    page.go_live_at = timezone.now() + timedelta(hours=1)
    with LogContext(user=reviewer):
        revision = page.save_revision()
        revision.publish(user=reviewer, skip_permission_checks=True)
    due = timezone.now() - timedelta(minutes=1)
    revision.refresh_from_db()
    revision.content["go_live_at"] = due.isoformat()
    revision.approved_go_live_at = due
    revision.save()
    assert sweeping.publish_due() == 1
    assert Item.objects.get().current.signed_by == "shenhe"


def test_an_unreadable_picture_stops_the_signing_and_nothing_else():
    image = make_image(title="合影")
    page = make_page(cover=image)
    other = make_page(parent=page.get_parent().specific)
    sign(other)
    image.file.storage.delete(image.file.name)
    with pytest.raises(Exception, match="合影"), transaction.atomic():
        sign(page)
    assert Item.objects.get().pk == other.content_id
    assert outbox.newest(page.content_id) is None
