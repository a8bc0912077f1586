"""Edition -> article: what survives on a phone, and what the platform would make of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.adapters.wechat_mp.article import preflight
from channels.adapters.wechat_mp.article.render import (
    CONTENT_MAX_CHARS,
    DIGEST_MAX,
    TITLE_MAX,
    Layout,
    Style,
    author_of,
    render,
)
from channels.contract import Severity
from channels.edition import (
    AltId,
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

    def test_a_wide_table_becomes_cards(self) -> None:
        rows = (("序号", "路段", "时间", "电话", "备注"), ("1", "文昌路", "8时", "", "示例"))
        html = article(Table(rows=rows))
        assert "<table" not in html
        assert "<strong>路段</strong>：文昌路" in html
        assert "电话" not in html

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
            "发布单位：城中街道",
        ]
        places = [text.index(part) for part in order]
        assert places == sorted(places)


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


TEXT = st.text(max_size=60)
BLOCKS = st.one_of(
    TEXT.map(lambda text: Paragraph(html=text)),
    TEXT.map(lambda text: Heading(text=text)),
    st.tuples(TEXT, TEXT).map(lambda pair: Table(rows=(pair, pair), caption=pair[0])),
    st.lists(TEXT, min_size=1, max_size=4).map(lambda items: ItemList(items=tuple(items))),
    st.tuples(TEXT, TEXT).map(lambda pair: Quote(text=pair[0], attribution=pair[1])),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(BLOCKS, min_size=1, max_size=6))
def test_any_text_becomes_an_article_without_dangerous_parts(body: list[Block]) -> None:
    html = article(*body)
    root = parsed(html)
    assert {str(e.tag) for e in root.iter()} <= {
        "div", "section", "p", "h2", "h3", "h4", "blockquote", "ul", "ol", "li", "table", "tbody", "tr", "th", "td",
        "strong", "b", "em", "i", "u", "s", "a", "br", "sub", "sup", "img",
    }  # fmt: skip
    assert {name for e in root.iter() for name in e.attrib} <= {"style", "href", "src", "alt"}
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", html)
