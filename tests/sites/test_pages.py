"""Pages before Django: what anonymous readers get from memory, that it is never old, and what stays Django's."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from django.utils import timezone
from wagtail.models import PageViewRestriction, Site

from channels import changes, outbox
from channels.edition import Edition, ItemType, ServiceFacts
from channels.models import Outlet, WithdrawalKind
from sites.models import ColumnIndex, SiteHome, StoredDocument
from sites.serving import pages
from sites.serving.freshness import watch
from sites.serving.pages import Pages
from tests.sites import build
from tests.sites.hub import Hub, environ_of, heard

pytestmark = pytest.mark.django_db
COMMITTED = pytest.mark.django_db(transaction=True)


class PageHub(Hub):
    """The layer before the real Django, which counts how often it is asked."""

    def __init__(self, **options: Any) -> None:
        self.asked: list[dict[str, Any]] = []
        self._handler = WSGIHandler()
        super().__init__(application=self._counted, **options)

    def get(self, path: str = "/", **asked: str) -> Any:  # type: ignore[override]
        return super().get(path, **{"host": "portal.example", **asked})

    def asks(self, path: str, **asked: str) -> bool:
        """Whether this look is Django's work."""
        before = len(self.asked)
        self.get(path, **asked)
        return len(self.asked) > before

    def shows(self, path: str, text: str) -> bool:
        return text.encode() in self.get(path).body

    def misses(self, path: str) -> bool:
        return bool(self.get(path).status == HTTPStatus.GONE)

    def _counted(self, environ: Any, start: Any) -> Any:
        self.asked.append(environ)
        return self._handler(environ, start)


NEXT_MINUTE = pages._next_minute


@pytest.fixture(autouse=True)
def _no_turn_of_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would have a list made anew between two looks of a test."""
    monkeypatch.setattr(pages, "_next_minute", lambda now: now + timedelta(minutes=1))


@pytest.fixture
def hub(portal: SiteHome, news: ColumnIndex, one_connection: None) -> PageHub:
    return PageHub()


def sign(outlet: Outlet, **fields: object) -> Edition:
    value = build.edition(**fields)
    outbox.plan(value, [outbox.Target(outlet_id=outlet.pk, reason="测试")], now=timezone.now())
    return value


def correct(value: Edition, outlet: Outlet, **fields: Any) -> Edition:
    later = replace(value, **fields)
    outbox.plan(later, [outbox.Target(outlet_id=outlet.pk, reason="测试")], now=timezone.now())
    return later


def address(value: Edition) -> str:
    return f"/news/{value.slug}/"


def test_home_list_and_item_are_asked_of_django_once(hub: PageHub, portal: SiteHome) -> None:
    value = sign(portal.outlet)
    for path in ("/", "/news/", address(value), f"/item/{value.content_id}/", "/sitemap/"):
        first, again = hub.get(path), hub.get(path)
        assert first.status in {200, 302}, path
        assert (again.status, again.body, again.headers) == (first.status, first.body, first.headers)
    assert [environ["PATH_INFO"] for environ in hub.asked].count(address(value)) == 1
    assert not any(hub.asks(path) for path in ("/", "/news/", address(value), "/sitemap/"))


def test_the_answer_is_djangos_in_body_and_headers(hub: PageHub, portal: SiteHome, reader: Client) -> None:
    value = sign(portal.outlet)
    ours, django = hub.get(address(value)), reader.get(address(value))
    assert ours.body == django.content
    for name in (
        "Content-Type",
        "Content-Security-Policy",
        "X-Frame-Options",
        "Referrer-Policy",
        "X-Content-Type-Options",
    ):
        assert ours.headers[name] == django.headers[name]
    assert ours.headers["Cache-Control"] == "no-cache"
    assert ours.headers["Vary"] == "Accept-Encoding, Cookie"
    assert not {"Set-Cookie", "Last-Modified", "Access-Control-Allow-Origin"} & set(ours.headers)


def test_a_page_is_sent_once_and_then_only_its_tag(hub: PageHub, portal: SiteHome) -> None:
    sign(portal.outlet)
    first = hub.get("/", accept_encoding="gzip")
    assert gzip.decompress(first.body) == hub.get("/").body
    again = hub.get("/", accept_encoding="gzip", if_none_match=first.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
    head = hub.get("/", method="HEAD")
    assert (head.status, head.body, head.headers["Content-Length"]) == (200, b"", str(len(hub.get("/").body)))


def test_the_tag_is_the_same_in_every_process_and_after_a_start(hub: PageHub, portal: SiteHome) -> None:
    value = sign(portal.outlet)
    other = PageHub()
    for path in ("/", "/news/", address(value)):
        assert other.get(path, if_none_match=hub.get(path).headers["ETag"]).status == 304


Change = Callable[[Edition, SiteHome, ColumnIndex], object]


def _saved(page: Any, **fields: object) -> None:
    for name, value in fields.items():
        setattr(page, name, value)
    page.save()


CHANGES: dict[str, Change] = {
    "correction": lambda value, home, column: correct(value, home.outlet, headline="更正后的标题"),
    "another column": lambda value, home, column: correct(
        value, home.outlet, subjects=build.edition(column="tzgg").subjects
    ),
    "withdrawal": lambda value, home, column: outbox.recall(
        value.content_id, kind=WithdrawalKind.NOTICE, reason="有误", now=timezone.now()
    ),
    "redirect": lambda value, home, column: outbox.recall(
        value.content_id,
        kind=WithdrawalKind.REDIRECT,
        reason="有误",
        now=timezone.now(),
        replacement_url="http://portal.example/news/",
    ),
    "another item": lambda value, home, column: sign(home.outlet, headline="又一条"),
    "colour": lambda value, home, column: _saved(home, colour="#0b5394"),
    "name": lambda value, home, column: _saved(home, full_name="新名称"),
    "footer": lambda value, home, column: _saved(home.unit, name="新主办单位"),
    "column's name": lambda value, home, column: _saved(column, title="改名的栏目"),
    "column's address": lambda value, home, column: _saved(column, slug="moved"),
    "column's choice": lambda value, home, column: _saved(column, columns=[build.column("tzgg", "通知公告")]),
    "column taken down": lambda value, home, column: column.unpublish(),
    "column deleted": lambda value, home, column: column.delete(),
    "a further column": lambda value, home, column: build.column_page(home, "tzgg", slug="tz", title="通知"),
    "column behind a password": lambda value, home, column: PageViewRestriction.objects.create(
        page=column, restriction_type="login"
    ),
    "an office": lambda value, home, column: build.site("office", parent=home),
    "another host": lambda value, home, column: _saved(Site.objects.get(), hostname="new.example"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_after_any_change_the_next_look_is_what_django_says_now(
    hub: PageHub, portal: SiteHome, news: ColumnIndex, reader: Client, change: str
) -> None:
    value = sign(portal.outlet)
    paths = ("/", "/news/", address(value), f"/item/{value.content_id}/", "/sitemap/")
    before = {path: hub.get(path).body for path in paths}
    assert not hub.asks(address(value))
    CHANGES[change](value, portal, news)
    now = {path: hub.get(path) for path in paths}
    for path in paths:
        django = reader.get(path)
        assert (now[path].status, now[path].body) == (django.status_code, django.content), path
    assert any((now[path].status, now[path].body) != (200, before[path]) for path in paths), (
        "it changed nothing"
    )


@COMMITTED
def test_two_processes_never_show_what_is_no_more(
    portal: SiteHome, news: ColumnIndex, one_connection: None
) -> None:
    hubs = [PageHub(watching=watch()) for _ in range(2)]
    try:
        value = sign(portal.outlet)
        for number in range(5):
            value = correct(value, portal.outlet, headline=f"第{number}次更正")
            for hub in hubs:
                for path in (address(value), "/"):
                    heard(partial(hub.shows, path, value.headline), f"{value.headline} at {path}")
        outbox.recall(value.content_id, kind=WithdrawalKind.GONE, reason="有误", now=timezone.now())
        for hub in hubs:
            heard(partial(hub.misses, address(value)), "it is gone")
    finally:
        for hub in hubs:
            hub.watch.close()


@COMMITTED
def test_nothing_is_asked_of_the_database_while_nothing_changes(
    portal: SiteHome, news: ColumnIndex, one_connection: None
) -> None:
    hub = PageHub(watching=watch())
    value = sign(portal.outlet)
    paths = ("/", "/news/", address(value))
    for path in paths * 2:
        hub.get(path)
    heard(lambda: hub.asks_nothing(*paths), "pages that ask nothing of the database")
    hub.watch.close()


def test_a_change_elsewhere_costs_an_items_page_one_statement(
    hub: PageHub, portal: SiteHome, django_assert_num_queries: build.QueryCount
) -> None:
    value = sign(portal.outlet)
    hub.get(address(value))
    sign(portal.outlet)
    stamp, now = changes.stamp(), timezone.now()
    (wanted,) = hub.pages.memory._held
    with django_assert_num_queries(1):
        assert hub.pages.renewed(wanted, stamp, now) is not None
    assert not hub.asks(address(value))


def test_a_type_whose_page_may_name_other_items_is_made_anew(
    hub: PageHub, portal: SiteHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sites.items.item.STANDALONE", {ItemType.NEWS})
    value = sign(portal.outlet, type=ItemType.NOTICE)
    hub.get(address(value))
    assert not hub.asks(address(value))
    sign(portal.outlet)
    assert hub.asks(address(value))


def test_an_item_shows_at_its_very_end_that_it_is_over(hub: PageHub, portal: SiteHome) -> None:
    end = timezone.now() + timedelta(seconds=20)
    value = sign(
        portal.outlet, type=ItemType.SERVICE_NOTICE, service=ServiceFacts(area="城中区", deadline=end)
    )
    assert "进行中".encode() in hub.get(address(value)).body
    (wanted,) = hub.pages.memory._held
    stamp = changes.stamp()
    assert hub.pages.fresh(wanted, stamp, end - timedelta(microseconds=1)) is not None
    assert hub.pages.fresh(wanted, stamp, end) is None
    assert hub.pages.renewed(wanted, stamp, end) is None


def test_a_list_is_made_anew_at_every_turn_of_the_minute(
    hub: PageHub, portal: SiteHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "_next_minute", NEXT_MINUTE)
    asked = timezone.now()
    hub.get("/news/")
    (page,) = hub.pages.memory._held.values()
    assert (page.until.second, page.until.microsecond) == (0, 0)
    assert asked < page.until <= timezone.now() + timedelta(minutes=1)


def test_the_elder_mode_is_a_page_of_its_own_that_cookies_cannot_mix_up(hub: PageHub) -> None:
    hub.get("/")
    assert hub.asks("/", cookie="mode=elder")
    assert not hub.asks("/", cookie="a=b; mode=elder")
    assert not hub.asks("/", cookie="mode=anything; tracker=1")
    assert [environ["HTTP_COOKIE"] for environ in hub.asked] == ["mode=standard", "mode=elder"]


@pytest.mark.parametrize(
    "asked",
    [
        {"cookie": "sessionid=abc"},
        {"cookie": "mode=elder; sessionid=abc"},
        {"cookie": "view=large"},
        {"authorization": "Bearer something"},
        {"query": "utm=1"},
        {"query": "mode=elder"},
        {"query": "before=1.2"},
        {"query": "before=00.2.3"},
        {"query": "before=0.2.3&before=0.2.3"},
        {"query": "before=0.2.%33"},
        {"method": "POST"},
    ],
)
def test_what_may_be_about_one_reader_or_is_no_pages_address_is_djangos_as_it_came(
    hub: PageHub, asked: dict[str, str]
) -> None:
    hub.get("/")
    assert hub.asks("/", **asked)
    assert hub.asked[-1].get("HTTP_COOKIE", "") == asked.get("cookie", "")
    assert len(hub.pages.memory) == 1


def test_a_page_never_holds_what_its_first_reader_sent(hub: PageHub) -> None:
    hub.get(
        "/",
        user_agent="first",
        x_forwarded_for="1.2.3.4",
        cookie="tracker=1; csrftoken=x",
        referer="http://x/",
    )
    (environ,) = hub.asked
    assert {name for name in environ if name.startswith("HTTP_")} == {"HTTP_HOST", "HTTP_COOKIE"}
    assert environ["HTTP_COOKIE"] == "mode=standard"


def test_an_editors_session_and_preview_are_never_kept(
    hub: PageHub, portal: SiteHome, news: ColumnIndex, admin_client: Client
) -> None:
    value = sign(portal.outlet)
    session = admin_client.cookies["sessionid"].value
    draft = news.get_latest_revision_as_object()
    draft.title = "尚未发布的栏目名"
    revision = draft.save_revision()
    for path in ("/", "/news/", address(value), f"/admin/pages/{news.pk}/revisions/{revision.pk}/view/"):
        assert hub.get(path, cookie=f"sessionid={session}").status == 200
    assert len(hub.pages.memory) == 0
    assert "尚未发布的栏目名".encode() not in hub.get("/news/").body


@pytest.mark.parametrize(
    "path", ["/nowhere/", "/news/nothing/", "/news", "/find/", "/feeds/", "/admin/", "/robots.txt"]
)
def test_what_is_no_page_or_not_found_is_passed_on_and_not_kept(hub: PageHub, path: str) -> None:
    assert hub.asks(path)
    assert hub.asks(path)
    assert len(hub.pages.memory) == 0


def test_a_withdrawn_item_answers_410_and_leaves_the_memory(hub: PageHub, portal: SiteHome) -> None:
    value = sign(portal.outlet)
    hub.get(address(value))
    outbox.recall(value.content_id, kind=WithdrawalKind.NOTICE, reason="有误", now=timezone.now())
    assert hub.get(address(value)).status == 410
    assert len(hub.pages.memory) == 0


def test_an_answer_with_a_cookie_is_made_for_the_one_who_asked(hub: PageHub) -> None:
    def setting(environ: Any, start: Any) -> list[bytes]:
        environ["tongsheng.offer"].is_made = True
        start("200 OK", [("Content-Type", "text/html"), ("Set-Cookie", "csrftoken=1")])
        return [environ["HTTP_COOKIE"].encode()]

    personal = Hub(
        application=lambda environ, start: (
            setting(environ, start) if "tongsheng.offer" in environ else Hub._django(hub, environ, start)
        )
    )
    assert personal.get("/", cookie="csrftoken=mine").is_django
    assert len(personal.pages.memory) == 0


def test_ten_thousand_addresses_fill_neither_memory_nor_table(hub: PageHub, portal: SiteHome) -> None:
    value = sign(portal.outlet)
    hub.pages = hub.layer._pages = Pages(bytes_max=60_000)
    hub.get(address(value))
    for number in range(1, 25):
        hub.get("/news/", query=f"before=0.{number}.7")
        hub.get(address(value))  # somebody reads it all the while
    assert hub.pages.memory.bytes <= 60_000
    assert 1 < len(hub.pages.memory) < 25
    assert not hub.asks(address(value)), "what is read was pushed out by what is not"
    assert not StoredDocument.objects.exists()


def test_plain_http_is_left_to_djangos_redirect_where_https_is_the_rule(hub: PageHub, settings: Any) -> None:
    hub.get("/")
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert hub.asks("/")
    assert hub.get("/", x_forwarded_proto="https").status == 200
    assert not hub.asks("/", x_forwarded_proto="https")


class Told:
    """A watch that says what it is told: another thread does not see what the test's transaction has done."""

    def __init__(self) -> None:
        self.now = changes.stamp()

    def stamp(self) -> changes.Stamp:
        return self.now

    def close(self) -> None:
        pass


def test_who_waits_for_a_page_that_is_being_made_gets_that_one(
    portal: SiteHome, news: ColumnIndex, one_connection: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, waits = Told(), threading.Event()
    hub = PageHub(watching=told)
    hub.get("/")
    sign(portal.outlet, headline="新签发的信息")
    told.now = changes.stamp()
    memory, [wanted] = hub.pages.memory, list(hub.pages.memory._held)
    making = memory.making

    def noticed(key: Any) -> Any:
        waits.set()
        return making(key)

    answers: list[Any] = []
    reader = threading.Thread(target=lambda: answers.append(hub.get("/")))
    with making(wanted):
        monkeypatch.setattr(memory, "making", noticed)
        reader.start()
        assert waits.wait(30), "nobody waits where a page is being made"
        hub.layer._asked(wanted, environ_of("/", host="portal.example"), told.now, timezone.now())
        made = len(hub.asked)
    reader.join(30)
    assert "新签发的信息" in answers[0].body.decode()
    assert len(hub.asked) == made == 2
