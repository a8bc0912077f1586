"""The description keeps what it has promised to clients, and what it says is a valid description."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from sites.api.description.document import document
from tests.sites.api_contract import breaks, stored

Change = Callable[[dict[str, Any]], Any]


def test_no_client_is_broken() -> None:
    assert breaks(stored(), document()) == [], "clients rely on this: see tests/sites/api_contract.py"


def test_what_was_added_is_kept_from_now_on() -> None:
    assert breaks(document(), stored()) == [], (
        "something was added: raise the minor version in sites/api/description/document.py and run "
        "`python -m tests.sites.api_contract`"
    )


def test_the_version_never_falls_behind_the_stored_one() -> None:
    def numbers(description: dict[str, Any]) -> list[int]:
        return [int(part) for part in description["info"]["version"].split(".")]

    assert numbers(document()) >= numbers(stored())


def changes(description: dict[str, Any]) -> Any:
    return description["paths"]["/api/changes"]["get"]


def parameter(name: str) -> Callable[[dict[str, Any]], Any]:
    return lambda d: d["components"]["parameters"][name]


def schemas(description: dict[str, Any]) -> Any:
    return description["components"]["schemas"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d["paths"].pop("/api/feeds"), "GET /api/feeds: removed"),
        (lambda d: changes(d)["parameters"].pop(1), "parameter limit removed"),
        (lambda d: parameter("since")(d).update(required=True), "parameter since became required"),
        (lambda d: parameter("limit")(d)["schema"].update(maximum=10), "maximum 100 became 10"),
        (lambda d: parameter("limit")(d)["schema"].update(type="string"), "type integer became string"),
        (lambda d: parameter("feed")(d)["schema"].update(pattern="^a"), "pattern None became ^a"),
        (lambda d: parameter("variant")(d)["schema"]["enum"].remove("atom"), "value atom removed"),
        (
            lambda d: changes(d)["parameters"].append({"name": "key", "required": True, "schema": {}}),
            "parameter key is new and required",
        ),
        (lambda d: changes(d)["responses"].pop("304"), "status 304 removed"),
        (
            lambda d: changes(d)["responses"]["200"].update(content={"text/xml": {"schema": {}}}),
            "200 is no longer application/json",
        ),
        (lambda d: schemas(d)["Changes"]["properties"].pop("last"), "200.last: removed"),
        (lambda d: schemas(d)["Changes"]["required"].remove("next"), "200.next: may be missing now"),
        (lambda d: schemas(d)["Change"]["properties"].pop("checksum"), "200.changes[].checksum: removed"),
        (
            lambda d: schemas(d)["Change"]["properties"]["change"]["enum"].remove("remove"),
            "200.changes[].change: value remove removed",
        ),
        (
            lambda d: schemas(d)["Item"]["properties"]["renditions"]["items"]["properties"].pop("href"),
            "renditions[].href: removed",
        ),
        (lambda d: schemas(d)["Error"]["properties"]["error"].update(type="integer"), "type string became"),
    ],
)
def test_what_breaks_a_client_is_seen(change: Change, said: str) -> None:
    broken = deepcopy(document())
    change(broken)
    assert any(said in line for line in breaks(document(), broken)), breaks(document(), broken)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["paths"].update({"/api/new": {"get": {"responses": {}}}}),
        lambda d: changes(d)["parameters"].append({"name": "unit", "schema": {"type": "string"}}),
        lambda d: schemas(d)["Changes"]["properties"].update(more={"type": "string"}),
        lambda d: parameter("limit")(d)["schema"].update(maximum=500),
        lambda d: parameter("variant")(d)["schema"]["enum"].append("xml"),
        lambda d: schemas(d)["Change"].update(description="新的说明"),
    ],
)
def test_what_only_adds_is_no_break(change: Change) -> None:
    added = deepcopy(document())
    change(added)
    assert breaks(document(), added) == []


def test_every_reference_leads_somewhere_and_every_operation_has_a_name_of_its_own() -> None:
    def references(value: Any) -> Any:
        if isinstance(value, dict):
            yield from ([value["$ref"]] if "$ref" in value else [])
            value = list(value.values())
        if isinstance(value, list):
            for part in value:
                yield from references(part)

    description = document()
    for reference in references(description):
        _, components, kind, name = reference.split("/")
        assert name in description[components][kind], reference
    names = [
        operation["operationId"]
        for methods in description["paths"].values()
        for operation in methods.values()
    ]
    assert len(names) == len(set(names))
