"""嵌入代码: what anybody gets, what only a signed-in person may save, and that the pasted texts do what they say."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.test import Client

from channels.models import Outlet
from sites.embed import builder
from sites.embed.markup import BEGIN, END
from sites.embed.options import Embed, Layout
from sites.embed.snippets import snippets
from sites.feeds.selection import Selection
from sites.models import SavedEmbed, SiteHome
from tests.sites import build
from tests.sites.reading import soup, strange_scripts, words

pytestmark = pytest.mark.django_db
OTHER = {"outlet": "school", "layout": "cards", "count": "4"}


@pytest.fixture
def outlet(portal: SiteHome) -> Outlet:
    found = build.outlet("school", channel="feed", url="http://school.example/")
    build.place(build.edition(headline="停水通知"), found)
    return found


@pytest.fixture
def webmaster() -> Client:
    client = Client(headers={"host": "portal.example"}, enforce_csrf_checks=True)
    client.force_login(User.objects.create_user("webmaster"))
    return client


def codes(response: Any) -> dict[str, str]:
    found = soup(response).select(".code")
    return {str(code.h3.get_text()): code.textarea.get_text() for code in found if code.h3 and code.textarea}


def frame(response: Any) -> str:
    found = soup(response).select_one("iframe")
    assert found is not None
    return str(found["src"])


def save(client: Client, path: str) -> Any:
    """Presses the button, with the token that its form has."""
    token = soup(client.get(path)).select_one("[name=csrfmiddlewaretoken]")
    return client.post(path, {"csrfmiddlewaretoken": str(token["value"]) if token else ""})


def path_of(chosen: dict[str, str]) -> str:
    return "/embed/?" + "&".join(f"{name}={value}" for name, value in chosen.items())


def test_anybody_gets_the_code_of_a_feed_with_the_usual_options(reader: Client, outlet: Outlet) -> None:
    everything, school = reader.get("/embed/"), reader.get("/embed/?outlet=school")
    assert 'src="http://hub.example/embed/by/all.js" async' in codes(everything)["一行代码"]
    assert 'src="http://hub.example/embed/school.js" async' in codes(school)["一行代码"]
    assert frame(school) == "/embed/school.html"
    assert not SavedEmbed.objects.exists()
    assert not school.cookies


def test_the_page_may_frame_its_preview_and_nothing_else(reader: Client, outlet: Outlet) -> None:
    policy = reader.get("/embed/")["Content-Security-Policy"]
    assert "frame-src 'self'" in policy
    assert "script-src 'self'" in policy.split("; ")


def test_a_preview_is_the_frame_itself_and_needs_no_row(reader: Client, outlet: Outlet) -> None:
    page = reader.get(path_of(OTHER))
    preview = reader.get(frame(page))
    assert words(preview, ".tongsheng-list") == "停水通知"
    assert preview["Content-Security-Policy"].endswith("frame-ancestors 'self'")
    assert preview["Cache-Control"] == "no-cache"
    assert not SavedEmbed.objects.exists()


def test_a_stranger_is_told_to_sign_in_and_can_save_nothing(reader: Client, outlet: Outlet) -> None:
    page = reader.get(path_of(OTHER))
    assert codes(page) == {}
    assert "登录后保存" in page.content.decode()
    answer = reader.post(path_of(OTHER))
    assert answer.status_code == 403
    assert "登录后才能保存" in answer.content.decode()
    assert not SavedEmbed.objects.exists()


def test_a_webmaster_saves_once_and_everybody_has_the_code(
    webmaster: Client, reader: Client, outlet: Outlet
) -> None:
    assert save(webmaster, path_of(OTHER)).status_code == 302
    save(webmaster, path_of(OTHER))
    [row] = SavedEmbed.objects.all()
    assert row.chosen() == Embed(selection=Selection(outlet="school"), layout=Layout.CARDS, count=4)
    assert f"/embed/{row.pk}.js" in codes(reader.get(path_of(OTHER)))["一行代码"]
    assert reader.get(f"/embed/{row.pk}.html").status_code == 200


def test_a_save_needs_the_form_it_comes_from(webmaster: Client, outlet: Outlet) -> None:
    assert webmaster.post(path_of(OTHER)).status_code == 403
    assert not SavedEmbed.objects.exists()


def test_nobody_fills_the_table(webmaster: Client, outlet: Outlet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder, "SAVES_AN_HOUR", 2)
    answers = [save(webmaster, path_of({**OTHER, "count": str(n)})).status_code for n in (1, 2, 3)]
    assert answers == [302, 302, 429]
    monkeypatch.setattr(builder, "SAVES_AN_HOUR", 100)
    monkeypatch.setattr(builder, "SAVED_MAX", 2)
    assert save(webmaster, path_of({**OTHER, "count": "4"})).status_code == 429
    assert SavedEmbed.objects.count() == 2


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ({"colour": "#ffff00"}, "这个颜色太浅"),
        ({"frames": "http://a.example/"}, "不是域名"),
        ({"count": "21"}, "20"),
        ({"outlet": "nobody"}, "信息来自"),
        ({"columns": "nothing"}, "栏目"),
        ({"tags": "x" * 51}, "过长"),
    ],
)
def test_what_is_no_choice_is_explained(
    reader: Client, outlet: Outlet, chosen: dict[str, str], sentence: str
) -> None:
    page = reader.get("/embed/", chosen)
    assert page.status_code == 200
    assert sentence in words(page, "form [role=alert]")
    assert soup(page).select("iframe, .code") == []
    assert reader.get("/embed/preview/", chosen).status_code == 404


def test_every_field_has_a_label(reader: Client, outlet: Outlet) -> None:
    page = soup(reader.get("/embed/"))
    for field in page.select("form input:not([type=hidden]), form select"):
        assert field.find_parent("label") or page.select(f"label[for='{field['id']}']"), field
    for text in page.select("textarea"):
        assert page.select(f"#{text['aria-labelledby']}")


def test_a_name_cannot_break_out_of_the_pasted_text(reader: Client, outlet: Outlet) -> None:
    outlet.name = "</textarea><script>alert(1)</script>\"'"
    outlet.save()
    page = reader.get("/embed/?outlet=school")
    assert strange_scripts(page) == []
    pasted = BeautifulSoup(codes(page)["一行代码"] + codes(page)["内嵌框架"], "html.parser")
    assert len(pasted.select("script")) == 1


@pytest.fixture
def hub_at() -> Iterator[Any]:
    """A stand-in that says to PHP what `answer` holds; (status, body)."""

    class Answering(BaseHTTPRequestHandler):
        answer = (200, b"")

        def do_GET(self) -> None:
            status, body = self.answer
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Answering, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.skipif(not shutil.which("php"), reason="needs php")
def test_the_php_text_keeps_the_last_whole_list(settings: Any, hub_at: Any, tmp_path: Path) -> None:
    answering, settings.PUBLIC_URL = hub_at
    usual = Embed(selection=Selection())
    text = {code.key: code.text for code in snippets("by/all", usual, "标题", is_gbk=False)}["php"]
    page = tmp_path / "page.php"
    page.write_text(text.replace("> 300)", "> -1)"))  # asks at every look

    def shown(status: int, body: str) -> str:
        answering.answer = (status, body.encode())
        return subprocess.run(["php", page], capture_output=True, text=True, check=True).stdout

    whole = f"{BEGIN}\n<ul></ul>\n{END}\n"
    assert shown(200, whole) == whole
    assert shown(503, "down") == whole
    assert shown(200, whole[:20]) == whole
    assert shown(200, "<html>portal of the hotel</html>") == whole
    assert shown(410, "") == ""
    assert shown(503, "down") == ""


@pytest.mark.skipif(not shutil.which("curl"), reason="needs curl")
def test_the_ssi_text_keeps_the_last_whole_list(settings: Any, hub_at: Any, tmp_path: Path) -> None:
    answering, settings.PUBLIC_URL = hub_at
    usual = Embed(selection=Selection())
    text = {code.key: code.text for code in snippets("by/all", usual, "标题", is_gbk=True)}["ssi"]
    command = text.splitlines()[0].removeprefix("*/5 * * * * ").replace("/var/www/html", str(tmp_path))

    def kept(status: int, body: str) -> str:
        answering.answer = (status, body.encode("gbk"))
        subprocess.run(["sh", "-c", command], capture_output=True, check=False)
        return (tmp_path / "tongsheng-embed.html").read_text("gbk")

    whole = f"{BEGIN}\n<ul>停水</ul>\n{END}\n"
    assert kept(200, whole) == whole
    assert kept(503, "down") == whole
    assert kept(200, whole[:20]) == whole
