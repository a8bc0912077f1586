"""The public policy: nothing inline, nothing foreign, script for pages only; the admin alone is left out."""

from __future__ import annotations

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from sites.models import ColumnIndex, SiteHome
from tests.sites import build
from tests.sites.reading import soup, strange_scripts

PAGES = ["/", "/news/", "/news/x/", "/sitemap/", "/none/"]


@pytest.fixture
def written(portal: SiteHome, news: ColumnIndex) -> None:
    value = build.edition(slug="x", cover=build.cover(), body=(build.cover(), build.attachment()))
    build.place(value, portal.outlet)


@pytest.mark.parametrize("path", PAGES)
def test_a_public_page_runs_no_foreign_script_and_asks_nobody_else(
    reader: Client, written: None, path: str
) -> None:
    answer = reader.get(path)
    policy = answer["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy.split("; ")
    page = soup(answer)
    assert page.select("style, [style], [onclick], iframe") == strange_scripts(answer) == []
    fetched = [tag["href"] for tag in page.select("link[rel=stylesheet], link[rel=icon]")]
    fetched += [tag["src"] for tag in page.select("[src]")]
    assert fetched
    assert [address for address in fetched if not str(address).startswith("/")] == []


def test_what_is_no_page_runs_no_script(reader: Client, written: None) -> None:
    assert "script-src" not in reader.get("/theme/a8161c.css")["Content-Security-Policy"]


def test_the_admin_keeps_its_own_rules(reader: Client, written: None) -> None:
    assert "Content-Security-Policy" not in reader.get("/admin/login/").headers


@pytest.mark.parametrize("path", PAGES)
def test_a_public_page_has_its_landmarks_and_one_headline(reader: Client, written: None, path: str) -> None:
    page = soup(reader.get(path))
    assert page.html is not None
    assert page.html["lang"] == "zh-CN"
    assert len(page.select("h1")) == 1
    assert [len(page.select(name)) for name in ("body > header", "main", "body > footer")] == [1, 1, 1]
    first = page.select_one("body a")
    assert first is not None
    assert page.select_one(str(first["href"])) == page.main
    labels = [nav.get("aria-label") for nav in page.select("nav")]
    assert len(labels) == len(set(labels))
    assert all(labels)
    assert [image for image in page.select("img") if not image.has_attr("alt")] == []
    ids = [tag["id"] for tag in page.select("[id]")]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", PAGES)
def test_a_public_page_sets_no_cookie_and_is_fresh(reader: Client, written: None, path: str) -> None:
    answer = reader.get(path)
    assert not answer.cookies
    assert answer.get("Vary", "") in {"", "Cookie"}, (
        "the mode is in a cookie, and nothing else of the reader's"
    )
    if answer.status_code == 200:
        assert answer["Cache-Control"] == "no-cache"


def test_the_stylesheet_is_there_and_asks_nobody_else() -> None:
    path = finders.find("sites/site.css")
    assert isinstance(path, str)
    with open(path, encoding="utf-8") as file:
        css = file.read()
    assert "http" not in css
    assert "@import" not in css
    assert "@media print" in css
