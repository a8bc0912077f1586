"""The admin's search on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Func, TextField, Value
from modelsearch.backends.database.postgres.postgres import (
    IndexEntry,
    PostgresAutocompleteQueryCompiler,
    PostgresIndex,
    PostgresSearchBackend,
    PostgresSearchQueryCompiler,
)
from modelsearch.query import Phrase as AskedPhrase
from modelsearch.utils import get_content_type_pk

from channels.search.words import Phrase
from cms.search.asking import PhraseSearch
from cms.search.fields import texts_of
from cms.search.vectors import phrase_text, vector

ENTRIES = IndexEntry._meta.db_table
VECTORS = ["title", "body", "autocomplete"]


class Index(PostgresIndex):
    """Tokens of ours in modelsearch's table. A write costs what is written: modelsearch reads the whole table for norms."""

    def add_items(self, model: Any, objs: Sequence[Any]) -> None:
        type_id = get_content_type_pk(model)
        rows = [self._row(type_id, obj) for obj in objs] if model.get_search_fields() else []
        self.entries.bulk_create(
            rows, update_conflicts=True, unique_fields=["content_type", "object_id"], update_fields=VECTORS
        )

    def _row(self, type_id: int, obj: Any) -> Any:
        texts = texts_of(obj)
        return IndexEntry(
            content_type_id=type_id,
            object_id=str(obj.pk),
            title=_vector(texts.title, "A"),
            body=_vector(texts.body, "D"),
            autocomplete=_vector(texts.typed, "D"),
        )

    def _refresh_title_norms(self, full: bool = False) -> None:
        """Norms rank titles by their length; ours are ranked by their age."""


def _vector(text: str, weight: str) -> Func:
    written = Value(vector(text, weight), output_field=TextField())
    return Func(written, template="%(expressions)s::tsvector", output_field=SearchVectorField())


class _Matching(PhraseSearch):
    vector: str

    def keys(self, phrases: Iterable[Phrase]) -> tuple[str, list[Any]]:
        asked = " & ".join(phrase_text(phrase) for phrase in phrases)
        sql = f"SELECT i.object_id::bigint FROM {ENTRIES} i WHERE {self.vector} @@ %s::tsquery"  # noqa: S608
        return sql, [asked]

    def build_tsquery_content(self, query: Any, config: Any = None, invert: bool = False) -> Any:
        """modelsearch forgets to turn a phrase round inside Not."""
        built = super().build_tsquery_content(query, config=config, invert=invert)  # type: ignore[misc]
        return ~built if invert and isinstance(query, AskedPhrase) else built


class QueryCompiler(_Matching, PostgresSearchQueryCompiler):
    vector = "(i.title || i.body)"
    """As the index of cms/search/migrations has it."""


class AutocompleteQueryCompiler(_Matching, PostgresAutocompleteQueryCompiler):
    vector = "i.autocomplete"


class PostgresBackend(PostgresSearchBackend):
    index_class = Index
    query_compiler_class = QueryCompiler
    autocomplete_query_compiler_class = AutocompleteQueryCompiler
