"""Formats: whatever is written, the documents are well-formed, and readers see the same words and names."""

from __future__ import annotations

import json
from dataclasses import replace

from bs4 import BeautifulSoup
from hypothesis import given

from channels.edition import (
    AltId,
    Asset,
    Attachment,
    Correction,
    Edition,
    Heading,
    Image,
    ItemList,
    ItemType,
    Paragraph,
    Quote,
    ServiceFacts,
    Table,
)
from channels.formats import html, ninjs, text
from tests.channels.feeding import AT, address
from tests.channels.stage import NOTE, URI, picture, sample
from tests.channels.test_edition import editions

FORM = Asset(sha256="f" * 64, content_type="application/pdf", name="申报表.pdf", size=3_565_158)

# ---- HTML


def test_each_block_has_its_element() -> None:
    body = (
        Paragraph(html="正文<strong>重点</strong>"),
        Heading(text="一、<标题>", level=3),
        Image(asset=picture(1), alt='“路”"段"', caption="示意图"),
        Table(rows=(("路段", "时间"), ("东段", "8时\n18时")), caption="安排", header_column=True),
        Table(rows=(("甲", "乙"),), header_row=False),
        ItemList(items=("一", "<b>二</b>"), ordered=True),
        Quote(text="引\n文", attribution="某文"),
        Attachment(asset=FORM, title="附件1"),
    )

    assert html.body_html(sample(body=body), address).split("\n") == [
        "<p>正文<strong>重点</strong></p>",
        "<h3>一、&lt;标题&gt;</h3>",
        f'<figure><img src="{address(picture(1))}" alt="“路”&quot;段&quot;" width="320" height="200">'
        "<figcaption>示意图</figcaption></figure>",
        '<table><caption>安排</caption><thead><tr><th scope="col">路段</th><th scope="col">时间</th></tr></thead>'
        '<tbody><tr><th scope="row">东段</th><td>8时<br>18时</td></tr></tbody></table>',
        "<table><tbody><tr><td>甲</td><td>乙</td></tr></tbody></table>",
        "<ol><li>一</li><li><strong>二</strong></li></ol>",
        "<blockquote><p>引<br>文</p><footer>—— 某文</footer></blockquote>",
        f'<p>附件：<a href="{address(FORM)}" download>附件1</a>（PDF，3.4 MB）</p>',
    ]


def test_readers_of_other_systems_get_the_note_the_facts_and_the_credit() -> None:
    edition = sample(
        by="张三",
        service=ServiceFacts(area="文昌路", start=AT, contact="0772-0000000"),
        correction=Correction(note="时间更正", major=True, at=AT),
    )

    lines = html.article_html(edition, address).split("\n")

    assert lines[0] == "<p><strong>更正说明</strong>（2026年11月23日 09:30）：时间更正</p>"
    assert lines[1] == (
        "<dl><dt>影响范围</dt><dd>文昌路</dd><dt>开始时间</dt><dd>2026年11月23日 09:30</dd>"
        "<dt>咨询电话</dt><dd>0772-0000000</dd></dl>"
    )
    assert "来源：城中街道办事处 作者：张三" in lines[-1]
    assert edition.canonical_url in lines[-1]


def test_every_link_of_the_text_is_absolute_and_files_are_where_the_outlet_has_them() -> None:
    links = '<a href="/a?b=1&amp;c=2">一</a><a href="../x">二</a><a href="#n">三</a><a href="tel:110">四</a>'
    body = (
        Paragraph(html=links),
        ItemList(items=('<a href="y">五</a>',)),
        Attachment(asset=FORM, title="附件"),
    )

    soup = BeautifulSoup(
        html.article_html(sample(body=body), lambda asset: f"files/{asset.name}"), "html.parser"
    )

    assert [link["href"] for link in soup("a")] == [
        "http://hub.example/a?b=1&c=2",
        "http://hub.example/tzgg/x",
        "http://hub.example/tzgg/20261123-tingshui/#n",
        "tel:110",
        "http://hub.example/tzgg/20261123-tingshui/y",
        "files/申报表.pdf",
        "http://hub.example/tzgg/20261123-tingshui/",
    ]


def test_an_address_that_cannot_be_resolved_leads_to_the_item() -> None:
    edition = sample(body=(Paragraph(html='<a href="//[x">一</a>'),))

    assert 'href="//[' not in html.article_html(edition, address)


@given(editions)
def test_html_of_any_text_is_safe(edition: Edition) -> None:
    soup = BeautifulSoup(html.article_html(edition, address), "html.parser")

    for tag in soup.find_all(True):
        assert tag.name not in {"script", "style", "iframe", "object", "form"}
        assert not any(name.startswith("on") for name in tag.attrs)
        assert not str(tag.get("href", "")).lower().startswith(("javascript:", "data:"))


def test_text_names_pictures_and_files() -> None:
    body = (
        Paragraph(html="一<br>二"),
        Image(asset=picture(1), caption="图"),
        Attachment(asset=FORM, title=""),
    )

    assert text.body_text(sample(body=body)) == "一\n二\n\n[图片：图]\n\n[附件：申报表.pdf]"


# ---- ninjs

PROPERTIES = {
    "uri", "standard", "type", "representationType", "profile", "version", "firstCreated", "versionCreated",
    "expires", "pubStatus", "language", "headlines", "descriptions", "bodies", "slugline", "contentCreated", "by",
    "infoSources",
    "organisations", "subjects", "altIds", "renditions", "associations",
}  # fmt: skip


def test_ninjs_says_what_the_edition_says() -> None:
    edition = sample(
        3,
        type=ItemType.SERVICE_NOTICE,
        by="张三",
        origin_url="http://source.example/1",
        issued_on="2026-11-20",
        expires=AT,
        alt_ids=(AltId(role="doc_number", value="城街发〔20XX〕0号"),),
    )

    document = ninjs.document(edition, address)

    assert set(document) == PROPERTIES
    assert document["uri"] == URI
    assert document["version"] == "3"
    assert document["headlines"][0]["value"] == edition.headline
    assert document["contentCreated"] == "2026-11-20T00:00:00+08:00"
    assert document["pubStatus"] == "usable"
    assert document["infoSources"] == [
        {"role": "source", "name": "城中街道办事处", "uri": "http://source.example/1"}
    ]
    cover, image = document["associations"]
    assert (cover["rel"], image["rel"]) == ("cover", "image")
    assert cover["renditions"][0]["href"] == address(picture(0))
    assert NOTE not in json.dumps(document, ensure_ascii=False)


@given(editions)
def test_ninjs_of_any_edition_has_the_shapes_of_the_standard(edition: Edition) -> None:
    document = ninjs.document(edition, address)

    assert set(document) <= PROPERTIES
    assert all(value not in ("", [], None) for value in document.values())
    assert isinstance(document["version"], str)
    assert document["firstCreated"].endswith("Z")
    uris = [one["uri"] for one in document.get("associations", [])]
    assert len(uris) == len(set(uris))


def test_a_minor_change_of_order_is_kept() -> None:
    edition = sample()
    turned = replace(edition, body=edition.body[::-1])

    assert html.body_html(turned, address) != html.body_html(edition, address)
