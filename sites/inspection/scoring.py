"""参考扣分: what takes points off, each with the page that it is on. Pure; weights are the table's, and only a reference."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.utils.timezone import localdate, localtime

from sites.cadence import CLOCKS, Cadence
from sites.inspection.facts import ColumnFacts, DeadLink, Facts, PageFaults, SiteFacts
from sites.inspection.findings import Finding, State
from sites.inspection.judging import NOT_IN_USE, Judge, is_blank, is_stale
from sites.inspection.rules import NEWS_TENTHS, REPORT_DUE, RULES


def column_clocks(facts: Facts) -> Iterator[Finding]:
    """Every column with its days left, stale or not."""
    for site in facts.sites:
        for column in site.columns:
            yield _column(site, column, facts)


def blank_columns(facts: Facts) -> Iterator[Finding]:
    for site in facts.sites:
        for column in site.columns:
            if is_blank(column):
                step = "发布信息，或不再显示该栏目"
                yield Finding(
                    "column_blank", State.RED, f"column_blank:{column.pk}", site.title, column.title, "公众看不到任何信息",
                    step, column.url, f"page:{column.pk}", tenths=_tenths("column_blank"),
                )  # fmt: skip


def unlinked(facts: Facts) -> Iterator[Finding]:
    for content_id, headline in facts.unlinked or ():
        yield Finding(
            "unlinked", State.RED, f"unlinked:{content_id}", "", headline, "解读没有关联所解读的文件",
            "在解读稿件中选择政策文件，重新签发", f"/i/{content_id}/", f"item:{content_id}", tenths=_tenths("unlinked"),
        )  # fmt: skip


def carry(facts: Facts) -> Iterator[Finding]:
    for one in facts.overdue:
        yield Finding(
            "carry", State.RED, f"carry:{one.placement}", one.outlet, one.headline, f"应于 {_time(one.since)} 前转载，尚未落实",
            "查看投递情况并处理", fix=f"placement:{one.placement}", tenths=_tenths("carry"),
        )  # fmt: skip


def report(facts: Facts) -> Iterator[Finding]:
    """Asked for from the first of January; red after the last."""
    today = localdate(facts.at)
    year = today.year - 1
    due = today.replace(month=REPORT_DUE[0], day=REPORT_DUE[1])
    for site in facts.sites:
        if site.has_report is None:
            continue
        state = State.OK if site.has_report else State.RED if today > due else State.WARN
        said = f"{year} 年度报表{'已公布' if site.has_report else '尚未登记公布网址'}"
        yield Finding(
            "report", state, f"report:{site.pk}:{year}", site.title, "年度报表", said,
            "" if site.has_report else f"填报并在首页公布，期限 {due:%Y-%m-%d}", fix=f"report:{site.pk}:{year}",
            due="" if site.has_report else due.isoformat(), tenths=_tenths("report") if state is State.RED else 0,
        )  # fmt: skip


def guides(facts: Facts) -> Iterator[Finding]:
    if facts.guides is None:
        yield Finding("guide", State.OFF, "guide", "", "办事指南", NOT_IN_USE)
        return
    for one in facts.guides:
        if one.missing:
            yield Finding(
                "guide", State.RED, f"guide:{one.content_id}", "", one.title, f"缺少：{'、'.join(one.missing)}",
                "补全要素后重新签发", one.url, f"item:{one.content_id}", tenths=_tenths("guide"),
            )  # fmt: skip


def late_letters(facts: Facts) -> Iterator[Finding]:
    if facts.letters is None:
        yield Finding("late_letters", State.OFF, "late_letters", "", "留言办理", NOT_IN_USE)
        return
    titles = {site.pk: site.title for site in facts.sites}
    for box in facts.letters:
        if box.late:
            yield Finding(
                "late_letters", State.RED, f"late_letters:{box.site}", titles.get(box.site, ""), "留言办理",
                f"{box.late} 件留言超过 3 个工作日未答复", "尽快办理并公开答复", fix="letters",
                tenths=_tenths("late_letters") * box.late,
            )  # fmt: skip


def links(facts: Facts) -> Iterator[Finding]:
    """Each reported link; what is beyond the list is summed up in one line."""
    for one in facts.links:
        yield _link(one)
    listed = [sum(one.on_home is home for one in facts.links) for home in (True, False)]
    counts = facts.counts
    numbers = (counts.home_dead + counts.home_suspected, counts.other_dead + counts.other_suspected)
    for rule, view, number, shown in zip(
        ("home_link", "other_link"), ("home", ""), numbers, listed, strict=True
    ):
        if number > shown:
            yield Finding(
                rule, State.RED, f"{rule}:more", "", "其余失效链接", f"另有 {number - shown} 个，见链接检查",
                "按清单逐个处理", fix=f"links:{view}", tenths=_tenths(rule) * (number - shown),
            )  # fmt: skip
    if not counts.checked:
        yield Finding(
            "home_link", State.OFF, "links", "", "链接", "还没有检查过，系统每晚 1:30 自动检查", fix="links:"
        )


def footers(facts: Facts) -> Iterator[Finding]:
    """One finding a site; its key names what is missing, so that an explanation covers no more than that."""
    for site in facts.sites:
        wrong = [f"{element}{problem}" for element, problem in site.footer.items() if problem]
        if wrong:
            yield Finding(
                "footer", State.RED, f"footer:{site.pk}:{'|'.join(wrong)}"[:200], site.title, f"页脚缺 {len(wrong)} 项",
                "；".join(wrong), "在站点设置“页脚与备案”中填写", site.url, f"page:{site.pk}",
                tenths=_tenths("footer") * len(wrong),
            )  # fmt: skip


def tags(facts: Facts) -> Iterator[Finding]:
    """Pages with the same faults are one finding: a setting that is missing shows on every page."""
    for site in facts.sites:
        alike: dict[tuple[str, ...], list[PageFaults]] = {}
        for page in site.pages:
            alike.setdefault(page.faults, []).append(page)
        for faults, pages in alike.items():
            if faults:
                yield Finding(
                    "tags", State.RED, f"tags:{site.pk}:{'|'.join(faults)}"[:200], site.title,
                    f"{len(pages)} 个页面（{'、'.join(page.label for page in pages)}）", "；".join(faults),
                    "补全站点或栏目设置；仍有缺失的请联系开发人员", pages[0].url, f"page:{site.pk}",
                    tenths=_tenths("tags") * len(pages),
                )  # fmt: skip


def lingering(facts: Facts) -> Iterator[Finding]:
    for one in facts.lingering:
        yield Finding(
            "lingering", State.RED, f"lingering:{one.placement}", one.outlet, one.headline,
            f"{_time(one.since)} 已要求撤下，终端仍可看到", "在撤稿台账中处理", fix=f"placement:{one.placement}",
        )  # fmt: skip


def scans(facts: Facts) -> Iterator[Finding]:
    if facts.scans is None:
        yield Finding("no_text", State.OFF, "no_text", "", "附件", NOT_IN_USE)
        return
    for content_id, headline in facts.scans:
        yield Finding(
            "no_text", State.WARN, f"no_text:{content_id}", "", headline, "有附件是没有文字的扫描件",
            "换成可复制文字的文件，或在正文写明全部内容", f"/i/{content_id}/", f"item:{content_id}",
        )  # fmt: skip


def ipv6(facts: Facts) -> Iterator[Finding]:
    """By host: sites below one another share it."""
    if not facts.ipv6:
        yield Finding("ipv6", State.OFF, "ipv6", "", "IPv6", "站点还没有正式域名")
    for host, has_record in facts.ipv6.items():
        claiming = [site for site in facts.sites if site.claims_ipv6 and urlsplit(site.url).hostname == host]
        state, said, step = State.OK, "域名有 AAAA 记录，能否访问以外部检测为准", ""
        if has_record is None:
            state, said = State.OFF, "域名解析服务没有应答，未能查询"
        elif claiming and not has_record:
            state, said = State.RED, "页脚标明支持 IPv6，但域名没有 AAAA 记录"
            step = "请网络管理员添加 AAAA 记录；添加之前在站点设置中取消“本网站支持IPv6”"
        elif not has_record:
            state, said = State.WARN, "域名没有 AAAA 记录"
            step = "请网络管理员为域名添加 AAAA 记录，并让服务器以 IPv6 提供服务"
        fix = f"page:{claiming[0].pk}" if state is State.RED else ""
        title = claiming[0].title if claiming else ""
        yield Finding("ipv6", state, f"ipv6:{host}", title, host, said, step, fix=fix)


SCORES: tuple[Judge, ...] = (
    column_clocks, blank_columns, unlinked, carry, report, guides, late_letters,
    links, footers, tags, lingering, scans, ipv6,
)  # fmt: skip


def _column(site: SiteFacts, column: ColumnFacts, facts: Facts) -> Finding:
    clock = CLOCKS[column.cadence]
    key = f"column:{column.pk}"
    last = f"最近更新 {localdate(column.last).isoformat()}" if column.last else "没有信息"
    if clock.days is None or column.last is None:
        said = f"{clock.label}，{last}"
        return Finding(
            "column_stale",
            State.OK,
            key,
            site.title,
            column.title,
            said,
            page=column.url,
            fix=f"page:{column.pk}",
        )
    due = column.last + timedelta(days=clock.days)
    is_warned = facts.at >= column.last + timedelta(days=clock.warn or clock.days)
    stale = is_stale(column, facts.at)
    state = State.RED if stale else State.WARN if is_warned and not is_blank(column) else State.OK
    tenths = NEWS_TENTHS if column.cadence is Cadence.NEWS else _tenths("column_stale")
    return Finding(
        "column_stale", state, key, site.title, column.title, f"{clock.label}，{last}",
        "" if state is State.OK else "发布信息，或在栏目设置中核对更新类别", column.url, f"page:{column.pk}",
        localdate(due).isoformat(), tenths if stale else 0,
    )  # fmt: skip


def _link(one: DeadLink) -> Finding:
    rule = "home_link" if one.on_home else "other_link"
    return Finding(
        rule, State.RED, f"link:{one.pk}", one.where, one.url, one.why, one.step, one.url, f"link:{one.pk}",
        tenths=_tenths(rule),
    )  # fmt: skip


def _tenths(rule: str) -> int:
    return RULES[rule].tenths


def _time(moment: datetime) -> str:
    return localtime(moment).strftime("%Y-%m-%d %H:%M")
