"""A query of Wagtail's as phrases of our tokens; and what both databases' compilers do with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import FloatField, IntegerField, Value
from django.db.models.expressions import RawSQL
from modelsearch.query import And, Boost, MatchAll, Not, Or, PlainText
from modelsearch.query import Phrase as AskedPhrase
from modelsearch.utils import get_descendants_content_types_pks

from channels.search.words import Phrase, phrase_of, words_of


def phrases_of(query: Any) -> list[Phrase] | None:
    """The phrases that all have to occur; None for a query that says more than that."""
    if isinstance(query, AskedPhrase):
        return [phrase_of(word) for word in words_of(query.query_string.replace(" ", ""))]
    if isinstance(query, PlainText) and str(query.operator or "and").lower() == "and":
        return [phrase_of(word) for word in words_of(query.query_string)]
    return None


def in_tokens(query: Any) -> Any:
    """A query that says more, with its leaves written in our tokens: modelsearch puts it together."""
    if isinstance(query, PlainText):
        leaves = [AskedPhrase(" ".join(phrase_of(word).tokens)) for word in words_of(query.query_string)]
        joined = Or if str(query.operator or "and").lower() == "or" else And
        return leaves[0] if len(leaves) == 1 else joined(leaves) if leaves else Not(MatchAll())
    if isinstance(query, AskedPhrase):
        return AskedPhrase(" ".join(token for phrase in phrases_of(query) or () for token in phrase.tokens))
    if isinstance(query, And | Or):
        return type(query)([in_tokens(part) for part in query.subqueries])
    if isinstance(query, Not):
        return Not(in_tokens(query.subquery))
    if isinstance(query, Boost):
        return Boost(in_tokens(query.subquery), query.boost)
    return query


class PhraseSearch:
    """Mixed into a compiler of modelsearch's: the index answers first, the model's table is asked for the keys it names.

    modelsearch goes the other way, row by row, and asks the index for a score of each. Newest first is the order: what
    editors look for is what was written last.
    """

    queryset: Any
    query: Any
    fields: Any
    order_by_relevance: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.phrases = phrases_of(self.query) if self.fields is None and self._has_number() else None
        self.query = in_tokens(self.query)

    def search(self, config: Any, start: Any, stop: Any, score_field: Any = None, **kwargs: Any) -> Any:
        if self.phrases is None:
            return super().search(config, start, stop, score_field=score_field, **kwargs)  # type: ignore[misc]
        if not self.phrases:
            return self.queryset.none()
        sql, values = self.keys(self.phrases)
        types = list(get_descendants_content_types_pks(self.queryset.model))
        marks = ", ".join(["%s"] * len(types))
        keys = RawSQL(f"{sql} AND i.content_type_id IN ({marks})", [*values, *types], IntegerField())  # noqa: S611  our own SQL
        found = self.queryset.filter(pk__in=keys)
        if self.order_by_relevance or not found.query.order_by:
            found = found.order_by("-pk")
        if score_field is not None:
            found = found.annotate(**{score_field: Value(1.0, output_field=FloatField())})
        return found[start:stop]

    def keys(self, phrases: Iterable[Phrase]) -> tuple[str, list[Any]]:
        """The start of a statement that names the keys of what has all phrases, over the entries as i."""
        raise NotImplementedError

    def _has_number(self) -> bool:
        """modelsearch keeps keys as text; ours are numbers."""
        key = self.queryset.model._meta.pk
        while key.is_relation:
            key = key.target_field
        return isinstance(key, IntegerField)
