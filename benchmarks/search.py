"""Chinese search: recall and precision, time against modelsearch's stock backend, growth to 100,000 items, cost at signing."""

from __future__ import annotations

import os
import statistics
import sys
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from unittest import mock
from uuid import UUID

from benchmarks.chinese import QUERIES, Article, articles
from benchmarks.ground import database, paired, report, timed

CORPUS = 2_000
SMALL, LARGE = 1_000, int(os.environ.get("BENCH_SEARCH_ITEMS", "5000"))
"""The goal is for 100,000 items; to write them takes some five minutes."""
BATCH = 500
ROUNDS = 7
TYPICAL = ("停水", "文昌路", "老旧小区改造", "防汛应急演练 静兰街道", "公租房申请 通知", "高度重视", "路", "2026年第9期")  # fmt: skip
"""Words of many titles, two together, one that only texts have, one character, and one that few items have."""
NOW = datetime(2026, 11, 26, tzinfo=UTC)


def main(kind: str) -> None:
    with database(kind, "large", "small") as ground:
        ground.switch("large")
        corpus = list(articles(CORPUS))
        fill(corpus)
        _quality(kind, corpus)
        _against_stock(kind, corpus)
        _signing(kind)
        fill(articles(LARGE - CORPUS, sentences=5, seed=1), first=CORPUS)
        ground.switch("small")
        fill(articles(SMALL, sentences=5, seed=1), first=CORPUS)
        _growth(kind, ground)


def _quality(kind: str, corpus: Sequence[Article]) -> None:
    from channels import finding

    recalls, precisions = [], []
    texts = {_key(number): article.text for number, article in enumerate(corpus)}
    for query in QUERIES:
        wanted = unicodedata.normalize("NFKC", query)
        truth = {key for key, text in texts.items() if wanted in text}
        answer = finding.answer(finding.words_of(query), finding.EVERYTHING, limit=CORPUS, now=NOW)
        found = {hit.content_id for hit in answer.hits}
        recalls.append(len(found & truth) / len(truth) if truth else 1.0)
        precisions.append(len(found & truth) / len(found) if found else 1.0)
        if truth and not found:
            print(f"  {query}: nothing of {len(truth)}")
    for name, values in (("recall", recalls), ("precision", precisions)):
        mean = statistics.mean(values)
        report(f"search, {name} of {len(QUERIES)} queries, {kind}", mean, 1.0, mean, 0.99, "", at_least=True)


def _against_stock(kind: str, corpus: Sequence[Article]) -> None:
    from wagtail.models import Page

    from channels import finding

    stock = _stock_index(corpus)

    def ours() -> None:
        for query in QUERIES:
            finding.answer(finding.words_of(query), finding.EVERYTHING, limit=20, now=NOW)

    def theirs() -> None:
        for query in QUERIES:
            list(stock.search(query, Page)[:20])

    subject, other, ratio = paired(lambda: timed(ours), lambda: timed(theirs), rounds=5)
    report(f"search, {len(QUERIES)} queries, top 20, {kind} / stock backend", subject, other, ratio, 0.10)
    found = sum(bool(stock.search(query, Page).count()) for query in QUERIES)
    print(f"  the stock backend finds something for {found} of {len(QUERIES)}")


def _stock_index(corpus: Sequence[Article]) -> Any:
    """The same texts as pages in modelsearch's own index. Pages have one field for a long text, and it is made searchable."""
    from django.contrib.contenttypes.models import ContentType
    from modelsearch.index import SearchField
    from wagtail.models import Page
    from wagtail.search.backends import get_search_backend

    root = Page.get_first_root_node()
    kind = ContentType.objects.get_for_model(Page)
    pages = Page.objects.bulk_create(
        Page(
            title=article.title,
            slug=f"n-{number}",
            path=f"{root.path}{8000 + number:04d}",
            depth=2,
            content_type=kind,
            locale=root.locale,
            search_description="\n".join((article.summary, *article.paragraphs)),
        )
        for number, article in enumerate(corpus)
    )
    stock = get_search_backend("wagtail.search.backends.database")
    fields = [*Page.search_fields, SearchField("search_description")]
    with mock.patch.object(Page, "search_fields", fields):
        for begin in range(0, len(pages), BATCH):
            stock.get_index_for_model(Page).add_items(Page, pages[begin : begin + BATCH])
    return stock


def _signing(kind: str) -> None:
    from channels import outbox
    from channels.models import Outlet
    from channels.search import entries
    from channels.wanting import Target

    site = Outlet.objects.get(slug="bench")
    written = iter(enumerate(articles(ROUNDS * 4, seed=7), start=10_000_000))

    def sign() -> None:
        number, article = next(written)
        outbox.plan(edition(number, article), [Target(outlet_id=site.pk, reason="基准")], now=NOW)

    def unindexed() -> float:
        with mock.patch.object(entries, "write"):
            return timed(sign)

    subject, other, ratio = paired(lambda: timed(sign), unindexed, rounds=ROUNDS)
    report(f"planning an edition of 1,000 characters, {kind} / without the index", subject, other, ratio, 2.0)


def _growth(kind: str, ground: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from channels import finding

    def on(name: str, query: str) -> Callable[[], int]:
        ground.switch(name)

        def look() -> int:
            words = finding.words_of(query)
            answer = finding.answer(words, finding.EVERYTHING, limit=100, now=NOW)
            assert answer.hits, query
            finding.opened(answer.hits[:10], words)
            return len(answer.hits)

        return look

    def timed_on(name: str, query: str) -> float:
        look = on(name, query)
        look()  # the connection is new
        return timed(look)

    for query in TYPICAL:
        counts, hits = {}, {}
        for name in ("small", "large"):
            look = on(name, query)
            look()
            with CaptureQueriesContext(connection) as queries:
                hits[name] = look()
            counts[name] = len(queries)
        subject, other, ratio = paired(
            lambda query=query: timed_on("large", query),
            lambda query=query: timed_on("small", query),
            rounds=ROUNDS,
        )
        report(f"search, {query}, {kind}, {LARGE:,} items / {SMALL:,}", subject, other, ratio, 1.5)
        print(f"  {hits['large']} / {hits['small']} hits in {counts['large']} / {counts['small']} queries")


def fill(texts: Iterable[Article], *, first: int = 0) -> None:
    """Signed items at one hosted site, one a quarter of an hour, in the tables and in the index, without the engine."""
    from django.db import connection, transaction
    from django.db.models import OuterRef

    from channels.models import EditionRecord, Item, Outlet, Placement
    from channels.search.models import Entry
    from channels.search.store import index
    from channels.search.texts import texts_of

    site, _ = Outlet.objects.get_or_create(slug="bench", defaults={"name": "门户网", "channel": "hosted"})
    numbered = enumerate(texts, start=first)
    while batch := list(islice(numbered, BATCH)):
        with transaction.atomic():
            editions = [edition(number, article) for number, article in batch]
            Item.objects.bulk_create(_item(value) for value in editions)
            records = EditionRecord.objects.bulk_create(_record(value) for value in editions)
            own = EditionRecord.objects.filter(item=OuterRef("pk")).values("pk")
            Item.objects.filter(current=None).update(current=own)
            Placement.objects.bulk_create(
                Placement(
                    item_id=record.item_id,
                    outlet=site,
                    desired=record,
                    slug=value.slug,
                    published_at=value.first_created,
                    desired_at=NOW,
                    state="settled",
                )
                for value, record in zip(editions, records, strict=True)
            )
            places = [_place(value) for value in editions]
            Entry.objects.bulk_create(
                Entry(pk=place, item_id=record.item_id, record=record, title=value.headline)
                for place, value, record in zip(places, editions, records, strict=True)
            )
            for place, value in zip(places, editions, strict=True):
                index().put(place, texts_of(value, {}))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def edition(number: int, article: Article) -> Any:
    from channels.edition import Edition, ItemType, Organisation, Paragraph

    key = _key(number)
    created = NOW - timedelta(minutes=15 * (LARGE - number % LARGE))
    return Edition(
        uri=f"urn:uuid:{key}",
        version=1,
        type=ItemType.NOTICE,
        slug=f"n-{number}",
        headline=article.title,
        canonical_url=f"http://hub.example/n-{number}/",
        permalink=f"http://hub.example/i/{key}/",
        issuer=Organisation(code="qzf", name="城中区人民政府"),
        source="城中区人民政府",
        first_created=created,
        version_created=created,
        summary=article.summary,
        body=tuple(Paragraph(html=text) for text in article.paragraphs),
    )


def _key(number: int) -> UUID:
    return UUID(int=number + 1)


def _place(value: Any) -> int:
    from channels.search.asking import place_of

    return place_of(value.first_created, value.content_id)


def _item(value: Any) -> Any:
    from channels.models import Item

    return Item(
        content_id=value.content_id,
        slug=value.slug,
        headline=value.headline,
        item_type=value.type.value,
        changed_at=value.first_created,
        first_published_at=value.first_created,
    )


def _record(value: Any) -> Any:
    from channels.models import EditionRecord

    return EditionRecord(
        item_id=value.content_id,
        number=1,
        checksum="",
        document=value.to_json(),
        signed_at=value.first_created,
    )


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "sqlite")
