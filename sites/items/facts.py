"""The typed fields of an item for its page: groups of labelled lines, and the lists of a guide."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from channels.edition import Asset, Edition, GuideFacts, ItemType, ServiceFacts
from channels.formats.html import size_text
from channels.formats.typed import NUMBERS, Row, guide_rows, own_rows
from channels.markup import is_web_address

LINE_CHARS = 22
"""What half the width of the box holds on a large screen."""
PHONE = re.compile(r"(?:\d{3,4}-)?\d{5,8}")
MAILBOX = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
WHERE = ("办理地点", "办理时间", "咨询电话", "监督投诉电话", "网上办理", "进度查询")
"""Lines of a guide that tell where to go; the others tell what it is."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A line; `value` is text, or a moment that the template writes, `url` where the text leads."""

    label: str
    value: str = ""
    at: datetime | None = None
    url: str = ""

    @property
    def is_long(self) -> bool:
        """Whether it needs a line of the box for itself."""
        return len(self.value) > LINE_CHARS

    @property
    def is_outside(self) -> bool:
        """Whether it leads to another site, not to a telephone or a letter."""
        return self.url.startswith("http")


@dataclass(frozen=True, slots=True)
class Group:
    """Lines under one heading; the heading of a lone group is empty."""

    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class MaterialLine:
    """A line of the table of materials; `form` is (address, type and size) of the empty form."""

    name: str
    kind: str
    copies: str
    note: str
    form: tuple[str, str] | None


def groups(edition: Edition) -> list[Group]:
    """What the boxes above the text tell, empty ones left out."""
    if edition.guide:
        return _guide_groups(edition.guide)
    if edition.service:
        lines = _service_facts(edition.service)
    elif edition.type == ItemType.NOTICE:
        lines = _notice_facts(edition)
    else:
        lines = _facts(own_rows(edition))
    return [Group("", tuple(lines))] if lines else []


def materials(guide: GuideFacts | None, asset_url: Callable[[Asset], str]) -> list[MaterialLine]:
    """The materials as the page's table shows them."""
    return [
        MaterialLine(
            name=one.name,
            kind=one.kind,
            copies="" if one.copies is None else f"{one.copies} 份",
            note=one.note,
            form=(asset_url(one.form), _type_and_size(one.form)) if one.form else None,
        )
        for one in (guide.materials if guide else ())
    ]


def _type_and_size(asset: Asset) -> str:
    return f"{asset.extension.upper()}，{size_text(asset.size)}"


def _guide_groups(guide: GuideFacts) -> list[Group]:
    facts = _facts(guide_rows(guide))
    what = tuple(fact for fact in facts if fact.label not in WHERE)
    where = tuple(fact for fact in facts if fact.label in WHERE)
    found = [Group("基本信息", what), Group("在哪里办", where)]
    return [group for group in found if group.facts]


def _facts(rows: Iterable[Row]) -> list[Fact]:
    return [Fact(label, value, url=_leads_to(value)) for label, value in rows]


def _leads_to(value: str) -> str:
    """A web address, a telephone number or a mailbox that stands alone can be followed."""
    if is_web_address(value):
        return value
    if PHONE.fullmatch(value):
        return f"tel:{value}"
    return f"mailto:{value}" if MAILBOX.fullmatch(value) else ""


def _notice_facts(edition: Edition) -> list[Fact]:
    numbers = [Fact(NUMBERS[alt.role], alt.value) for alt in edition.alt_ids if alt.role in NUMBERS]
    issued = [Fact("成文日期", edition.issued_on)] if edition.issued_on else []
    facts = [
        *numbers,
        Fact("发文机关", edition.issuer.name),
        *issued,
        Fact("发布日期", at=edition.first_created),
    ]
    return [*facts, Fact("有效期至", at=edition.expires)] if edition.expires else facts


def _service_facts(service: ServiceFacts) -> list[Fact]:
    facts = [
        Fact("影响区域", service.area),
        Fact("开始时间", at=service.start),
        Fact("结束时间", at=service.end),
        Fact("办理截止", at=service.deadline),
        Fact("联系方式", service.contact),
    ]
    return [fact for fact in facts if fact.value or fact.at]
