"""Formats: whatever is written, the documents are well-formed, and readers see the same words and names."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import feedparser
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from channels import markup
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
from channels.formats import atom, html, ninjs, rss, text
from channels.formats.elements import ATOM as ATOM_NAMESPACE
from channels.formats.elements import TOMBSTONES
from channels.formats.feed import Content, FeedEntry, FeedHead, Format, Tombstone
from channels.formats.html import AssetUrl
from tests.channels.stage import NOTE, URI, picture, sample
from tests.channels.test_edition import editions

AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
FORM = Asset(sha256="f" * 64, content_type="application/pdf", name="申报表.pdf", size=3_565_158)
HEAD = FeedHead(
    uri="urn:tongsheng:feed:czjd",
    title="城中街道",
    subtitle="通知与便民信息",
    self_url="http://hub.example/feeds/czjd.atom",
    home_url="http://hub.example/czjd/",
    author="城中街道办事处",
    updated=AT,
    hub_url="http://hub.example/hub",
    next_url="http://hub.example/feeds/czjd.atom?before=1",
)
ATOM = {"a": ATOM_NAMESPACE, "at": TOMBSTONES}


def address(asset: Asset) -> str:
    return f"http://hub.example/{asset.path}"


def entry(edition: Edition, *, updated: datetime = AT, url: str = "http://hub.example/czjd/x/") -> FeedEntry:
    return FeedEntry(edition=edition, url=url, published=AT, updated=updated)


def feed(
    format: Format,
    entries: Sequence[FeedEntry],
    tombstones: Sequence[Tombstone] = (),
    *,
    head: FeedHead = HEAD,
    content: Content = Content.FULL,
    to: AssetUrl = address,
) -> bytes:
    """The document of these entries, as whoever serves a feed makes it."""
    fragments = [format.entry(one, content=content, asset_url=to) for one in entries]
    moments = [head.updated, *(one.changed for one in entries), *(stone.when for stone in tombstones)]
    return format.document(head, fragments, tombstones, updated=max(moments))


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


# ---- feeds


@given(st.lists(editions, max_size=4, unique_by=lambda edition: edition.uri))
def test_feeds_of_any_text_are_well_formed_and_say_the_same(found: list[Edition]) -> None:
    entries = [entry(edition) for edition in found]

    root = etree.fromstring(feed(atom, entries))
    channel = etree.fromstring(feed(rss, entries)).find("channel")

    assert channel is not None
    uris = [edition.uri for edition in found]
    titles = [markup.xml_text(edition.headline) for edition in found]
    assert [e.findtext("a:id", namespaces=ATOM) for e in root.findall("a:entry", ATOM)] == uris
    assert [item.findtext("guid") for item in channel.findall("item")] == uris
    # A bare carriage return is a line feed to an XML reader unless written as a reference, which lxml does.
    assert [e.findtext("a:title", namespaces=ATOM) or "" for e in root.findall("a:entry", ATOM)] == titles
    assert [item.findtext("title") or "" for item in channel.findall("item")] == titles


def test_feedparser_reads_the_same_names_and_titles_from_both() -> None:
    found = [
        sample(n, uri=f"{URI[:-1]}{n}", headline=f"A & B：“第{n}号”\x0b通知", pictures=1) for n in range(1, 4)
    ]
    entries = [entry(edition, updated=AT + timedelta(days=edition.version)) for edition in found]

    for document in (
        feed(atom, entries),
        feed(rss, entries),
    ):
        read = feedparser.parse(document)
        assert not read.bozo
        assert [one.id for one in read.entries] == [edition.uri for edition in found]
        assert [one.title for one in read.entries] == [f"A & B：“第{n}号”通知" for n in range(1, 4)]
        assert [one.link for one in read.entries] == ["http://hub.example/czjd/x/"] * 3
        assert [one.published_parsed[:5] for one in read.entries] == [(2026, 11, 23, 1, 30)] * 3
        assert [one.updated_parsed[2] for one in read.entries] == [24, 25, 26]
        assert [one.enclosures[0].length for one in read.entries] == [str(picture(0).size)] * 3
        assert all("停水时间安排表" in one.content[0].value for one in read.entries)
        assert read.feed.updated_parsed[:3] == (2026, 11, 26)
        assert {link.rel: link.href for link in read.feed.links}["self"] == HEAD.self_url
        assert "Z" in read.feed.updated or "+0800" in read.feed.updated


def test_the_same_values_give_the_same_bytes() -> None:
    entries = [entry(sample())]

    assert feed(atom, entries) == feed(atom, list(entries))
    assert feed(rss, entries) == feed(rss, list(entries))


@pytest.mark.parametrize("format", [atom, rss])
def test_the_desks_note_is_not_in_a_feed(format: Format) -> None:
    document = feed(format, [entry(sample())])

    assert NOTE not in document.decode()


def test_addresses_in_feeds_are_ascii() -> None:
    entries = [entry(sample(), url="http://hub.example/通知/?a=1&b=%E4%B8%AD")]

    for document in (
        feed(atom, entries, to=lambda a: f"http://hub.example/{a.name}"),
        feed(rss, entries, to=lambda a: f"http://hub.example/{a.name}"),
    ):
        read = feedparser.parse(document).entries[0]
        assert read.link == "http://hub.example/%E9%80%9A%E7%9F%A5/?a=1&b=%E4%B8%AD"
        assert read.enclosures[0].href.isascii()


def test_rss_says_that_its_names_are_no_addresses() -> None:
    document = etree.fromstring(feed(rss, [entry(sample())]))

    assert [dict(guid.attrib) for guid in document.iter("guid")] == [{"isPermaLink": "false"}]


def test_rss_has_one_enclosure_and_atom_all() -> None:
    edition = sample(body=(Attachment(asset=FORM, title="附件1"),))

    one = feedparser.parse(feed(rss, [entry(edition)])).entries[0].enclosures
    all_of_them = feedparser.parse(feed(atom, [entry(edition)])).entries[0].enclosures

    assert [file.href for file in one] == [address(FORM)]
    assert [file.href for file in all_of_them] == [address(FORM), address(picture(0))]


@pytest.mark.parametrize("format", [atom, rss])
def test_a_withdrawn_item_leaves_one_tombstone_and_moves_the_feed(format: Format) -> None:
    later = AT + timedelta(days=3)
    stones = [Tombstone(uri="urn:uuid:1", when=later, comment="内容有误", url="http://hub.example/i/1/")]

    document = feed(format, [entry(sample())], stones)

    found = etree.fromstring(document).iter(f"{{{TOMBSTONES}}}deleted-entry")
    assert [dict(stone.attrib) for stone in found] == [{"ref": "urn:uuid:1", "when": "2026-11-26T01:30:00Z"}]
    assert feedparser.parse(document).feed.updated_parsed[:3] == (2026, 11, 26)


def test_what_an_atom_document_lists_is_read_back() -> None:
    edition = sample(7)
    document = feed(atom, [entry(edition)], [Tombstone(uri="urn:uuid:1", when=AT)])

    listed = atom.listing(document)

    assert listed.versions == {URI: 7}
    assert listed.buried == {"urn:uuid:1"}
    assert atom.listing(atom.entry_document(entry(edition), asset_url=address)).versions == {URI: 7}


@pytest.mark.parametrize("document", [b"", b"<html/>", b"<feed", feed(rss, []), b"\xff"])
def test_what_is_no_atom_document_is_told(document: bytes) -> None:
    with pytest.raises(ValueError, match="document"):
        atom.listing(document)


def test_a_document_that_brings_entities_is_not_expanded() -> None:
    bomb = (
        b'<!DOCTYPE feed [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>'
        b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>&b;&x;</id></entry></feed>'
    )

    assert atom.listing(bomb).versions == {"": None}


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
