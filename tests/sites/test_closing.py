"""A site in every standing: open, announced, closed, resting; its home, columns, items, feeds, and what an editor may aim at it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.models import PageLogEntry

from channels.edition import Edition
from channels.models import Change, Outlet
from sites.making import closing
from sites.models import Closure, ColumnIndex, SiteHome, Standing
from sites.tasks import stand
from tests.sites import build
from tests.sites.reading import soup
from tests.sites.test_enquiries import FOREIGN

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
DAY = date(2026, 12, 20)


@pytest.fixture
def office(portal: SiteHome, news: ColumnIndex) -> SiteHome:
    office = build.site("tanzhong", parent=portal, full_name="潭中街道办事处")
    build.column_page(office, "ywdt", slug="dongtai", title="街道动态")
    return office


def shared(*outlets: Outlet, **fields: object) -> Edition:
    edition = build.edition(**fields)
    build.place(edition, *outlets)
    return edition


def feed(office: SiteHome, reader: Client) -> int:
    return reader.get(f"/feeds/{office.outlet.slug}.atom").status_code


def test_an_announced_closing_is_told_on_every_page_and_changes_nothing_else(
    office: SiteHome, reader: Client
) -> None:
    edition = shared(office.outlet)
    closing.announce(office, until=DAY, note="业务并入门户网。", now=NOW)
    for address in ("/tanzhong/", "/tanzhong/dongtai/", f"/tanzhong/dongtai/{edition.slug}/"):
        answer = reader.get(address)
        assert answer.status_code == 200
        told = soup(answer).select_one(".closure").text  # type: ignore[union-attr]
        assert "2026-12-20" in told
        assert "业务并入门户网。" in told
    assert edition.headline in reader.get("/tanzhong/").text
    assert not soup(reader.get("/")).select(".closure")
    assert feed(office, reader) == 200
    assert office.outlet in Outlet.objects.active()


def test_a_closed_site_shows_its_notice_and_leads_to_the_portal(
    portal: SiteHome, office: SiteHome, reader: Client
) -> None:
    both, own = shared(office.outlet, portal.outlet), shared(office.outlet, headline="只有街道发布的信息")
    closing.close(office, note="业务并入门户网。", now=NOW)
    home = reader.get("/tanzhong/")
    assert home.status_code == 200
    assert "业务并入门户网。" in home.text
    assert both.headline not in home.text
    for address in (f"/tanzhong/dongtai/{both.slug}/", f"/tanzhong/item/{both.content_id}/"):
        moved = reader.get(address)
        assert (moved.status_code, moved["Location"]) == (
            301,
            f"http://portal.example/item/{both.content_id}/",
        )
    archived = reader.get(f"/tanzhong/dongtai/{own.slug}/")
    assert archived.status_code == 200
    assert "已归档 本站已于 2026-11-20 09:30 关停" in soup(archived).select_one(".closure").text  # type: ignore[union-attr]
    assert own.headline in reader.get("/tanzhong/dongtai/").text
    assert reader.get(f"/i/{both.content_id}/")["Location"].startswith("http://portal.example/item/")
    assert "/tanzhong/item/" in reader.get(f"/i/{own.content_id}/")["Location"]
    assert reader.get("/tanzhong/dongtai/20260101-nothing/").status_code == 404


def test_a_closed_site_takes_nothing_new_and_its_feeds_end(
    portal: SiteHome, office: SiteHome, reader: Client
) -> None:
    edition = shared(office.outlet)
    assert feed(office, reader) == 200
    closing.close(office, note="停办", now=NOW)
    assert feed(office, reader) == 410
    assert office.outlet not in Outlet.objects.active()
    assert Change.objects.filter(item=edition.content_id).exists()
    assert "潭中街道办事处" not in reader.get("/").text


def test_a_resting_site_answers_503_everywhere_and_comes_back_by_itself(
    office: SiteHome, reader: Client
) -> None:
    edition = shared(office.outlet)
    today = timezone.localdate()
    closing.suspend(office, until=today + timedelta(days=5), note="系统升级", now=timezone.now())
    for address in ("/tanzhong/", "/tanzhong/dongtai/", f"/tanzhong/dongtai/{edition.slug}/"):
        answer = reader.get(address)
        assert (answer.status_code, "系统升级" in answer.text) == (503, True)
        assert "Retry-After" in answer
    assert reader.get("/").status_code == 200
    stand()
    assert Closure.objects.filter(site=office).exists()
    Closure.objects.update(until=today)
    stand()
    stand()
    assert reader.get("/tanzhong/").status_code == 200
    assert closing.rests_within_a_year(office, now=timezone.now()) == 1


def test_the_day_closes_what_was_announced_and_reopening_makes_it_whole(
    office: SiteHome, reader: Client
) -> None:
    closing.announce(office, until=DAY, note="停办", now=NOW)
    assert closing.due(now=datetime(2026, 12, 19, 15, 59, tzinfo=UTC)) == 0
    assert closing.due(now=datetime(2026, 12, 19, 16, 1, tzinfo=UTC)) == 1  # 00:01 in Liuzhou
    assert Closure.objects.get().standing == Standing.CLOSED
    assert closing.due(now=datetime(2026, 12, 20, 16, 1, tzinfo=UTC)) == 0
    edition = shared(office.outlet)
    closing.reopen(office, now=NOW)
    closing.reopen(office, now=NOW)
    assert edition.headline in reader.get("/tanzhong/").text
    assert feed(office, reader) == 200
    acts = PageLogEntry.objects.filter(page=office.pk, action__startswith="site.").order_by("pk")
    assert list(acts.values_list("action", flat=True)) == ["site.announce", "site.close", "site.reopen"]


def test_a_draft_from_before_does_not_open_a_closed_site(office: SiteHome, reader: Client) -> None:
    draft = office.save_revision()
    closing.close(office, note="停办", now=NOW)
    draft.publish()
    assert "停办" in reader.get("/tanzhong/").text


def test_markup_in_a_notice_stays_text(office: SiteHome, reader: Client) -> None:
    closing.close(office, note="<script>alert(1)</script>\n第二行", now=NOW)
    page = soup(reader.get("/tanzhong/"))
    assert not page.select(FOREIGN)
    assert "<script>alert(1)</script>" in page.select_one(".notice").text  # type: ignore[union-attr]
