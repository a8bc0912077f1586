"""A night of the link checker: what is collected, what is found, what is reported, what people do about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from channels.edition import Paragraph
from channels.models import Placement
from sites.linkcheck import collecting, inside, listing, tasks, verbs, watching
from sites.linkcheck.checking import Budget, Checker, check_one
from sites.linkcheck.models import EditionLink, Link, LinkEvent, OutboundDomain, ReadEdition, WatchWord
from sites.models import ColumnIndex, SiteHome
from tests.sites import build
from tests.sites.linkserver import Foreign, Pauses, client
from tests.sites.reading import soup

pytestmark = pytest.mark.django_db
NIGHT = timedelta(days=1)


@pytest.fixture
def site() -> Iterator[Foreign]:
    with Foreign() as server:
        yield server


@pytest.fixture(autouse=True)
def _drawings_are_served(settings: Any) -> Iterator[None]:
    """Nothing is collected for the tests: the pictures of our own pages come from where they are written."""
    settings.WHITENOISE_USE_FINDERS = True
    inside._handler.cache_clear()
    yield
    inside._handler.cache_clear()


def linking(*urls: str, **fields: object) -> build.Edition:
    html = "".join(f'<a href="{url}">看{number}</a>' for number, url in enumerate(urls))
    return build.edition(body=(Paragraph(html=html),), **fields)


def check(now: datetime, **budget: int) -> int:
    return Checker(client, lambda: 0.0, Pauses(), now, Budget(**budget)).run()


def link(url: str) -> Link:
    return Link.objects.get(url=url)


def test_an_edition_is_read_once_and_counts_as_long_as_a_site_shows_it(
    portal: SiteHome, news: ColumnIndex
) -> None:
    first = linking("http://a.example/")
    item = build.place(first, portal.outlet)
    collecting.collect()
    assert (link("http://a.example/").is_used, ReadEdition.objects.count()) == (True, 1)
    build.place(linking("http://b.example/", uri=first.uri, slug=first.slug), portal.outlet)
    collecting.collect()
    collecting.collect()
    assert (link("http://a.example/").is_used, link("http://b.example/").is_used) == (False, True)
    assert EditionLink.objects.filter(link__host="b.example").count() == 1
    Placement.objects.filter(item=item).update(desired=None)
    collecting.collect()
    assert not link("http://b.example/").is_used


def test_what_no_hosted_site_shows_is_not_collected(portal: SiteHome) -> None:
    build.place(linking("http://a.example/"), build.outlet("konto", channel="wechat_mp"))
    collecting.collect()
    assert not Link.objects.filter(host="a.example").exists()


def test_home_pages_are_read_as_they_are_sent(portal: SiteHome, news: ColumnIndex) -> None:
    item = build.place(build.edition(), portal.outlet)
    collecting.collect()
    on_home = set(Link.objects.filter(on_home=True, is_own=True).values_list("url", flat=True))
    root = "http://portal.example"
    assert {f"{root}/", f"{root}/news/", f"{root}/sitemap/", f"{root}/news/{item.slug}/"} <= on_home


def test_reading_many_editions_takes_a_fixed_number_of_queries(
    portal: SiteHome, news: ColumnIndex, django_assert_max_num_queries: build.QueryCount
) -> None:
    for number in range(30):
        build.place(linking(f"http://{number}.example/"), portal.outlet)
    with django_assert_max_num_queries(12):
        assert collecting.read_editions(inside.own_hosts("http://hub.example")) == 30


def test_own_pages_are_asked_inside_and_a_404_is_certain_at_once(portal: SiteHome, news: ColumnIndex) -> None:
    root = "http://portal.example"
    build.place(linking(f"{root}/news/", f"{root}/nowhere/"), portal.outlet)
    collecting.collect()
    check(build.NOW)
    assert link(f"{root}/news/").state == "working"
    dead = link(f"{root}/nowhere/")
    assert (dead.is_own, dead.state, dead.code, dead.failed_since) == (True, "dead", "404", build.NOW)
    assert list(Link.objects.reported()) == [dead]


def test_a_withdrawn_item_that_is_still_linked_is_suspected(portal: SiteHome, news: ColumnIndex) -> None:
    gone = build.edition()
    item = build.place(gone, portal.outlet)
    build.place(linking(f"http://portal.example/news/{gone.slug}/"), portal.outlet)
    Placement.objects.filter(item=item).update(desired=None)
    collecting.collect()
    check(build.NOW)
    assert (link(f"http://portal.example/news/{gone.slug}/").code) == "410"


def test_a_foreign_link_is_reported_after_the_second_night_and_no_more_when_it_works(
    portal: SiteHome, news: ColumnIndex, site: Foreign
) -> None:
    url = f"{site.url}/moved"
    site.moved = f"{site.url}/status/500"
    build.place(linking(url), portal.outlet)
    collecting.collect()
    check(build.NOW)
    assert link(url).state == "suspected"
    assert not Link.objects.reported().exists()
    check(build.NOW + NIGHT)
    assert list(Link.objects.reported()) == [link(url)]
    assert link(url).failed_since == build.NOW
    site.moved = f"{site.url}/status/200"
    check(build.NOW + 2 * NIGHT)
    assert not Link.objects.reported().exists()
    events = LinkEvent.objects.filter(link=link(url)).order_by("at")
    assert [(event.at, event.state) for event in events] == [
        (build.NOW, "suspected"),
        (build.NOW + 2 * NIGHT, "working"),
    ]


def test_what_works_is_left_alone_for_a_week_and_no_link_is_asked_twice_a_night(
    portal: SiteHome, news: ColumnIndex, site: Foreign
) -> None:
    build.place(linking(f"{site.url}/well", f"{site.url}/status/404"), portal.outlet)
    collecting.collect()
    check(build.NOW)

    def asked(now: datetime) -> set[str]:
        site.requests.clear()
        check(now)
        return {path for _, path in site.requests} - {"/robots.txt"}

    assert asked(build.NOW + timedelta(minutes=5)) == set()
    assert asked(build.NOW + NIGHT) == {"/status/404"}
    assert asked(build.NOW + 7 * NIGHT) == {"/status/404", "/well"}


def test_one_host_does_not_take_the_whole_night(portal: SiteHome, news: ColumnIndex, site: Foreign) -> None:
    other = site.url.replace("127.0.0.1", "localhost")
    build.place(linking(*(f"{site.url}/{n}" for n in range(5)), f"{other}/z"), portal.outlet)
    collecting.collect()
    check(build.NOW, external=10, per_host=2, own=0)
    checked = Link.objects.filter(is_own=False).exclude(checked_at=None)
    assert sorted(checked.values_list("host", flat=True)) == sorted(
        [f"127.0.0.1:{site.port}", f"127.0.0.1:{site.port}", f"localhost:{site.port}"]
    )


def test_the_night_ends_when_its_time_is_over(portal: SiteHome, news: ColumnIndex, site: Foreign) -> None:
    build.place(linking(f"{site.url}/a"), portal.outlet)
    collecting.collect()
    ticks = iter([0.0, *[99_999.0] * 50])
    assert Checker(client, lambda: next(ticks), Pauses(), build.NOW).run() == 0


def test_a_muted_link_is_no_finding_until_it_has_worked_and_broken_again(
    portal: SiteHome, news: ColumnIndex
) -> None:
    url = "http://portal.example/nowhere/"
    build.place(linking(url), portal.outlet)
    collecting.collect()
    check(build.NOW)
    verbs.mute(link(url), reason="下周上线", by="bianji", now=build.NOW)
    assert (listing.counts().dead, listing.counts().muted) == (0, 1)
    check(build.NOW + NIGHT)
    assert link(url).muted_reason == "下周上线"
    build.column_page(portal, "ywdt", slug="nowhere")
    check(build.NOW + 2 * NIGHT)
    assert (link(url).state, link(url).muted_at) == ("working", None)
    with pytest.raises(ValueError, match="reason"):
        verbs.mute(link(url), reason=" ", by="bianji", now=build.NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Link.objects.filter(url=url).update(muted_at=build.NOW)


def test_counters_are_those_of_the_inspectors_monitor(portal: SiteHome, news: ColumnIndex) -> None:
    build.place(linking("http://portal.example/no/", "http://a.example/"), portal.outlet)
    collecting.collect()
    Link.objects.filter(host="a.example").update(state="suspected", code="timeout", failures=2, on_home=True)
    Link.objects.filter(url="http://portal.example/no/").update(state="dead", code="404", failures=1)
    found = listing.counts()
    assert (found.home_suspected, found.other_dead, found.own, found.external) == (1, 1, 1, 1)
    assert (found.home_dead, found.other_suspected) == (0, 0)


def test_a_domain_that_changes_alarms_until_a_person_has_looked(
    portal: SiteHome, news: ColumnIndex, site: Foreign
) -> None:
    build.place(linking(f"{site.url}/page"), portal.outlet)
    collecting.collect()

    def watch(days: int) -> OutboundDomain:
        now = build.NOW + timedelta(days=days)
        watching.watch(client=client, clock=lambda: 0.0, sleep=Pauses(), now=now)
        return OutboundDomain.objects.get()

    assert (watch(0).title, watch(0).alarm) == ("演示网站", "")
    assert WatchWord.objects.filter(word="域名出售").exists()
    site.front = "<title>域名出售</title>"
    assert "域名出售" in watch(1).alarm
    alarmed = watch(2)
    assert alarmed.alarmed_at == build.NOW + timedelta(days=1)
    watching.confirm(alarmed, by="shenhe", now=build.NOW)
    assert watch(3).alarm == ""


def test_a_night_goes_from_collecting_to_reporting(portal: SiteHome, news: ColumnIndex) -> None:
    build.place(linking("http://portal.example/nowhere/"), portal.outlet)
    tasks.check_links()
    tasks.check_links()
    assert [(one.url, one.failures) for one in Link.objects.reported()] == [
        ("http://portal.example/nowhere/", 1)
    ]


def test_an_operator_checks_one_link_now(portal: SiteHome, news: ColumnIndex, site: Foreign) -> None:
    build.place(linking(f"{site.url}/status/404"), portal.outlet)
    collecting.collect()
    one = link(f"{site.url}/status/404")
    check_one(one, client=client, clock=lambda: 0.0, sleep=Pauses(), now=build.NOW)
    assert link(one.url).checked_at == build.NOW


# ---- the desk


def somebody(*permissions: str) -> Client:
    user = User.objects.create_user("somebody", password="x")
    for permission in ("wagtailadmin.access_admin", *permissions):
        app, _, codename = permission.partition(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    browser = Client(headers={"host": "hub.example"})
    browser.force_login(user)
    return browser


LINKS = "/admin/inspection/links/"


@pytest.fixture
def broken(portal: SiteHome, news: ColumnIndex) -> Link:
    url = "http://portal.example/nowhere/"
    build.place(linking(url, headline="城中区演示通知"), portal.outlet)
    collecting.collect()
    check(timezone.now())
    return link(url)


def test_the_list_says_what_is_broken_where_it_stands_and_what_to_do(broken: Link) -> None:
    page = somebody().get(LINKS)
    text = soup(page).get_text(" ", strip=True)
    for words in (
        broken.url,
        "确定不可用",
        "页面不存在（HTTP 404）",
        "城中区演示通知",
        "核对网址或恢复该页面",
    ):
        assert words in text
    fix = soup(page).select_one(".i-holders a")
    assert fix is not None
    assert str(fix["href"]).startswith("/admin/desk/items/")


def test_the_list_takes_a_fixed_number_of_queries(
    portal: SiteHome, news: ColumnIndex, django_assert_max_num_queries: build.QueryCount
) -> None:
    for number in range(40):
        build.place(linking(f"http://portal.example/no-{number}/"), portal.outlet)
    collecting.collect()
    Link.objects.filter(url__contains="/no-").update(state="dead", code="404", failures=1)
    browser = somebody()
    browser.get(LINKS)
    with django_assert_max_num_queries(22):
        assert browser.get(LINKS).content.decode().count("确定不可用") > 40


def test_muting_needs_a_reason_and_the_right(broken: Link) -> None:
    address = f"{LINKS}{broken.pk}/mute/"
    operator = somebody("cms.operate_desk")
    assert "请写明忽略的原因" in operator.post(address, follow=True).content.decode()
    operator.post(address, {"reason": "下周上线"})
    assert link(broken.url).muted_by == "somebody"
    page = operator.get(f"{LINKS}{broken.pk}/").content.decode()
    assert "下周上线" in page
    operator.post(f"{LINKS}{broken.pk}/unmute/")
    assert link(broken.url).muted_at is None


def test_who_may_not_operate_looks_only(broken: Link) -> None:
    browser = somebody()
    page = browser.get(f"{LINKS}{broken.pk}/").content.decode()
    assert "立即重新检查" not in page
    for verb in ("mute", "unmute", "check"):
        browser.post(f"{LINKS}{broken.pk}/{verb}/", {"reason": "x"})
    assert link(broken.url).muted_at is None


def test_a_domain_s_alarm_names_the_items_and_is_confirmed(portal: SiteHome, news: ColumnIndex) -> None:
    build.place(linking("http://sold.example/", headline="城中区演示通知"), portal.outlet)
    collecting.collect()
    OutboundDomain.objects.update(alarm="标题改变", alarmed_at=build.NOW, title="新标题")
    browser = somebody("cms.operate_desk")
    text = browser.get(f"{LINKS}domains/").content.decode()
    assert "sold.example" in text
    assert "城中区演示通知" in text
    browser.post(f"{LINKS}domains/{OutboundDomain.objects.get().pk}/confirm/")
    domain = OutboundDomain.objects.get()
    assert (domain.alarm, domain.known_title, domain.confirmed_by) == ("", "新标题", "somebody")


def test_what_nobody_is_shown_any_more_is_forgotten(portal: SiteHome) -> None:
    old = timezone.now() - timedelta(days=90)
    Link.objects.create(digest="a" * 64, url="http://a.example/", is_own=False, is_used=False, checked_at=old)
    Link.objects.create(digest="b" * 64, url="http://b.example/", is_own=False, is_used=True, checked_at=old)
    tasks.forget()
    assert list(Link.objects.values_list("url", flat=True)) == ["http://b.example/"]
