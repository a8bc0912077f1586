"""The texts of an object as its search fields name them; the same for both databases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Manager
from modelsearch.index import AutocompleteField, RelatedFields, SearchField


@dataclass(frozen=True, slots=True)
class Texts:
    """title: what is called so. body: everything else. typed: what is looked through while somebody types."""

    title: str
    body: str
    typed: str


def texts_of(obj: Any) -> Texts:
    found = [(field, _text(value)) for field, value in _values(obj, obj.get_search_fields())]
    searched = [
        (field.field_name == "title", text) for field, text in found if isinstance(field, SearchField)
    ]
    return Texts(
        title="\n".join(text for is_title, text in searched if is_title),
        body="\n".join(text for is_title, text in searched if not is_title),
        typed="\n".join(text for field, text in found if isinstance(field, AutocompleteField)),
    )


def _values(obj: Any, fields: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    for field in fields:
        if isinstance(field, RelatedFields):
            related = field.get_value(obj)
            others = related.all() if isinstance(related, Manager) else [related]
            for other in others:
                if other is not None:
                    yield from _values(other, field.fields)
        elif isinstance(field, SearchField | AutocompleteField):
            yield field, field.get_value(obj)


def _text(value: Any) -> str:
    """Parts of a value are kept apart: no word is found across two of them."""
    if isinstance(value, list | tuple):
        return "\n".join(map(_text, value))
    if isinstance(value, dict):
        return "\n".join(map(_text, value.values()))
    return "" if value is None else str(value)
