"""The typed fields of an edition as rows and blocks, so that every format and every outlet shows the same.

Short fields become rows (label, value); what is a list or a table by nature becomes blocks around the body.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from channels.blocks import Attachment, Block, Heading, ItemList, Paragraph, Table
from channels.edition import Edition, RelationKind
from channels.facts import (
    GuideFacts,
    InterpretationFacts,
    PolicyFacts,
    PolicyStatus,
    PublicityFacts,
    ServiceFacts,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
NUMBERS = {"index_number": "索引号", "doc_number": "发文字号"}
RELATED = {RelationKind.INTERPRETS: "解读文件", RelationKind.REPLACED_BY: "现行文件"}

Row = tuple[str, str]


def fact_rows(edition: Edition) -> list[Row]:
    """(label, value) of every short field that is filled in, in the order a reader asks for it; then related items."""
    related = [(RELATED[relation.kind], relation.headline) for relation in edition.relations or ()]
    return own_rows(edition) + related


def own_rows(edition: Edition) -> list[Row]:
    """`fact_rows` without what belongs to other items."""
    rows: list[Row] = []
    if edition.service:
        rows += service_rows(edition.service)
    if edition.policy:
        rows += _policy_rows(edition, edition.policy)
    if edition.interpretation:
        rows += [("解读形式", edition.interpretation.form)]
    if edition.publicity:
        rows += publicity_rows(edition.publicity)
    if edition.guide:
        rows += guide_rows(edition.guide)
    return _filled(rows)


def spelled_out(edition: Edition) -> Edition:
    """The edition with what its typed fields hold of lists and tables as blocks of its body. Twice is as good as once."""
    guide, interpretation = edition.guide, edition.interpretation
    if guide:
        bare = replace(guide, basis=(), conditions=(), materials=(), steps=(), questions=())
        edition = replace(edition, guide=bare, body=(*guide_blocks(guide), *edition.body))
    if interpretation:
        bare_form = replace(interpretation, transcript=())
        body = (*edition.body, *transcript_blocks(interpretation))
        edition = replace(edition, interpretation=bare_form, body=body)
    return edition


def service_rows(service: ServiceFacts) -> list[Row]:
    """The fields of a service notice."""
    return _filled(
        [
            ("影响范围", service.area),
            ("开始时间", local_time(service.start)),
            ("结束时间", local_time(service.end)),
            ("办理截止", local_time(service.deadline)),
            ("咨询电话", service.contact),
        ]
    )


def _policy_rows(edition: Edition, policy: PolicyFacts) -> list[Row]:
    numbers = {alt.role: alt.value for alt in edition.alt_ids}
    return [
        ("索引号", numbers.get("index_number", "")),
        ("主题分类", policy_category(policy)),
        ("发文机关", policy.issued_by or edition.issuer.name),
        ("发文字号", numbers.get("doc_number", "")),
        ("成文日期", chinese_day(edition.issued_on)),
        ("发布日期", _day_of(edition.first_created)),
        ("施行日期", chinese_day(policy.effective_on)),
        ("有效性", policy_status(policy)),
    ]


def policy_category(policy: PolicyFacts) -> str:
    r"""Both levels, joined as documents do: `综合政务\政务公开`."""
    return "\\".join(filter(None, (policy.category, policy.subcategory)))


def policy_status(policy: PolicyFacts) -> str:
    """The status, since when and why: `废止（2026年1月8日起；由新办法替代）`."""
    since = f"{chinese_day(policy.status_on)}起" if policy.status_on else ""
    more = "；".join(filter(None, (since, policy.status_note)))
    return f"{policy.status.label}（{more}）" if more else policy.status.label


def status_warning(edition: Edition) -> str:
    """What a reader must not miss of a document that no longer holds in full; empty for all others."""
    policy = edition.policy
    return "" if policy is None or policy.status is PolicyStatus.VALID else policy.status.label


def publicity_rows(publicity: PublicityFacts) -> list[Row]:
    """The fields of a public notice."""
    period = f"{chinese_day(publicity.start_on)}至{chinese_day(publicity.end_on)}"
    return _filled(
        [
            ("公示期", period),
            ("异议电话", publicity.phone),
            ("异议地址", publicity.address),
            ("异议邮箱", publicity.email),
        ]
    )


def guide_rows(guide: GuideFacts) -> list[Row]:
    """The short fields of a guide; its lists are `guide_blocks`."""
    return _filled(
        [
            ("事项编码", guide.code),
            ("事项类型", guide.kind),
            ("办件类型", guide.handling),
            ("办理机构", guide.department),
            ("服务对象", guide.audience),
            ("法定时限", days(guide.legal_days)),
            ("承诺时限", days(guide.promised_days)),
            ("收费标准", guide.fee),
            ("收费依据", guide.fee_basis),
            ("办理结果", guide.result),
            ("送达方式", guide.delivery),
            ("到现场次数", "" if guide.visits is None else f"{guide.visits} 次"),
            ("网上办理", guide.online_url),
            ("进度查询", guide.query_url),
            ("办理地点", guide.address),
            ("办理时间", guide.hours),
            ("咨询电话", guide.phone),
            ("监督投诉电话", guide.supervision_phone),
        ]
    )


def guide_blocks(guide: GuideFacts) -> Iterator[Block]:
    """The lists of a guide: basis, conditions, materials as a table with their forms below, steps, questions."""
    yield from _listed("设定依据", guide.basis, ordered=False)
    yield from _listed("申请条件", guide.conditions)
    if guide.materials:
        yield Heading(text="申请材料")
        yield material_table(guide)
        for material in guide.materials:
            if material.form:
                yield Attachment(asset=material.form, title=f"{material.name}（空白表格）")
    yield from _listed("办理流程", guide.steps)
    if guide.questions:
        yield Heading(text="常见问题")
        for one in guide.questions:
            yield Paragraph(html=f"<strong>问：{escape(one.question)}</strong>")
            yield Paragraph(html=f"答：{escape(one.answer)}")


def material_table(guide: GuideFacts) -> Table:
    """The materials, numbered. A column that no material fills in is left out."""
    head = ("序号", "材料名称", "形式", "份数", "说明")
    rows = [
        (str(n), one.name, one.kind, "" if one.copies is None else f"{one.copies} 份", one.note)
        for n, one in enumerate(guide.materials, start=1)
    ]
    used = [column for column in range(len(head)) if any(row[column] for row in rows)]
    return Table(rows=tuple(tuple(row[column] for column in used) for row in (head, *rows)))


def transcript_blocks(interpretation: InterpretationFacts) -> Iterator[Block]:
    """What a picture or film says, for those who cannot see it."""
    if interpretation.transcript:
        yield Heading(text=f"{interpretation.form or '图解'}文字说明")
        for text in interpretation.transcript:
            yield Paragraph(html=escape(text))


def days(count: int | None) -> str:
    """A limit for people: `5 个工作日`, `当场办结` for none at all; empty when none is stated."""
    if count is None:
        return ""
    return f"{count} 个工作日" if count else "当场办结"


def local_time(moment: datetime | None) -> str:
    """Beijing time, e.g. 2026年11月23日 09:30; empty for None."""
    return moment.astimezone(SHANGHAI).strftime("%Y年%m月%d日 %H:%M") if moment else ""


def chinese_day(day: str) -> str:
    """`2026-01-08` as 2026年1月8日; empty for an empty text, any other text as it is."""
    year, _, rest = day.partition("-")
    month, _, number = rest.partition("-")
    if not (year.isdigit() and month.isdigit() and number.isdigit()):
        return day
    return f"{year}年{int(month)}月{int(number)}日"


def _day_of(moment: datetime) -> str:
    return chinese_day(f"{moment.astimezone(SHANGHAI):%Y-%m-%d}")


def _listed(title: str, lines: tuple[str, ...], *, ordered: bool = True) -> Iterator[Block]:
    if lines:
        yield Heading(text=title)
        yield ItemList(items=tuple(escape(line) for line in lines), ordered=ordered and len(lines) > 1)


def _filled(rows: list[Row]) -> list[Row]:
    return [(label, value) for label, value in rows if value]
