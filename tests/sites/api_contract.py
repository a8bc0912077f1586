"""What of the API's description a client may rely on, and whether another description still keeps it.

`python -m tests.sites.api_contract` stores the description as it is now; do that when something was added, with a new
minor version. What this module calls a break needs a new address or a new major version.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

STORED = Path(__file__).with_name("api_contract.json")
NARROWING = ("maximum", "maxLength", "minimum", "minLength", "pattern", "format")


def stored() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(STORED.read_text(encoding="utf-8"))
    return document


def breaks(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """What a client of `old` may miss in `new`, one line each."""
    return list(_Comparison(old, new).breaks())


class _Comparison:
    def __init__(self, old: dict[str, Any], new: dict[str, Any]) -> None:
        self.old, self.new = old, new

    def breaks(self) -> Iterator[str]:
        for path, methods in self.old["paths"].items():
            for method, operation in methods.items():
                found = self.new["paths"].get(path, {}).get(method)
                where = f"{method.upper()} {path}"
                if found is None:
                    yield f"{where}: removed"
                    continue
                yield from self._parameters(where, operation, found)
                yield from self._responses(where, operation, found)

    def _parameters(self, where: str, old: Any, new: Any) -> Iterator[str]:
        held = {p["name"]: p for p in map(self._in_old, old.get("parameters", []))}
        found = {p["name"]: p for p in map(self._in_new, new.get("parameters", []))}
        for name in held.keys() - found.keys():
            yield f"{where}: parameter {name} removed"
        for name in found.keys() - held.keys():
            if found[name].get("required"):
                yield f"{where}: parameter {name} is new and required"
        for name in held.keys() & found.keys():
            if found[name].get("required") and not held[name].get("required"):
                yield f"{where}: parameter {name} became required"
            yield from _narrowed(f"{where}: parameter {name}", held[name]["schema"], found[name]["schema"])

    def _responses(self, where: str, old: Any, new: Any) -> Iterator[str]:
        for status, response in old["responses"].items():
            found = new["responses"].get(status)
            if found is None:
                yield f"{where}: status {status} removed"
                continue
            for media_type, content in response.get("content", {}).items():
                there = found.get("content", {}).get(media_type)
                if there is None:
                    yield f"{where}: {status} is no longer {media_type}"
                else:
                    yield from self._fields(f"{where}: {status}", content["schema"], there["schema"])

    def _fields(self, where: str, old: Any, new: Any) -> Iterator[str]:
        """A client may rely on a field being there, being always there, and being of its type."""
        old, new = self._in_old(old), self._in_new(new)
        if old.get("type") != new.get("type"):
            yield f"{where}: type {old.get('type')} became {new.get('type')}"
        for name in set(old.get("required", [])) - set(new.get("required", [])):
            yield f"{where}.{name}: may be missing now"
        for value in set(old.get("enum", [])) - set(new.get("enum", [])):
            yield f"{where}: value {value} removed"
        for name, field in old.get("properties", {}).items():
            if name not in new.get("properties", {}):
                yield f"{where}.{name}: removed"
            else:
                yield from self._fields(f"{where}.{name}", field, new["properties"][name])
        if "items" in old:
            yield from self._fields(f"{where}[]", old["items"], new.get("items", {}))

    def _in_old(self, value: Any) -> Any:
        return _resolved(self.old, value)

    def _in_new(self, value: Any) -> Any:
        return _resolved(self.new, value)


def _resolved(document: Any, value: Any) -> Any:
    if "$ref" not in value:
        return value
    for part in value["$ref"].removeprefix("#/").split("/"):
        document = document[part]
    return document


def _narrowed(where: str, old: Any, new: Any) -> Iterator[str]:
    """What was accepted has to be accepted still."""
    if old.get("type") != new.get("type"):
        yield f"{where}: type {old.get('type')} became {new.get('type')}"
    for value in set(old.get("enum", [])) - set(new.get("enum", [])):
        yield f"{where}: value {value} removed"
    if "enum" in new and "enum" not in old:
        yield f"{where}: only some values are accepted now"
    for limit in NARROWING:
        if limit in new and new[limit] != old.get(limit) and not _wider(limit, old.get(limit), new[limit]):
            yield f"{where}: {limit} {old.get(limit)} became {new[limit]}"


def _wider(limit: str, old: Any, new: Any) -> bool:
    if old is None or limit in {"pattern", "format"}:
        return False
    return bool(new > old) if limit.startswith("max") else bool(new < old)


def _store() -> None:
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.test")
    django.setup()
    from sites.api.description.document import document

    text = json.dumps(document(), ensure_ascii=False, indent=1, sort_keys=True)
    STORED.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    _store()
