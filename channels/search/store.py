"""The index of the database that there is: channels.search.fts5 or channels.search.tsvectors, which have the same verbs."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from django.db import connection

from channels.search import fts5, tsvectors
from channels.search.asking import Condition, Depth, Hit
from channels.search.texts import Texts
from channels.search.words import Phrase


class Looker(Protocol):
    """What looks, while its time lasts."""

    def find(self, phrases: Sequence[Phrase], depth: Depth, condition: Condition, limit: int) -> list[Hit]:
        """The newest `limit` entries that have every phrase somewhere down to `depth`, and fit the condition."""

    def sounding(self, sounds: Sequence[str], condition: Condition, limit: int) -> list[Hit]:
        """The newest entries whose titles have these sounds one after another."""

    def similar(self, pairs: Sequence[str], condition: Condition, limit: int) -> list[Hit]:
        """The newest entries whose titles have any of these tokens."""


class Index(Protocol):
    """`place` is the key of the entry. Every verb that writes belongs into the transaction that writes the entry."""

    def put(self, place: int, texts: Texts) -> None: ...

    def put_sounds(self, place: int, sounds: Sequence[str]) -> None: ...

    def drop(self, place: int) -> None: ...

    def clear(self) -> None: ...

    def hurried(self) -> AbstractContextManager[Looker]:
        """Searches that end after TooCostly.SECONDS. Raises TooCostly."""


def index() -> Index:
    return tsvectors if connection.vendor == "postgresql" else fts5
