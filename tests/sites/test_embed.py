"""Embeds: what every form says, that it stays small and harmless, and that a withdrawal reaches it."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from channels import outbox
from channels.models import Outlet, WithdrawalKind
from sites.embed import addresses
from sites.embed.forms import BYTES_MAX, FORMS
from sites.embed.options import CHARS_MAX, COUNT_MAX, Embed, Layout
from sites.feeds.selection import Selection
from sites.models import SavedEmbed, SiteHome, StoredDocument
from tests.sites import build
from tests.sites.test_serving import Hub

pytestmark = pytest.mark.django_db
EVERY = pytest.mark.parametrize("form", FORMS)
MARKUP = ("html", "inc.html", "inc.gbk.html")
HOSTILE = "囍😀\u202e\u2028</script><script>alert(1)</script>]]>'\"&<img src=x onerror=alert(2)>"


@pytest.fixture
def outlet(portal: SiteHome) -> Outlet:
    return build.outlet("school", channel="feed", url="http://school.example/")


@pytest.fixture
def hub(outlet: Outlet) -> Hub:
    return Hub()


def sign(outlet: Outlet, **fields: object) -> Any:
    value = build.edition(**fields)
    outbox.plan(value, [outbox.Target(outlet_id=outlet.pk, reason="测试")], now=timezone.now())
    return value


def saved(**options: Any) -> Embed:
    embed = Embed(**{"selection": Selection(outlet="school"), **options})
    SavedEmbed.objects.create(key=embed.key, options=embed.to_json(), made_at=timezone.now())
    return embed


def read(hub: Hub, name: str, form: str) -> str:
    answer = hub.get(f"/embed/{name}.{form}")
    assert answer.status == 200
    assert not answer.is_django
    return answer.body.decode("gbk" if "gbk" in form else "utf-8")


def listed(hub: Hub, name: str, form: str) -> list[tuple[str, str]]:
    """(title, address) of every item, as a browser or a program would take them from this form."""
    text = read(hub, name, form)
    if form in MARKUP:
        found = BeautifulSoup(text, "html.parser").select("li a")
        return [(link.get_text(), str(link["href"])) for link in found]
    data = said(text, form)
    return [(item["title"], urljoin(data.get("base", ""), item["url"])) for item in data["items"]]


def said(text: str, form: str) -> Any:
    """The data of a form that is a program or JSON."""
    data, _ = json.JSONDecoder().raw_decode(text[text.rindex('{"name"') :])
    return data


@EVERY
def test_every_form_lists_the_newest_first(hub: Hub, outlet: Outlet, form: str) -> None:
    old = sign(outlet, headline="较早", first_created=build.NOW)
    new = sign(outlet, headline="较新", first_created=build.NOW + timedelta(hours=1))
    sign(build.outlet("other", channel="feed"), headline="别处")
    sign(
        outlet,
        headline="较早（更正）",
        uri=old.uri,
        slug=old.slug,
        first_created=build.NOW,
    )
    assert [title for title, _ in listed(hub, "school", form)] == ["较新", "较早（更正）"]
    assert listed(hub, "school", form)[0][1] == new.canonical_url


@EVERY
def test_a_withdrawn_item_leaves_every_form(hub: Hub, outlet: Outlet, form: str) -> None:
    lost = sign(outlet, headline="误发")
    sign(outlet, headline="仍在")
    read(hub, "school", form)
    outbox.recall(lost.content_id, kind=WithdrawalKind.GONE, reason="有误", now=timezone.now())
    assert [title for title, _ in listed(hub, "school", form)] == ["仍在"]


@EVERY
def test_no_title_breaks_out(hub: Hub, outlet: Outlet, form: str) -> None:
    sign(outlet, headline=HOSTILE)
    outlet.name = HOSTILE
    outlet.save()
    name = saved(title_chars=60).key
    text = read(hub, name, form)
    assert "<script>alert" not in text
    assert "]]>" not in text
    if form in MARKUP:
        page = BeautifulSoup(text, "html.parser")
        assert page.select("script, [onerror], img") == []
    else:
        assert not set("<>&") & set(text.partition('{"name"')[2].removesuffix(");\n"))
    [(title, _)] = listed(hub, name, form)
    assert title.startswith("囍😀 </script><script>alert(1)</script>]]>'\"&<img")


@EVERY
@pytest.mark.parametrize("layout", list(Layout))
def test_no_content_makes_a_document_large(hub: Hub, outlet: Outlet, form: str, layout: Layout) -> None:
    wide = "😀" * 200
    cover = build.cover()
    for n in range(COUNT_MAX):
        long_url = f"http://portal.example/{n}/" + "路" * 400
        sign(outlet, headline=f"{n}{wide}", canonical_url=long_url, cover=cover)
    outlet.name = wide[:100]
    outlet.save()
    name = saved(
        count=COUNT_MAX, title_chars=CHARS_MAX, layout=layout, new_window=True,
        frames=tuple(f"www{n}.{'x' * 60}.example" for n in range(10)),
    ).key  # fmt: skip
    answer = hub.get(f"/embed/{name}.{form}")
    assert len(answer.body) <= BYTES_MAX
    assert len(listed(hub, name, form)) == COUNT_MAX


@pytest.mark.parametrize("form", ["js", "fresh.js", "json", "jsonp"])
def test_programs_are_ascii_and_say_so(hub: Hub, outlet: Outlet, form: str) -> None:
    sign(outlet, headline="城中区要闻 囍😀")
    answer = hub.get(f"/embed/school.{form}")
    assert answer.body.isascii()
    kind = "json" if form == "json" else "javascript"
    assert answer.headers["Content-Type"] == f"application/{kind}; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_gbk_fragment_keeps_what_gbk_cannot_write(hub: Hub, outlet: Outlet) -> None:
    sign(outlet, headline="囍 😀 ①")
    answer = hub.get("/embed/school.inc.gbk.html")
    assert answer.headers["Content-Type"] == "text/html; charset=gbk"
    assert "囍 &#128512; ①" in answer.body.decode("gbk")


@pytest.mark.skipif(not shutil.which("node"), reason="needs node")
def test_the_program_is_es5_and_stores_nothing(hub: Hub, outlet: Outlet) -> None:
    text = read(hub, "school", "js")
    program = text.partition('{"name"')[0]
    for word in (
        "=>",
        "let ",
        "const ",
        "`",
        "eval",
        "innerHTML",
        "document.write",
        "localStorage",
        "cookie",
    ):
        assert word not in program, word
    done = subprocess.run(["node", "--check", "-"], input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_list_can_be_read_without_eyes(hub: Hub, outlet: Outlet) -> None:
    sign(outlet, headline="停水通知")
    page = BeautifulSoup(read(hub, "school", "inc.html"), "html.parser")
    assert page.select_one("h3.tongsheng-title") is not None
    listing = page.select_one("ul[role=list][aria-label]")
    assert listing is not None
    moment = listing.select_one("li > time[datetime]")
    assert moment is not None
    assert moment.get_text() == moment["datetime"] == "2026-11-20"
    assert [link.get("target") for link in page.select("a")] == [None, None]


def test_a_new_window_is_announced_and_cannot_reach_back(hub: Hub, outlet: Outlet) -> None:
    sign(outlet)
    name = saved(new_window=True, heading=0).key
    page = BeautifulSoup(read(hub, name, "inc.html"), "html.parser")
    assert "以下链接在新窗口打开" in page.get_text()
    assert [(link["target"], link["rel"]) for link in page.select("a")] == [("_blank", ["noopener"])]


def test_links_in_a_frame_leave_the_frame(hub: Hub, outlet: Outlet) -> None:
    sign(outlet)
    page = BeautifulSoup(read(hub, "school", "html"), "html.parser")
    assert {link["target"] for link in page.select("a")} == {"_top"}


def test_cards_have_pictures_that_repeat_nothing(hub: Hub, outlet: Outlet) -> None:
    sign(outlet, cover=build.cover())
    sign(outlet)
    name = saved(layout=Layout.CARDS).key
    page = BeautifulSoup(read(hub, name, "html"), "html.parser")
    [image] = page.select("li a img")
    assert image["alt"] == ""
    assert str(image["src"]).startswith("http://hub.example/assets/")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "", "http://portal.example/" + "x" * 300])
def test_an_address_that_no_page_should_hold_becomes_the_permanent_one(
    hub: Hub, outlet: Outlet, url: str
) -> None:
    value = sign(outlet, canonical_url=url)
    assert listed(hub, "school", "json") == [(value.headline, f"http://hub.example/i/{value.content_id}/")]


def test_a_frame_has_a_policy_of_its_own(hub: Hub, outlet: Outlet) -> None:
    sign(outlet)
    policy = hub.get("/embed/school.html").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert policy.endswith("frame-ancestors http: https:")
    name = saved(frames=("www.school.example", "*.gov.example:8080")).key
    policy = hub.get(f"/embed/{name}.html").headers["Content-Security-Policy"]
    assert policy.endswith(
        "frame-ancestors 'self' http://*.gov.example:8080 https://*.gov.example:8080"
        " http://www.school.example https://www.school.example"
    )


@EVERY
def test_an_unchanged_document_is_not_sent_again(hub: Hub, outlet: Outlet, form: str) -> None:
    sign(outlet)
    first = hub.get(f"/embed/school.{form}", accept_encoding="br")
    assert first.headers["Content-Encoding"] == "br"
    again = hub.get(f"/embed/school.{form}", if_none_match=first.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    sign(build.outlet("other", channel="feed"))
    assert (
        hub.get(f"/embed/school.{form}").headers["ETag"] == hub.get(f"/embed/school.{form}").headers["ETag"]
    )
    sign(outlet)
    assert hub.get(f"/embed/school.{form}", if_none_match=first.headers["ETag"]).status == 200


def test_the_script_is_kept_and_what_it_asks_for_is_not(hub: Hub, outlet: Outlet) -> None:
    held = {form: hub.get(f"/embed/school.{form}").headers["Cache-Control"] for form in FORMS}
    assert "max-age=86400" in held["js"]
    assert "stale-if-error=604800" in held["js"]
    assert held["fresh.js"] == held["json"] == "public, no-cache"


@EVERY
def test_django_answers_the_same_and_lets_frames_be(
    reader: Client, hub: Hub, outlet: Outlet, form: str
) -> None:
    sign(outlet)
    layer = hub.get(f"/embed/school.{form}")
    answer = reader.get(f"/embed/school.{form}?v=1")
    assert answer.content == layer.body
    for name in ("ETag", "Cache-Control", "Content-Type", "X-Content-Type-Options"):
        assert answer[name] == layer.headers[name]
    if form in MARKUP:
        assert answer["Content-Security-Policy"] == layer.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer
    assert not answer.cookies


@pytest.mark.parametrize("callback", ["f", "jQuery1_2", "a.b.$c"])
def test_jsonp_calls_what_it_is_told_to(reader: Client, outlet: Outlet, callback: str) -> None:
    sign(outlet)
    answer = reader.get("/embed/school.jsonp", {"callback": callback})
    assert answer.content.startswith(f"/**/{callback}({{".encode())
    assert answer["Content-Type"] == "application/javascript; charset=utf-8"
    assert not StoredDocument.objects.exists()


@pytest.mark.parametrize("callback", ["1f", "a(b)", "a;b", "f\n", "x" * 65, "名", "a b", "<script>"])
def test_jsonp_calls_nothing_but_a_name(reader: Client, outlet: Outlet, callback: str) -> None:
    assert reader.get("/embed/school.jsonp", {"callback": callback}).status_code == 400


def test_jsonp_has_a_fixed_name_of_its_own(hub: Hub, outlet: Outlet) -> None:
    assert read(hub, "school", "jsonp").startswith("/**/window.tongshengEmbed&&tongshengEmbed({")


@pytest.mark.parametrize("name", ["nobody", "0123456789abcdef", "by/colour/red", "a/b/c/d"])
def test_there_is_nothing_at_other_names(reader: Client, hub: Hub, outlet: Outlet, name: str) -> None:
    assert hub.get(f"/embed/{name}.js").is_django
    assert reader.get(f"/embed/{name}.js").status_code == 404
    assert reader.get("/embed/school.exe").status_code == 404


def test_the_list_of_a_retired_outlet_leaves_the_pages(reader: Client, hub: Hub, outlet: Outlet) -> None:
    sign(outlet, headline="旧闻")
    outlet.retired_at = timezone.now()
    outlet.save()
    assert hub.get("/embed/school.js").is_django
    fresh = reader.get("/embed/school.fresh.js")
    assert (fresh.status_code, said(fresh.content.decode(), "fresh.js")) == (
        200, {"name": "school", "closed": True},
    )  # fmt: skip
    assert "旧闻" not in reader.get("/embed/school.js").content.decode()
    for form in ("json", "html", "inc.html"):
        assert reader.get(f"/embed/school.{form}").status_code == 410


def test_ten_thousand_addresses_leave_no_more_than_the_documents_there_are(hub: Hub, outlet: Outlet) -> None:
    sign(outlet)
    for n in range(200):
        assert hub.get("/embed/school.js", query=f"n={n}").is_django
        assert hub.get(f"/embed/by/column/x{n}+ywdt.js").status == 200
        assert hub.get(f"/embed/by/tag/{n}.js").status == 200
    assert StoredDocument.objects.count() == 0
    read(hub, "school", "js")
    read(hub, "by/column/ywdt", "js")
    assert StoredDocument.objects.count() == 2


def test_the_same_options_are_the_same_key_and_others_another() -> None:
    one = Embed(selection=Selection(columns=("a", "b")), colour="#B5121B", frames=("B.example", "a.example"))
    same = Embed(
        selection=Selection(columns=("b", "a", "a"), size=3), frames=("a.example", "b.example", "a.example")
    )
    assert (one, one.key) == (same, same.key)
    assert Embed.from_json(one.to_json()) == one
    others = [
        replace(one, count=9), replace(one, layout=Layout.PLAIN), replace(one, heading=0),
        replace(one, colour="#000000"), replace(one, title_chars=20), replace(one, new_window=True),
        replace(one, frames=()), replace(one, selection=Selection()),
    ]  # fmt: skip
    assert len({embed.key for embed in (one, *others)}) == 9


def test_a_saved_embed_says_every_option() -> None:
    """Another default must not change the meaning of an address."""
    plain = Embed(selection=Selection()).to_json()
    assert set(plain) == set(Embed.__dataclass_fields__)


@pytest.mark.parametrize(
    "options",
    [
        {"count": 0},
        {"count": 21},
        {"title_chars": 7},
        {"title_chars": 61},
        {"heading": 1},
        {"colour": "red"},
        {"colour": "#ff9900"},
        {"frames": ("http://a.example/",)},
        {"frames": ("a.example; script-src *",)},
        {"frames": ("*",)},
        {"frames": tuple(f"{n}.example" for n in range(11))},
    ],
)
def test_what_is_no_choice_is_refused_in_words(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"[一-鿿]"):
        Embed(selection=Selection(), **options)


def test_only_the_usual_options_go_by_the_name_of_a_feed() -> None:
    usual = Embed(selection=Selection(outlet="school"))
    assert addresses.name_of(usual) == "school"
    assert addresses.embed_of("school") == usual
    other = replace(usual, count=3)
    assert addresses.name_of(other) == other.key
    assert addresses.embed_of(other.key) is None
    both = Embed(selection=Selection(outlet="school", columns=("a",), tags=("b",)))
    assert addresses.name_of(both) == both.key
