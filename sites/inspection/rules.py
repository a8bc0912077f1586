"""The table of what is inspected: the inspectors' words, single vetoes apart from scored points, where a number comes from.

依据 is what a published inspection table says; 参考 is from practice or memory, weights differ from place to place, and the
page says so. Thresholds are named here once; `judging` applies them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    VETO = "veto"
    SCORE = "score"


class Source(StrEnum):
    BASIS = "依据"
    REFERENCE = "参考"


@dataclass(frozen=True, slots=True)
class Rule:
    """`tenths`: points taken off for one case, in tenths, 0 for a veto. `says` is the rule in one sentence.

    explainable: a person may explain a finding of it (情况说明), after which it counts no more.
    """

    key: str
    title: str
    kind: Kind
    group: str
    source: Source
    says: str
    tenths: int = 0
    explainable: bool = False


HOME_DAYS, HOME_WARN = 14, 10
ACCOUNT_DAYS, ACCOUNT_WARN = 14, 10
KEY_COLUMNS_RED, KEY_COLUMNS_WARN = 5, 3
"""News and notice columns together; the warning is ours."""
STALE_RED, STALE_WARN = 10, 6
BLANK_RED, BLANK_WARN = 5, 2
GUIDES_MIN, ELEMENTS_MISSING = 5, 4
LETTER_DAYS, LETTER_WARN = 90, 60
"""A message of the last year that has waited three months is a veto."""
BACKDATED_HOURS = 24
"""A publication time that lies longer before the first signing is no matter of clocks."""
LINGERING_HOURS = 24
REPORT_DUE = (1, 31)
"""Month and day by which the report of last year is on the home page (国办函〔2018〕12号)."""

SITE, MEDIA = "政府网站", "政务新媒体"
PUBLISHING, SERVICES, DIALOGUE, FUNCTIONS = "发布解读", "办事服务", "互动交流", "功能设计"
SCORE_GROUPS = (PUBLISHING, SERVICES, DIALOGUE, FUNCTIONS)

_RULES = (
    Rule("forged", "安全、泄密等严重问题：发布时间造假", Kind.VETO, SITE, Source.BASIS,
         "伪造发布日期属于严重问题。发布时间早于首次签发一天以上的，须核对；历史稿件补录请作情况说明。", explainable=True),
    Rule("domains", "安全、泄密等严重问题：链接到有害网站", Kind.VETO, SITE, Source.BASIS,
         "链接到反动、暴力、色情、赌博等网站属于严重问题。外链域名报警的，须立即核对。"),
    Rule("access", "站点无法访问", Kind.VETO, SITE, Source.BASIS,
         "每次访问 15 秒打不开即为失败，一周内失败 5% 以上不合格。须由外部监测，本系统不自测。"),
    Rule("home", "首页不更新", Kind.VETO, SITE, Source.BASIS,
         f"首页栏目 {HOME_DAYS} 天无信息更新不合格；{HOME_WARN} 天起预警（参考）。"),
    Rule("key_columns", "栏目不更新：动态要闻和通知公告、政策文件类", Kind.VETO, SITE, Source.BASIS,
         f"动态、要闻类两周未更新，通知公告、政策文件类六个月未更新，合计 {KEY_COLUMNS_RED} 个及以上不合格。"),
    Rule("stale", "栏目不更新：应更新未更新", Kind.VETO, SITE, Source.BASIS,
         f"应更新但长期未更新的栏目 {STALE_RED} 个及以上不合格；{STALE_WARN} 个起预警（参考）。"),
    Rule("blank", "栏目不更新：空白栏目", Kind.VETO, SITE, Source.BASIS,
         f"空白栏目 {BLANK_RED} 个及以上不合格；{BLANK_WARN} 个起预警（参考）。"),
    Rule("channel", "互动回应差：无有效咨询渠道", Kind.VETO, SITE, Source.BASIS,
         "未提供有效的咨询、留言渠道不合格。"),
    Rule("letters", "互动回应差：留言超期未答复", Kind.VETO, SITE, Source.BASIS,
         "一年内的有效留言超过三个月未答复不合格。"),
    Rule("services", "服务不实用", Kind.VETO, SITE, Source.BASIS,
         f"未提供办事服务，或 {GUIDES_MIN} 个及以上事项的办事指南各缺 {ELEMENTS_MISSING} 类及以上要素不合格。"),
    Rule("account", "内容不更新", Kind.VETO, MEDIA, Source.BASIS,
         f"检查前 {ACCOUNT_DAYS} 天无更新不合格；{ACCOUNT_WARN} 天起预警（参考）。"),
    Rule("interaction", "互动回应差：无有效互动功能", Kind.VETO, MEDIA, Source.BASIS,
         "未提供有效互动功能不合格。关注回复、关键词回复或菜单至少有一项可用。"),
    Rule("column_stale", "栏目更新不及时", Kind.SCORE, PUBLISHING, Source.REFERENCE,
         "应更新未更新的栏目每个扣 1 分；动态要闻类超过两周未更新扣 5 分。", tenths=10),
    Rule("column_blank", "空白栏目", Kind.SCORE, PUBLISHING, Source.REFERENCE, "空白栏目每个扣 2 分。", tenths=20),
    Rule("unlinked", "解读与文件未关联", Kind.SCORE, PUBLISHING, Source.REFERENCE,
         "政策解读未与所解读的文件相互关联的，每篇扣 1 分。", tenths=10),
    Rule("carry", "必转信息超过时限", Kind.SCORE, PUBLISHING, Source.REFERENCE,
         "上级或本级重要信息未在规定时限内转载的，每条扣 1 分。", tenths=10),
    Rule("report", "年度报表", Kind.SCORE, PUBLISHING, Source.BASIS,
         "上一年度《政府网站工作年度报表》应于 1 月 31 日前在首页公布。", tenths=10),
    Rule("guide", "办事指南要素不全", Kind.SCORE, SERVICES, Source.REFERENCE, "要素缺失的办事指南每个扣 1 分。", tenths=10),
    Rule("late_letters", "留言办理超期", Kind.SCORE, DIALOGUE, Source.REFERENCE,
         "“我为政府网站找错”和咨询留言应在 3 个工作日内答复，超期每件扣 2 分。", tenths=20),
    Rule("home_link", "首页失效链接", Kind.SCORE, FUNCTIONS, Source.REFERENCE,
         "首页打不开的链接、图片、附件（含站外）每个扣 1 分。", tenths=10),
    Rule("other_link", "其他页面失效链接", Kind.SCORE, FUNCTIONS, Source.REFERENCE, "其他页面打不开的链接每个扣 0.1 分。", tenths=1),
    Rule("footer", "网站标识：页脚要素缺失", Kind.SCORE, FUNCTIONS, Source.REFERENCE,
         "党政机关网站标识、找错入口、网站标识码、主办单位及联系方式、ICP备案编号、公安机关备案标识、网站地图，缺一项扣 1 分。",
         tenths=10, explainable=True),
    Rule("tags", "页面标签缺失", Kind.SCORE, FUNCTIONS, Source.REFERENCE,
         "每站抽查 5 个页面，网站、栏目、内容页标签缺失或为空的，每页扣 1 分。", tenths=10),
    Rule("lingering", "撤稿未落实", Kind.SCORE, FUNCTIONS, Source.REFERENCE,
         "已要求撤下 24 小时以上、终端仍可看到的稿件。不在检查指标内，但属风险，不计分。"),
    Rule("no_text", "附件没有文字层", Kind.SCORE, FUNCTIONS, Source.REFERENCE,
         "扫描件没有文字，读屏软件读不出，站内搜索查不到。不计分。"),
    Rule("ipv6", "IPv6 改造", Kind.SCORE, FUNCTIONS, Source.REFERENCE,
         "域名应有 AAAA 记录并能以 IPv6 访问。系统查询 AAAA 记录；能否访问须从外部网络检测。不计分。"),
)  # fmt: skip
RULES = {rule.key: rule for rule in _RULES}
NEWS_TENTHS = 50
"""动态要闻 not updated for two weeks."""
