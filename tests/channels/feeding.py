"""Entries, heads and documents of feeds, as whoever serves them makes them, and editions that try to break them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import strategies as st

from channels import markup
from channels.edition import Asset, Edition, Paragraph
from channels.formats.feed import Content, FeedEntry, FeedHead, Format, Tombstone
from channels.formats.html import AssetUrl
from tests.channels.test_edition import editions, texts
from tests.feedcheck.values import title

AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
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

_FRAGMENTS = st.sampled_from(
    [
        "\x0b",
        "\x00",
        "\ufffe",
        "]]>",
        "😀",
        "A & B",
        "<script>alert(1)</script>",
        "囍—€",
        "\r\n",
        "\u2028",
        "汉" * 5000,
    ]
)
hostile = st.lists(_FRAGMENTS | texts, max_size=4).map("".join)
hostile_editions: st.SearchStrategy[Edition] = st.builds(
    lambda edition, headline, summary, html, by: replace(
        edition,
        headline=f"通知{headline}",
        summary=summary,
        by=by,
        body=(
            *edition.body,
            Paragraph(html=html),
            Paragraph(
                html='<a href="../a b">附表</a><a href="java&#11;script:x">一</a>&#11;<img src=x onerror=y>'
            ),
        ),
    ),
    editions,
    hostile,
    hostile,
    hostile,
    hostile,
)
hostile_lists = st.lists(hostile_editions, max_size=3, unique_by=lambda edition: edition.uri)
# A title that itself reads "<b>" or "&amp;" looks like the fault of a format that `problems` tells.
plain_lists = hostile_lists.filter(lambda found: not any(looks_marked_up(one.headline) for one in found))


def looks_marked_up(headline: str) -> bool:
    return any(title("", markup.xml_text(headline)))


def address(asset: Asset) -> str:
    return f"http://hub.example/{asset.path}"


def entry(
    edition: Edition, *, updated: datetime = AT, url: str = "http://hub.example/czjd/x/", sequence: int = 0
) -> FeedEntry:
    return FeedEntry(edition=edition, url=url, published=AT, updated=updated, sequence=sequence)


def feed(
    format: Format,
    entries: Sequence[FeedEntry],
    tombstones: Sequence[Tombstone] = (),
    *,
    head: FeedHead = HEAD,
    content: Content = Content.FULL,
    to: AssetUrl = address,
) -> bytes:
    fragments = [format.entry(one, content=content, asset_url=to) for one in entries]
    return format.document(head, fragments, tombstones, updated=last_change(head, entries, tombstones))


def last_change(head: FeedHead, entries: Sequence[FeedEntry], tombstones: Sequence[Tombstone]) -> datetime:
    return max([head.updated, *(one.changed for one in entries), *(stone.when for stone in tombstones)])


def entries_of(found: Sequence[Edition]) -> list[FeedEntry]:
    """Entries of these editions, the newest change first."""
    return sorted((entry(edition) for edition in found), key=lambda one: one.changed, reverse=True)
