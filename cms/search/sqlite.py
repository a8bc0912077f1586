"""The admin's search on SQLite."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from modelsearch.backends.database.sqlite.sqlite import (
    IndexEntry,
    SQLiteAutocompleteQueryCompiler,
    SQLiteFTSIndexEntry,
    SQLiteIndex,
    SQLiteSearchBackend,
    SQLiteSearchQueryCompiler,
)
from modelsearch.utils import get_content_type_pk

from channels.search.fts5 import phrase_text
from channels.search.words import Phrase, segmented
from cms.search.asking import PhraseSearch
from cms.search.fields import texts_of

FTS = SQLiteFTSIndexEntry._meta.db_table
ENTRIES = IndexEntry._meta.db_table
TEXTS = ["title", "body", "autocomplete"]


class Index(SQLiteIndex):
    """Tokens of ours in modelsearch's tables. A write costs what is written: modelsearch reads the whole table for norms."""

    def add_items(self, model: Any, objs: Sequence[Any]) -> None:
        type_id = get_content_type_pk(model)
        rows = [self._row(type_id, obj) for obj in objs] if model.get_search_fields() else []
        self.entries.bulk_create(
            rows, update_conflicts=True, unique_fields=["content_type", "object_id"], update_fields=TEXTS
        )

    def _row(self, type_id: int, obj: Any) -> Any:
        texts = texts_of(obj)
        return IndexEntry(
            content_type_id=type_id,
            object_id=str(obj.pk),
            title=segmented(texts.title),
            body=segmented(texts.body),
            autocomplete=segmented(texts.typed),
        )

    def _refresh_title_norms(self, full: bool = False) -> None:
        """Norms rank titles by their length; ours are ranked by their age."""


class _Matching(PhraseSearch):
    FTS_TABLE_FIELDS: Sequence[str]

    def keys(self, phrases: Iterable[Phrase]) -> tuple[str, list[Any]]:
        columns = " ".join(self.FTS_TABLE_FIELDS)
        asked = f"{{{columns}}} : ({' AND '.join(map(phrase_text, phrases))})"
        # CROSS JOIN: the words first, then their entries; SQLite would begin with every entry of the type.
        sql = f"SELECT CAST(i.object_id AS integer) FROM {FTS} f CROSS JOIN {ENTRIES} i ON i.id = f.rowid"  # noqa: S608
        return f"{sql} WHERE f.{FTS} MATCH %s", [asked]


class QueryCompiler(_Matching, SQLiteSearchQueryCompiler):
    pass


class AutocompleteQueryCompiler(_Matching, SQLiteAutocompleteQueryCompiler):
    pass


class SQLiteBackend(SQLiteSearchBackend):
    index_class = Index
    query_compiler_class = QueryCompiler
    autocomplete_query_compiler_class = AutocompleteQueryCompiler
