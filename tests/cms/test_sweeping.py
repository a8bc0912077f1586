"""The sweep and the timers: what no signal told is found, one bad item never stops the others."""

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction, Revision, Site

from channels.errors import ContentError
from channels.models import Item, Placement
from cms import publishing, receivers, sweeping
from cms.models import ContentPage
from tests.factories import make_column_page, make_page, make_site, sign

pytestmark = pytest.mark.django_db


@pytest.fixture
def deaf(monkeypatch):
    """A hub that hears no signal."""
    from wagtail import signals

    for signal, receiver in (
        (signals.page_published, receivers.on_published),
        (signals.page_unpublished, receivers.on_unpublished),
        (signals.post_page_move, receivers.on_moved),
    ):
        signal.disconnect(dispatch_uid=f"cms.{receiver.__name__}")
    yield
    receivers.connect()


def publish(page):
    page.save_revision().publish()


def desired():
    return {
        (row.item_id, row.outlet.slug)
        for row in Placement.objects.exclude(desired=None).select_related("outlet")
    }


def test_the_receivers_are_connected_once():
    from wagtail import signals

    before = len(signals.page_published.receivers)
    receivers.connect()
    assert len(signals.page_published.receivers) == before


@pytest.mark.usefixtures("deaf")
def test_a_signed_item_that_nobody_announced_is_found():
    page = make_page()
    publish(page)
    assert not Item.objects.exists()
    assert sweeping.sweep() == 1
    assert Item.objects.get().pk == page.content_id
    assert sweeping.sweep() == 0


@pytest.mark.usefixtures("deaf")
def test_a_later_revision_is_found():
    page = make_page()
    publish(page)
    sweeping.sweep()
    page.title = "改过的标题"
    publish(page)
    assert sweeping.sweep() == 1
    assert Item.objects.get().current.edition().headline == "改过的标题"


@pytest.mark.usefixtures("deaf")
def test_a_publish_without_a_change_is_looked_at_once():
    page = make_page()
    publish(page)
    sweeping.sweep()
    publish(page)
    assert sweeping.sweep() == 1
    assert Item.objects.get().current.number == 1
    assert sweeping.sweep() == 0


@pytest.mark.usefixtures("deaf")
@pytest.mark.parametrize("end", ["unpublish", "delete", "update"])
def test_an_item_that_is_no_longer_live_is_recalled(end):
    page = make_page()
    publish(page)
    sweeping.sweep()
    if end == "update":
        ContentPage.objects.filter(pk=page.pk).update(live=False)
    else:
        getattr(Page.objects.get(pk=page.pk).specific, end)()
    assert sweeping.sweep() == 1
    assert desired() == set()
    assert sweeping.sweep() == 0


def test_making_a_section_private_recalls_its_items_and_opening_it_brings_them_back():
    page = make_page()
    sign(page)
    before = desired()
    restriction = PageViewRestriction.objects.create(
        page=page.get_parent().get_parent(), restriction_type="login"
    )
    assert sweeping.sweep() == 1
    assert desired() == set()
    restriction.delete()
    assert sweeping.sweep() == 1
    assert desired() == before


def test_an_alias_that_slipped_in_is_never_signed():
    source = make_page()
    alias = make_page(parent=source.get_parent().specific)
    Page.objects.filter(pk=alias.pk).update(alias_of=source, live=True)
    assert sweeping.sweep() == 0
    assert publishing.release(alias) is None
    assert not Item.objects.exists()


def test_renaming_a_section_changes_the_address_of_its_items():
    page = make_page(parent=make_column_page(make_site(), slug="old"))
    sign(page)
    section = Page.objects.get(slug="old").specific
    section.slug = "new"
    section.save_revision().publish()
    assert sweeping.sweep() == 1
    assert Item.objects.get().current.edition().canonical_url == f"http://hub.example/new/{page.slug}/"
    assert sweeping.sweep() == 0


@pytest.mark.parametrize(
    ("change", "address"),
    [
        ({"hostname": "www.example.gov.cn"}, "http://www.example.gov.cn"),
        ({"port": 443}, "https://hub.example"),
    ],
)
def test_a_site_that_gets_another_host_or_port_changes_the_address_of_its_items(change, address):
    page = make_page(parent=make_column_page(make_site(), slug="news"))
    sign(page)
    # Another process does it: nobody tells this one that its list of sites is out of date.
    Site.objects.update(**change)
    assert sweeping.sweep() == 1
    assert Item.objects.get().current.edition().canonical_url == f"{address}/news/{page.slug}/"
    assert sweeping.sweep() == 0


def test_a_new_site_below_changes_the_address_of_its_items_only():
    portal = make_site()
    office = make_site(parent=portal)
    mine, other = (make_page(parent=make_column_page(site)) for site in (office, portal))
    sign(mine)
    sign(other)
    Site.objects.create(hostname="jd.example.gov.cn", port=80, root_page=office)
    assert sweeping.sweep() == 1
    urls = {item.pk: item.current.edition().canonical_url for item in Item.objects.all()}
    assert urls[mine.content_id].startswith("http://jd.example.gov.cn/")
    assert urls[other.content_id].startswith("http://hub.example/")


def test_moving_a_section_to_another_site_changes_the_owner_of_its_items():
    portal = make_site()
    office = make_site(parent=portal)
    section = make_column_page(portal)
    page = make_page(parent=section)
    sign(page)
    Page.objects.get(pk=section.pk).move(office, pos="last-child")
    assert sweeping.sweep() == 1
    assert desired() == {(page.content_id, office.outlet.slug)}


def test_one_item_that_cannot_be_frozen_does_not_stop_the_others(monkeypatch, caplog):
    bad = make_page()
    good = make_page(parent=bad.get_parent().specific)
    ContentPage.objects.update(live=True)
    real = publishing.capture

    def capture(page, **kwargs):
        if page.pk == bad.pk:
            raise ContentError("图片坏了")
        return real(page, **kwargs)

    monkeypatch.setattr(publishing, "capture", capture)
    assert sweeping.sweep() == 1
    assert Item.objects.get().pk == good.content_id
    assert "图片坏了" in caplog.text
    monkeypatch.undo()
    assert sweeping.sweep() == 1


def test_a_sweep_does_no_more_than_its_limit_and_the_next_goes_on(monkeypatch):
    monkeypatch.setattr(sweeping, "BATCH", 2)
    first = make_page()
    for _ in range(4):
        make_page(parent=first.get_parent().specific)
    ContentPage.objects.update(live=True)
    assert [sweeping.sweep(limit=3), sweeping.sweep(limit=3), sweeping.sweep(limit=3)] == [3, 2, 0]


def test_a_sweep_with_nothing_to_do_costs_a_fixed_number_of_queries(django_assert_max_num_queries):
    first = make_page()
    for _ in range(5):
        make_page(parent=first.get_parent().specific)
    ContentPage.objects.update(live=True)
    sweeping.sweep()
    with django_assert_max_num_queries(5):
        assert sweeping.sweep() == 0


def test_an_item_that_came_back_in_between_is_left_alone(monkeypatch):
    page = make_page()
    sign(page)
    monkeypatch.setattr(sweeping, "_work", lambda: iter([(page.content_id, sweeping._recall)]))
    assert sweeping.sweep() == 0
    assert desired()


def test_the_beat_finds_the_tasks_under_their_names(settings):
    from cms.celery import app

    app.loader.import_default_modules()
    names = {
        entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values() if entry["task"].startswith("cms.")
    }
    assert {"cms.tasks.sweep", "cms.tasks.publish_due"} <= names <= set(app.tasks)
    page = make_page()
    ContentPage.objects.update(live=True)
    assert app.tasks["cms.tasks.sweep"]() == 1
    assert app.tasks["cms.tasks.publish_due"]() == 0
    assert Item.objects.get().pk == page.content_id


def scheduled(page, minutes):
    """A revision approved for `minutes` from now, in the past when negative."""
    page.go_live_at = timezone.now() + timedelta(minutes=minutes)
    revision = page.save_revision(approved_go_live_at=page.go_live_at)
    return Revision.objects.get(pk=revision.pk)


def test_what_is_due_is_published_and_signed():
    page = make_page()
    later = make_page(parent=page.get_parent().specific)
    scheduled(page, -1)
    scheduled(later, 60)
    assert sweeping.publish_due() == 1
    assert Item.objects.get().pk == page.content_id
    assert sweeping.publish_due() == 0


def test_one_bad_schedule_does_not_stop_the_others(caplog):
    bad = make_page()
    good = make_page(parent=bad.get_parent().specific)
    revision = scheduled(bad, -5)
    revision.content["body"] = "[]"
    revision.save()
    scheduled(good, -1)
    assert sweeping.publish_due() == 1
    assert not ContentPage.objects.get(pk=bad.pk).live
    assert ContentPage.objects.get(pk=good.pk).live
    assert "正文为空" in caplog.text


def test_what_is_over_is_recalled_once():
    page = make_page()
    sign(page)
    now = timezone.now()
    ContentPage.objects.filter(pk=page.pk).update(expire_at=now + timedelta(minutes=5))
    assert sweeping.publish_due(now=now) == 0
    assert sweeping.publish_due(now=now + timedelta(minutes=6)) == 1
    assert sweeping.publish_due(now=now + timedelta(minutes=6)) == 0
    assert desired() == set()
