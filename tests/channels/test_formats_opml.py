"""OPML: the list of all feeds."""

from __future__ import annotations

from lxml import etree

from channels.formats import opml
from tests.channels.feeding import AT
from tests.feedcheck import problems

SITE = opml.Subscription(
    title="A & B\x0b",
    xml_url="http://hub.example/feeds/通知.atom?a=1&b=2",
    html_url="http://hub.example/czjd/",
    categories=("/城中街道/通知公告", "/便民"),
)
GROUPS = [
    opml.Group(
        title="街道",
        subscriptions=(SITE,),
        groups=(
            opml.Group(
                title="城中街道",
                subscriptions=(opml.Subscription(title="一", xml_url="http://hub.example/1"),),
            ),
            opml.Group(title="空", groups=(opml.Group(title="也空"),)),
        ),
    )
]


def test_feeds_are_nested_by_group_and_empty_groups_left_out() -> None:
    document = opml.document("城中区订阅目录", "城中区委宣传部", GROUPS, updated=AT)

    body = etree.fromstring(document).find("body")
    assert body is not None
    assert [outline.get("text") for outline in body.iter("outline")] == ["街道", "A & B", "城中街道", "一"]
    assert problems(document, opml.CONTENT_TYPE, now=AT) == []


def test_a_feed_says_what_a_reader_imports() -> None:
    [group] = etree.fromstring(opml.document("目录", "宣传部", GROUPS, updated=AT)).iterfind("body/outline")

    assert dict(group[0].attrib) == {
        "text": "A & B",
        "title": "A & B",
        "type": "rss",
        "xmlUrl": "http://hub.example/feeds/%E9%80%9A%E7%9F%A5.atom?a=1&b=2",
        "htmlUrl": "http://hub.example/czjd/",
        "language": "zh-CN",
        "category": "/城中街道/通知公告,/便民",
    }


def test_the_list_says_whose_it_is_and_when_it_changed() -> None:
    head = etree.fromstring(opml.document("目录", "宣传部", [], updated=AT)).find("head")

    assert head is not None
    assert head.findtext("ownerName") == "宣传部"
    assert head.findtext("dateModified") == "Mon, 23 Nov 2026 09:30:00 +0800"
