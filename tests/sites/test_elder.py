"""长辈版 and the view of a reader without script: cookies, the way back, and what a page is told."""

from __future__ import annotations

import pytest
from django.test import Client

from sites.models import ColumnIndex, SiteHome
from sites.modes import Mode, Size, Theme, View, mode_of_cookies, view_of_cookies
from tests.sites.reading import soup


def html_class(reader: Client, path: str = "/") -> list[str]:
    html = soup(reader.get(path)).html
    assert html is not None
    return list(html.get("class") or [])


def test_elder_mode_is_set_by_the_address_and_left_the_same_way(reader: Client, news: ColumnIndex) -> None:
    answer = reader.get("/news/?mode=elder")
    assert (answer.status_code, answer["Location"]) == (302, "/news/")
    assert answer["Cache-Control"] == "no-store"
    assert html_class(reader, "/news/") == ["elder"]
    assert html_class(reader, "/none/") == ["elder"]
    reader.get("/?mode=standard")
    assert html_class(reader) == []


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ("/find/?q=%E5%81%9C%E6%B0%B4&mode=elder&page=2", "/find/?q=%E5%81%9C%E6%B0%B4&page=2"),
        ("/find/?mode=elder&q=mode=elder", "/find/?q=mode=elder"),
        ("//evil.example/?mode=elder", "/%2Fevil.example/"),
        ("/\\evil.example/?mode=elder", "/%5Cevil.example/"),
    ],
)
def test_the_way_back_keeps_the_rest_and_stays_on_the_host(
    reader: Client, portal: SiteHome, asked: str, left: str
) -> None:
    path, _, query = asked.partition("?")
    answer = reader.generic("GET", path, QUERY_STRING=query, PATH_INFO=path)
    assert (answer.status_code, answer["Location"]) == (302, left)


@pytest.mark.parametrize("query", ["mode=dark", "mode=", "modes=elder", "q=mode%3Delder"])
def test_what_is_no_mode_is_left_alone(reader: Client, portal: SiteHome, query: str) -> None:
    assert reader.get(f"/?{query}").status_code == 200


def test_the_desk_keeps_its_own_modes(reader: Client, portal: SiteHome) -> None:
    answer = reader.get("/admin/login/?mode=elder")
    assert answer.status_code == 200
    assert "mode" not in answer.cookies


@pytest.mark.parametrize(
    ("header", "mode"),
    [
        ("", Mode.STANDARD),
        ("mode=elder", Mode.ELDER),
        ("sessionid=x; mode=elder; a=b", Mode.ELDER),
        ('a=b;mode="elder"', Mode.ELDER),
        ("mode=standard", Mode.STANDARD),
        ("darkmode=elder", Mode.STANDARD),
        ("a=mode=elder", Mode.STANDARD),
        ("mode=elderly", Mode.STANDARD),
    ],
)
def test_the_mode_is_told_from_the_bare_header(header: str, mode: Mode) -> None:
    assert mode_of_cookies(header) is mode


@pytest.mark.parametrize(
    ("header", "view"),
    [
        ("", View()),
        ("view=large.yellow", View(Size.LARGE, Theme.YELLOW_ON_BLACK)),
        ("mode=elder; view=.dark", View(theme=Theme.WHITE_ON_BLACK)),
        ("view=huge.yellow", View()),
        ("view=large.<script>", View()),
    ],
)
def test_the_view_is_told_from_the_bare_header(header: str, view: View) -> None:
    assert view_of_cookies(header) == view
    assert View.parse(str(view)) == view


def test_a_reader_without_script_chooses_by_a_form(reader: Client, news: ColumnIndex) -> None:
    page = soup(reader.get("/view/?from=/news/"))
    chosen = {"size": "larger", "theme": "yellow"}
    for name, value in chosen.items():
        assert page.select_one(f"input[type=radio][name={name}][value={value}]") is not None
    back = page.select_one("input[name=from]")
    assert back is not None
    answer = reader.post("/view/", {**chosen, "from": back["value"]})
    assert (answer.status_code, answer["Location"]) == (303, "/news/")
    assert html_class(reader, "/news/") == ["size-larger", "theme-yellow"]
    reader.post("/view/", {"size": "large", "from": "/news/"})
    assert html_class(reader, "/news/") == ["size-large", "theme-yellow"]
    reader.post("/view/", {"size": "", "theme": ""})
    assert html_class(reader, "/news/") == []


@pytest.mark.parametrize(
    "asked", ["//evil.example/", "https://evil.example/", "/\\evil.example", "news/", ""]
)
def test_the_form_leads_back_to_this_host_only(reader: Client, portal: SiteHome, asked: str) -> None:
    assert reader.post("/view/", {"size": "large", "from": asked})["Location"] == "/"


def test_the_ways_of_reading_come_first_on_every_page(reader: Client, news: ColumnIndex) -> None:
    for path in ("/", "/news/", "/find/", "/none/", "/sitemap/", "/view/"):
        links = [str(link.text) for link in soup(reader.get(path)).select("body a")]
        assert links[:3] == ["跳到正文", "长辈版", "无障碍浏览"], path
