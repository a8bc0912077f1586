"""Service guides: the fields of a guide as facts, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from channels.edition import Asset, GuideFacts, Material, Question
from cms import freezing, proofing
from cms.richtext import one_line

if TYPE_CHECKING:
    from cms.models import ServiceGuidePage

FREE = "不收费"
FREE_WORDS = {"无", "免费", "不收", "不收取", "否", "0", "0元", "零收费"}


def facts(
    page: ServiceGuidePage, *, form_of: Callable[[Any], Asset | None] = freezing.attachment
) -> GuideFacts:
    """The guide's fields. Freezes the empty forms (`form_of`); raises ContentError for one that cannot be read."""
    return GuideFacts(
        code=one_line(page.code),
        kind=page.kind,
        handling=page.handling,
        department=one_line(page.department),
        audience=one_line(page.audience),
        basis=proofing.lines(page.basis),
        conditions=proofing.lines(page.conditions),
        materials=tuple(_materials(page.materials, form_of)),
        steps=proofing.lines(page.steps),
        legal_days=page.legal_days,
        promised_days=page.promised_days,
        fee=fee_text(page.fee),
        fee_basis=one_line(page.fee_basis),
        result=one_line(page.result),
        delivery=one_line(page.delivery),
        visits=page.visits,
        online_url=page.online_url,
        query_url=page.query_url,
        address=one_line(page.address),
        hours=one_line(page.hours),
        phone=one_line(page.phone),
        supervision_phone=one_line(page.supervision_phone),
        questions=tuple(_questions(page.questions)),
    )


def fee_text(text: str) -> str:
    """Whatever was typed for "nothing" in the words that guides use."""
    fee = one_line(text)
    return FREE if fee.rstrip("。") in FREE_WORDS else fee


def problems(page: ServiceGuidePage) -> proofing.Problems:
    """What stands in the way of signing a guide; what only makes it poor is told by cms.advice."""
    found: proofing.Problems = {}
    if not any(_said(page)):
        found["department"] = "办事指南没有任何要素，请至少填写办理机构、材料或流程后再签发"
    legal, promised = page.legal_days, page.promised_days
    if legal is not None and promised is not None and promised > legal:
        found["promised_days"] = "承诺时限长于法定时限，请核对"
    return found


def _said(page: ServiceGuidePage) -> Iterator[bool]:
    yield from (
        bool(text.strip())
        for text in (page.department, page.basis, page.conditions, page.steps, page.address)
    )
    yield bool(len(page.materials))


def _materials(stream: Any, form_of: Callable[[Any], Asset | None]) -> Iterator[Material]:
    for child in stream:
        value = child.value
        if name := one_line(value["name"]):
            document = value["form"]
            yield Material(
                name=name,
                kind=value["kind"] or "",
                copies=value["copies"],
                form=form_of(document) if document else None,
                note=one_line(value["note"]),
            )


def _questions(stream: Any) -> Iterator[Question]:
    for child in stream:
        question, answer = one_line(child.value["question"]), one_line(child.value["answer"])
        if question and answer:
            yield Question(question=question, answer=answer)
