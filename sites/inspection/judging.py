"""Judges the facts by the table of rules: one pure function a rule, one list of findings. Vetoes only; points: `scoring`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain

from django.utils.timezone import localdate

from sites.cadence import CLOCKS, Cadence
from sites.inspection import rules
from sites.inspection.facts import AccountFacts, ColumnFacts, Facts, SiteFacts
from sites.inspection.findings import Finding, State
from sites.inspection.rules import RULES

Judge = Callable[[Facts], Iterable[Finding]]
NOT_IN_USE = "未启用"


def judge(facts: Facts, judges: Iterable[Judge]) -> list[Finding]:
    """All findings, in the order of the table; explained ones count no more."""
    found = [_explained(one, facts) for one in chain.from_iterable(each(facts) for each in judges)]
    order = {key: number for number, key in enumerate(RULES)}
    return sorted(found, key=lambda one: order[one.rule])


def aged(last: datetime | None, now: datetime, *, days: int, warn: int) -> tuple[State, str]:
    """The state of something that has to be renewed every `days`, and the local day on which it turns red.

    A thing that has never been there is red, and has no day.
    """
    if last is None:
        return State.RED, ""
    due = last + timedelta(days=days)
    state = State.RED if now >= due else State.WARN if now >= last + timedelta(days=warn) else State.OK
    return state, localdate(due).isoformat()


def counted(number: int, *, red: int, warn: int) -> State:
    return State.RED if number >= red else State.WARN if number >= warn else State.OK


def is_blank(column: ColumnFacts) -> bool:
    return column.shown == 0


def is_stale(column: ColumnFacts, now: datetime) -> bool:
    """Over its time. A blank column is blank, and a static one has no time."""
    clock = CLOCKS[column.cadence]
    if clock.days is None or is_blank(column):
        return False
    return column.last is None or now >= column.last + timedelta(days=clock.days)


def forged(facts: Facts) -> Iterator[Finding]:
    """Never more than a warning: only a person tells forging from an old item that was entered late."""
    for site in facts.sites:
        number = site.backdated.count
        titles = "、".join(f"“{title}”" for _, title in site.backdated.examples[:3])
        said = (
            f"{number} 篇稿件的发布时间早于首次签发一天以上：{titles}"
            if number
            else "没有发现发布时间早于签发时间的稿件"
        )
        yield Finding(
            "forged", State.WARN if number else State.OK, f"forged:{site.pk}", site.title, "发布时间", said,
            "核对是否为历史稿件补录；属补录的填写情况说明，不属补录的更正发布时间" if number else "",
            page=site.url,
            fix=f"item:{site.backdated.examples[0][0]}" if site.backdated.examples else "",
        )  # fmt: skip


def domains(facts: Facts) -> Iterator[Finding]:
    for host, why in facts.alarms:
        step = "用浏览器打开核对；异常的立即删除链接，正常的点“核对无误”"
        yield Finding("domains", State.WARN, f"domain:{host}", "", host, why, step, fix="domains")
    if not facts.alarms:
        yield Finding("domains", State.OK, "domains", "", "外链域名", "外链域名没有报警", fix="domains")


def access(facts: Facts) -> Iterator[Finding]:  # noqa: ARG001
    yield Finding(
        "access", State.OFF, "access", "", "访问情况", "须由本机以外的监测点访问，以外部监测结果为准"
    )


def home(facts: Facts) -> Iterator[Finding]:
    for site in facts.sites:
        last = max((one.last for one in site.columns if one.is_listed and one.last), default=None)
        state, due = aged(last, facts.at, days=rules.HOME_DAYS, warn=rules.HOME_WARN)
        said = f"最近更新 {_day(last)}" if last else "首页没有任何信息"
        step = (
            ""
            if state is State.OK
            else "今天就在首页栏目发布信息"
            if state is State.RED
            else "尽快在首页栏目发布信息"
        )
        if not site.has_outlet:
            said, step = "站点没有关联发布终端，首页不显示稿件", "在站点设置中选择发布终端"
        yield Finding(
            "home", state, f"home:{site.pk}", site.title, "首页", said, step, site.url, f"page:{site.pk}", due
        )


def columns(facts: Facts) -> Iterator[Finding]:
    """The three counts of 栏目不更新, each for every site."""
    for site in facts.sites:
        stale = [one for one in site.columns if is_stale(one, facts.at)]
        key = [one for one in stale if one.cadence in {Cadence.NEWS, Cadence.NOTICE}]
        blank = [one for one in site.columns if is_blank(one)]
        yield _number("key_columns", site, key, rules.KEY_COLUMNS_RED, rules.KEY_COLUMNS_WARN, "未按时更新")
        yield _number("stale", site, stale, rules.STALE_RED, rules.STALE_WARN, "未按时更新")
        yield _number("blank", site, blank, rules.BLANK_RED, rules.BLANK_WARN, "空白")


def letters(facts: Facts) -> Iterator[Finding]:
    """无有效咨询渠道 and 超期未答复."""
    if facts.letters is None:
        yield Finding("channel", State.OFF, "channel", "", "咨询渠道", NOT_IN_USE, "留言功能启用后自动检查")
        yield Finding("letters", State.OFF, "letters", "", "留言答复", NOT_IN_USE, "留言功能启用后自动检查")
        return
    titles = {site.pk: site for site in facts.sites}
    for box in facts.letters:
        if (site := titles.get(box.site)) is None:
            continue
        state, step = (State.OK, "") if box.is_open else (State.RED, "在站点设置中开启咨询留言")
        said = "咨询留言已开通" if box.is_open else "没有开通咨询留言"
        yield Finding(
            "channel",
            state,
            f"channel:{site.pk}",
            site.title,
            "咨询渠道",
            said,
            step,
            site.url,
            f"page:{site.pk}",
        )
        if box.oldest is None:
            yield Finding(
                "letters",
                State.OK,
                f"letters:{site.pk}",
                site.title,
                "留言答复",
                "没有未答复的留言",
                fix="letters",
            )
            continue
        state, due = aged(box.oldest, facts.at, days=rules.LETTER_DAYS, warn=rules.LETTER_WARN)
        said = f"最早一件未答复的留言收于 {_day(box.oldest)}"
        yield Finding(
            "letters",
            state,
            f"letters:{site.pk}",
            site.title,
            "留言答复",
            said,
            "尽快办理并公开答复",
            fix="letters",
            due=due,
        )


def services(facts: Facts) -> Iterator[Finding]:
    if facts.guides is None:
        yield Finding("services", State.OFF, "services", "", "办事服务", NOT_IN_USE, "办事指南启用后自动检查")
        return
    poor = [one for one in facts.guides if len(one.missing) >= rules.ELEMENTS_MISSING]
    number = len(facts.guides)
    if not number:
        said, state = "没有提供办事指南", State.RED
    else:
        every = number < rules.GUIDES_MIN and len(poor) == number
        state = State.RED if len(poor) >= rules.GUIDES_MIN or every else State.WARN if poor else State.OK
        said = f"共 {number} 个办事指南，{len(poor)} 个缺 {rules.ELEMENTS_MISSING} 类及以上要素"
    step = "" if state is State.OK else "补全办事指南的要素" if number else "发布办事指南"
    yield Finding("services", state, "services", "", "办事服务", said, step)


def accounts(facts: Facts) -> Iterator[Finding]:
    for account in facts.accounts:
        yield _account(account, facts.at)
        works = account.answers or account.has_menu
        said = (
            f"关注回复、关键词回复共 {account.answers} 条，菜单{'已发布' if account.has_menu else '未发布'}"
            if works
            else "没有设置关注回复、关键词回复和菜单"
        )
        yield Finding(
            "interaction", State.OK if works else State.RED, f"interaction:{account.slug}", account.name, "互动功能",
            said, "" if works else "在公众号页面设置关注回复、关键词回复或菜单", fix=f"account:{account.slug}",
        )  # fmt: skip


VETOES: tuple[Judge, ...] = (forged, domains, access, home, columns, letters, services, accounts)


def _account(account: AccountFacts, now: datetime) -> Finding:
    state, due = aged(account.last, now, days=rules.ACCOUNT_DAYS, warn=rules.ACCOUNT_WARN)
    said = f"最近发布 {_day(account.last)}" if account.last else "没有发布记录"
    step = "" if state is State.OK else "尽快发布一篇文章"
    return Finding(
        "account", state, f"account:{account.slug}", account.name, "内容更新", said, step,
        fix=f"account:{account.slug}", due=due,
    )  # fmt: skip


def _number(rule: str, site: SiteFacts, found: list[ColumnFacts], red: int, warn: int, word: str) -> Finding:
    names = "、".join(one.title for one in found[:10])
    said = f"{len(found)} 个栏目{word}：{names}" if found else f"没有{word}的栏目"
    state = counted(len(found), red=red, warn=warn)
    step = "" if state is State.OK else f"在这些栏目发布信息，或不再显示该栏目（{red} 个不合格）"
    fix = f"page:{found[0].pk}" if len(found) == 1 else f"children:{site.pk}"
    return Finding(
        rule,
        state,
        f"{rule}:{site.pk}",
        site.title,
        RULES[rule].title.partition("：")[2],
        said,
        step,
        site.url,
        fix,
    )


def _explained(finding: Finding, facts: Facts) -> Finding:
    """Back-dated items are left out by their time when they are counted; all else by its key."""
    if not finding.is_open or finding.rule == "forged" or not finding.of.explainable:
        return finding
    return replace(finding, state=State.EXPLAINED) if finding.key in facts.explained else finding


def _day(moment: datetime | None) -> str:
    return localdate(moment).isoformat() if moment else ""
