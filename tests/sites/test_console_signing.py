"""The way into the console: invited once, a password of one's own, and no door but this one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from channels.models import Outlet
from channels.pulling import webmasters
from channels.pulling.models import Membership
from sites.console import limits
from tests.factories import make_user
from tests.sites import build, console

pytestmark = pytest.mark.django_db
ACCEPT = {
    "username": "jinglan.wang",
    "person": "张三",
    "password": console.PASSWORD,
    "again": console.PASSWORD,
}


@pytest.fixture
def office() -> Outlet:
    return build.outlet("jinglan", channel="feed")


@pytest.fixture
def stranger() -> Client:
    return Client(headers={"host": "hub.example"})


def link(office: Outlet, *, days: int = 0, user: User | None = None) -> str:
    at = timezone.now() - timedelta(days=days)
    _, token = webmasters.invite(office, person="张三", by="admin", now=at, user=user)
    return f"/console/invitation/{token}/"


def sign_in(client: Client, password: str = console.PASSWORD, name: str = "jinglan", **more: str):  # type: ignore[no-untyped-def]
    return client.post("/console/login/", {"username": name, "password": password, **more})


def test_an_invitation_makes_an_account_that_looks_after_one_outlet(office: Outlet, stranger: Client) -> None:
    other = build.outlet("hedong", channel="feed")
    address = link(office)
    assert "张三" in stranger.get(address).content.decode()
    assert stranger.post(address, ACCEPT).headers["Location"] == "/console/jinglan/"
    assert stranger.get("/console/jinglan/").status_code == 200
    assert stranger.get(f"/console/{other.slug}/").status_code == 404
    user = User.objects.get()
    assert not user.get_all_permissions()
    assert not user.is_staff
    assert stranger.get("/admin/").status_code == 302, "no webmaster sees the desk"


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"again": "something else"}, "不一致"),
        ({"password": "123", "again": "123"}, "太短"),
        ({"username": "Jinglan"}, "小写字母"),
        ({"username": "taken"}, "已有人使用"),
    ],
)
def test_a_bad_answer_to_an_invitation_leaves_it_open(
    office: Outlet, stranger: Client, change: dict[str, str], word: str
) -> None:
    make_user("taken")
    address = link(office)
    answer = stranger.post(address, {**ACCEPT, **change})
    assert word in answer.content.decode()
    assert not Membership.objects.exists()
    assert stranger.post(address, ACCEPT).status_code == 302


def test_an_invitation_that_is_over_says_so(office: Outlet, stranger: Client) -> None:
    answer = stranger.get(link(office, days=7))
    assert (answer.status_code, "已失效" in answer.content.decode()) == (410, True)
    address = link(office)
    stranger.post(address, ACCEPT)
    assert "已经使用过" in Client().post(address, {**ACCEPT, "username": "second"}).content.decode()
    assert User.objects.count() == 1


def test_a_webmaster_takes_over_another_outlet_with_one_click(office: Outlet) -> None:
    client = console.browser(build.outlet("hedong", channel="feed"))
    answer = client.post(link(office))
    assert answer.headers["Location"] == "/console/jinglan/"
    assert User.objects.count() == 1


def test_a_forgotten_password_is_set_anew_by_a_link(office: Outlet, stranger: Client) -> None:
    user = console.person("jinglan", office)
    address = link(office, user=user)
    stranger.post(address, {"password": "another long one", "again": "another long one"})
    assert sign_in(Client(), "another long one").status_code == 302
    assert User.objects.count() == 1


def test_signing_in_and_out(office: Outlet, stranger: Client) -> None:
    console.person("jinglan", office)
    asked = stranger.get("/console/jinglan/keys/")
    assert asked.headers["Location"] == "/console/login/?next=%2Fconsole%2Fjinglan%2Fkeys%2F"
    assert sign_in(stranger, next="/console/jinglan/keys/").headers["Location"] == "/console/jinglan/keys/"
    stranger.post("/console/logout/")
    assert stranger.get("/console/").headers["Location"].startswith("/console/login/")


@pytest.mark.parametrize("away", ["https://evil.example/console/", "//evil.example", "/admin/"])
def test_signing_in_leads_nowhere_else(office: Outlet, stranger: Client, away: str) -> None:
    console.person("jinglan", office)
    assert sign_in(stranger, next=away).headers["Location"] == "/console/"


def test_guessing_a_password_ends(office: Outlet, stranger: Client) -> None:
    console.person("jinglan", office)
    for _ in range(limits.SIGN_IN["pair"]):
        assert "不正确" in sign_in(stranger, "wrong").content.decode()
    answer = sign_in(stranger)
    assert (answer.status_code, "10 分钟" in answer.content.decode()) == (429, True)


def test_a_stranger_cannot_shut_a_webmaster_out(office: Outlet) -> None:
    console.person("jinglan", office)
    there = Client(headers={"host": "hub.example", "x-forwarded-for": "10.0.0.1, 198.51.100.7"})
    for _ in range(limits.SIGN_IN["pair"]):
        sign_in(there, "wrong")
    assert sign_in(there).status_code == 429
    here = Client(headers={"host": "hub.example", "x-forwarded-for": "198.51.100.7, 10.0.0.1"})
    assert sign_in(here).status_code == 302, "the last word is our own proxy's"


@pytest.mark.parametrize("what", ["name", "place"])
def test_a_slow_search_ends_as_well(office: Outlet, stranger: Client, what: str) -> None:
    console.person("jinglan", office)
    for number in range(limits.SIGN_IN[what]):
        where = Client(headers={"x-forwarded-for": f"10.0.0.{number}"}) if what == "name" else stranger
        sign_in(where, "wrong", name="jinglan" if what == "name" else f"n{number}")
    assert sign_in(stranger).status_code == 429


def test_somebody_of_the_desk_is_no_webmaster(stranger: Client) -> None:
    stranger.force_login(make_user(superuser=True))
    answer = stranger.get("/console/")
    assert (answer.status_code, "没有负责的终端" in answer.content.decode()) == (403, True)
