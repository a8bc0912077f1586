"""The inspectors' rules: thresholds by cases, what counts by property, what people may explain."""

from __future__ import annotations

import socket
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sites.cadence import CLOCKS, Cadence, cadence_of
from sites.inspection import findings, judging, names, reading, rules, yearly
from sites.inspection.facts import (
    AccountFacts,
    Backdated,
    ColumnFacts,
    DeadLink,
    Facts,
    Guide,
    Letters,
    PageFaults,
    SiteFacts,
)
from sites.inspection.findings import Finding, State, difference, pack, totals, unpack
from sites.inspection.judging import VETOES, aged, counted, judge
from sites.inspection.rules import RULES, Kind, Source
from sites.inspection.scoring import SCORES
from sites.linkcheck.judging import Counts
from tests.sites.build import NOW

DAY = timedelta(days=1)


def column(pk: int = 1, days: float | None = 0, **fields: object) -> ColumnFacts:
    """Last updated `days` ago; None: never, and nothing shown."""
    values = {
        "pk": pk,
        "title": f"栏目{pk}",
        "url": f"http://site.example/c{pk}/",
        "cadence": Cadence.NEWS,
        "shown": 0 if days is None else 3,
        "last": None if days is None else NOW - days * DAY,
    }
    return ColumnFacts(**{**values, **fields})  # type: ignore[arg-type]


def site(*columns: ColumnFacts, **fields: object) -> SiteFacts:
    values = {
        "pk": 7,
        "title": "演示街道",
        "url": "http://site.example/",
        "has_outlet": True,
        "columns": columns,
    }
    return SiteFacts(**{**values, **fields})  # type: ignore[arg-type]


def found(rule: str, facts: Facts) -> list[Finding]:
    return [one for one in judge(facts, (*VETOES, *SCORES)) if one.rule == rule]


def states(rule: str, facts: Facts) -> list[str]:
    return [one.state for one in found(rule, facts)]


def facts(*sites: SiteFacts, **fields: object) -> Facts:
    return Facts(at=NOW, sites=sites, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("days", "state", "left"),
    [(0, "ok", 14), (9.9, "ok", 4), (10, "warn", 4), (13.9, "warn", 0), (14, "red", 0), (40, "red", -26)],
)
def test_a_home_page_warns_at_ten_days_and_fails_at_fourteen(days: float, state: str, left: int) -> None:
    one = found("home", facts(site(column(days=days))))[0]
    assert (one.state, one.days_left(date(2026, 11, 20))) == (state, left)


def test_a_home_page_lives_by_the_newest_of_its_listed_columns() -> None:
    hidden = column(2, days=1, is_listed=False)
    assert states("home", facts(site(column(days=20), column(3, days=2)))) == ["ok"]
    assert states("home", facts(site(column(days=20), hidden))) == ["red"]
    assert states("home", facts(site(column(days=None)))) == ["red"]
    assert "发布终端" in found("home", facts(site(has_outlet=False)))[0].step


@pytest.mark.parametrize(
    ("cadence", "fresh", "warned", "stale"),
    [
        (Cadence.NEWS, 9, 10, 14),
        (Cadence.NOTICE, 149, 150, 180),
        (Cadence.YEARLY, 329, 330, 365),
    ],
)
def test_each_class_of_column_has_its_clock(cadence: Cadence, fresh: int, warned: int, stale: int) -> None:
    for days, state in ((fresh, "ok"), (warned, "warn"), (stale - 1, "warn"), (stale, "red")):
        assert states("column_stale", facts(site(column(days=days, cadence=cadence)))) == [state], days


def test_a_static_column_never_grows_old_but_may_be_blank() -> None:
    old = facts(site(column(days=5_000, cadence=Cadence.STATIC)))
    assert states("column_stale", old) == ["ok"]
    assert found("column_stale", old)[0].due == ""
    assert states("column_blank", facts(site(column(days=None, cadence=Cadence.STATIC)))) == ["red"]


def test_the_class_follows_from_the_type_unless_somebody_says_otherwise() -> None:
    assert cadence_of("工作动态") is Cadence.NEWS
    assert cadence_of("政策文件") is Cadence.NOTICE
    assert cadence_of("机构职能") is Cadence.STATIC
    assert cadence_of("工作动态", "yearly") is Cadence.YEARLY


@pytest.mark.parametrize(("number", "state"), [(0, "ok"), (1, "ok"), (2, "warn"), (4, "warn"), (5, "red")])
def test_blank_columns_warn_at_two_and_fail_at_five(number: int, state: str) -> None:
    blank = [column(n, days=None) for n in range(number)]
    assert states("blank", facts(site(*blank, column(99)))) == [state]


def test_stale_columns_fail_at_ten_and_news_and_notices_at_five() -> None:
    def many(number: int, cadence: Cadence) -> Facts:
        return facts(site(*(column(n, days=400, cadence=cadence) for n in range(number))))

    assert [states("stale", many(n, Cadence.YEARLY))[0] for n in (5, 6, 9, 10)] == [
        "ok",
        "warn",
        "warn",
        "red",
    ]
    assert [states("key_columns", many(n, Cadence.NOTICE))[0] for n in (2, 3, 4, 5)] == [
        "ok",
        "warn",
        "warn",
        "red",
    ]
    assert states("key_columns", many(10, Cadence.YEARLY)) == ["ok"]


def test_an_account_fails_after_two_weeks_and_without_any_interaction() -> None:
    account = AccountFacts("konto", "演示号", NOW - 13 * DAY, answers=0, has_menu=False)
    assert states("account", facts(accounts=(account,))) == ["warn"]
    assert states("account", facts(accounts=(replace(account, last=None),))) == ["red"]
    assert states("interaction", facts(accounts=(account,))) == ["red"]
    assert states("interaction", facts(accounts=(replace(account, has_menu=True),))) == ["ok"]


def test_back_dated_items_warn_and_never_fail_a_site_by_themselves() -> None:
    dated = site(column(), backdated=Backdated(40, (("id", "旧闻"),)))
    one = found("forged", facts(dated))[0]
    assert (one.state, one.fix, "“旧闻”" in one.said) == (State.WARN, "item:id", True)


@pytest.mark.parametrize(("waiting", "state"), [(59, "ok"), (60, "warn"), (89, "warn"), (90, "red")])
def test_a_message_fails_a_site_after_three_months(waiting: int, state: str) -> None:
    box = Letters(site=7, is_open=True, oldest=NOW - waiting * DAY, late=2)
    all_ = facts(site(column()), letters=(box,))
    assert states("letters", all_) == [state]
    assert found("late_letters", all_)[0].tenths == 40
    assert states("channel", facts(site(column()), letters=(replace(box, is_open=False),))) == ["red"]


@pytest.mark.parametrize(
    ("number", "poor", "state"),
    [
        (0, 0, "red"),
        (8, 0, "ok"),
        (8, 1, "warn"),
        (8, 4, "warn"),
        (8, 5, "red"),
        (3, 3, "red"),
        (3, 2, "warn"),
    ],
)
def test_guides_fail_by_five_poor_ones_or_when_all_few_are_poor(number: int, poor: int, state: str) -> None:
    lacking = ("设定依据", "申请条件", "办理地点", "办理时间")
    guides = tuple(Guide(str(n), f"事项{n}", "", lacking if n < poor else ()) for n in range(number))
    assert states("services", facts(guides=guides)) == [state]
    assert len(found("guide", facts(guides=guides))) == poor


def test_parts_that_are_not_in_use_are_said_to_be_so_and_count_nothing() -> None:
    judged = judge(facts(), (*VETOES, *SCORES))
    off = {one.rule for one in judged if one.state is State.OFF}
    assert {"access", "ipv6", "channel", "letters", "services"} <= off
    assert totals(judged).vetoes == 0


@pytest.mark.parametrize(
    ("record", "claims", "state", "step"),
    [
        (True, False, "ok", ""),
        (True, True, "ok", ""),
        (False, False, "warn", "添加 AAAA 记录，并让服务器"),
        (False, True, "red", "取消“本网站支持IPv6”"),
        (None, True, "off", ""),
    ],
)
def test_a_host_without_a_record_is_worse_where_a_footer_claims_one(
    record: bool | None, claims: bool, state: str, step: str
) -> None:
    of = (site(claims_ipv6=claims), site(pk=8, url="http://other.example/", claims_ipv6=True))
    (one,) = found("ipv6", facts(*of, ipv6={"site.example": record}))
    assert (one.state, one.what) == (state, "site.example")
    assert step in one.step
    assert bool(step) == bool(one.step)
    assert one.fix == ("page:7" if state == "red" else "")


def test_names_are_asked_for_and_addresses_and_this_machine_are_not() -> None:
    asked = []

    def look_up(name: str, port: int, family: int) -> list[object]:
        asked.append((name, family))
        if name == "none.example":
            raise socket.gaierror(socket.EAI_NONAME, "no record")
        if name == "dead.example":
            raise socket.gaierror(socket.EAI_AGAIN, "no answer")
        address = {"has.example": "2001:4860:4860::8888", "inside.example": "fd00::1"}[name]
        return [(family, 1, 6, "", (address, port, 0, 0))]

    hosts = ["has.example", "none.example", "dead.example", "inside.example", "has.example"]
    seen = names.ipv6([*hosts, "127.0.0.1", "::1", "localhost", ""], look_up=look_up)
    assert seen == {"has.example": True, "none.example": False, "dead.example": None, "inside.example": False}
    assert sorted(asked) == [(name, socket.AF_INET6) for name in sorted(seen)]


def test_links_beyond_the_list_are_summed_up() -> None:
    link = DeadLink(5, "http://a.example/", "404", on_home=True, where="首页", step="换")
    one, more = found("home_link", facts(links=(link,), counts=Counts(home_suspected=4, checked=9)))
    assert (one.tenths, one.fix, more.tenths, more.fix) == (10, "link:5", 30, "links:home")
    other = found("other_link", facts(counts=Counts(other_dead=12, checked=9)))
    assert [(one.points, one.fix) for one in other] == [("1.2", "links:")]


def test_pages_with_the_same_fault_are_one_finding_that_counts_each() -> None:
    pages = tuple(PageFaults(f"http://site.example/{n}", f"页{n}", ("缺少 SiteName",)) for n in range(3))
    one = found("tags", facts(site(column(), pages=(*pages, PageFaults("x", "好", ())))))[0]
    assert (one.tenths, one.page) == (30, "http://site.example/0")


def test_an_explanation_covers_what_was_missing_then_and_no_more() -> None:
    bare = site(column(), footer={"ICP备案编号": "没有设置", "网站地图": ""})
    key = found("footer", facts(bare))[0].key
    assert states("footer", facts(bare, explained={key: NOW})) == ["explained"]
    worse = site(column(), footer={"ICP备案编号": "没有设置", "网站地图": "页脚没有网站地图"})
    assert states("footer", facts(worse, explained={key: NOW})) == ["red"]
    old = facts(site(column(days=30)), explained={"home:7": NOW})
    assert states("home", old) == ["red"], "no clock is explained away"


@pytest.mark.parametrize(
    ("today", "has_report", "state"),
    [
        (datetime(2026, 1, 31, 12), False, "warn"),
        (datetime(2026, 2, 1, 12), False, "red"),
        (datetime(2026, 2, 1, 12), True, "ok"),
    ],
)
def test_the_yearly_report_is_due_on_the_last_of_january(
    today: datetime, has_report: bool, state: str
) -> None:
    now = today.replace(tzinfo=NOW.tzinfo)
    portal = site(has_report=has_report)
    assert states("report", replace(facts(portal), at=now)) == [state]
    assert states("report", replace(facts(site()), at=now)) == [], "a site below another one owes none"


def test_every_rule_says_where_its_numbers_come_from_and_every_finding_has_a_rule() -> None:
    assert all(rule.source in Source and rule.says for rule in RULES.values())
    assert all(rule.tenths == 0 for rule in RULES.values() if rule.kind is Kind.VETO)
    assert {rule.group for rule in RULES.values()} == {rules.SITE, rules.MEDIA, *rules.SCORE_GROUPS}


AGES = st.none() | st.floats(0, 800)
COLUMNS = st.lists(st.tuples(AGES, st.sampled_from(Cadence)), max_size=15)


@settings(max_examples=60, deadline=None)
@given(COLUMNS, st.floats(0, 60))
def test_time_without_news_never_makes_anything_better(
    ages: list[tuple[float | None, Cadence]], later: float
) -> None:
    columns = [column(n, days=days, cadence=cadence) for n, (days, cadence) in enumerate(ages)]
    now = judge(facts(site(*columns)), (judging.home, judging.columns, *SCORES))
    then = judge(
        replace(facts(site(*columns)), at=NOW + later * DAY), (judging.home, judging.columns, *SCORES)
    )
    worst = {State.OK: 0, State.OFF: 0, State.EXPLAINED: 0, State.WARN: 1, State.RED: 2}
    before = {one.key: one for one in now}
    for one in then:
        assert worst[one.state] >= worst[before[one.key].state]
    assert totals(then).tenths >= totals(now).tenths


@settings(max_examples=60, deadline=None)
@given(COLUMNS)
def test_a_run_is_kept_as_it_was_found(ages: list[tuple[float | None, Cadence]]) -> None:
    columns = [column(n, days=days, cadence=cadence) for n, (days, cadence) in enumerate(ages)]
    judged = judge(facts(site(*columns)), (*VETOES, *SCORES))
    assert unpack(pack(judged)) == judged
    assert len({one.key for one in judged}) == len(judged), "a key names one thing"
    nothing = difference(judged, judged)
    assert (list(nothing.new), list(nothing.solved)) == ([], [])


@given(st.floats(0, 100), st.integers(2, 60))
def test_the_day_that_is_named_is_the_day_on_which_it_turns_red(age: float, days: int) -> None:
    last = NOW - age * DAY
    state, due = aged(last, NOW, days=days, warn=days - 1)
    assert (state is State.RED) == (last + days * DAY <= NOW)
    assert (date.fromisoformat(due) - NOW.date()).days >= (0 if state is not State.RED else -100)


def test_what_is_new_and_what_is_solved_is_told() -> None:
    yesterday = judge(facts(site(column(1, days=20), column(2))), SCORES)
    today = judge(facts(site(column(1), column(2, days=20))), SCORES)
    change = difference(yesterday, today)
    assert [one.key for one in change.new] == ["column:2"]
    assert [one.key for one in change.solved] == ["column:1"]


def test_what_to_do_first_is_red_before_warned_and_the_nearest_day_first() -> None:
    judged = judge(
        facts(site(column(days=12)), replace(site(column(9, days=30)), pk=8), replace(site(column(8, days=13)), pk=9)),
        VETOES,
    )  # fmt: skip
    keys = [line.finding.key for line in reading.first_things(judged, date(2026, 11, 20))]
    assert keys[:3] == ["home:8", "home:9", "home:7"]
    assert findings.nearest(judged, date(2026, 11, 20)) == next(one for one in judged if one.key == "home:8")


def test_the_days_are_said_in_words() -> None:
    assert [reading.countdown(days) for days in (3, 0, -2, None)] == [
        "还剩 3 天",
        "今天到期",
        "已超过 2 天",
        "",
    ]
    assert counted(5, red=5, warn=2) is State.RED
    assert CLOCKS[Cadence.STATIC].days is None


def test_a_typed_line_goes_before_the_counted_one_and_says_so() -> None:
    groups = dict(yearly.filled({"published": "12", "name": "演示网"}, {"published": "15", "visits": "100"}))
    published = groups["信息发布"][0]
    assert (published.value, published.counted, published.is_typed) == ("15", "12", True)
    assert groups["网站基本情况"][0].is_typed is False
    assert yearly.clean(published.row, " 1,234 ") == "1234"
    for wrong in ("许多", "-1", "nan", "inf"):
        with pytest.raises(ValueError, match="信息发布总数"):
            yearly.clean(published.row, wrong)
