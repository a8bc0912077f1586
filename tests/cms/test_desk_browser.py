"""The desk's script in a real browser: the drawer, the pre-flight on sight, the matrix that follows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from channels.models import Placement
from tests.cms.desk import admin, move, place
from tests.factories import make_outlet, make_page, make_rule, sign

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(live_server, browser) -> Iterator[Any]:
    """A function that opens an address of the hub, signed in."""
    cookie = admin(superuser=True).cookies[settings.SESSION_COOKIE_NAME].value
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.clock.install()
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))

    def open_at(path: str) -> Any:
        page.goto(f"{live_server.url}{path}")
        return page

    yield open_at
    context.close()
    assert not failures


def placed(state: str) -> Placement:
    outlet = make_outlet("feed")
    return move(place(outlet, headline="停水通知"), outlet, state, message="终端没有应答")


@pytest.fixture
def asking() -> Placement:
    return placed("asking")


@pytest.fixture
def accepted() -> Placement:
    return placed("accepted")


@pytest.fixture
def signed() -> int:
    make_rule(make_outlet("wechat_mp", name="品质城中"))
    page = make_page(title="标" * 33)
    sign(page)
    return page.pk


def test_a_cell_opens_its_detail_beside_the_matrix_and_a_verb_comes_back_to_it(asking, desk):
    page = desk("/admin/desk/?state=asking")
    page.locator("td.d-bad a.d-open").click()
    drawer = page.locator("dialog.d-drawer")
    drawer.get_by_text("终端没有应答").wait_for()
    drawer.get_by_role("button", name="重试").click()
    page.get_by_text("已要求重试").wait_for()
    assert page.url.endswith("/admin/desk/?state=asking")


def test_the_drawer_closes_and_leaves_the_matrix(asking, desk):
    page = desk("/admin/desk/")
    page.locator("td.d-bad a.d-open").click()
    page.get_by_role("button", name="关闭").click()
    page.locator("dialog.d-drawer").wait_for(state="hidden")
    assert page.locator("td.d-bad").is_visible()


def test_the_preflight_is_fetched_when_its_panel_is_opened(signed, desk):
    page = desk(f"/admin/pages/{signed}/edit/")
    page.locator("[data-side-panel-toggle=outlets]").click()
    page.locator("[data-desk-preflight]").get_by_text("不能投递").first.wait_for()


def test_the_matrix_looks_again_while_something_is_under_way(accepted, desk):
    page = desk("/admin/desk/")
    with page.expect_response(lambda answer: answer.url.endswith("/admin/desk/")):
        page.clock.run_for(6000)


def test_a_matrix_at_rest_is_left_alone(asking, desk):
    page = desk("/admin/desk/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(60_000)
    assert not [url for url in asked if url.endswith("/admin/desk/")]
