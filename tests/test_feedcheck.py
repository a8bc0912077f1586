"""The checker of feeds: each rule is seen failing on a document that breaks it, and sound documents pass."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from channels.edition import Attachment
from channels.formats import atom, jsonfeed, legacy, opml, rss
from channels.formats.feed import FeedHead, Tombstone
from tests.channels.feeding import AT, HEAD, entry, feed
from tests.channels.stage import URI, sample
from tests.channels.test_formats import FORM
from tests.feedcheck import legacy_problems, problems

STONE = Tombstone(uri="urn:uuid:9", when=AT, comment="内容有误", url="http://hub.example/i/9/")
ENTRIES = [
    entry(sample(1, body=(Attachment(asset=FORM, title="附件1"),)), updated=AT),
    entry(sample(2, uri=f"{URI[:-1]}1"), updated=AT - timedelta(0)),
]
ARCHIVE = replace(
    HEAD, is_archive=True, prev_archive_url="http://hub.example/1", current_url=HEAD.home_url, next_url=""
)
ID = f"<id>{URI}</id>"
GUID = f'<guid isPermaLink="false">{URI}</guid>'
AUTHOR = "<author><name>城中街道办事处</name></author>"
ENTRY_END = "</entry></feed>"
ITEM_END = "</item></channel></rss>"
SELF = '<link rel="self" href="http://hub.example/feeds/czjd.atom" type="application/atom+xml"/>'


def document(format: Any, *, head: FeedHead = HEAD, stones: tuple[Tombstone, ...] = ()) -> str:
    return feed(format, ENTRIES, stones, head=head).decode()


def broken(text: str, old: str, new: str, *, count: int = 1) -> bytes:
    assert old in text, "the sample does not break anything"
    return text.replace(old, new, count).encode()


ATOM_RULES = [
    ('encoding="utf-8"', 'encoding="gbk"', "charset"),
    ('<?xml version="1.0" encoding="utf-8"?>', "", "declaration"),
    ("<feed xmlns=", "<!DOCTYPE feed><feed xmlns=", "doctype"),
    ("</title>", "</titel>", "not well-formed"),
    ("城中街道</title>", "城中\x0b街道</title>", "not well-formed"),
    ("<feed xmlns=", '<rss xmlns="x"/><feed xmlns=', "not well-formed"),
    ("城中街道</title>", "城中\x85街道</title>", "control character"),
    (ID, "", "not exactly one"),
    (ID, ID + ID, "not exactly one"),
    (ID, "<id>102</id>", "its id is no IRI"),
    ("<subtitle>", "<subtitle>一</subtitle><subtitle>", "more than one"),
    ("<updated>2026-11-23T01:30:00.000Z", "<updated>2026-11-23 01:30:00", "updated is no date"),
    ("<updated>2026-11-23T01:30:00.000Z", "<updated>2026-11-23T01:30:00", "updated is no date"),
    ("<updated>2026-11-23T01:30:00.000Z", "<updated>2026-11-22T01:30:00.000Z", "older than its newest entry"),
    ("<updated>2026-11-23T01:30:00.000Z", "<updated>1969-11-22T01:30:00.000Z", "implausible date"),
    ("<published>2026-11-23T01:30:00.000Z", "<published>2026-11-24T01:30:00.000Z", "after updated"),
    ("停水通知（第1次", "A &amp;amp; B（第1次", "escaped twice"),
    ("停水通知（第1次", "&lt;b&gt;停水&lt;/b&gt;", "title holds markup"),
    ("<name>城中街道办事处</name>", "<name> </name>", "author without name"),
    (SELF, "", "not exactly one link to itself"),
    ('rel="hub"', 'rel="canonical"', "not registered"),
    ('rel="next" href="http://hub.example', 'rel="next" href="', "is not absolute"),
    ('rel="next" href="http://hub.example/feeds/czjd.atom?before=1"', 'rel="next" href="http://hub.example/feeds/czjd.atom"', "leads to itself"),
    ('rel="next"', 'rel="next" title=""', "empty title"),
    ('rel="next" href="http://hub.example', 'rel="next" href="http://hub.example/通知', "is not absolute"),
    (SELF, f'{SELF}<link rel="alternate" href="http://hub.example/2" type="text/html"/>', "is there twice"),
    (SELF, f'{SELF}<link rel="next" href="http://hub.example/2"/>', "next is there twice"),
    (SELF, f'{SELF}<link rel="next-archive" href="http://hub.example/2"/>', "outside of an archive"),
    (SELF, f"{SELF}<fh:complete/>", "has no neighbours"),
    (SELF, f"{SELF}<fh:archive/>", "without its current document"),
    (SELF, f"{SELF}<fh:archive/>", "without a neighbour"),
    (ENTRY_END, f"</entry>{SELF}</feed>", "behind entries"),
    (ENTRY_END, '<link rel="next" href="http://hub.example/2"/></entry></feed>', "paging link in an entry"),
    ('<content type="html">', "<content>", "content is not HTML"),
    ('<content type="html">', '<content type="html">&lt;script&gt;', "<script> in the HTML"),
    ('<content type="html">', '<content type="html">&lt;p onclick="x"&gt;', "event attribute"),
    ('<content type="html">', '<content type="html">&lt;p style="mso-a: b"&gt;', "Word's styles"),
    ('<content type="html">', '<content type="html">&lt;a href="/x"&gt;', "relative or dangerous"),
    ('<content type="html">', '<content type="html">&lt;a href="javascript:x"&gt;', "relative or dangerous"),
    ('<content type="html">', '<content type="html">&lt;img srcset="/x 2x"&gt;', "relative or dangerous"),
    ("<published>", "<content/><published>", "more than one"),
    ('length="3565158"', 'length="0"', "without its length"),
    ('length="3565158"', 'length=""', "without its length"),
    ('type="application/pdf"', 'type="pdf"', "without media type"),
    ('rel="enclosure" href="http://hub.example', 'rel="enclosure" href="', "enclosure without absolute address"),
    ('scheme="urn:tongsheng:column"', 'scheme="公告分类"', "category without term or scheme"),
    ('term="tzgg"', 'term=""', "category without term or scheme"),
    ("<category ", '<category term="notice" scheme="urn:tongsheng:type"/><category ', "is there twice"),
    (f"{URI[:-1]}1", URI, "is there twice"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "rule"), ATOM_RULES)
def test_a_broken_rule_of_atom_is_told(old: str, new: str, rule: str) -> None:
    sound = document(atom)
    assert problems(sound.encode(), atom.CONTENT_TYPE, now=AT) == []

    found = problems(broken(sound, old, new), atom.CONTENT_TYPE)

    assert any(rule in line for line in found), found


def test_an_entry_without_text_page_or_author_is_told() -> None:
    sound = atom.entry_document(ENTRIES[0], asset_url=lambda asset: "http://hub.example/a").decode()
    start, end = sound.index("<content"), sound.index("</content>") + len("</content>")
    bare = sound.replace(sound[start:end], "").replace(AUTHOR, "").replace('rel="alternate"', 'rel="related"')
    bare = bare.replace("<summary>第1稿：文昌路片区停水。</summary>", "")

    found = problems(bare.encode(), atom.ENTRY_CONTENT_TYPE)

    assert [line.partition(": ")[2] for line in found] == [
        "neither content nor a page",
        "no text at all",
        "nobody is named as author",
    ]


def test_the_wrong_order_is_told() -> None:
    late = replace(ENTRIES[1], updated=AT + timedelta(days=1))

    for format in (atom, rss):
        found = problems(feed(format, [ENTRIES[0], late]), format.CONTENT_TYPE)
        assert [line.partition(": ")[2] for line in found] == ["not the newest change first"]


def test_a_date_of_the_future_is_told() -> None:
    assert problems(document(atom).encode(), atom.CONTENT_TYPE, now=AT - timedelta(days=1)) == [
        "implausible date: 2026-11-23T01:30:00.000Z"
    ]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('ref="urn:uuid:9"', 'ref="9"', "tombstone without id or time"),
        ('when="2026-11-23T01:30:00.000Z"', 'when="gestern"', "tombstone without id or time"),
        ('when="2026-11-23T01:30:00.000Z"', 'when="2026-11-25T01:30:00.000Z"', "older than its tombstone"),
        ('ref="urn:uuid:9"', f'ref="{URI}"', "taken back at once"),
        ("<at:comment>", "<at:comment/><at:comment>", "two comments"),
        (
            "<at:deleted-entry ",
            '<at:deleted-entry ref="urn:uuid:9" when="2026-11-23T01:30:00.000Z"/><at:deleted-entry ',
            "is there twice",
        ),
    ],
)
@pytest.mark.parametrize("format", [atom, rss], ids=lambda format: format.KEY)
def test_a_bad_tombstone_is_told(format: Any, old: str, new: str, rule: str) -> None:
    sound = document(format, stones=(STONE,))
    assert problems(sound.encode(), format.CONTENT_TYPE) == []

    found = problems(broken(sound, old, new), format.CONTENT_TYPE)

    assert any(rule in line for line in found), found


@pytest.mark.parametrize("part", ['<link rel="current" href="http://hub.example/czjd/"/>', "prev-archive"])
def test_an_archive_that_leads_nowhere_is_told(part: str) -> None:
    sound = document(atom, head=ARCHIVE)
    assert problems(sound.encode(), atom.CONTENT_TYPE) == []

    assert problems(broken(sound, part, "related" if part == "prev-archive" else ""), atom.CONTENT_TYPE)


RSS_RULES = [
    ('version="2.0"', 'version="0.91"', "not RSS 2.0"),
    ('"http://search.yahoo.com/mrss/"', '"http://search.yahoo.com/mrss"', "needs its slash"),
    ("<title>城中街道</title>", "<title/>", "empty title"),
    ("<language>zh-cn</language>", "", "not exactly one language"),
    ("<link>http://hub.example/czjd/</link>", "<link>/czjd/</link>", "channel: link is not absolute"),
    ("<link>http://hub.example/czjd/x/</link>", "<link>/czjd/x/</link>", "link is not absolute"),
    ("<lastBuildDate>Mon, 23", "<lastBuildDate>Tue, 23", "lastBuildDate is no date"),
    ("<lastBuildDate>Mon, 23 Nov 2026", "<lastBuildDate>Sun, 22 Nov 2026", "older than its newest item"),
    ("+0800</pubDate>", "CST</pubDate>", "pubDate is no date"),
    ("+0800</pubDate>", "</pubDate>", "pubDate is no date"),
    ("<pubDate>Mon, 23 Nov 2026", "<pubDate>23 Nov 26", "pubDate is no date"),
    (GUID, "", "not exactly one guid"),
    (GUID, f"<guid>{URI}</guid>", "does not say so"),
    (GUID, '<guid isPermaLink="false">102</guid>', "guid is no IRI"),
    (f"{URI[:-1]}1", URI, "is there twice"),
    (ITEM_END, "<enclosure/><enclosure/></item></channel></rss>", "more than one enclosure"),
    ('length="3565158"', 'length=""', "without its length"),
    (ITEM_END, "<author>宣传部</author></item></channel></rss>", "no e-mail address"),
    (' domain="urn:tongsheng:column"', "", "category without name or domain"),
    ("<description>第1稿", "<content:encoded/><description>第1稿", "content before description"),
    ("<description>第1稿", "<description>&lt;iframe&gt;", "<iframe> in the HTML"),
    ("<content:encoded>", '<content:encoded>&lt;img src="/x"&gt;', "relative or dangerous"),
    ("<title>停水通知（第1次发布）</title>", "<title>A &amp;amp; B</title>", "escaped twice"),
    ('rel="self"', 'rel="related"', "not exactly one link to itself"),
]


@pytest.mark.parametrize(("old", "new", "rule"), RSS_RULES)
def test_a_broken_rule_of_rss_is_told(old: str, new: str, rule: str) -> None:
    sound = document(rss)
    assert problems(sound.encode(), rss.CONTENT_TYPE, now=AT) == []

    found = problems(broken(sound, old, new), rss.CONTENT_TYPE)

    assert any(rule in line for line in found), found


def test_an_item_without_title_and_description_is_told() -> None:
    bare = document(rss).replace("<title>停水通知（第1次发布）</title>", "")
    bare = bare.replace("<description>第1稿：文昌路片区停水。</description>", "")

    assert any("neither title nor description" in line for line in problems(bare.encode(), rss.CONTENT_TYPE))


ABSENT = object()
JSON_RULES = [
    (("version",), "https://jsonfeed.org/version/1", "not JSON Feed 1.1"),
    (("title",), ABSENT, "title or items are missing"),
    (("description",), None, "null value"),
    (("hub",), "x", "unknown property"),
    (("feed_url",), ABSENT, "does not name itself"),
    (("next_url",), "http://hub.example/feeds/czjd.atom", "as its next page"),
    (("home_page_url",), "/czjd/", "is not absolute"),
    (("authors",), [{"name": ""}], "author without name"),
    (("hubs",), [{"url": "http://hub.example/"}], "hub without type or address"),
    (("items", 0, "id"), 7, "id is no string"),
    (("items", 1, "id"), URI, "is there twice"),
    (("items", 0, "content_html"), ABSENT, "neither HTML nor text"),
    (("items", 0, "content_html"), "<form>", "<form> in the HTML"),
    (("items", 0, "title"), "A &amp; B", "escaped twice"),
    (("items", 0, "title"), "\x7f", "control character"),
    (("items", 0, "author"), {"name": "x"}, "unknown property"),
    (("items", 0, "url"), "/x", "is not absolute"),
    (("items", 0, "date_modified"), "2026-11-23", "date_modified is no date"),
    (("items", 0, "tags"), [1], "tag is no text"),
    (("items", 0, "attachments", 0, "mime_type"), ABSENT, "attachment without address or type"),
    (("items", 0, "attachments", 0, "size_in_bytes"), "3", "size is no number"),
]


@pytest.mark.parametrize(("path", "value", "rule"), JSON_RULES)
def test_a_broken_rule_of_json_feed_is_told(path: tuple[Any, ...], value: object, rule: str) -> None:
    sound = document(jsonfeed)
    assert problems(sound.encode(), jsonfeed.CONTENT_TYPE, now=AT) == []
    bad = json.loads(sound)
    holder = bad
    for name in path[:-1]:
        holder = holder[name]
    if value is ABSENT:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value

    found = problems(json.dumps(bad, ensure_ascii=False).encode(), jsonfeed.CONTENT_TYPE)

    assert any(rule in line for line in found), found


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (b"[", "not JSON"),
        (b'{"a":1,"a":2}', "there twice"),
        (b"\xff", "not JSON"),
        (b"[]", "not JSON Feed 1.1"),
    ],
)
def test_what_is_no_json_feed_is_told(text: bytes, rule: str) -> None:
    assert rule in problems(text, jsonfeed.CONTENT_TYPE)[0]
    assert problems(text, f"{jsonfeed.CONTENT_TYPE}; charset=utf-8")[0] == "charset: JSON has none"


OPML_RULES = [
    ('version="2.0"', 'version="1.0"', "not OPML 2.0"),
    ("<ownerName>宣传部</ownerName>", "", "not exactly one ownerName"),
    ("+0800", "CST", "dateModified is no date"),
    ('text="一"', 'text=""', "no text"),
    ('text="一"', "", "no text"),
    ('title="一"', "", "feed without title"),
    ('xmlUrl="http://hub.example/1"', 'xmlUrl="/1"', "feed without absolute address"),
    ('htmlUrl="http://hub.example/"', 'htmlUrl="/"', "page without absolute address"),
    ('type="rss"', "", "does not say so"),
    ('type="rss"', 'type="rss" xmlurl="x"', "unknown"),
    ("</body>", '<outline type="rss" text="x" title="x" xmlUrl="http://hub.example/1"/></body>', "is there twice"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "rule"), OPML_RULES)
def test_a_broken_rule_of_opml_is_told(old: str, new: str, rule: str) -> None:
    one = opml.Subscription(title="一", xml_url="http://hub.example/1", html_url="http://hub.example/")
    groups = [opml.Group(title="街道", subscriptions=(one,))]
    sound = opml.document("目录", "宣传部", groups, updated=AT).decode()
    assert problems(sound.encode(), opml.CONTENT_TYPE) == []

    found = problems(broken(sound, old, new), opml.CONTENT_TYPE)

    assert any(rule in line for line in found), found


def test_a_list_without_feeds_is_told() -> None:
    document = opml.document("目录", "宣传部", [], updated=AT)

    assert problems(document, opml.CONTENT_TYPE) == ["body: no outline"]


def test_what_is_no_feed_at_all_is_told() -> None:
    assert "is no feed" in problems(document(rss).encode(), atom.CONTENT_TYPE)[0]
    with pytest.raises(ValueError, match="no rules"):
        problems(b"", "text/html")


LEGACY_RULES = [
    ('encoding="utf-8"', "", "encoding"),
    ('encoding="utf-8"', 'encoding="gb18030"', "encoding"),
    ("<title>停水", '<title type="text">停水', "bare title"),
    ("<description>第1稿", "<dc:description>第1稿", "bare title"),
    ("/czjd/1/</link>", "/czjd/?a=1&amp;b=2</link>", "spoiled"),
    ("/czjd/1/</link>", "/czjd/通知/</link>", "spoiled"),
    ("/czjd/1/</link>", "/czjd/0/</link>", "one article"),
    ("<description>第1稿：文昌路片区停水。", "<description><![CDATA[x]]>", "CDATA"),
]


@pytest.mark.parametrize(("old", "new", "rule"), LEGACY_RULES)
def test_what_old_systems_cannot_read_is_told(old: str, new: str, rule: str) -> None:
    entries = [replace(one, url=f"http://hub.example/czjd/{n}/") for n, one in enumerate(ENTRIES)]
    sound = feed(legacy.UTF8, entries).decode()
    assert legacy_problems(sound.encode()) == []

    found = legacy_problems(broken(sound, old, new))

    assert any(rule in line for line in found), found


def test_a_single_item_is_told() -> None:
    sound = feed(legacy.UTF8, ENTRIES).decode()
    start, end = sound.rindex("<item>"), sound.rindex("</item>") + len("</item>")

    assert any("single one" in line for line in legacy_problems((sound[:start] + sound[end:]).encode()))
