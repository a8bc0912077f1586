"""The order and the end of a search: newest first, nothing left out, however the index divides the archive."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from channels import finding, outbox
from channels.edition import Paragraph
from channels.models import Outlet, WithdrawalKind
from channels.search import tsvectors
from channels.search.asking import Depth
from channels.search.models import Entry
from channels.search.store import index
from channels.search.words import phrase_of
from tests.channels.builders import NOW, edition, outlet, targets

pytestmark = pytest.mark.django_db
on_postgres = pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's index")

AGES = [timedelta(hours=1) * 3**power for power in range(11)]
"""From an hour to seven years."""


@pytest.fixture(autouse=True)
def _forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tsvectors, "_near", {})


@pytest.fixture
def site() -> Outlet:
    return outlet("portal", "hosted")


def sign(site: Outlet, headline: str, age: timedelta, text: str = "") -> None:
    created = NOW - age
    body = (Paragraph(html=text),) if text else ()
    value = edition(headline=headline, summary="", body=body, first_created=created, version_created=created)
    outbox.plan(value, targets(site), now=created)


def found(text: str, *, limit: int = 50, filters: finding.Filters = finding.EVERYTHING) -> list[str]:
    answer = finding.answer(finding.words_of(text), filters, limit=limit, now=NOW)
    return [hit.title for hit in answer.hits]


@pytest.fixture(params=[1, 2, 3, 4_000])
def near(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(tsvectors, "NEAR", request.param)
    return int(request.param)


@pytest.mark.usefixtures("near")
def test_the_newest_come_first_and_the_oldest_come_too(site: Outlet) -> None:
    expected = [f"停水{number}" for number in range(len(AGES))]
    for headline, age in zip(expected, AGES, strict=True):
        sign(site, headline, age)
        sign(site, "停电", age + timedelta(minutes=1))

    for limit in (1, 4, 10, 50):
        assert found("停水", limit=limit) == expected[:limit]
        assert found("停", limit=limit)[:1] == ["停水0"]
    day = (NOW - AGES[5]).date()
    assert found("停水", filters=finding.Filters(until=day)) == expected[5:]
    assert found("停水", filters=finding.Filters(since=day)) == expected[:6]


@pytest.mark.usefixtures("near")
def test_newer_items_with_all_pairs_and_not_the_word_hide_nothing(site: Outlet) -> None:
    for minutes in range(30):
        sign(site, "甲", timedelta(minutes=minutes), "停水和水通与通知")
    sign(site, "乙", timedelta(days=300), "停水通知")

    assert found("停水通知", limit=1) == ["乙"]
    assert found("水和水通 停水", limit=2) == ["甲", "甲"]


def test_an_item_that_is_newer_than_what_a_process_knows_comes_first(
    site: Outlet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tsvectors, "NEAR", 1)
    for days in (400, 399, 398):
        sign(site, "停水一", timedelta(days=days))
    assert found("停水", limit=1) == ["停水一"]

    sign(site, "停水二", timedelta(0))
    assert found("停水", limit=1) == ["停水二"]
    for newest in list(Entry.objects.order_by("-pk")[:3]):
        outbox.recall(newest.item_id, kind=WithdrawalKind.GONE, reason="误", now=NOW)
    assert found("停水") == ["停水一"]


def test_a_title_counts_before_what_is_newer_and_is_listed_once(site: Outlet) -> None:
    sign(site, "停水", timedelta(days=2), "停水")
    sign(site, "甲", timedelta(days=1), "停水")

    assert found("停水") == ["停水", "甲"]
    assert found("停水", limit=1) == ["停水"]


def test_the_last_character_of_one_part_and_the_first_of_the_next_are_no_pair(site: Outlet) -> None:
    value = edition(headline="通告9", summary="号文", body=(Paragraph(html="件"),))
    outbox.plan(value, targets(site), now=NOW)

    assert found("9号") == found("号文件") == []
    assert found("告9") == found("号文") == ["通告9"]


@pytest.mark.parametrize("count", [1, 40])
def test_a_search_takes_as_many_statements_whatever_there_is(
    site: Outlet, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tsvectors, "NEAR", 5)
    for minutes in range(count):
        sign(site, "甲", timedelta(minutes=minutes), "停水")
    found("停水")  # PostgreSQL prepares what it is asked for the first time

    with CaptureQueriesContext(connection) as queries:
        found("停水")
    looks = [query for query in queries if "SELECT" in query["sql"] or "EXECUTE" in query["sql"]]
    assert len(looks) == (3 if connection.vendor == "sqlite" else 4)


@on_postgres
def test_statements_are_kept_up_to_a_number_and_run_without_that(
    site: Outlet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tsvectors, "PREPARED_MAX", 0)
    sign(site, "停水", timedelta(0))

    with CaptureQueriesContext(connection) as queries:
        assert found("停水") == ["停水"]
    assert not any("PREPARE" in query["sql"] for query in queries)


@on_postgres
def test_what_is_set_for_a_search_ends_with_it(site: Outlet) -> None:
    names = ("statement_timeout", "plan_cache_mode", "enable_seqscan", "jit")

    def settings() -> Sequence[Any]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT " + ", ".join(f"current_setting('{name}')" for name in names))
            return list(cursor.fetchone())

    before = settings()
    with index().hurried():
        assert settings() != before
    assert settings() == before


@on_postgres
def test_gin_answers_and_every_other_table_by_its_key(site: Outlet) -> None:
    sign(site, "停水", timedelta(0))
    for asked in ("停水", "停水通知", "停", "9"):
        with index().hurried() as looker, connection.cursor() as cursor:
            with CaptureQueriesContext(connection) as queries:
                looker.find(
                    [phrase_of(asked)], Depth.WHOLE, finding.asking.condition(finding.EVERYTHING, NOW), 5
                )
            execute = next(query["sql"] for query in queries if "EXECUTE" in query["sql"])
            cursor.execute(f"EXPLAIN {execute}".replace("%", "%%"))
            plan = "\n".join(row[0] for row in cursor.fetchall())
        assert "Bitmap Index Scan on search_index_text_tokens" in plan, asked
        assert "Seq Scan" not in plan, asked


def test_a_token_and_a_text_longer_than_any_limit_are_taken(site: Outlet) -> None:
    far = "".join(chr(0x4E00 + n // 300) + chr(0x5E00 + n % 300) for n in range(90_000))
    sign(site, "甲", timedelta(0), f"开头一句。{'a' * 5000}。{far}")

    assert Entry.objects.count() == 1
    assert found("开头一句") == found("a" * 30) == ["甲"]
