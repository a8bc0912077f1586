"""The typed fields of an edition: what a notice, a document, a public notice or a guide states beside its text.

Values only, like all of an edition. Days of the calendar are text (YYYY-MM-DD, Beijing); moments are aware UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from channels.blocks import Asset, read_asset


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFacts:
    """The typed fields of a service notice (便民信息). `kind` is a code of the desk's list, None in old editions."""

    area: str
    start: datetime | None = None
    end: datetime | None = None
    contact: str = ""
    deadline: datetime | None = None
    kind: str | None = None


class PolicyStatus(StrEnum):
    """Whether a document still holds (有效性)."""

    VALID = "valid"
    PARTLY_REPEALED = "partly_repealed"
    LAPSED = "lapsed"
    REPEALED = "repealed"

    @property
    def label(self) -> str:
        return _STATUS_LABELS[self]


_STATUS_LABELS = {
    PolicyStatus.VALID: "有效",
    PolicyStatus.PARTLY_REPEALED: "部分废止",
    PolicyStatus.LAPSED: "失效",
    PolicyStatus.REPEALED: "废止",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFacts:
    """The typed fields of a policy document (政策文件); its numbers are `alt_ids`, its date `issued_on`.

    `category` and `subcategory` are the two levels of 主题分类. `issued_by` names the issuing organs as the document
    does: several may issue one. `status_on` is the day since when `status` holds.
    """

    category: str = ""
    subcategory: str = ""
    issued_by: str = ""
    effective_on: str = ""
    status: PolicyStatus = PolicyStatus.VALID
    status_on: str = ""
    status_note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InterpretationFacts:
    """How a document is explained (解读形式). `transcript`: what a picture or film says, a paragraph each."""

    form: str = ""
    transcript: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicityFacts:
    """The typed fields of a public notice (公示): its period, both days included, and where to object."""

    start_on: str
    end_on: str
    phone: str = ""
    address: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """One paper that an applicant has to bring. `kind`: 原件, 复印件…; `form`: the empty form to fill in."""

    name: str
    kind: str = ""
    copies: int | None = None
    form: Asset | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    question: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideFacts:
    """The typed fields of a service guide (办事指南); the item's headline is 事项名称.

    Limits are in working days, None where none is stated, 0 for 当场办结. `visits` counts how often one has to come.
    """

    code: str = ""
    kind: str = ""
    handling: str = ""
    department: str = ""
    audience: str = ""
    basis: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    materials: tuple[Material, ...] = ()
    steps: tuple[str, ...] = ()
    legal_days: int | None = None
    promised_days: int | None = None
    fee: str = ""
    fee_basis: str = ""
    result: str = ""
    delivery: str = ""
    visits: int | None = None
    online_url: str = ""
    query_url: str = ""
    address: str = ""
    hours: str = ""
    phone: str = ""
    supervision_phone: str = ""
    questions: tuple[Question, ...] = ()


class RelationKind(StrEnum):
    """What an item is to another one."""

    INTERPRETS = "interprets"
    REPLACED_BY = "replaced_by"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A link to another item by its lasting name; `headline` is what that item was called at signing."""

    kind: RelationKind
    uri: str
    headline: str


def read_facts(document: Mapping[str, Any]) -> dict[str, Any]:
    """The typed fields in the JSON of an edition, by the names they have there; absent ones are left out."""
    return {name: read(document[name]) for name, read in _READERS.items() if document.get(name) is not None}


def _service(values: Mapping[str, Any]) -> ServiceFacts:
    moments = {name: values.get(name) for name in ("start", "end", "deadline")}
    return ServiceFacts(
        **{**values, **{name: datetime.fromisoformat(text) for name, text in moments.items() if text}}
    )


def _policy(values: Mapping[str, Any]) -> PolicyFacts:
    return PolicyFacts(**{**values, "status": PolicyStatus(values["status"])})


def _interpretation(values: Mapping[str, Any]) -> InterpretationFacts:
    return InterpretationFacts(**{**values, "transcript": tuple(values["transcript"])})


def _publicity(values: Mapping[str, Any]) -> PublicityFacts:
    return PublicityFacts(**values)


def _guide(values: Mapping[str, Any]) -> GuideFacts:
    lines = {name: tuple(values[name]) for name in ("basis", "conditions", "steps")}
    return GuideFacts(
        **{
            **values,
            **lines,
            "materials": tuple(_material(one) for one in values["materials"]),
            "questions": tuple(Question(**one) for one in values["questions"]),
        }
    )


def _material(values: Mapping[str, Any]) -> Material:
    form = values.get("form")
    return Material(**{**values, "form": read_asset(form) if form else None})


def _relations(values: list[Mapping[str, Any]]) -> tuple[Relation, ...]:
    return tuple(Relation(**{**one, "kind": RelationKind(one["kind"])}) for one in values)


_READERS: Mapping[str, Any] = {
    "service": _service,
    "policy": _policy,
    "interpretation": _interpretation,
    "publicity": _publicity,
    "guide": _guide,
    "relations": _relations,
}
