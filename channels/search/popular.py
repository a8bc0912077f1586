"""Popular words (热门搜索): how often which words were looked for, by day. Never by whom, and never a word that may be somebody.

Counted is a query that is short, holds no long number and no address, and stands in the title of something signed: so
nobody can put a word of his own on the page, and a phone number or an identity card number is not written down at all.
"""

from __future__ import annotations

import logging
import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from time import monotonic

from django.db import OperationalError, connection, transaction
from django.db.models import Sum

from channels.database import impatient
from channels.search.models import SearchTally
from channels.search.words import holds

logger = logging.getLogger(__name__)

CHARS_MAX = 12
WORDS_A_DAY = 1_000
DAYS = 30
ASKED_MIN = 3
"""Asked less often, a word is shown to nobody."""
PENDING_MAX = 200
SECONDS = 20.0
"""Between two writes of a process."""
PATIENCE = 0.2
"""Seconds that a search may wait for other writers."""
_PERSONAL = re.compile(r"\d{5,}|@|https?:|www\.|(?:[a-z]+\d+|\d+[a-z]+){2,}")


class Pending:
    """What is counted in this process and not yet in the database: few searches write, and none waits for another."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._counts: Counter[str] = Counter()
        self._guard = threading.Lock()
        self._clock = clock
        self._written = clock()

    def count(self, words: str, *, day: date) -> None:
        """Count, and every SECONDS write; what cannot be written now is written later."""
        with self._guard:
            if words in self._counts or len(self._counts) < PENDING_MAX:
                self._counts[words] += 1
            if self._clock() < self._written + SECONDS:
                return
            self._written = self._clock()
            due, self._counts = self._counts, Counter()
        try:
            with impatient(PATIENCE):
                write(due, day=day)
        except OperationalError as error:
            logger.info("searches not counted yet: %s", error)
            with self._guard:
                self._counts.update(due)


pending = Pending()
"""This process's."""


def countable(words: Sequence[str], titles: Sequence[str]) -> str:
    """What a query is counted as; empty for one that is not. `titles`: of the hits, folded."""
    text = " ".join(words)
    if not 2 <= len(text) <= CHARS_MAX or _PERSONAL.search(text.replace("-", "")):
        return ""
    return text if any(all(holds(title, word) for word in words) for title in titles) else ""


def write(counts: Mapping[str, int], *, day: date) -> None:
    """Add counts to a day's. On a day with many different words, those that come late are not counted."""
    with transaction.atomic():
        room = WORDS_A_DAY - SearchTally.objects.filter(day=day).count()
        for words, count in counts.items():
            if room > 0 or SearchTally.objects.filter(day=day, words=words).exists():
                _add(words, day, count)
                room -= 1


def popular(*, limit: int, today: date) -> list[str]:
    """The words of the last DAYS days that were asked for most."""
    rows = SearchTally.objects.filter(day__gt=today - timedelta(days=DAYS)).values("words")
    asked = rows.annotate(asked=Sum("count")).filter(asked__gte=ASKED_MIN).order_by("-asked", "words")
    return [row["words"] for row in asked[:limit]]


def forget(*, before: date) -> None:
    SearchTally.objects.filter(day__lt=before).delete()


def _add(words: str, day: date, count: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO search_index_searchtally (words, day, count) VALUES (%s, %s, %s)"
            " ON CONFLICT (words, day) DO UPDATE SET count = search_index_searchtally.count + excluded.count",
            [words, day, count],
        )
