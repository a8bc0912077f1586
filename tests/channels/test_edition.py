"""Edition: the JSON round-trips, and the checksum says what a reader could see."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    ItemType,
    Lane,
    Organisation,
    Paragraph,
    PubStatus,
    Quote,
    ServiceFacts,
    Subject,
    Table,
    content_id_of,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
codes = st.text("abcdefghijklmnopqrstuvwxyz-0123456789", min_size=1, max_size=12)
moments = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))
fractions = st.floats(0, 1, allow_nan=False)
assets = st.builds(
    Asset,
    sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
    content_type=st.sampled_from(["image/jpeg", "image/png", "application/pdf", "x/y"]),
    name=texts,
    size=st.integers(0, 10**12),
    width=st.none() | st.integers(1, 10_000),
    height=st.none() | st.integers(1, 10_000),
    focal=st.none() | st.tuples(fractions, fractions),
)
images = st.builds(Image, asset=assets, alt=texts, caption=texts)
tables = st.integers(1, 4).flatmap(
    lambda width: st.builds(
        Table,
        rows=st.lists(st.tuples(*[texts] * width), max_size=4).map(tuple),
        caption=texts,
        header_row=st.booleans(),
        header_column=st.booleans(),
    )
)
blocks: st.SearchStrategy[Block] = st.one_of(
    st.builds(Paragraph, html=texts),
    st.builds(Heading, text=texts, level=st.integers(2, 4)),
    images,
    tables,
    st.builds(ItemList, items=st.lists(texts, max_size=4).map(tuple), ordered=st.booleans()),
    st.builds(Quote, text=texts, attribution=texts),
    st.builds(Attachment, asset=assets, title=texts),
)
services = st.builds(
    ServiceFacts,
    area=texts,
    start=st.none() | moments,
    end=st.none() | moments,
    contact=texts,
    deadline=st.none() | moments,
)
editions = st.builds(
    Edition,
    uri=st.uuids().map(lambda value: f"urn:uuid:{value}"),
    version=st.integers(0, 10_000),
    type=st.sampled_from(ItemType),
    slug=codes,
    headline=texts,
    canonical_url=codes.map(lambda code: f"http://hub.example/{code}/"),
    permalink=codes.map(lambda code: f"http://hub.example/i/{code}/"),
    issuer=st.builds(Organisation, code=codes, name=texts),
    source=texts,
    first_created=moments,
    version_created=moments,
    summary=texts,
    body=st.lists(blocks, max_size=5).map(tuple),
    cover=st.none() | images,
    by=texts,
    editor=texts,
    proofreader=texts,
    reviewer=texts,
    subjects=st.lists(st.builds(Subject, scheme=codes, code=codes, name=texts), max_size=3).map(tuple),
    keywords=st.lists(texts, max_size=3).map(tuple),
    alt_ids=st.lists(st.builds(AltId, role=codes, value=texts), max_size=2).map(tuple),
    issued_on=texts,
    origin_url=texts,
    service=st.none() | services,
    correction=st.none() | st.builds(Correction, note=texts, major=st.booleans(), at=moments),
    pub_status=st.sampled_from(PubStatus),
    lane=st.sampled_from(Lane),
    expires=st.none() | moments,
    ed_note=texts,
)
VISIBLE = [
    "headline", "summary", "source", "by", "editor", "proofreader", "reviewer", "canonical_url", "permalink", "slug",
    "issued_on", "origin_url", "language",
]  # fmt: skip


@given(editions)
def test_json_round_trips(edition: Edition) -> None:
    assert Edition.from_json(edition.to_json()) == edition
    assert Edition.from_json(edition.to_json()).to_json() == edition.to_json()


@given(editions, st.integers(1, 99), moments, texts)
def test_the_checksum_does_not_see_number_times_and_desk_note(
    edition: Edition, version: int, at: datetime, note: str
) -> None:
    other = replace(edition.with_version(version, at=at), first_created=at, ed_note=note)
    if other.correction:
        other = replace(other, correction=replace(other.correction, at=at))

    assert other.checksum == edition.checksum


@given(editions, st.sampled_from(VISIBLE))
def test_the_checksum_sees_what_a_reader_sees(edition: Edition, name: str) -> None:
    changed: dict[str, Any] = {name: f"{getattr(edition, name)}。"}

    assert replace(edition, **changed).checksum != edition.checksum


@given(editions, blocks)
def test_the_checksum_sees_a_block_more(edition: Edition, block: Block) -> None:
    assert replace(edition, body=(*edition.body, block)).checksum != edition.checksum


@given(editions)
def test_the_zone_of_a_time_does_not_matter(edition: Edition) -> None:
    beijing = timezone(timedelta(hours=8))
    moved = replace(
        edition,
        version_created=edition.version_created.astimezone(beijing),
        expires=edition.expires and edition.expires.astimezone(beijing),
    )

    assert moved.to_json() == edition.to_json()


@given(editions)
def test_every_file_is_listed_once(edition: Edition) -> None:
    listed = [asset.sha256 for asset in edition.assets]

    assert len(listed) == len(set(listed))
    assert all(asset.extension.isalnum() and "/" not in asset.extension for asset in edition.assets)


def test_an_edition_of_another_format_is_refused() -> None:
    edition = _small()
    with pytest.raises(ValueError, match="format"):
        Edition.from_json(edition.to_json().replace('"format":1', '"format":2'))


def test_naive_times_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        _small(first_created=datetime(2026, 1, 1))


@pytest.mark.parametrize("uri", ["", "http://x/", "urn:isbn:1", "urn:uuid:", "urn:uuid:xyz"])
def test_only_uuid_names_are_items(uri: str) -> None:
    with pytest.raises(ValueError, match=r"uuid|UUID"):
        content_id_of(uri)


def _small(**changes: Any) -> Edition:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    values: dict[str, Any] = {
        "uri": "urn:uuid:7f0c1a52-3a54-4d0e-9f5c-0c6a1d2e3f40",
        "version": 1,
        "type": ItemType.NEWS,
        "slug": "a",
        "headline": "标题",
        "canonical_url": "http://hub.example/a/",
        "permalink": "http://hub.example/i/",
        "issuer": Organisation(code="x", name="单位"),
        "source": "单位",
        "first_created": at,
        "version_created": at,
    }
    return Edition(**{**values, **changes})
