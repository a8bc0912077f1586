"""Advice: what makes an item poor though nothing forbids it. Told before signing, never in its way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from channels.completeness import SERIOUS, missing
from channels.contract import Finding, Severity
from channels.edition import Edition, GuideFacts, Material, PolicyFacts, PublicityFacts
from cms import holidays, workdays

CATCH_ALL = re.compile(
    r"其[他它](?:\S{0,6})(?:材料|资料|证明|文件)|(?:需要|要求)的其[他它]|等(?:相关)?(?:材料|资料|证明)$"
)
"""Materials that nobody can bring because they are not named; guides may not have them."""
PUBLICITY_DAYS = 5
"""Usual length of a 公示 in working days; shorter ones need a reason."""
LONG = timedelta(days=30)
"""A 公示 of this length has more working days than that, whatever the holidays."""


def advice(edition: Edition) -> list[Finding]:
    """Findings about the item itself, whatever outlet it goes to."""
    found: list[Finding] = []
    if edition.guide:
        found += _guide(edition.guide, edition.headline)
    if edition.policy:
        found += _policy(edition, edition.policy)
    if edition.publicity:
        found += _publicity(edition.publicity)
    return found


def _warning(place: str, problem: str, fix: str) -> Finding:
    return Finding(place=place, problem=problem, fix=fix, severity=Severity.WARN)


def _guide(guide: GuideFacts, headline: str) -> Iterator[Finding]:
    lacking = missing(guide, headline)
    if lacking:
        yield Finding(
            place="办事指南要素",
            problem=f"缺少 {len(lacking)} 类：{'、'.join(lacking)}",
            fix=f"请补齐；缺 {SERIOUS} 类及以上的指南，检查时可能被认定为服务不实用（参考）",
            severity=Severity.BLOCK if len(lacking) >= SERIOUS else Severity.WARN,
        )
    if not guide.fee:
        yield _warning("收费标准", "没有填写收费标准", "不收费的请写“不收费”，不要留空")
    if guide.fee and guide.fee != "不收费" and not guide.fee_basis:
        yield _warning("收费依据", "收费事项没有写明收费依据", "请写明收费文件的名称和文号")
    for material in guide.materials:
        yield from _material(material)


def _material(material: Material) -> Iterator[Finding]:
    if CATCH_ALL.search(material.name) or CATCH_ALL.search(material.note):
        yield _warning(
            f"申请材料“{material.name}”",
            "含有兜底表述，办事人无法据此准备材料",
            "请逐项列明材料名称，删除“其他材料”一类的表述",
        )
    if material.copies is None and "复印件" in material.kind:
        yield _warning(f"申请材料“{material.name}”", "没有写明复印件份数", "请填写份数")


def _policy(edition: Edition, policy: PolicyFacts) -> Iterator[Finding]:
    roles = {alt.role for alt in edition.alt_ids}
    if "doc_number" not in roles:
        yield _warning("发文字号", "政策文件没有发文字号", "请核对文件，确无字号的可以留空")
    if "index_number" not in roles:
        yield _warning("索引号", "没有填写索引号", "请按政府信息公开目录编写索引号")
    if not policy.subcategory:
        yield _warning("主题分类", "只填写了一级分类", "请补充二级分类，如 城乡建设、住房保障")


def _publicity(publicity: PublicityFacts) -> Iterator[Finding]:
    if not (publicity.start_on and publicity.end_on):
        return
    first, last = date.fromisoformat(publicity.start_on), date.fromisoformat(publicity.end_on)
    if last - first >= LONG:
        return
    calendar = holidays.calendar({first.year, last.year})
    count = workdays.between(first, last, calendar)
    if count < PUBLICITY_DAYS:
        unsure = "，当年放假安排尚未录入，按固定节日计" if calendar.unknown else ""
        yield _warning(
            "公示期",
            f"公示期只有 {count} 个工作日（已扣除周末和放假日{unsure}）",
            f"公示期一般不少于 {PUBLICITY_DAYS} 个工作日（参考），请核对有关规定",
        )
