"""Edition -> article: what survives on a phone, and what the platform would make of it."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime

import lxml.html
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.adapters.wechat_mp.article import preflight
from channels.adapters.wechat_mp.article.links import Policy
from channels.adapters.wechat_mp.article.render import (
    AUTHOR_MAX,
    CONTENT_MAX_CHARS,
    DIGEST_MAX,
    TITLE_MAX,
    Layout,
    Style,
    author_of,
    render,
)
from channels.contract import Rendering, Severity
from channels.edition import (
    AltId,
    Asset,
    Attachment,
    Block,
    Correction,
    Edition,
    Heading,
    Image,
    ItemList,
    Organisation,
    Paragraph,
    Quote,
    ServiceFacts,
    Table,
)
from channels.errors import Unrepresentable
from channels.sandbox.articles import cleaned
from tests.channels.stage import picture, sample

STYLE = Style()


def article(*body: Block, **changes: object) -> str:
    edition = sample(body=body, **changes)
    return Layout(edition, STYLE).content(len(body))


def texts(html: str) -> str:
    text: str = lxml.html.fragment_fromstring(html, create_parent="div").text_content()
    return text


class TestLinks:
    def test_a_foreign_link_becomes_text_and_a_footnote(self) -> None:
        html = article(Paragraph(html='见<a href="https://a.example/plan?x=1&amp;y=2">检修计划</a>。'))
        assert "<a" not in html
        assert "检修计划<sup>[1]</sup>。" in html
        assert "[1] https://a.example/plan?x=1&amp;y=2" in html

    def test_one_address_has_one_footnote(self) -> None:
        link = '<a href="https://a.example/">甲</a>'
        html = article(
            Paragraph(html=link),
            ItemList(items=(link,)),
            Paragraph(html='<a href="https://b.example/">乙</a>'),
        )
        assert html.count("[1] https://a.example/") == 1
        assert "乙<sup>[2]</sup>" in html

    def test_an_address_that_is_its_own_text_needs_no_footnote(self) -> None:
        html = article(Paragraph(html='<a href="https://a.example/">https://a.example/</a>'))
        assert "<sup>" not in html
        assert texts(html).count("https://a.example/") == 1

    def test_a_link_to_another_article_of_the_platform_stays(self) -> None:
        html = article(Paragraph(html='<a href="https://mp.weixin.qq.com/s/abc">前文</a>'))
        assert '<a href="https://mp.weixin.qq.com/s/abc">前文</a>' in html

    def test_an_account_may_show_its_links_as_codes(self) -> None:
        body = (
            Paragraph(html='见<a href="https://a.example/x?a=1&amp;b=2">计划</a>'),
            Attachment(asset=picture(1), title="表"),
        )
        edition = sample(body=body, pictures=0)
        rendering = render(edition, Style(links=Policy.QR))
        html = rendering.payload["content"]
        addresses = ["https://a.example/x?a=1&b=2", edition.permalink]
        assert [code["url"] for code in rendering.payload["qr"]] == addresses
        for code in rendering.payload["qr"]:
            assert code["sha256"] == hashlib.sha256(code["url"].encode()).hexdigest()
            assert html.count(f'src="qr:{code["sha256"]}"') == 1
        assert "计划<sup>[1]</sup>" in html
        assert "[1] 长按识别二维码，打开链接" in html
        assert "长按识别二维码，下载附件" in html
        assert "https://" not in html

    def test_an_account_may_show_no_links(self) -> None:
        body = (
            Paragraph(html='见<a href="https://a.example/">计划</a>'),
            Attachment(asset=picture(1), title="表"),
        )
        rendering = render(sample(body=body), Style(links=Policy.NONE))
        assert "见计划</p>" in rendering.payload["content"]
        assert "附件下载：点击文末“阅读原文”</p>" in rendering.payload["content"]
        assert "http" not in rendering.payload["content"]
        assert rendering.payload["qr"] == []

    def test_addresses_beyond_what_codes_can_show_are_footnotes(self) -> None:
        long = "https://a.example/" + "x" * 300
        many = [f"https://a.example/{n}" for n in range(12)]
        links = "".join(f'<a href="{url}">甲</a>' for url in [long, *many])
        rendering = render(sample(body=(Paragraph(html=links),)), Style(links=Policy.QR))
        assert len(rendering.payload["qr"]) == 9
        html = rendering.payload["content"]
        assert f"[1] {long}" in html
        assert "[13] https://a.example/11" in html
        assert "[2] https" not in html

    def test_a_link_in_a_link_is_one_link(self) -> None:
        nested = '<a href="https://a.example/">甲<table><tr><td><a href="https://b.example/">乙</a></td></tr></table></a>'
        html = article(Paragraph(html=nested))
        assert "甲乙<sup>[1]</sup>" in html
        assert "b.example" not in html
        assert "<a" not in html

    def test_the_source_of_a_reprint_leads_to_the_original(self) -> None:
        note = Paragraph(html='<a href="https://a.example/">甲</a>')
        html = article(note, source="某报", origin_url="https://b.example/1")
        assert "来源：某报<sup>[2]</sup>" in html
        assert "[2] https://b.example/1" in html
        assert "[2]" not in article(note, source="某报", origin_url="https://a.example/")
        own = article(note, source="某号", origin_url="https://mp.weixin.qq.com/s/abc")
        assert '来源：<a href="https://mp.weixin.qq.com/s/abc">某号</a>' in own

    @pytest.mark.parametrize("links", ["", "Footnote", "anything"])
    def test_footnotes_are_the_rule(self, links: str) -> None:
        assert Style.of({"author": " 甲 ", "links": links}) == Style(author="甲", links=Policy.FOOTNOTE)
        assert Style.of({"links": "qr"}).links is Policy.QR

    @pytest.mark.parametrize("href", ["javascript:alert(1)", "mailto:a@b.example", "#top", ""])
    def test_other_links_are_only_text(self, href: str) -> None:
        html = article(Paragraph(html=f'请<a href="{href}">点这里</a>'))
        assert "href" not in html
        assert "javascript" not in html
        assert "点这里" in html


class TestBlocks:
    def test_a_narrow_table_stays_a_table(self) -> None:
        html = article(Table(rows=(("路段", "时间"), ("文昌路", "8时")), caption="停水时间"))
        assert html.count("<th") == 2
        assert html.count("<td") == 2
        assert "width:100%" in html
        assert "停水时间" in html

    def test_a_long_cell_leaves_its_neighbours_their_width(self) -> None:
        assert "table-layout:fixed" in article(Table(rows=(("网址", "https://a.example/" + "x" * 60),)))
        assert "table-layout" not in article(Table(rows=(("路段", "文昌路东段"),)))

    def test_a_wide_table_becomes_cards(self) -> None:
        rows = (("序号", "路段", "时间", "电话", "备注"), ("1", "文昌路", "8时", "", "示例"))
        html = article(Table(rows=rows))
        assert "<table" not in html
        assert "<strong>路段</strong>：文昌路" in html
        assert "电话" not in html

    def test_a_wide_table_without_a_header_row_numbers_its_columns(self) -> None:
        rows = (("甲", "1", "2", "", "5"), ("", "", "", "", ""))
        html = article(Table(rows=rows, header_row=False))
        assert html.count("border:1px solid #ccc") == 1
        assert "<strong>第1列</strong>：甲<br><strong>第2列</strong>：1" in html
        assert "第4列" not in html
        assert "<strong>第1列</strong>：甲" in article(Table(rows=rows[:1], header_row=True))

    def test_the_header_column_of_a_wide_table_is_the_title_of_its_cards(self) -> None:
        rows = (("单位", "一", "二", "三", ""), ("城中街道", "1", "2", "3", "4"))
        html = article(Table(rows=rows, header_column=True))
        assert "<strong>城中街道</strong><br><strong>一</strong>：1" in html
        assert "<strong>第5列</strong>：4" in html

    def test_a_table_of_forty_columns_is_readable(self) -> None:
        rows = (tuple(f"项目{n}" for n in range(40)), tuple(f"值{n}" if n % 2 else "" for n in range(40)))
        html = article(Table(rows=rows, caption="台账"))
        assert "<table" not in html
        assert html.count("<br>") == 19
        assert "台账" in html

    def test_a_very_long_table_counts_to_the_limit(self) -> None:
        long = Table(rows=(("路段", "时间"), *((f"文昌路{n}号", "8时") for n in range(200))))
        edition = sample(body=(Paragraph(html="正文"), Heading(text="附表"), long))
        html = render(edition, STYLE).payload["content"]
        assert len(html) < 1500
        assert "附表" not in html
        assert "查看全文" in html
        with pytest.raises(Unrepresentable):
            render(sample(body=(long,)), STYLE)

    def test_a_header_column_has_header_cells(self) -> None:
        rows = (("甲", "1"), ("乙", "2"))
        assert article(Table(rows=rows, header_row=False, header_column=True)).count("<th") == 2

    def test_a_picture_waits_for_its_address(self) -> None:
        image = Image(asset=picture(3), alt='示意"图', caption="图一")
        html = article(image)
        assert f'src="asset:{image.asset.sha256}"' in html
        assert 'alt="示意&quot;图"' in html
        assert "图一" in html

    def test_an_attachment_names_the_way_to_it(self) -> None:
        html = article(Attachment(asset=picture(1), title="停水安排"))
        assert "附件：停水安排" in html
        assert f"或访问 {sample().permalink}" in html
        assert "附件：附件" not in article(Attachment(asset=picture(1), title="附件：停水安排"))

    def test_text_is_escaped_and_keeps_its_lines(self) -> None:
        html = article(
            Quote(text="甲<b>\n乙", attribution="丙&丁"),
            Heading(text="<i>"),
            ItemList(items=("一",), ordered=True),
        )
        assert "甲&lt;b&gt;<br>乙" in html
        assert "丙&amp;丁" in html
        assert "&lt;i&gt;" in html
        assert "<ol" in html

    def test_service_facts_are_shown_in_chinese_time(self) -> None:
        facts = ServiceFacts(
            area="文昌路",
            start=datetime(2026, 11, 24, 0, 30, tzinfo=UTC),
            end=datetime(2026, 11, 24, 10, 0, tzinfo=UTC),
            contact="0000-0000000",
        )
        html = article(Paragraph(html="正文"), service=facts)
        assert "2026年11月24日 08:30 至 2026年11月24日 18:00" in html
        assert "0000-0000000" in html

    def test_the_correction_stands_first_and_the_signature_last(self) -> None:
        note = Correction(note="时间有误", major=True, at=datetime(2026, 11, 24, tzinfo=UTC))
        text = texts(
            article(
                Paragraph(html="正文"),
                correction=note,
                source="融媒体中心",
                by="记者甲",
                editor="编辑乙",
                proofreader="校对丙",
                reviewer="审核丁",
                issuer=Organisation(code="x", name="城中街道"),
                alt_ids=(AltId(role="doc_number", value="城中发〔0000〕0号"),),
            )
        )
        order = [
            "更正：时间有误",
            "发文字号：城中发〔0000〕0号",
            "正文",
            "来源：融媒体中心",
            "作者：记者甲",
            "编辑：编辑乙",
            "校对：校对丙",
            "审核：审核丁",
            "发布单位：城中街道",
        ]
        places = [text.index(part) for part in order]
        assert places == sorted(places)


class TestCharacters:
    def test_what_turns_text_around_is_taken_out_everywhere(self) -> None:
        evil = "甲\u202e乙\u2066丙\u200b"
        edition = sample(
            headline=evil,
            summary=evil,
            by=evil,
            source=evil,
            body=(
                Paragraph(html=f"{evil}&#x202e;<b>{evil}</b>"),
                Heading(text=evil),
                Table(rows=((evil,),), caption=evil),
                ItemList(items=(evil,)),
                Quote(text=evil, attribution=evil),
                Attachment(asset=picture(1), title=evil),
            ),
        )
        payload = render(edition, STYLE).payload
        assert (payload["title"], payload["digest"], payload["author"]) == ("甲乙丙",) * 3
        assert not re.search("[\u200b\u202e\u2066]", payload["content"])

    def test_half_a_character_does_not_stop_an_article(self) -> None:
        assert "甲乙" in article(Paragraph(html="<b>甲\ud83d乙</b>"))

    def test_emoji_stay_whole(self) -> None:
        family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
        rendering = render(sample(headline=f"节日{family}", body=(Paragraph(html=family),)), STYLE)
        assert rendering.payload["title"] == f"节日{family}"
        assert family in rendering.payload["content"]

    def test_text_from_right_to_left_runs_that_way(self) -> None:
        arabic = "\u0645\u0631\u062d\u0628\u0627"
        assert article(Paragraph(html=f"<b>{arabic}</b> 2026")).count("direction:rtl") == 1
        assert "direction:rtl" not in article(Paragraph(html=f"城中区 {arabic}"))


class TestStyles:
    def test_styles_are_inline_and_nothing_else_is_left(self) -> None:
        html = article(
            Heading(text="一"), Paragraph(html='<strong class="a" id="x" style="position:fixed">强</strong>')
        )
        assert 'style="' in html
        for forbidden in ("class=", "id=", "<style", "position"):
            assert forbidden not in html

    def test_nothing_has_a_fixed_height_or_size_in_pixels(self) -> None:
        html = article(*sample().body)
        styles = ";".join(re.findall(r'style="([^"]*)"', html))
        properties = {entry.split(":")[0] for entry in styles.split(";") if entry}
        assert "height" not in properties
        assert not re.search(r"font-size:\d+px", styles)

    def test_the_platform_takes_nothing_more_out(self) -> None:
        html = article(
            *sample().body, Attachment(asset=picture(1), title="附件"), Quote(text="引", attribution="处")
        )
        html = re.sub(r"asset:([0-9a-f]{64})", r"http://images.example/mmbiz/\1.png", html)
        kept = cleaned(html, image_base="http://images.example/mmbiz/")
        assert [e.tag for e in parsed(kept).iter()] == [e.tag for e in parsed(html).iter()]
        assert kept.count("<img") == 2


def parsed(html: str) -> lxml.html.HtmlElement:
    return lxml.html.fragment_fromstring(html, create_parent="div")


class TestLimits:
    def test_a_title_over_the_limit_is_refused(self) -> None:
        render(sample(headline="题" * TITLE_MAX), STYLE)
        with pytest.raises(Unrepresentable):
            render(sample(headline="题" * (TITLE_MAX + 1)), STYLE)

    def test_a_digest_over_the_limit_is_refused(self) -> None:
        with pytest.raises(Unrepresentable):
            render(sample(summary="摘" * (DIGEST_MAX + 1)), STYLE)

    def test_a_long_body_ends_with_a_pointer_to_the_full_text(self) -> None:
        long = sample(body=tuple(Paragraph(html=f"第{n}段" + "字" * 300) for n in range(100)))
        kept = Layout(long, STYLE).fitting()
        html = str(render(long, STYLE).payload["content"])
        assert 0 < kept < 100
        assert len(html) <= CONTENT_MAX_CHARS
        assert f"第{kept - 1}段" in html
        assert f"第{kept}段" not in html
        assert "请点击文末“阅读原文”查看全文" in html
        assert len(Layout(long, STYLE).content(kept + 1)) > CONTENT_MAX_CHARS
        found = list(preflight.findings(long, STYLE))
        assert [f.severity for f in found if f.place == "正文"] == [Severity.WARN]

    def test_room_is_kept_for_the_platforms_longer_addresses(self) -> None:
        blocks = (Paragraph(html="字" * 200), Image(asset=picture(1), caption="图"))
        html = str(render(sample(body=blocks * 60), STYLE).payload["content"])
        assert html.count("<img ") > 20
        uploaded = re.sub(r"asset:[0-9a-f]{64}", "http://mmbiz.example/" + "x" * 150, html)
        assert len(uploaded) <= CONTENT_MAX_CHARS

    def test_pictures_behind_the_cut_are_not_uploaded(self) -> None:
        text = tuple(Paragraph(html="字" * 300) for _ in range(100))
        long = sample(body=(*text, Image(asset=picture(9))))
        assert picture(9) not in render(long, STYLE).assets

    def test_a_first_paragraph_over_the_limit_is_refused_and_found(self) -> None:
        endless = sample(body=(Paragraph(html="字" * 20_001),))
        with pytest.raises(Unrepresentable):
            render(endless, STYLE)
        found = list(preflight.findings(endless, STYLE))
        assert [f.severity for f in found if f.place == "正文"] == [Severity.BLOCK]

    def test_an_author_over_the_limit_gives_way_to_the_default(self) -> None:
        assert author_of(sample(by="甲" * 16), Style(author="默认")) == "甲" * 16
        assert author_of(sample(by="甲" * 17), Style(author="默认")) == "默认"
        assert author_of(sample(by=""), STYLE) == ""
        places = [f.place for f in preflight.findings(sample(by="甲" * 17), STYLE)]
        assert "作者" in places

    def test_a_missing_or_small_cover_is_said(self) -> None:
        def covers(edition: Edition) -> list[str]:
            return [f.problem for f in preflight.findings(edition, STYLE) if f.place == "封面"]

        assert "默认封面" in covers(sample(pictures=0))[0]
        assert "320×200" in covers(sample())[0]


def test_the_rendering_does_not_depend_on_the_number_of_the_edition() -> None:
    assert (
        render(sample(), STYLE).sha256
        == render(sample().with_version(9, at=datetime(2027, 1, 1, tzinfo=UTC)), STYLE).sha256
    )


EVIL = st.sampled_from(
    [
        "<script>x</script>", "<img src=http://e.example/x.png>", '<p style="position:fixed">', "</section>", "<a href=",
        '<a href="https://e.example/?a=&quot;">x</a>', "<a href='//e.example'>x", "&#x202e;", "&lt;img&gt;", "<table><tr><td>",
        '" onload="x', "\x00", "\ud800", "\u2028", "<!--", "<svg><image href=x>", "asset:", 'src="qr:', "]]>", "<br/>",
    ]
)  # fmt: skip
TEXT = st.lists(st.text(max_size=30) | EVIL, max_size=4).map("".join)
HASHES = st.binary(min_size=32, max_size=32).map(bytes.hex)
ASSETS = st.builds(
    Asset,
    sha256=HASHES,
    content_type=st.sampled_from(["image/jpeg", "image/gif", "application/pdf"]),
    name=TEXT,
    size=st.integers(0, 10**8),
    width=st.none() | st.integers(1, 9000),
    height=st.none() | st.integers(1, 9000),
)
ROWS = st.integers(1, 7).flatmap(
    lambda width: st.lists(st.lists(TEXT, min_size=width, max_size=width).map(tuple), min_size=1, max_size=3)
)
FIGURES = st.builds(Image, asset=ASSETS, alt=TEXT, caption=TEXT)
BLOCKS = st.one_of(
    st.builds(Paragraph, html=TEXT),
    st.builds(Paragraph, html=st.integers(1, 25_000).map(lambda length: "字" * length)),
    st.builds(Heading, text=TEXT, level=st.integers(2, 4)),
    st.builds(
        Table, rows=ROWS.map(tuple), caption=TEXT, header_row=st.booleans(), header_column=st.booleans()
    ),
    st.builds(ItemList, items=st.lists(TEXT, max_size=3).map(tuple), ordered=st.booleans()),
    st.builds(Quote, text=TEXT, attribution=TEXT),
    st.builds(Attachment, asset=ASSETS, title=TEXT),
    FIGURES,
)
NAMES = st.text(max_size=20) | EVIL
EDITIONS = st.builds(
    sample,
    headline=st.text(max_size=34),
    summary=st.text(max_size=130),
    body=st.lists(BLOCKS, max_size=6).map(tuple),
    cover=st.none() | FIGURES,
    by=NAMES,
    editor=NAMES,
    proofreader=NAMES,
    reviewer=NAMES,
    source=NAMES,
    origin_url=NAMES | st.just("https://o.example/?a=1&b=2"),
    issuer=st.builds(Organisation, code=st.just("x"), name=NAMES),
    alt_ids=st.lists(st.builds(AltId, role=st.just("doc_number"), value=NAMES), max_size=1).map(tuple),
    correction=st.none()
    | st.builds(Correction, note=NAMES, major=st.booleans(), at=st.just(datetime(2026, 1, 1, tzinfo=UTC))),
)
STYLES = st.builds(Style, author=st.text(max_size=20), links=st.sampled_from(Policy))


def outcome(edition: Edition, style: Style) -> tuple[Rendering | None, str]:
    """The rendering, or the sentence that refuses it."""
    try:
        return render(edition, style), ""
    except Unrepresentable as error:
        return None, error.message


ALLOWED = {
    "div", "section", "p", "h2", "h3", "h4", "blockquote", "ul", "ol", "li", "table", "tbody", "tr", "th", "td",
    "strong", "b", "em", "i", "u", "s", "a", "br", "sub", "sup", "img",
}  # fmt: skip


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(EDITIONS, STYLES)
def test_any_edition_is_an_article_without_foreign_parts_within_the_limits_or_refused(
    edition: Edition, style: Style
) -> None:
    rendering, refusal = outcome(edition, style)
    if rendering is None:
        assert re.search("[\u4e00-\u9fff].*，请.*签发$", refusal)
        return
    payload = rendering.payload
    assert 0 < len(payload["title"]) <= TITLE_MAX
    assert len(payload["digest"]) <= DIGEST_MAX
    assert len(payload["author"]) <= AUTHOR_MAX
    html = payload["content"]
    assert len(html) <= CONTENT_MAX_CHARS
    assert len(html.encode()) < 1_000_000
    elements = list(parsed(html).iter())
    assert {str(e.tag) for e in elements} <= ALLOWED
    assert {name for e in elements for name in e.attrib} <= {"style", "href", "src", "alt"}
    own = {f"asset:{asset.sha256}" for asset in rendering.assets} | {
        f"qr:{c['sha256']}" for c in payload["qr"]
    }
    assert {e.get("src") for e in elements if e.tag == "img"} <= own
    assert all(str(e.get("href")).startswith("https://mp.weixin.qq.com/") for e in elements if e.tag == "a")
    assert not re.search("position|expression|url\\(", ";".join(e.get("style", "") for e in elements))
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e]", html)
    assert render(edition, style) == rendering
    assert list(preflight.findings(edition, style)) == list(preflight.findings(edition, style))
