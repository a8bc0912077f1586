"""JSON of the feeds: clean values without absent ones, documents spliced from fragments."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from channels import markup


def dump(value: Any) -> bytes:
    """`value` as compact UTF-8 without control characters: a feed has to say the same in XML and in JSON."""
    return json.dumps(_clean(value), ensure_ascii=False, separators=(",", ":")).encode()


def present(values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` without those that are None or empty; JSON Feed forbids null."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def splice(head: Mapping[str, Any], name: str, fragments: Iterable[bytes]) -> bytes:
    """The object `head` with the array `name` of `fragments` as its last property. `head` is not empty."""
    return b"".join((dump(head)[:-1], b',"', name.encode(), b'":[', b",".join(fragments), b"]}"))


def _clean(value: Any) -> Any:
    match value:
        case str():
            return markup.xml_text(value)
        case Mapping():
            return {name: _clean(item) for name, item in value.items()}
        case list() | tuple():
            return [_clean(item) for item in value]
    return value
