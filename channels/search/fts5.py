"""The index on SQLite: one FTS5 table of tokens, whose row number is the entry's place in time.

The tokenizer is `ascii` because it leaves every other character alone: channels.search.words has made the tokens.
FTS5 walks its rows from the highest number down, so the newest hits cost what they are, not what the archive is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import Any

from django.db import OperationalError, connection

from channels.search.asking import Condition, Depth, Hit, TooCostly
from channels.search.texts import Texts
from channels.search.words import Phrase

STEPS = 2_000
"""Instructions of SQLite's machine between two looks at the clock."""


def put(place: int, texts: Texts) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM search_index_text WHERE rowid = %s", [place])
        cursor.execute(
            "INSERT INTO search_index_text (rowid, tokens) VALUES (%s, %s)",
            [place, f"{texts.head} {texts.whole}"],
        )


def put_sounds(place: int, sounds: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM search_index_sound WHERE rowid = %s", [place])
        cursor.execute(
            "INSERT INTO search_index_sound (rowid, title) VALUES (%s, %s)", [place, " ".join(sounds)]
        )


def drop(place: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM search_index_text WHERE rowid = %s", [place])
        cursor.execute("DELETE FROM search_index_sound WHERE rowid = %s", [place])


def clear() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM search_index_text")
        cursor.execute("DELETE FROM search_index_sound")


@contextmanager
def hurried() -> Iterator[Looker]:
    end = monotonic() + TooCostly.SECONDS
    connection.ensure_connection()
    raw: Any = connection.connection
    raw.set_progress_handler(lambda: monotonic() > end, STEPS)
    try:
        yield Looker()
    except OperationalError as error:
        if "interrupted" in str(error):
            raise TooCostly from error
        raise
    finally:
        raw.set_progress_handler(None, 0)


class Looker:
    """The verbs that look."""

    def find(self, phrases: Sequence[Phrase], depth: Depth, condition: Condition, limit: int) -> list[Hit]:
        asked = " AND ".join(phrase_text(depth.phrase(phrase)) for phrase in phrases)
        return _newest("search_index_text", asked, condition, limit)

    def sounding(self, sounds: Sequence[str], condition: Condition, limit: int) -> list[Hit]:
        return _newest("search_index_sound", phrase_text(Phrase(tuple(sounds))), condition, limit)

    def similar(self, pairs: Sequence[str], condition: Condition, limit: int) -> list[Hit]:
        asked = " OR ".join(phrase_text(Phrase((Depth.TITLE.mark + pair,))) for pair in pairs)
        return _newest("search_index_text", asked, condition, limit)


def _newest(table: str, asked: str, condition: Condition, limit: int) -> list[Hit]:
    bounds = "".join(f" AND f.rowid {sign} {place}" for sign, place in condition.bounds)
    if condition.known:
        bounds += f" AND f.rowid NOT IN ({', '.join(map(str, condition.known))})"
    with connection.cursor() as cursor:
        # No outside text in here but parameters: the table is one of two, the bounds are numbers.
        cursor.execute(
            f"SELECT e.id, e.item_id, e.title FROM {table} f CROSS JOIN search_index_entry e ON e.id = f.rowid"  # noqa: S608
            f" CROSS JOIN syndication_item i ON i.content_id = e.item_id"
            f" WHERE f.{table} MATCH %s{bounds} AND {condition.sql} ORDER BY f.rowid DESC LIMIT %s",
            [asked, *condition.values, limit],
        )
        return [Hit.from_row(row) for row in cursor.fetchall()]


def phrase_text(phrase: Phrase) -> str:
    return f'"{" ".join(phrase.tokens)}"{"*" if phrase.is_open else ""}'
