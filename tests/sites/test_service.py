"""便民服务: notices by phase, kind and street; the calendar of a month; the same as iCalendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from channels.edition import ItemType, ServiceFacts, Subject
from channels.models import Item, Outlet
from cms.models import Unit
from sites.lists.listing import Row
from sites.lists.months import Month
from sites.models import ColumnIndex, SiteHome
from sites.service import calendar, notices
from sites.service.notices import Notice, Street
from sites.service.phase import Phase, phase
from tests.sites import build
from tests.sites.reading import soup, words

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
"""09:00 in Liuzhou."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def facts(**times: datetime | None) -> ServiceFacts:
    return ServiceFacts(area="全区", **times)


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ({}, Phase.RUNNING),
        ({"start": NOW + HOUR}, Phase.UPCOMING),
        ({"start": NOW - HOUR, "end": NOW + HOUR}, Phase.RUNNING),
        ({"start": NOW - HOUR, "end": NOW}, Phase.OVER),
        ({"deadline": NOW + 7 * DAY}, Phase.CLOSING),
        ({"deadline": NOW + 8 * DAY}, Phase.RUNNING),
        ({"deadline": NOW}, Phase.OVER),
        ({"start": NOW + HOUR, "deadline": NOW + DAY}, Phase.UPCOMING),
        ({"end": NOW - HOUR, "deadline": NOW + DAY}, Phase.CLOSING),
    ],
)
def test_where_a_notice_stands(times: dict[str, datetime], expected: Phase) -> None:
    assert phase(facts(**times), NOW) == expected


def marked(**times: datetime) -> dict[date, str]:
    """What the calendar says of a notice, by day."""
    notice = Notice(Row(None, build.edition()), facts(**times), Phase.RUNNING)  # type: ignore[arg-type]
    return {day: mark.when for day, mark in calendar.marks(notice)}


def at(day: int, hour: int) -> datetime:
    return timezone.make_aware(datetime(2026, 11, day, hour))


def test_days_of_an_outage() -> None:
    assert marked(start=at(20, 22), end=at(21, 6)) == {
        date(2026, 11, 20): "22:00 起",
        date(2026, 11, 21): "至 06:00",
    }
    assert marked(start=at(20, 9), end=at(20, 12)) == {date(2026, 11, 20): "09:00—12:00"}
    assert marked(start=at(20, 0), end=at(21, 0)) == {date(2026, 11, 20): "00:00—24:00"}
    assert marked(start=at(20, 9), end=at(22, 12))[date(2026, 11, 21)] == "全天"
    assert marked(start=at(1, 9), end=at(29, 12)) == {
        date(2026, 11, 1): "09:00 起",
        date(2026, 11, 29): "至 12:00",
    }
    assert marked(deadline=at(20, 18)) == {date(2026, 11, 20): "18:00 截止"}
    assert marked(end=at(20, 18)) == {date(2026, 11, 20): "18:00 结束"}


def test_a_month_is_whole_weeks_from_monday() -> None:
    weeks = Month(2026, 11).weeks()
    assert weeks[0][0] == date(2026, 10, 26)
    assert weeks[-1][-1] == date(2026, 12, 6)
    assert all(len(week) == 7 and week[0].weekday() == 0 for week in weeks)
    assert str(Month(2026, 12).later()) == "2027-01"


def test_a_notice_concerns_the_streets_it_names() -> None:
    streets = [Street("tz", "潭中街道"), Street("hd", "河东街道")]
    tagged = build.edition(subjects=(Subject(scheme="street", code="hd", name="河东街道"),))
    told = build.edition(service=ServiceFacts(area="潭中街道文昌社区"))
    everywhere = build.edition(service=ServiceFacts(area="全区居民"))
    concerned = [
        [notices.concerns(one, street, streets) for street in streets] for one in (tagged, told, everywhere)
    ]
    assert concerned == [[False, True], [True, False], [True, True]]


@pytest.fixture
def service(portal: SiteHome) -> ColumnIndex:
    return build.column_page(portal, "bmxx", slug="bm", title="便民")


def place(
    portal: SiteHome, headline: str, *, area: str = "全区", kind: str | None = None, **times: datetime
) -> Item:
    value = ServiceFacts(area=area, kind=kind, **times)
    ends = [moment for moment in (value.end, value.deadline) if moment]
    edition = build.edition(
        headline=headline,
        column="bmxx",
        type=ItemType.SERVICE_NOTICE,
        service=value,
        expires=max(ends) + DAY if ends else None,
        first_created=min([timezone.now(), *times.values()]) - DAY,
    )
    item = build.place(edition, portal.outlet)
    Item.objects.filter(pk=item.pk).update(expires_at=edition.expires)
    return item


def shown(answer: object) -> list[str]:
    return [link.text for link in soup(answer).select(".cards h2 a")]


def test_notices_are_listed_by_what_comes_next(
    reader: Client, portal: SiteHome, service: ColumnIndex
) -> None:
    now = timezone.now()
    place(portal, "三天后", start=now + 3 * DAY, end=now + 4 * DAY)
    place(portal, "明天截止", deadline=now + DAY)
    place(portal, "已结束", start=now - 2 * DAY, end=now - HOUR)
    place(portal, "正在停水", start=now - HOUR, end=now + HOUR)
    assert shown(reader.get("/service/")) == ["正在停水", "明天截止", "三天后"]
    assert shown(reader.get("/service/", {"phase": "closing"})) == ["明天截止"]
    assert shown(reader.get("/service/", {"phase": "upcoming"})) == ["三天后"]
    assert shown(reader.get("/service/", {"phase": "running"})) == ["正在停水", "明天截止"]
    assert shown(reader.get("/service/", {"phase": "over"})) == ["已结束"]


def test_notices_are_chosen_by_kind_and_street(
    reader: Client, portal: SiteHome, service: ColumnIndex
) -> None:
    Unit.objects.create(code="tz", name="潭中街道办事处", short_name="潭中街道", kind="street")
    Unit.objects.create(code="hd", name="河东街道办事处", short_name="河东街道", kind="street")
    tomorrow = timezone.now() + DAY
    place(portal, "停水", kind="water", area="潭中街道", start=tomorrow, end=tomorrow + HOUR)
    place(portal, "停电", kind="power", area="河东街道", start=tomorrow, end=tomorrow + HOUR)
    place(portal, "旧版", start=tomorrow, end=tomorrow + HOUR)
    assert shown(reader.get("/service/", {"kind": "water"})) == ["停水"]
    assert shown(reader.get("/service/", {"kind": "other"})) == ["旧版"]
    assert set(shown(reader.get("/service/", {"street": "hd"}))) == {"停电", "旧版"}
    reader.cookies["street"] = "tz"
    assert set(shown(reader.get("/service/"))) == {"停水", "旧版"}
    assert len(shown(reader.get("/service/", {"street": "all"}))) == 3
    reader.cookies["street"] = "<script>"
    assert len(shown(reader.get("/service/", {"street": "<script>", "kind": "'", "phase": "x"}))) == 3


def test_with_nothing_to_show_the_way_to_all_is_shown(reader: Client, portal: SiteHome) -> None:
    page = reader.get("/service/", {"kind": "gas"})
    assert "目前没有" in words(page, ".calm")
    assert soup(page).select_one(".calm a")["href"] == "/service/?street=all"  # type: ignore[index]


def test_the_calendar_shows_a_month(reader: Client, portal: SiteHome, service: ColumnIndex) -> None:
    start = timezone.make_aware(datetime.combine(timezone.localdate() + DAY, datetime.min.time())) + 9 * HOUR
    place(portal, "停水通知", kind="water", area="桂中大道", start=start, end=start + HOUR)
    month = Month.of(start)
    page = soup(reader.get(f"/service/calendar/{month}/"))
    day = page.select_one(f".grid time[datetime='{start:%Y-%m-%d}']").find_parent("li")  # type: ignore[union-attr]
    text = day.get_text(" ", strip=True)  # type: ignore[union-attr]
    assert all(part in text for part in ("停水", "停水通知", "09:00—10:00", "桂中大道"))
    assert page.select_one("a[rel=next]")["href"] == f"/service/calendar/{month.later()}/"  # type: ignore[index]


def test_a_month_that_is_past_keeps_its_notices(
    reader: Client, portal: SiteHome, service: ColumnIndex
) -> None:
    start = Month.of(timezone.now()).later(-1).begin + 5 * DAY
    place(portal, "上月停水", start=start, end=start + HOUR)
    page = reader.get(f"/service/calendar/{Month.of(start)}/")
    assert [link.text for link in soup(page).select(".grid ul a")] == ["上月停水"]


@pytest.mark.parametrize("name", ["2026-13", "2010-01", "2099-12", "x", "2026-1"])
def test_the_calendar_has_no_other_months(reader: Client, portal: SiteHome, name: str) -> None:
    assert reader.get(f"/service/calendar/{name}/").status_code == 404


def test_the_calendar_is_read_by_phones(reader: Client, portal: SiteHome, service: ColumnIndex) -> None:
    start = timezone.now().replace(microsecond=0) + DAY
    item = place(
        portal, "停水；请储水, 谢谢", area="文昌路", start=start, end=start + HOUR, deadline=start + 2 * DAY
    )
    answer = reader.get("/service/calendar.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert b"\r\n" in answer.content
    read = Calendar.from_ical(answer.content)
    event, deadline = read.walk("VEVENT")
    assert str(event["SUMMARY"]) == "停水；请储水, 谢谢"
    assert str(event["LOCATION"]) == "文昌路"
    assert (event.start, event.end) == (start, start + HOUR)
    assert str(event["UID"]) == f"{item.pk}@tongsheng"
    assert str(event["URL"]) == f"http://portal.example/bm/{item.slug}/"
    assert str(deadline["SUMMARY"]).endswith("（截止）")
    assert event["UID"] != deadline["UID"]


def test_a_site_below_has_a_calendar_of_its_own(reader: Client, portal: SiteHome) -> None:
    build.site("office", parent=portal)
    assert "office 网站全称" in reader.get("/office/service/calendar.ics").content.decode().replace(
        "\r\n ", ""
    )
    assert reader.get("/none/service/calendar.ics").status_code == 404


@pytest.mark.parametrize("path", ["/service/", "/service/calendar/"])
def test_the_pages_cost_the_same_however_much_they_hold(
    reader: Client,
    portal: SiteHome,
    service: ColumnIndex,
    django_assert_max_num_queries: build.QueryCount,
    path: str,
) -> None:
    now = timezone.now()
    for n in range(20):
        place(portal, f"停水{n}", start=now + n * HOUR, end=now + (n + 1) * HOUR)
    with django_assert_max_num_queries(14):
        assert reader.get(path).status_code == 200


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="reads SQLite's query plan")
def test_notices_are_read_along_their_end(portal: SiteHome) -> None:
    outlet = Outlet.objects.get()
    for until in (None, NOW + DAY):
        plan = notices.placed(outlet, since=NOW, until=until, now=NOW).explain()
        assert "item_by_end (item_type=? AND expires_at>" in plan, plan
        assert "placement_once" in plan or "syndication_placement_1 (item_id=? AND outlet_id=?" in plan, plan
        assert "SCAN syndication" not in plan, plan
    assert connection.vendor == "sqlite"
