"""Feeds: whatever is written, every format is sound and says the same; a document is spliced from fragments."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import feedparser
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from channels import markup
from channels.edition import AltId, Attachment, Correction, Edition, ItemType, Subject
from channels.formats import atom, jsonfeed, ninjs_feed, rss
from channels.formats.catalogue import FORMATS
from channels.formats.elements import ATOM, HISTORY, HUB, TOMBSTONES, add
from channels.formats.feed import Content, FeedEntry, FeedHead, Format, Tombstone, rfc3339
from channels.formats.html import article_html
from tests.channels.feeding import (
    AT,
    HEAD,
    address,
    entries_of,
    entry,
    feed,
    hostile_editions,
    hostile_lists,
    last_change,
    plain_lists,
)
from tests.channels.stage import NOTE, URI, picture, sample
from tests.channels.test_formats import FORM
from tests.feedcheck import problems

NAMES = {"a": ATOM, "at": TOMBSTONES, "fh": HISTORY, "ts": HUB}
STONE = Tombstone(uri="urn:uuid:1", when=AT, comment="内容有误", url="http://hub.example/i/1/")
EVERY = pytest.mark.parametrize("format", FORMATS.values(), ids=FORMATS)
CHECKED = pytest.mark.parametrize("format", [atom, rss, jsonfeed], ids=lambda format: format.KEY)
BOTH = pytest.mark.parametrize("format", [atom, rss], ids=lambda format: format.KEY)


def only(document: bytes) -> Any:
    """The one entry that a reader finds."""
    [found] = feedparser.parse(document).entries
    return found


# ---- any text


@CHECKED
@settings(max_examples=40)
@given(found=plain_lists, content=st.sampled_from(Content), archive=st.booleans())
def test_feeds_of_any_text_keep_the_rules(
    format: Format, found: list[Edition], content: Content, archive: bool
) -> None:
    head = replace(HEAD, title="A & B\x0b <城中>", first_url="http://hub.example/first")
    if archive:
        head = replace(
            head,
            is_archive=True,
            next_url="",
            prev_archive_url="http://hub.example/1",
            current_url="http://hub.example/",
        )

    document = feed(format, entries_of(found), [STONE], head=head, content=content)

    assert problems(document, format.CONTENT_TYPE) == []


@settings(max_examples=40)
@given(hostile_lists)
def test_all_formats_have_the_same_names_titles_and_links_in_the_same_order(found: list[Edition]) -> None:
    entries = entries_of(found)
    read = {name: READERS[name](feed(FORMATS[name], entries)) for name in READERS}

    expected = [(one.edition.uri, markup.xml_text(one.edition.headline), one.url) for one in entries]
    assert all(listed == expected for listed in read.values())


def of_atom(document: bytes) -> list[tuple[Any, ...]]:
    root = etree.fromstring(document)
    return [
        (e.findtext("a:id", namespaces=NAMES), e.findtext("a:title", namespaces=NAMES), link.get("href"))
        for e in root.findall("a:entry", NAMES)
        for link in e.findall("a:link[@rel='alternate']", NAMES)
    ]


def of_rss(document: bytes) -> list[tuple[Any, ...]]:
    items = [item for item in etree.fromstring(document).iter("item") if item.find("pubDate") is not None]
    return [(item.findtext("guid"), item.findtext("title"), item.findtext("link")) for item in items]


def of_ninjs(document: bytes) -> list[tuple[Any, ...]]:
    return [
        (item["uri"], item["headlines"][0]["value"], item["renditions"][0]["href"])
        for item in json.loads(document)["items"]
    ]


READERS: dict[str, Callable[[bytes], list[tuple[Any, ...]]]] = {
    "atom": of_atom,
    "rss": of_rss,
    "legacy.rss": of_rss,
    "json": lambda document: [(i["id"], i["title"], i["url"]) for i in json.loads(document)["items"]],
    "ninjs.json": of_ninjs,
    "flat.json": lambda document: [(i["id"], i["title"], i["url"]) for i in json.loads(document)],
}


@settings(max_examples=40)
@given(hostile_lists)
def test_a_spliced_document_is_the_one_that_is_built_in_one_piece(found: list[Edition]) -> None:
    entries, stones = entries_of(found), [STONE]
    updated = last_change(HEAD, entries, stones)

    whole = atom._head(HEAD, updated)
    for one in entries:
        atom._fill(add(whole, f"{{{ATOM}}}entry"), one, Content.FULL, address)
    atom.bury(whole, STONE)
    assert written(feed(atom, entries, stones)) == etree.tostring(whole, encoding="utf-8")

    whole = rss._head(HEAD, updated)
    for one in entries:
        rss._fill(add(whole[0], "item"), one, Content.FULL, address)
    rss._withdrawn(whole[0], STONE)
    atom.bury(whole[0], STONE)
    assert written(feed(rss, entries, stones)) == etree.tostring(whole, encoding="utf-8")


def written(document: bytes) -> bytes:
    return document.partition(b"?>\n")[2]


@EVERY
@given(edition=hostile_editions)
@settings(max_examples=10)
def test_a_fragment_does_not_depend_on_what_is_around_it(format: Format, edition: Edition) -> None:
    fragment = format.entry(entry(edition), content=Content.FULL, asset_url=address)

    assert fragment == format.entry(entry(edition), content=Content.FULL, asset_url=address)
    assert b"xmlns" not in fragment
    for head in (HEAD, replace(HEAD, title="别的", language="en", is_archive=True)):
        assert fragment in format.document(head, [fragment, fragment], [STONE], updated=AT)


@EVERY
def test_the_desks_note_is_in_no_feed(format: Format) -> None:
    assert NOTE.encode() not in feed(format, [entry(sample())])
    assert NOTE.encode("gbk") not in feed(format, [entry(sample())])


@EVERY
def test_a_feed_without_items_is_a_document(format: Format) -> None:
    document = feed(format, [])

    assert document
    if format in (atom, rss, jsonfeed):
        assert problems(document, format.CONTENT_TYPE, now=AT) == []


def test_every_format_has_a_name_of_its_own() -> None:
    assert len({format.LABEL for format in FORMATS.values()}) == len(FORMATS)


# ---- what readers see


def test_feedparser_reads_the_same_from_atom_and_rss() -> None:
    found = [
        sample(n, uri=f"{URI[:-1]}{n}", headline=f"A & B：“第{n}号”\x0b通知", pictures=1) for n in range(1, 4)
    ]
    entries = [entry(edition, updated=AT + timedelta(days=edition.version)) for edition in found]

    for document in (feed(atom, entries), feed(rss, entries)):
        read = feedparser.parse(document)
        assert not read.bozo
        assert [one.id for one in read.entries] == [edition.uri for edition in found]
        assert [one.title for one in read.entries] == [f"A & B：“第{n}号”通知" for n in range(1, 4)]
        assert [one.link for one in read.entries] == ["http://hub.example/czjd/x/"] * 3
        assert [one.author for one in read.entries] == ["城中街道办事处"] * 3
        assert [one.published_parsed[:5] for one in read.entries] == [(2026, 11, 23, 1, 30)] * 3
        assert [one.updated_parsed[2] for one in read.entries] == [24, 25, 26]
        assert [one.enclosures[0].length for one in read.entries] == [str(picture(0).size)] * 3
        assert all("停水时间安排表" in one.content[0].value for one in read.entries)
        assert read.feed.updated_parsed[:3] == (2026, 11, 26)
        assert {link.rel: link.href for link in read.feed.links}["self"] == HEAD.self_url
        assert "Z" in read.feed.updated or "+0800" in read.feed.updated


def test_addresses_in_feeds_are_ascii() -> None:
    entries = [entry(sample(), url="http://hub.example/通知/?a=1&b=%E4%B8%AD")]

    for format in (atom, rss):
        read = only(feed(format, entries, to=lambda asset: f"http://hub.example/{asset.name}"))
        assert read.link == "http://hub.example/%E9%80%9A%E7%9F%A5/?a=1&b=%E4%B8%AD"
        assert read.enclosures[0].href.isascii()


def test_rss_says_that_its_names_are_no_addresses() -> None:
    document = etree.fromstring(feed(rss, [entry(sample())]))

    assert [dict(guid.attrib) for guid in document.iter("guid")] == [{"isPermaLink": "false"}]


def test_rss_has_one_enclosure_and_the_others_have_all() -> None:
    edition = sample(body=(Attachment(asset=FORM, title="附件1"), Attachment(asset=FORM, title="附件2")))
    files = [address(FORM), address(picture(0))]

    [item] = json.loads(feed(jsonfeed, [entry(edition)]))["items"]

    assert [file.href for file in only(feed(rss, [entry(edition)])).enclosures] == files[:1]
    assert [file.href for file in only(feed(atom, [entry(edition)])).enclosures] == files
    assert item["attachments"] == [
        {"url": files[0], "mime_type": FORM.content_type, "title": "附件1", "size_in_bytes": FORM.size},
        {"url": files[1], "mime_type": "image/png", "title": "封面", "size_in_bytes": picture(0).size},
    ]


def test_an_empty_file_is_no_enclosure() -> None:
    edition = sample(body=(Attachment(asset=replace(FORM, size=0), title="附件1"),), pictures=0)

    assert b"enclosure" not in feed(atom, [entry(edition)]) + feed(rss, [entry(edition)])


def test_the_summary_alone_is_offered_where_that_is_wanted() -> None:
    edition = sample(summary="请 & 阅", correction=Correction(note="时间<有误>", major=True, at=AT))
    entries = [entry(edition)]
    expected = "更正说明：时间<有误>\n请 & 阅"

    in_atom = only(feed(atom, entries, content=Content.SUMMARY))
    [item] = etree.fromstring(feed(rss, entries, content=Content.SUMMARY)).iter("item")
    [in_json] = json.loads(feed(jsonfeed, entries, content=Content.SUMMARY))["items"]
    [in_ninjs] = json.loads(feed(ninjs_feed, entries, content=Content.SUMMARY))["items"]

    assert "content" not in in_atom
    assert in_atom.summary_detail.type == "text/plain"
    assert in_atom.summary == expected
    assert item.find(f"{{{rss.CONTENT}}}encoded") is None
    assert item.findtext("description") == "更正说明：时间&lt;有误&gt;<br>请 &amp; 阅", (
        "readers take it for HTML"
    )
    assert ("content_html" in in_json, in_json["content_text"]) == (False, expected)
    assert [body["value"] for body in in_ninjs["bodies"]] == [expected]
    assert in_ninjs["representationType"] == "partial"


def test_what_has_no_summary_is_opened_by_its_text() -> None:
    long = sample(summary="", pictures=0)

    assert only(feed(rss, [entry(long)])).summary.startswith("因管网检修，文昌路片区第1次停水")
    assert only(feed(rss, [entry(replace(long, body=()))])).summary == long.headline


def test_an_item_is_classified_alike_in_all_formats() -> None:
    edition = sample(
        type=ItemType.SERVICE_NOTICE,
        subjects=(
            Subject(scheme="column", code="tzgg", name="通知公告"),
            Subject(scheme="topic", code="gongshui", name="供水"),
        ),
        keywords=("停水", "停水", " "),
    )
    expected = [
        ("tzgg", "urn:tongsheng:column", "通知公告"),
        ("gongshui", "urn:tongsheng:topic", "供水"),
        ("czjd", "urn:tongsheng:unit", "城中街道办事处"),
        ("service_notice", "urn:tongsheng:type", "便民信息"),
        ("停水", "urn:tongsheng:keyword", "停水"),
    ]

    [item] = json.loads(feed(jsonfeed, [entry(edition)]))["items"]
    [in_rss] = etree.fromstring(feed(rss, [entry(edition)])).iter("item")

    assert [(t.term, t.scheme, t.label) for t in only(feed(atom, [entry(edition)])).tags] == expected
    assert [(c.get("domain"), c.text) for c in in_rss.findall("category")] == [
        (scheme, name) for _, scheme, name in expected
    ]
    assert item["tags"] == [name for _, _, name in expected]
    assert [(t["term"], t["scheme"], t["label"]) for t in item["_tongsheng"]["terms"]] == expected


def test_an_entry_tells_its_edition_its_change_its_source_and_its_correction() -> None:
    at = AT + timedelta(days=2)
    edition = sample(
        7,
        origin_url="http://source.example/一?a=1&b=2",
        correction=Correction(note="时间有误", major=False, at=at),
    )
    entries = [entry(edition, sequence=42)]
    origin = "http://source.example/%E4%B8%80?a=1&b=2"

    in_atom = etree.fromstring(feed(atom, entries)).find("a:entry", NAMES)
    in_rss = next(etree.fromstring(feed(rss, entries)).iter("item"))
    [item] = json.loads(feed(jsonfeed, entries))["items"]
    [in_ninjs] = json.loads(feed(ninjs_feed, entries))["items"]

    assert in_atom is not None
    for element in (in_atom, in_rss):
        assert element.findtext("ts:version", namespaces=NAMES) == "7"
        assert element.findtext("ts:sequence", namespaces=NAMES) == "42"
        assert element.findtext("ts:canonical", namespaces=NAMES) == edition.canonical_url
        assert [(s.get("href"), s.text) for s in element.findall("ts:source", NAMES)] == [
            (origin, edition.source)
        ]
        assert [(dict(c.attrib), c.text) for c in element.findall("ts:correction", NAMES)] == [
            ({"kind": "minor", "at": "2026-11-25T01:30:00.000Z"}, "时间有误")
        ]
        assert element.findtext("a:updated", namespaces=NAMES) == "2026-11-25T01:30:00.000Z", (
            "raised by the correction"
        )
    assert [link.get("href") for link in in_atom.findall("a:link[@rel='via']", NAMES)] == [origin]
    assert item["external_url"] == origin
    assert item["_tongsheng"] == {
        "version": 7,
        "canonical_url": edition.canonical_url,
        "sequence": 42,
        "source": {"name": "城中街道办事处", "url": origin},
        "correction": {"note": "时间有误", "kind": "minor", "at": "2026-11-25T01:30:00.000Z"},
        "terms": item["_tongsheng"]["terms"],
    }
    assert in_ninjs["altIds"] == [{"role": "sequence", "value": "42"}]
    for html in (in_atom.findtext("a:content", namespaces=NAMES), item["content_html"]):
        assert html == article_html(edition, address)
        assert "更正说明" in (html or "")


def test_what_is_not_known_is_not_said() -> None:
    edition = sample(origin_url="见原文", source="", alt_ids=(AltId(role="doc_number", value="1"),))
    documents = [feed(format, [entry(edition)]) for format in (atom, rss, jsonfeed, ninjs_feed)]

    for document in documents:
        assert b"sequence" not in document
        assert b'rel="via"' not in document
        assert b"external_url" not in document
        assert b"ts:source" not in document


# ---- neighbours

ARCHIVE = replace(
    HEAD,
    hub_url="",
    next_url="",
    is_archive=True,
    prev_archive_url="http://hub.example/feeds/czjd/2026-09.atom",
    next_archive_url="http://hub.example/feeds/czjd/2026-11.atom",
    current_url="http://hub.example/feeds/czjd.atom?a=1&b=2",
    self_url="http://hub.example/feeds/czjd/2026-10.atom",
)
PAGED = replace(
    HEAD,
    first_url="http://hub.example/f",
    next_url="http://hub.example/n",
    previous_url="http://hub.example/p",
)


@BOTH
@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (PAGED, {"hub", "first", "next", "previous"}),
        (ARCHIVE, {"prev-archive", "next-archive", "current"}),
        (replace(HEAD, hub_url="", next_url=""), set()),
    ],
)
def test_a_document_leads_to_its_neighbours_and_an_entry_to_none(
    format: Format, head: FeedHead, expected: set[str]
) -> None:
    document = feed(format, [entry(sample())], head=head)
    root = etree.fromstring(document)
    holder = root if format is atom else root[0]

    assert {link.get("rel") for link in holder.findall("a:link", NAMES)} - {"self", "alternate"} == expected
    assert {link.get("rel") for link in root.iterfind(".//a:entry/a:link", NAMES)} <= {
        "alternate",
        "enclosure",
    }
    assert (holder.find("fh:archive", NAMES) is not None) == head.is_archive
    assert problems(document, format.CONTENT_TYPE) == []


def test_json_readers_are_led_to_the_next_page_and_never_in_a_circle() -> None:
    paged = json.loads(feed(jsonfeed, [], head=PAGED))
    circle = json.loads(feed(jsonfeed, [], head=replace(PAGED, next_url=PAGED.self_url)))
    archive = json.loads(feed(jsonfeed, [], head=ARCHIVE))

    assert paged["next_url"] == "http://hub.example/n"
    assert paged["hubs"] == [{"type": "WebSub", "url": "http://hub.example/hub"}]
    assert paged["_tongsheng"]["first_url"] == "http://hub.example/f"
    assert "next_url" not in circle
    assert archive["_tongsheng"]["archive"] is True
    assert archive["_tongsheng"]["prev_archive_url"] == ARCHIVE.prev_archive_url


# ---- withdrawals


@BOTH
def test_a_withdrawn_item_leaves_one_tombstone_and_moves_the_feed(format: Format) -> None:
    stones = [replace(STONE, when=AT + timedelta(days=3))]

    document = feed(format, [entry(sample())], stones)

    found = etree.fromstring(document).iter(f"{{{TOMBSTONES}}}deleted-entry")
    assert [(dict(stone.attrib), stone.findtext("at:comment", namespaces=NAMES)) for stone in found] == [
        ({"ref": "urn:uuid:1", "when": "2026-11-26T01:30:00.000Z"}, "内容有误")
    ]
    assert feedparser.parse(document).feed.updated_parsed[:3] == (2026, 11, 26)
    assert problems(document, format.CONTENT_TYPE, now=AT + timedelta(days=3)) == []


def test_rss_readers_get_a_withdrawn_item_once_more_as_taken_back() -> None:
    _, item = etree.fromstring(feed(rss, [entry(sample())], [STONE])).iter("item")

    assert item.findtext("guid") == STONE.uri
    assert (item.findtext("title") or "").startswith("【已撤回】")
    assert item.findtext("link") == STONE.url
    assert item.find(f"{{{rss.CONTENT}}}encoded") is None
    assert item.findtext("pubDate") == "Mon, 23 Nov 2026 09:30:00 +0800"


def test_json_says_what_is_taken_back() -> None:
    in_json = json.loads(feed(jsonfeed, [], [STONE]))
    in_ninjs = json.loads(feed(ninjs_feed, [], [STONE]))

    assert in_json["_tongsheng"]["deleted"] == [
        {"id": "urn:uuid:1", "when": "2026-11-23T01:30:00.000Z", "comment": "内容有误", "url": STONE.url}
    ]
    assert in_ninjs["deleted"] == [
        {"uri": "urn:uuid:1", "pubStatus": "canceled", "versionCreated": "2026-11-23T01:30:00.000Z"}
    ]


# ---- the hub's own reading


def test_what_an_atom_document_lists_is_read_back() -> None:
    edition = sample(7)

    listed = atom.listing(feed(atom, [entry(edition)], [STONE]))

    assert listed.versions == {URI: 7}
    assert listed.buried == {"urn:uuid:1"}
    assert atom.listing(atom.entry_document(entry(edition), asset_url=address)).versions == {URI: 7}


def test_an_entry_document_keeps_the_rules() -> None:
    document = atom.entry_document(entry(sample()), asset_url=address)

    assert problems(document, atom.ENTRY_CONTENT_TYPE, now=AT) == []


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


@pytest.mark.parametrize(
    ("entries", "expected"),
    [([], AT), ([entry(sample(), updated=AT + timedelta(days=1))], AT + timedelta(days=1))],
)
def test_a_head_that_changed_later_moves_the_feed(entries: Sequence[FeedEntry], expected: datetime) -> None:
    assert last_change(HEAD, entries, []) == expected
    later = replace(HEAD, updated=AT + timedelta(days=9))
    assert "2026-12-02T01:30:00.000Z" in feed(atom, entries, head=later).decode()


def test_pictures_are_shown_where_readers_look_for_them() -> None:
    document = feed(rss, [entry(sample())])
    [item] = json.loads(feed(jsonfeed, [entry(sample())]))["items"]

    assert b'xmlns:media="http://search.yahoo.com/mrss/"' in document
    assert only(document).media_thumbnail == [{"url": address(picture(0))}]
    assert item["image"] == address(picture(0))
    assert BeautifulSoup(item["content_html"], "html.parser").find("img") is not None


def test_two_changes_within_a_second_are_told_apart() -> None:
    moments = [AT + timedelta(milliseconds=n) for n in (250, 0)]
    found = [entry(sample(uri=f"{URI[:-1]}{n}"), updated=moment) for n, moment in enumerate(moments)]

    document = feed(atom, found)

    assert problems(document, atom.CONTENT_TYPE) == []
    assert [e.updated for e in feedparser.parse(document).entries] == [
        "2026-11-23T01:30:00.250Z",
        "2026-11-23T01:30:00.000Z",
    ]


def test_moments_sort_as_text_as_they_do_in_time() -> None:
    """What was signed on a whole second and what was signed just after it: readers compare the text."""
    moments = [AT + timedelta(microseconds=n) for n in (0, 400, 1000, 999_000, 1_000_000)]

    written = [rfc3339(moment) for moment in moments]

    assert written == sorted(written)
    assert written[0] == "2026-11-23T01:30:00.000Z"
