"""The index on PostgreSQL: the tokens as a text, and a GIN index over the set of them. Its own parser never sees a text.

A GIN index knows which rows have all tokens, in no order; whether they follow each other is read in the text, newest row
first, until enough have come. What it knows it gives as a whole, though, and a common word is in half of the archive. So
every row has the eras that it is of as tokens too, and the newest rows are asked for first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from time import monotonic
from typing import Any

from django.db import OperationalError, connection, transaction

from channels.search.asking import Condition, Depth, Hit, TooCostly
from channels.search.texts import GAP, Texts
from channels.search.words import Phrase

BYTES_MAX = 900_000
"""PostgreSQL takes no set of tokens of 1 MiB."""
TOKEN_BYTES_MAX = 400
"""PostgreSQL takes no token of 2 KiB."""
ERAS = (26, 30, 34, 38)
"""Bits of a place that an era leaves out: 18 hours, 12 days, half a year, eight years."""
ERAS_ASKED = 18
NEAR = 4_000
"""Entries that are asked first."""
NEAR_SECONDS = 60.0
_near: dict[str, tuple[float, int | None]] = {}
"""By database: how long this is taken to be so, and the place of the entry that is NEAR entries back."""
PREPARED_MAX = 60
"""Statements that a connection keeps; the filters of the page have more combinations than that."""
PLACE_MAX = 2**63 - 1


def put(place: int, texts: Texts) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO search_index_text (id, head, whole) VALUES (%s, %s, %s)"
            " ON CONFLICT (id) DO UPDATE SET head = EXCLUDED.head, whole = EXCLUDED.whole",
            [place, _kept(texts.head, place), _kept(texts.whole, place)],
        )


def put_sounds(place: int, sounds: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO search_index_sound (id, title) VALUES (%s, %s)"
            " ON CONFLICT (id) DO UPDATE SET title = EXCLUDED.title",
            [place, _kept(" ".join((GAP, *sounds, GAP)), place)],
        )


def drop(place: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM search_index_text WHERE id = %s", [place])
        cursor.execute("DELETE FROM search_index_sound WHERE id = %s", [place])


def clear() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM search_index_text")
        cursor.execute("DELETE FROM search_index_sound")


@contextmanager
def hurried() -> Iterator[Looker]:
    """What is set for it goes with the transaction, which is rolled back: nothing was written."""
    try:
        with transaction.atomic():
            yield Looker(*_opened())
            transaction.set_rollback(True)
    except OperationalError as error:
        if "statement timeout" in str(error):
            raise TooCostly from error
        raise


def _opened() -> tuple[int | None, int, list[str]]:
    """Sets how statements are to be run. Returns where the near ones begin, the newest place, and what is prepared.

    Without a plan made for its values a statement costs a third, and the one plan is right for all: the rows from GIN,
    newest first, each looked up in the other tables by its key.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT max(id), ARRAY(SELECT name FROM pg_prepared_statements WHERE name LIKE 'search\\_%%'),
                set_config('statement_timeout', %s, true), set_config('plan_cache_mode', 'force_generic_plan', true),
                set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true)
            FROM search_index_entry
            """,
            [f"{max(1, int(TooCostly.SECONDS * 1000))}ms"],
        )
        newest, prepared, *_ = cursor.fetchone()
        near = _begin_of_near(cursor)
    return near, max(newest or 0, near or 0), prepared


def _begin_of_near(cursor: Any) -> int | None:
    """Any place would give the same hits; None where everything is near."""
    name = str(connection.settings_dict["NAME"])
    due, near = _near.get(name, (0.0, None))
    if monotonic() >= due:
        cursor.execute("SELECT id FROM search_index_entry ORDER BY id DESC OFFSET %s LIMIT 1", [NEAR])
        row = cursor.fetchone()
        near = int(row[0]) if row else None
        _near[name] = (monotonic() + NEAR_SECONDS, near)
    return near


class Looker:
    """The verbs that look, in one transaction."""

    def __init__(self, near: int | None, newest: int, prepared: Sequence[str]) -> None:
        self._near = near
        self._newest_place = newest
        self._prepared = set(prepared)

    def find(self, phrases: Sequence[Phrase], depth: Depth, condition: Condition, limit: int) -> list[Hit]:
        column = "whole" if depth is Depth.WHOLE else "head"
        marked = [depth.phrase(phrase) for phrase in phrases]
        asked = " & ".join(map(_tokens, marked))
        return self._newest("search_index_text", column, (asked, marked), condition, limit)

    def sounding(self, sounds: Sequence[str], condition: Condition, limit: int) -> list[Hit]:
        phrase = Phrase(tuple(sounds))
        return self._newest("search_index_sound", "title", (_tokens(phrase), [phrase]), condition, limit)

    def similar(self, pairs: Sequence[str], condition: Condition, limit: int) -> list[Hit]:
        asked = " | ".join(_lexeme(Depth.TITLE.mark + pair) for pair in pairs)
        return self._newest("search_index_text", "head", (asked, []), condition, limit)

    def _newest(
        self, table: str, column: str, asked: tuple[str, Sequence[Phrase]], condition: Condition, limit: int
    ) -> list[Hit]:
        """Of the newest entries, and of the others only when those have not enough."""
        tokens, phrases = asked
        rows = f"""
            SELECT e.id, e.item_id, e.title FROM (
                SELECT t.id + 0 AS place, t.{column} AS said FROM {table} t
                WHERE array_to_tsvector(string_to_array(t.{column}, ' ')) @@ %s::tsquery
                AND t.id + 0 >= %s::bigint AND t.id + 0 < %s::bigint AND t.id + 0 <> ALL(%s::bigint[])
                ORDER BY place DESC OFFSET 0
            ) t CROSS JOIN LATERAL (
                SELECT e.id, e.item_id, e.title FROM search_index_entry e
                JOIN syndication_item i ON i.content_id = e.item_id WHERE e.id = t.place AND {condition.sql} OFFSET 0
            ) e
            WHERE NOT EXISTS (SELECT FROM unnest(%s::text[]) phrase WHERE strpos(t.said, phrase) = 0)
            ORDER BY t.place DESC LIMIT %s::bigint
        """  # noqa: S608  no outside text: tables and columns are ours
        low, high = _between(condition)

        def values(tokens: str, low: int, high: int) -> list[Any]:
            return [tokens, low, high, list(condition.known), *condition.values, _said(phrases), limit]

        if self._near is None:
            return self._run(rows, values(tokens, low, high))
        eras = _eras(self._near, self._newest_place)
        sql = f"""
            WITH near AS MATERIALIZED ({rows}) SELECT * FROM near
            UNION ALL SELECT * FROM ({rows}) far WHERE (SELECT count(*) FROM near) < %s::bigint
        """  # noqa: S608  as above
        near = values(f"({tokens}) & ({eras})", max(low, self._near), high)
        return self._run(sql, [*near, *values(tokens, low, min(high, self._near)), limit])[:limit]

    def _run(self, sql: str, values: Sequence[Any]) -> list[Hit]:
        name = f"search_{blake2b(sql.encode(), digest_size=12).hexdigest()}"
        with connection.cursor() as cursor:
            if name not in self._prepared and len(self._prepared) < PREPARED_MAX:
                numbered = sql % tuple(f"${number}" for number in range(1, len(values) + 1))
                cursor.execute(f"PREPARE {name} AS {numbered}")
                self._prepared.add(name)
            if name in self._prepared:
                sql = f"EXECUTE {name} ({', '.join(['%s'] * len(values))})"
            cursor.execute(sql, values)
            hits = map(Hit.from_row, cursor.fetchall())
            return sorted(hits, key=lambda hit: hit.place, reverse=True)


def _kept(tokens: str, place: int) -> str:
    """Tokens as a row has them, with those of its eras; of a text that is too long, as many as PostgreSQL takes."""
    if len(tokens) * 4 > BYTES_MAX or len(max(tokens.split(" "), key=len)) * 4 > TOKEN_BYTES_MAX:
        tokens = " ".join(_fitting(tokens.split(" ")))
    eras = " ".join(_era(bits, place >> bits) for bits in ERAS)
    return f"{tokens} {eras} {GAP}"


def _fitting(tokens: Sequence[str]) -> Iterator[str]:
    known: set[str] = set()
    size = 0
    for token in map(_short, tokens):
        if token not in known:
            known.add(token)
            size += len(token.encode()) + 8
        if size > BYTES_MAX:
            return
        yield token


def _short(token: str) -> str:
    return token.encode()[:TOKEN_BYTES_MAX].decode(errors="ignore")


def _era(bits: int, number: int) -> str:
    return f"@{bits}:{number}"


def _eras(first: int, last: int) -> str:
    """The eras of these places and of the one that comes next, as a query: of the finest kind that needs few."""
    for bits in ERAS:
        begin, end = first >> bits, (last >> bits) + 1
        if end - begin < ERAS_ASKED or bits == ERAS[-1]:
            break
    return " | ".join(_lexeme(_era(bits, number)) for number in range(begin, end + 1))


def _between(condition: Condition) -> tuple[int, int]:
    """The bounds as a first place and one behind the last."""
    low = max((place for sign, place in condition.bounds if sign == ">="), default=0)
    high = min((place for sign, place in condition.bounds if sign == "<"), default=PLACE_MAX)
    return low, high


def _tokens(phrase: Phrase) -> str:
    """That every token of a phrase is there."""
    *others, last = map(_short, phrase.tokens)
    return " & ".join((*map(_lexeme, others), _lexeme(last) + (":*" if phrase.is_open else "")))


def _said(phrases: Sequence[Phrase]) -> list[str]:
    """What of the phrases the tokens alone do not say, as the rows have it."""
    return [
        f" {' '.join(map(_short, phrase.tokens))}{'' if phrase.is_open else ' '}"
        for phrase in phrases
        if len(phrase.tokens) > 1
    ]


def _lexeme(token: str) -> str:
    """Tokens are letters, digits and our own marks: nothing in them has a meaning to PostgreSQL within quotes."""
    return f"'{token}'"
