"""The inspection on a real tree: what is collected, what a run keeps, what the desk shows and lets people do."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone

from channels.edition import ItemType
from channels.models import EditionRecord, Placement, State
from sites.enquiries.models import Enquiry
from sites.inspection import outside, running, sampling, tagging, tasks
from sites.inspection.collecting import collect
from sites.inspection.facts import ColumnFacts, Facts, SiteFacts
from sites.inspection.models import Explanation, InspectionRun, YearReport
from sites.inspection.tagging import PageKind
from sites.linkcheck import inside
from sites.models import ColumnIndex, SiteHome
from tests.sites import build
from tests.sites.reading import soup

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
DESK = "/admin/inspection/"


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of the tables: no page of a site is opened."""
    monkeypatch.setattr(sampling, "sample", lambda *_: sampling.Sample((), {}))
    monkeypatch.setattr(outside, "_is_open", lambda *_: True)


def of(facts: Facts, home: SiteHome) -> SiteFacts:
    return next(one for one in facts.sites if one.pk == home.pk)


def columns(facts: Facts, home: SiteHome) -> dict[str, ColumnFacts]:
    return {one.title: one for one in of(facts, home).columns}


@pytest.mark.usefixtures("unread")
def test_a_column_s_clock_runs_from_what_its_readers_were_shown_last(
    portal: SiteHome, news: ColumnIndex
) -> None:
    now = build.NOW
    build.place(build.edition(first_created=now - 5 * DAY), portal.outlet)
    gone = build.place(build.edition(first_created=now - DAY), portal.outlet)
    Placement.objects.filter(item=gone).update(desired=None)
    build.place(build.edition(first_created=now + DAY), portal.outlet)
    build.column_page(portal, "gonggao", slug="gonggao", title="公告", column_type="政策文件")
    over = build.edition(column="gonggao", first_created=now - 9 * DAY, expires=now - DAY)
    build.place(over, portal.outlet)
    found = columns(collect(now), portal)
    assert (found["新闻"].last, found["新闻"].shown) == (now - 5 * DAY, 1)
    assert (found["公告"].last, found["公告"].shown) == (now - 9 * DAY, 0), "what has run out is not shown"
    assert (found["新闻"].cadence, found["公告"].cadence) == ("news", "notice")


@pytest.mark.usefixtures("unread")
def test_back_dating_is_told_by_the_first_signing_and_up_to_its_explanation(
    portal: SiteHome, news: ColumnIndex
) -> None:
    office = build.site("office", parent=portal)
    item = build.place(build.edition(first_created=build.NOW - 3 * DAY), portal.outlet, office.outlet)
    build.place(build.edition(), portal.outlet)
    facts = collect(build.NOW)
    assert of(facts, portal).backdated.examples == ((str(item.pk), item.headline),)
    assert of(facts, office).backdated.count == 0, "one item is one finding, whoever shares it"
    Explanation.objects.create(key=f"forged:{portal.pk}", reason="历史稿件", at=build.NOW + DAY)
    assert of(collect(build.NOW), portal).backdated.count == 0
    EditionRecord.objects.filter(item=item).update(signed_at=build.NOW + 2 * DAY)
    assert of(collect(build.NOW), portal).backdated.count == 1


@pytest.mark.usefixtures("unread")
def test_an_account_s_clock_runs_from_its_last_delivery(portal: SiteHome) -> None:
    konto = build.outlet("konto", channel="wechat_mp")
    build.outlet("stumm", channel="wechat_mp")
    item = build.place(build.edition(), konto)
    record = item.current
    Placement.objects.filter(outlet=konto).update(actual=record, delivered_at=build.NOW - 3 * DAY)
    found = {one.slug: one.last for one in collect(build.NOW).accounts}
    assert found == {"konto": build.NOW - 3 * DAY, "stumm": None}


@pytest.mark.usefixtures("unread")
def test_what_is_withdrawn_and_still_there_is_told_after_a_day(portal: SiteHome) -> None:
    item = build.place(build.edition(), portal.outlet)
    rows = Placement.objects.filter(item=item)
    rows.update(
        desired=None, actual=item.current, state=State.ASKING, desired_at=build.NOW - timedelta(hours=23)
    )
    assert collect(build.NOW).lingering == ()
    rows.update(desired_at=build.NOW - timedelta(hours=25))
    assert [one.headline for one in collect(build.NOW).lingering] == [item.headline]


@pytest.mark.usefixtures("unread")
def test_interpretations_without_a_document_are_told(portal: SiteHome) -> None:
    lonely = build.place(build.edition(type=ItemType.INTERPRETATION), portal.outlet)
    assert collect(build.NOW).unlinked == ((str(lonely.pk), lonely.headline),)
    lonely.relations.create(kind="interprets", target=build.NOBODY)
    assert collect(build.NOW).unlinked == ()


@pytest.mark.usefixtures("unread")
def test_messages_are_counted_by_site(portal: SiteHome) -> None:
    for number, days in enumerate((100, 5, 400)):
        received = build.NOW - days * DAY
        Enquiry.objects.create(
            site=portal, site_name="x", code=f"c{number}", nonce=f"n{number}", kind="question", text="问",
            received_at=received, due_on=received.date(),
        )  # fmt: skip
    box = (collect(build.NOW).letters or ())[0]
    assert (box.oldest, box.late) == (build.NOW - 100 * DAY, 2), (
        "what is older than a year is no matter any more"
    )


@pytest.mark.usefixtures("unread")
def test_collecting_takes_the_same_queries_whatever_there_is(
    portal: SiteHome, news: ColumnIndex, django_assert_max_num_queries: Any
) -> None:
    def queries() -> int:
        with django_assert_max_num_queries(40) as counted:
            collect(build.NOW)
        return len(counted)

    build.place(build.edition(first_created=build.NOW - 5 * DAY), portal.outlet)
    build.outlet("konto", channel="wechat_mp")
    collect(build.NOW)
    few = queries()
    for number in range(4):
        office = build.site(f"office{number}", parent=portal)
        build.column_page(office, "ywdt", slug="a", title="甲")
        build.column_page(office, "gonggao", slug="b", title="乙")
        build.outlet(f"konto{number}", channel="wechat_mp")
        build.places(5, office.outlet, portal.outlet)
    assert queries() <= few


def test_five_pages_of_a_site_are_read_as_they_are_sent(portal: SiteHome, news: ColumnIndex) -> None:
    build.places(3, portal.outlet)
    page = ColumnFacts(news.pk, "新闻", "http://portal.example/news/", "news", 3, None)  # type: ignore[arg-type]
    found = sampling.sample(portal, "http://portal.example/", (page,), build.NOW.date())
    assert [one.label for one in found.pages] == ["首页", "栏目“新闻”", "内容页", "内容页"]
    assert {one.faults for one in found.pages} == {("SiteIDCode 未设置",)}
    assert found.footer["网站标识码"] == "没有设置"
    assert found.footer["网站地图"] == ""
    SiteHome.objects.filter(pk=portal.pk).update(site_id_code="4502020001", icp="桂ICP备00000000号")
    portal.refresh_from_db()
    found = sampling.sample(portal, "http://portal.example/", (page,), build.NOW.date())
    assert {one.faults for one in found.pages} == {()}
    assert found.footer["ICP备案编号"] == ""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("柳州演示网", ""), "SiteName 为空"),
        (("柳州演示网", "null"), "SiteName 为空"),
        (("柳州演示网", "&lt;b&gt;网&lt;/b&gt;"), "SiteName 含有网页代码"),
        (("SiteName", "sitename"), "缺少 SiteName"),
        (("site.example", "http://site.example"), "SiteDomain 不应带 http://"),
        (("2026-11-20 09:30", "2026-11-20"), "PubDate 格式不是 YYYY-MM-DD HH:MM"),
        (("2026-11-20 09:30", "2026-11-20 24:30"), "PubDate 格式不是 YYYY-MM-DD HH:MM"),
        (("发布时间：2026-11-20 09:30", "发布时间：2026-11-21 09:30"), "页面上的发布时间与 PubDate 不一致"),
        (("x", "x"), None),
    ],
)
def test_a_tag_that_a_checker_would_count_is_a_fault(change: tuple[str, str], said: str | None) -> None:
    values = {
        "SiteName": "柳州演示网", "SiteDomain": "site.example", "SiteIDCode": "4502020001", "ColumnName": "栏",
        "ColumnDescription": "述", "ColumnKeywords": "词", "ColumnType": "工作动态", "ArticleTitle": "题",
        "PubDate": "2026-11-20 09:30", "ContentSource": "源",
    }  # fmt: skip
    head = "".join(f'<meta name="{name}" content="{value}">' for name, value in values.items())
    page = f"{head}<p>发布时间：2026-11-20 09:30</p>".replace(*change)
    assert tagging.faults(page.encode(), PageKind.ITEM) == ((said,) if said else ())


def test_a_page_that_does_not_open_is_a_fault_of_its_own(portal: SiteHome) -> None:
    page = ColumnFacts(1, "空", "http://portal.example/nothing/", "news", 0, None)  # type: ignore[arg-type]
    found = sampling.sample(portal, "http://portal.example/", (page,), build.NOW.date())
    assert found.pages[1].faults == ("页面打不开（HTTP 404）",)


def test_the_hub_answers_itself_without_closing_anybody_s_connection(portal: SiteHome) -> None:
    assert inside.fetch("http://portal.example/").status == 200
    assert inside.fetch("http://portal.example/feeds").location == "http://portal.example/feeds/"
    assert SiteHome.objects.exists()


# ---- runs


@pytest.mark.usefixtures("unread")
def test_a_second_nightly_run_takes_the_place_of_the_first_and_is_compared_with_the_day_before(
    portal: SiteHome, news: ColumnIndex
) -> None:
    build.place(build.edition(), portal.outlet)
    running.inspect(build.NOW, is_nightly=True)
    later = build.NOW + 20 * DAY
    running.inspect(later, is_nightly=True)
    running.inspect(later + timedelta(hours=1), is_nightly=True)
    running.inspect(later + timedelta(hours=2), by="bianji")
    assert InspectionRun.objects.count() == 3
    found = running.latest()
    assert found is not None
    assert found.change is not None
    assert {one.rule for one in found.change.new} == {"home", "column_stale"}
    assert (found.compared_with, found.run.by) == (build.NOW.date(), "bianji")
    assert [run.vetoes for run in running.history(later + DAY)] == [1, 2]


@pytest.mark.usefixtures("unread")
def test_findings_are_forgotten_figures_are_not(portal: SiteHome) -> None:
    running.inspect(build.NOW, is_nightly=True)
    running.inspect(build.NOW + timedelta(hours=1), by="bianji")
    running.forget(build.NOW + 100 * DAY)
    kept = InspectionRun.objects.get()
    assert (kept.findings, kept.vetoes) == (None, 2), "an empty home page, no service guide"


def test_a_hub_that_slept_at_night_is_inspected_in_the_morning(
    portal: SiteHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[int] = []
    monkeypatch.setattr(tasks, "check_links", lambda: checked.append(1))
    tasks.catch_up()
    tasks.catch_up()
    assert (len(checked), InspectionRun.objects.count()) == (1, 1)
    InspectionRun.objects.update(at=timezone.now() - timedelta(hours=26))
    tasks.catch_up()
    assert len(checked) == 2


# ---- the desk


def somebody(*permissions: str) -> Client:
    user = User.objects.create_user("somebody", password="x")
    for permission in ("wagtailadmin.access_admin", *permissions):
        app, _, codename = permission.partition(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    browser = Client(headers={"host": "hub.example"})
    browser.force_login(user)
    return browser


@pytest.fixture
def inspected(portal: SiteHome, news: ColumnIndex, unread: None) -> InspectionRun:
    """A portal whose home page is 13 days old, and an office with nothing."""
    build.site("office", parent=portal)
    build.place(build.edition(first_created=timezone.now() - 13 * DAY), portal.outlet)
    return running.inspect(timezone.now(), is_nightly=True)


def test_the_page_says_what_is_red_and_what_to_do(inspected: InspectionRun) -> None:
    page = soup(somebody().get(DESK))
    first = page.select_one(".i-first")
    assert first is not None
    text = first.get_text(" ", strip=True)
    assert "office · 首页" in text
    assert "今天就在首页栏目发布信息" in text
    assert "还剩 1 天" in page.get_text(" ")
    links = [str(one["href"]) for one in first.select("a.button")]
    assert f"/admin/pages/{SiteHome.objects.get(slug='office').pk}/edit/" in links
    assert {"单项否决", "更新倒计时"} <= {one.get_text(strip=True) for one in page.select("h2")}


def test_the_page_takes_a_fixed_number_of_queries(
    inspected: InspectionRun, django_assert_max_num_queries: build.QueryCount
) -> None:
    browser = somebody()
    browser.get(DESK)
    with django_assert_max_num_queries(16):
        browser.get(DESK)


def test_the_home_page_of_the_admin_counts_the_days(inspected: InspectionRun) -> None:
    text = soup(somebody().get("/admin/")).get_text(" ", strip=True)
    assert "单项否决不达标" in text
    assert "还剩 1 天" in text


def test_before_the_first_run_the_page_says_so(portal: SiteHome) -> None:
    text = somebody("cms.operate_desk").get(DESK).content.decode()
    assert "还没有体检结果" in text
    assert "立即体检" in text


def test_only_operators_run_and_explain(inspected: InspectionRun, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(tasks.inspect_now, "delay", asked.append)
    reader = somebody()
    reader.post(f"{DESK}run/")
    reader.post(f"{DESK}explain/", {"key": "home:1", "reason": "x"})
    assert (asked, Explanation.objects.count()) == ([], 0)
    assert "立即体检" not in reader.get(DESK).content.decode()
    User.objects.all().delete()
    somebody("cms.operate_desk").post(f"{DESK}run/")
    assert asked == ["somebody"]


def test_what_may_be_explained_is_explained_with_a_reason(
    portal: SiteHome, news: ColumnIndex, unread: None
) -> None:
    build.place(build.edition(first_created=build.NOW - 3 * DAY), portal.outlet)
    running.inspect(timezone.now())
    operator = somebody("cms.operate_desk")
    forged, home = f"forged:{portal.pk}", f"home:{portal.pk}"
    assert (
        "不能作情况说明"
        in operator.post(f"{DESK}explain/", {"key": home, "reason": "x"}, follow=True).content.decode()
    )
    assert "请写明情况" in operator.post(f"{DESK}explain/", {"key": forged}, follow=True).content.decode()
    operator.post(f"{DESK}explain/", {"key": forged, "reason": "迁移前的历史稿件"})
    run = running.inspect(timezone.now())
    assert all(row[1] != "warn" for row in run.findings or [] if row[0] == "forged")
    operator.post(f"{DESK}explain/{Explanation.objects.get().pk}/remove/")
    assert not Explanation.objects.exists()


def test_the_table_has_every_finding_and_no_formula(inspected: InspectionRun) -> None:
    SiteHome.objects.filter(slug="office").update(title="=1+1")
    running.inspect(timezone.now())
    answer = somebody().get(f"{DESK}export/")
    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    run = InspectionRun.objects.first()
    assert run is not None
    assert len(rows) == 1 + len(run.findings or [])
    assert {row[5] for row in rows} >= {"'=1+1", "portal"}


def test_paper_and_history_show_the_same_run(inspected: InspectionRun) -> None:
    browser = somebody()
    assert "一、单项否决" in browser.get(f"{DESK}print/").content.decode()
    history = soup(browser.get(f"{DESK}history/"))
    assert len(history.select("svg.d-bars")) == 2
    link = history.select_one(f'a[href$="?run={inspected.pk}"]')
    assert link is not None
    assert browser.get(str(link["href"])).status_code == 200
    assert browser.get(f"{DESK}?run=99999").status_code == 404


# ---- the yearly report


def test_the_report_counts_what_the_hub_knows_and_keeps_what_people_say(
    portal: SiteHome, news: ColumnIndex
) -> None:
    item = build.place(build.edition(first_created=build.NOW), portal.outlet)
    Placement.objects.filter(item=item).update(actual=item.current)
    year = build.NOW.year
    address = f"{DESK}reports/{portal.pk}/{year}/"
    browser = somebody("cms.operate_desk")
    page = soup(browser.get(address))
    form: dict[str, str] = {
        str(one["name"]): str(one.get("value", "")) for one in page.select("input[type=text]")
    }
    assert (form["published"], form["dynamic"], form["name"]) == ("1", "1", "portal 网站全称")
    browser.post(address, {**form, "visits": "1,200", "published_url": "http://portal.example/report/"})
    report = YearReport.objects.get()
    assert report.typed == {"visits": "1200"}, "what is counted is not frozen"
    printed = browser.get(f"{address}print/").content.decode()
    assert "1200" in printed
    refused = browser.post(address, {**form, "visits": "许多"}).content.decode()
    assert "“网站总访问量”应填数字" in refused
    assert YearReport.objects.get().typed == {"visits": "1200"}


def test_nobody_asks_for_a_year_that_is_none(portal: SiteHome) -> None:
    browser = somebody("cms.operate_desk")
    for year in (2017, build.NOW.year + 50):
        assert browser.get(f"{DESK}reports/{portal.pk}/{year}/").status_code == 404
