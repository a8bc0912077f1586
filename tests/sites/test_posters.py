"""Posters: what is on the paper can be read, selected and scanned, and long text goes on deliberately."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any
from zlib import decompress

import pytest
import zxingcpp
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from channels.edition import Edition, ItemType, Paragraph, ServiceFacts, Table
from channels.facts import GuideFacts, Material
from channels.models import Item
from sites.models import ColumnIndex, SiteHome
from sites.posters import drawing, layout, views
from sites.posters.breaking import INDENT, NOT_FIRST, NOT_LAST, balanced, lines
from sites.posters.fonts import poster_font
from sites.posters.layout import BOTTOM, HEIGHT, INNER, MARGIN, Rule, Words
from sites.posters.sheet import sheet
from sites.shortlinks.models import ShortLink
from tests.sites import build

OUTAGE = ServiceFacts(
    area="柳侯公园、东门城楼沿线",
    start=build.NOW,
    end=build.NOW + timedelta(hours=12),
    contact="0772-0000000",
)
GUIDE = GuideFacts(
    code="450202-DEMO-01",
    department="城中区行政审批局",
    materials=(Material(name="户口簿", kind="复印件", copies=2),),
    steps=("提交材料", "领取结果"),
    hours="工作日 9:00—17:00",
    phone="0772-0000000",
)


def outage(**fields: object) -> Edition:
    values = {"type": ItemType.SERVICE_NOTICE, "headline": "停水通知（柳侯公园片区）", "service": OUTAGE}
    return build.edition(**{**values, **fields})


def guide() -> Edition:
    return build.edition(type=ItemType.SERVICE_GUIDE, headline="最低生活保障办事指南", guide=GUIDE)


def laid(edition: Edition) -> list[layout.Page]:
    """Every character as wide as its size: what Chinese text is."""
    said = sheet(edition, address="http://hub.example/s/x", printed="http://hub.example/s/x", code="222222")
    return layout.pages(said, lambda text, size: len(text) * size * layout.PT)


def text_of(pages: list[layout.Page]) -> str:
    return "".join(mark.text for page in pages for mark in page.marks if isinstance(mark, Words))


def pdf_of(reader: Client, edition: Edition, home: SiteHome) -> bytes:
    build.place(edition, home.outlet)
    answer = reader.get(f"/poster/{edition.content_id}.pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    return answer.content


def test_a_notice_can_be_selected_as_chinese_text_in_a_font_of_its_own(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    body = pdf_of(reader, outage(), portal)
    streams = [part[: part.index(b"\nendstream")] for part in body.split(b">>\nstream\n")[1:]]
    whole = b"".join(decompress(stream) if stream[:1] == b"x" else stream for stream in streams)
    characters = {chr(int(code, 16)) for code in re.findall(rb"<[0-9A-F]{4}> <([0-9A-F]{4})>", whole)}
    assert set("停水通知柳侯公园片区影响范围咨询电话城中区委宣传部以扫码所见为准第版") <= characters
    assert b"/FontFile3" in body
    assert len(body) < 120_000, "the font is cut down to what is used"


def test_the_code_on_the_paper_leads_to_the_item_and_says_where_it_hung(
    reader: Client, portal: SiteHome, news: ColumnIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As drawn: the bars that go into the PDF, put onto a picture and read by a scanner."""
    from fpdf import FPDF
    from PIL import Image, ImageDraw

    scale = 8
    paper = Image.new("L", (210 * scale, 297 * scale), 255)
    pen = ImageDraw.Draw(paper)

    def rect(self: FPDF, x: float, y: float, w: float, h: float, style: str) -> None:
        box = [round(x * scale), round(y * scale), round((x + w) * scale) - 1, round((y + h) * scale) - 1]
        pen.rectangle(box, fill=0)

    monkeypatch.setattr(FPDF, "rect", rect)
    pdf_of(reader, guide(), portal)
    code = ShortLink.objects.get().code
    found = {one.text for one in zxingcpp.read_barcodes(paper)}
    assert found == {f"http://hub.example/s/{code}?o=_poster", "450202-DEMO-01"}


def test_a_poster_says_who_when_which_version_and_how_to_see_what_holds(
    reader: Client, portal: SiteHome
) -> None:
    written: list[str] = []
    said = sheet(guide(), address="http://a/s/x?o=_poster", printed="http://a/s/x", code="222222")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawing, "_write", lambda paper, words: written.append(words.text))
        drawing.pdf(said, font=poster_font(), at=build.NOW)
    whole = "\n".join(written)
    for fact in (
        "最低生活保障办事指南",
        "咨询电话：0772-0000000",
        "户口簿",
        "提交材料",
        "工作日 9:00—17:00",
        "发布单位：城中区委宣传部",
        "第 1 版（2026年11月20日 09:30 签发）",
        "以扫码所见为准",
        "网址：http://a/s/x",
        "450202-DEMO-01",
        "第 1 页，共 1 页",
    ):
        assert fact in whole


def test_a_short_notice_is_printed_larger_than_a_long_one_and_both_on_one_page() -> None:
    def size(edition: Edition) -> float:
        (page,) = laid(edition)
        return next(mark.size for mark in page.marks if isinstance(mark, Words) and INDENT in mark.text)

    short = outage(body=(Paragraph(html="请储水。"),))
    long = outage(body=(Paragraph(html="请提前储水。" * 60),))
    assert size(short) > size(long) >= layout.SIZES[-1]


def test_long_text_goes_on_overleaf_and_stays_on_the_paper() -> None:
    rows = tuple((f"岗位{n}", "要求" * 20, "一", "备注" * n) for n in range(30))
    edition = build.edition(
        body=(*[Paragraph(html="公告正文，内容较长。" * 30)] * 12, Table(rows=rows, caption="岗位表"))
    )
    pages = laid(edition)
    assert len(pages) > 2
    for number, page in enumerate(pages):
        foot = layout.SMALL_FOOT if number else layout.FOOT
        assert page.used <= HEIGHT - BOTTOM - foot + 1e-6
        for mark in page.marks:
            if isinstance(mark, Words):
                assert mark.x >= MARGIN - 1e-6
                assert mark.x + len(mark.text) * mark.size * layout.PT <= MARGIN + INNER + 1e-6
            else:
                assert isinstance(mark, Rule)
    assert text_of(pages).count("公告正文") == 360


def test_what_paper_cannot_show_is_said(portal: SiteHome) -> None:
    edition = build.edition(body=(build.cover(), build.attachment(), build.attachment("表.xls")))
    assert "另有图片1张、附件2个，请扫码查看" in text_of(laid(edition)).replace(" ", "")


def test_a_withdrawn_item_is_not_printed(reader: Client, portal: SiteHome, news: ColumnIndex) -> None:
    item = build.place(outage(), portal.outlet)
    Item.objects.update(withdrawn_at=build.NOW, withdrawal_kind="gone")
    answer = reader.get(f"/poster/{item.pk}.pdf")
    assert answer.status_code == 410
    assert "停水通知" not in answer.content.decode()


def test_what_is_not_public_has_no_poster(reader: Client, portal: SiteHome) -> None:
    hidden = build.place(outage(), build.outlet("periodical", channel="handoff"))
    for unknown in (build.NOBODY, hidden.pk):
        assert reader.get(f"/poster/{unknown}.pdf").status_code == 404


def test_a_poster_that_is_over_says_so() -> None:
    said = sheet(outage(), address="a", printed="a", code="c", notice="（已过有效期，仅供查阅）")
    (page,) = layout.pages(said, lambda text, size: len(text) * size * layout.PT)
    first = page.marks[0]
    assert isinstance(first, Words)
    assert first.text == "（已过有效期，仅供查阅）"


def test_a_missing_font_is_said_with_the_next_step(
    reader: Client, portal: SiteHome, settings: Any, tmp_path: Path
) -> None:
    settings.POSTER_FONT = str(tmp_path / "none.otf")
    item = build.place(outage(), portal.outlet)
    answer = reader.get(f"/poster/{item.pk}.pdf")
    assert answer.status_code == 503
    assert "POSTER_FONT" in answer.content.decode()
    assert str(tmp_path) not in answer.content.decode()


def test_a_correction_is_drawn_anew_and_the_same_poster_only_once(
    reader: Client, portal: SiteHome, news: ColumnIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []

    def draw(said: Any, **_: object) -> bytes:
        drawn.append(said.title)
        return b"%PDF"

    monkeypatch.setattr(views.drawing, "pdf", draw)
    first = outage()
    build.place(first, portal.outlet)
    for _ in range(2):
        reader.get(f"/poster/{first.content_id}.pdf")
    build.place(replace(first, headline="停水通知（更正）"), portal.outlet)
    reader.get(f"/poster/{first.content_id}.pdf")
    assert drawn == ["停水通知（柳侯公园片区）", "停水通知（更正）"]


def test_posters_are_not_drawn_without_end(
    reader: Client, portal: SiteHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MADE_MAX", 0)
    item = build.place(outage(), portal.outlet)
    answer = reader.get(f"/poster/{item.pk}.pdf")
    assert (answer.status_code, answer.content.decode()) == (503, "打印的人较多，请稍后再试。")


@given(st.text(alphabet="停水通知，。（）《》；、", max_size=60), st.integers(3, 20))
def test_no_line_begins_or_ends_with_the_wrong_mark(text: str, width: int) -> None:
    broken = lines(text, width, len)
    assert "".join(broken) == text
    for line, following in pairwise(broken):
        if len(set(line) - NOT_FIRST - NOT_LAST) > 1:  # there was something to carry over
            assert following[0] not in NOT_FIRST
            assert line[-1] not in NOT_LAST


@given(st.text(alphabet="停，（ab12-: \n", max_size=60), st.integers(1, 20))
def test_no_line_leaves_the_paper_and_nothing_is_lost(text: str, width: int) -> None:
    broken = lines(text, width, len)
    assert all(len(line) <= width for line in broken)
    assert "".join("".join(broken).split()) == "".join(text.split())


def test_words_and_numbers_stay_whole_and_titles_are_balanced() -> None:
    assert lines("电话0772-0000000转", 13, len) == ["电话", "0772-0000000转"]
    assert lines("a" * 10, 4, len) == ["aaaa", "aaaa", "aa"]
    assert balanced("停水通知（柳侯公园片区）", 11, len) == ["停水通知", "（柳侯公园片区）"]
    assert lines("", 5, len) == [""]


def test_a_long_contact_stays_clear_of_the_code() -> None:
    written: list[Words] = []
    long = replace(OUTAGE, contact="供水服务热线（演示）0772-0000000" * 4)
    said = sheet(outage(service=long), address="http://a/s/x", printed="http://a/s/x", code="222222")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawing, "_write", lambda paper, words: written.append(words))
        drawing.pdf(said, font=poster_font(), at=build.NOW)
    (contact,) = [words for words in written if words.text.startswith("咨询电话")]
    wide = sum(0.6 if char.isascii() else 1.0 for char in contact.text) * contact.size * layout.PT
    assert wide <= drawing.BESIDE * 1.1


def test_pages_are_drawn_the_same_twice() -> None:
    said = sheet(outage(), address="http://a/s/x", printed="http://a/s/x", code="222222")
    one, two = (drawing.pdf(said, font=poster_font(), at=build.NOW) for _ in range(2))
    assert one == two
    assert BytesIO(one).read(5) == b"%PDF-"
