"""Completeness of a service guide: which of the elements that inspectors look for are missing.

The ten classes are those of the inspection's 服务不实用 item (国办秘函〔2019〕19号; the list as local checks restate it).
"""

from __future__ import annotations

from collections.abc import Callable

from channels.facts import GuideFacts

SERIOUS = 4
"""A guide that lacks so many counts towards the veto."""

_ELEMENTS: tuple[tuple[str, Callable[[GuideFacts], object]], ...] = (
    ("设定依据", lambda guide: guide.basis),
    ("申请条件", lambda guide: guide.conditions),
    ("办理材料", lambda guide: guide.materials),
    ("办理地点", lambda guide: guide.address),
    ("办理时间", lambda guide: guide.hours),
    ("联系电话", lambda guide: guide.phone),
    ("办理流程", lambda guide: guide.steps),
    ("收费标准", lambda guide: guide.fee),
    ("办理机构", lambda guide: guide.department),
)
ELEMENTS = ("事项名称", *(name for name, _ in _ELEMENTS))


def missing(guide: GuideFacts, headline: str) -> tuple[str, ...]:
    """The element classes that are not filled in, in the order of `ELEMENTS`."""
    named = () if headline.strip() else ("事项名称",)
    return (*named, *(name for name, value in _ELEMENTS if not value(guide)))


def is_seriously_incomplete(guide: GuideFacts, headline: str) -> bool:
    """Whether an inspection would count it among the guides that are of no use."""
    return len(missing(guide, headline)) >= SERIOUS
