"""Short links and their QR codes: where paper leads, whatever has become of the item since."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from uuid import UUID

import pytest
import zxingcpp
from django.test import Client
from django.utils import timezone
from PIL import Image

from channels.models import Item, Placement, State, WithdrawalKind
from sites.models import ColumnIndex, SiteHome
from sites.shortlinks import counting, links, tasks
from sites.shortlinks.codes import candidates
from sites.shortlinks.counting import ScanTally
from sites.shortlinks.models import ScanDay, ShortLink
from tests.sites import build
from tests.sites.reading import soup, words

PHONE = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0"}
NEW = "http://portal.example/news/new/"


@pytest.fixture
def item(portal: SiteHome, news: ColumnIndex) -> Item:
    return build.place(build.edition(headline="停水通知", slug="water"), portal.outlet)


@pytest.fixture
def code(item: Item) -> str:
    return links.link_for(item.pk, now=build.NOW).code


@pytest.fixture
def tally(monkeypatch: pytest.MonkeyPatch) -> ScanTally:
    own = ScanTally()
    monkeypatch.setattr(counting, "tally", own)
    return own


def test_a_code_leads_to_the_owners_page(reader: Client, portal: SiteHome, news: ColumnIndex) -> None:
    office = build.site("tanzhong", parent=portal)
    value = build.edition(canonical_url="http://portal.example/tanzhong/dt/x/")
    build.place(value, portal.outlet, office.outlet)
    link = links.link_for(value.content_id, now=build.NOW)
    answer = reader.get(f"/s/{link.code}")
    assert answer.status_code == 302
    assert answer["Location"] == f"http://portal.example/tanzhong/item/{value.content_id}/"
    assert answer["Cache-Control"] == "no-store"


def test_a_code_may_be_typed_in_capitals_and_with_a_slash(reader: Client, item: Item, code: str) -> None:
    for path in (f"/s/{code.upper()}", f"/s/{code}/", f"/s/?code={code[:3]}%20{code[3:]}"):
        assert words(reader.get(path, follow=True), "h1") == "停水通知"


def test_without_a_hosted_page_a_code_leads_to_a_proven_copy_and_else_to_its_verification(
    reader: Client, portal: SiteHome
) -> None:
    item = build.place(build.edition(), build.outlet("wechat", channel="wechat_mp"))
    code = links.link_for(item.pk, now=build.NOW).code
    assert reader.get(f"/s/{code}")["Location"] == f"/verify/?q={code}"
    article = "https://mp.weixin.qq.com/s/abc"
    Placement.objects.update(actual=item.current, state=State.SETTLED, remote_url=article)
    assert reader.get(f"/s/{code}")["Location"] == article


@pytest.mark.parametrize("kind", WithdrawalKind)
def test_a_withdrawn_item_says_so_and_shows_the_way_to_its_replacement(
    reader: Client, item: Item, code: str, kind: WithdrawalKind
) -> None:
    Item.objects.update(
        withdrawn_at=build.NOW, withdrawal_kind=kind, withdrawal_reason="内容有误", replacement_url=NEW
    )
    answer = reader.get(f"/s/{code}")
    assert answer.status_code == 410
    assert soup(answer).select_one(f".notice a[href='{NEW}']") is not None
    assert soup(answer).select_one("form[role=search] input[name=q]") is not None
    assert ("停水通知" in answer.content.decode()) is (kind == WithdrawalKind.NOTICE)


@pytest.mark.parametrize("typed", ["222222", "abc", "停水", "x" * 40, "%00", "../../"])
def test_an_unknown_code_is_told_with_advice(reader: Client, item: Item, code: str, typed: str) -> None:
    answer = reader.get(f"/s/?code={typed}", follow=True)
    assert answer.status_code == 404
    assert "请核对后重新输入" in words(answer, ".notice")
    assert "12345" in words(answer, ".notice")


def test_an_item_keeps_its_code_and_no_two_items_share_one(item: Item, code: str) -> None:
    other = build.place(build.edition())
    first, second = [code for code, _ in zip(candidates(other.pk), range(2), strict=False)]
    ShortLink.objects.update(code=first)  # the other's first choice is taken
    assert links.link_for(other.pk, now=build.NOW).code == second
    assert links.link_for(other.pk, now=build.NOW).code == second


def test_the_nightly_round_gives_codes_to_what_is_public(
    item: Item, django_assert_num_queries: build.QueryCount
) -> None:
    hidden = build.place(build.edition(), build.outlet("periodical", channel="handoff"))
    assert tasks.give_codes() == 1
    assert list(ShortLink.objects.values_list("item", flat=True)) == [item.pk]
    assert hidden.pk != item.pk
    with django_assert_num_queries(1):
        assert tasks.give_codes() == 0


def test_scans_are_counted_by_place_and_day_and_hold_nothing_else(
    reader: Client, item: Item, code: str, tally: ScanTally
) -> None:
    for query in ("?o=portal", "?o=portal", "?o=_poster", "?o=made-up", "?o=<script>", ""):
        assert reader.get(f"/s/{code}{query}", headers=PHONE).status_code == 302
    assert ScanDay.objects.count() == 0, "a reader waits for no write"
    tally.flush()
    today = timezone.localdate()
    rows = ScanDay.objects.values_list("link", "place", "day", "times")
    assert set(rows) == {(code, "portal", today, 2), (code, "_poster", today, 1), (code, "", today, 3)}
    assert {field.name for field in ScanDay._meta.get_fields()} == {"id", "link", "place", "day", "times"}
    reader.get(f"/s/{code}?o=portal", headers=PHONE)
    tally.flush()
    assert ScanDay.objects.get(place="portal").times == 3


@pytest.mark.parametrize(
    "headers",
    [{}, {"User-Agent": "Baiduspider/2.0"}, {"User-Agent": "curl/8"}, {**PHONE, "Sec-Purpose": "prefetch"}],
)
def test_machines_and_looks_ahead_are_not_counted(
    reader: Client, code: str, tally: ScanTally, headers: dict[str, str]
) -> None:
    assert reader.get(f"/s/{code}", headers=headers).status_code == 302
    assert reader.head(f"/s/{code}", headers=PHONE).status_code == 302
    assert tally.flush() == 0


def test_a_scan_costs_no_more_for_a_hub_with_many_items(
    reader: Client, portal: SiteHome, item: Item, code: str, django_assert_max_num_queries: build.QueryCount
) -> None:
    build.places(20, portal.outlet)
    reader.get(f"/s/{code}")
    with django_assert_max_num_queries(5):
        reader.get(f"/s/{code}")


def decoded(picture: bytes) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(Image.open(BytesIO(picture)).convert("L"))]


def test_the_qr_code_holds_the_short_address_for_ever(reader: Client, item: Item) -> None:
    answer = reader.get(f"/qr/i/{item.pk}.png?size=300&o=portal")
    link = ShortLink.objects.get(item=item)
    assert decoded(answer.content) == [f"http://hub.example/s/{link.code}?o=portal"]
    assert "immutable" in answer["Cache-Control"]
    drawing = reader.get(f"/qr/i/{item.pk}.svg")
    assert drawing["Content-Type"] == "image/svg+xml"
    assert "停水通知" in drawing.content.decode()
    assert ShortLink.objects.count() == 1


@pytest.mark.parametrize("size", ["-1", "0", "999999", "1e9", "９９", ""])
def test_a_foolish_size_gives_a_picture_of_sensible_size(reader: Client, item: Item, size: str) -> None:
    answer = reader.get(f"/qr/i/{item.pk}.png", {"size": size})
    assert 40 <= Image.open(BytesIO(answer.content)).width <= 2000


def test_only_what_was_meant_for_the_public_has_a_code(reader: Client, portal: SiteHome) -> None:
    hidden = build.place(build.edition(), build.outlet("periodical", channel="handoff"))
    unknown: list[UUID] = [build.NOBODY, hidden.pk]
    assert [reader.get(f"/qr/i/{one}.svg").status_code for one in unknown] == [404, 404]
    assert ShortLink.objects.count() == 0


def test_what_cannot_be_written_is_written_later(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import DatabaseError

    written: list[dict[counting.Key, int]] = []
    outcomes: list[Callable[[], None]] = []

    def write(counts: object) -> None:
        if not outcomes:
            raise DatabaseError("locked")
        written.append(dict(counts))  # type: ignore[call-overload]

    tally = ScanTally(write)
    today = timezone.localdate()
    tally.note("c", "", today)
    assert tally.flush() == 0
    outcomes.append(lambda: None)
    tally.note("c", "", today)
    assert tally.flush() == 1
    assert written == [{("c", "", today): 2}]


def test_the_code_on_a_web_page_is_counted_apart_from_print(reader: Client, item: Item, code: str) -> None:
    picture = soup(reader.get("/news/water/")).select_one(".origin img")
    assert picture is not None
    same = str(picture["src"]).replace(".svg", ".png")
    assert decoded(reader.get(same).content) == [f"http://hub.example/s/{code}?o=_page"]
