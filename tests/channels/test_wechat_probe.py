"""The probe of an account: what it may do, what follows, and that it never does anything."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from channels.adapters.wechat_mp.api.capabilities import Capability, Standing, seen_address
from channels.adapters.wechat_mp.api.quotas import DAILY, day_of
from channels.models import CallCount, CheckpointEntry, Outlet
from channels.sandbox.running import RunningSandbox, running_sandbox
from channels.wechat import advice, budgets, probing
from channels.wechat.probing import Level, findings_of
from tests.channels.wechat_account import new_account

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture(autouse=True)
def _no_faults(sandbox: RunningSandbox) -> None:
    sandbox.clear_faults()


def probe(outlet: Outlet) -> probing.AccountProbe:
    return probing.probe(outlet, by="admin", now=timezone.now())


def standings(found: probing.AccountProbe) -> dict[Capability, Standing]:
    return {one: finding.standing for one, finding in findings_of(found).items()}


def level(outlet: Outlet) -> Level | None:
    return probing.levels([outlet.pk]).get(outlet.pk)


def test_an_account_with_all_rights_may_publish(sandbox: RunningSandbox) -> None:
    outlet = new_account(sandbox)
    found = probe(outlet)
    assert standings(found) == dict.fromkeys(Capability, Standing.GRANTED)
    assert (found.level, level(outlet)) == ("publish", Level.PUBLISH)
    assert CheckpointEntry.objects.get(outlet=outlet, scope="shared", name="level").value == "publish"


def test_it_changes_nothing_at_the_platform(sandbox: RunningSandbox) -> None:
    outlet = new_account(sandbox)
    before = len(sandbox.violations())
    probe(outlet)
    assert len(sandbox.violations()) == before
    counted = set(CallCount.objects.filter(outlet=outlet, used__gt=0).values_list("call", flat=True))
    assert counted == {"draft/count", "freepublish/batchget"}


def test_without_publishing_the_account_makes_drafts(sandbox: RunningSandbox) -> None:
    outlet = new_account(sandbox)
    sandbox.set_account(outlet.options["appid"], may_publish=False)
    found = probe(outlet)
    finding = findings_of(found)[Capability.PUBLISH]
    assert (finding.standing, finding.code) == (Standing.DENIED, "48001")
    assert level(outlet) is Level.DRAFT
    assert "由人在公众号后台点“发表”" in advice.advise(finding).meaning


def test_a_right_that_comes_back_raises_the_level(sandbox: RunningSandbox) -> None:
    outlet = new_account(sandbox)
    sandbox.set_account(outlet.options["appid"], may_publish=False)
    probe(outlet)
    sandbox.set_account(outlet.options["appid"], may_publish=True)
    probe(outlet)
    assert level(outlet) is Level.PUBLISH


def test_mass_send_is_found_missing(sandbox: RunningSandbox) -> None:
    outlet = new_account(sandbox)
    sandbox.fault("message/mass/get", "errcode", errcode=48001)
    found = standings(probe(outlet))
    assert found[Capability.MASS] is Standing.DENIED
    assert found[Capability.PUBLISH] is Standing.GRANTED


def test_an_address_that_is_not_listed_is_shown(sandbox: RunningSandbox) -> None:
    outlet = new_account(sandbox)
    sandbox.set_account(outlet.options["appid"], ip_whitelist=("203.0.113.7",))
    found = findings_of(probe(outlet))
    token = found[Capability.TOKEN]
    assert (token.code, token.address) == ("40164", "127.0.0.1")
    assert "127.0.0.1" in advice.advise(token).meaning
    assert all(found[one].standing is Standing.SKIPPED for one in list(Capability)[1:])
    assert level(outlet) is None


@pytest.mark.parametrize(
    ("detail", "address"),
    [
        (
            "stable_token: 40164 invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist",
            "203.0.113.9",
        ),
        (
            "stable_token: 61004 access clientip is not registered 2001:db8:0:0:0:0:0:1",
            "2001:db8:0:0:0:0:0:1",
        ),
        ("stable_token: 61004 access clientip is not registered", ""),
    ],
)
def test_the_address_is_read_from_what_the_platform_says(detail: str, address: str) -> None:
    assert seen_address(detail) == address


@pytest.mark.parametrize(
    ("code", "step"),
    [
        (40013, "AppID"),
        (40125, "AppSecret"),
        (40243, "解冻"),
        (89501, "管理员"),
        (50004, "公众号后台"),
    ],
)
def test_each_refusal_of_a_token_says_what_to_do(sandbox: RunningSandbox, code: int, step: str) -> None:
    outlet = new_account(sandbox)
    sandbox.fault("stable_token", "errcode", errcode=code)
    token = findings_of(probe(outlet))[Capability.TOKEN]
    assert (token.standing, token.code) == (Standing.DENIED, str(code))
    assert step in advice.advise(token).step


def test_a_mended_secret_is_tried_at_once(sandbox: RunningSandbox) -> None:
    outlet = new_account(sandbox)
    sandbox.fault("draft/count", "errcode", errcode=40001, times=2)
    assert standings(probe(outlet))[Capability.DRAFT] is Standing.UNCLEAR
    assert standings(probe(outlet))[Capability.DRAFT] is Standing.GRANTED


def test_an_account_that_is_not_filled_in_is_told_so(sandbox: RunningSandbox) -> None:
    outlet = new_account(sandbox, secret="")
    token = findings_of(probe(outlet))[Capability.TOKEN]
    assert token.standing is Standing.DENIED
    assert "未填写" in advice.advise(token).meaning


def test_an_answer_that_leaves_it_open_keeps_the_level(sandbox: RunningSandbox) -> None:
    outlet = new_account(sandbox)
    probe(outlet)
    sandbox.fault("freepublish/batchget", "500")
    found = probe(outlet)
    assert standings(found)[Capability.PUBLISH] is Standing.UNCLEAR
    assert (found.level, level(outlet)) == ("", Level.PUBLISH)


def test_a_spent_quota_proves_the_right(sandbox: RunningSandbox) -> None:
    outlet = new_account(sandbox)
    sandbox.spend(outlet.options["appid"], "freepublish/batchget", DAILY["freepublish/batchget"])
    assert standings(probe(outlet))[Capability.PUBLISH] is Standing.GRANTED


def test_a_wrong_word_of_the_operator_is_pointed_out(sandbox: RunningSandbox) -> None:
    outlet = new_account(sandbox)
    assert advice.contradictions(findings_of(probe(outlet)), verified=True) == []
    assert "未认证" in advice.contradictions(findings_of(probe(outlet)), verified=False)[0]
    sandbox.set_account(outlet.options["appid"], may_publish=False)
    assert "已认证" in advice.contradictions(findings_of(probe(outlet)), verified=True)[0]


class TestBudgets:
    def test_the_platforms_own_limit_and_count_are_believed(self, sandbox: RunningSandbox) -> None:
        outlet = new_account(sandbox)
        sandbox.spend(outlet.options["appid"], "freepublish/submit", 37)
        probe(outlet)
        submit = self.meter(outlet, "freepublish/submit")
        assert (submit.used, submit.limit, submit.left, submit.stated) == (37, 100, 63, True)

    def test_our_own_count_is_never_lowered(self, sandbox: RunningSandbox) -> None:
        outlet = new_account(sandbox)
        day = day_of(timezone.now().timestamp())
        CallCount.objects.create(outlet=outlet, call="freepublish/delete", day=day, used=9)
        probe(outlet)
        assert self.meter(outlet, "freepublish/delete").used == 9
        assert self.meter(outlet, "freepublish/delete").low

    def test_a_limit_holds_on_the_next_day(self, sandbox: RunningSandbox) -> None:
        outlet = new_account(sandbox)
        yesterday = day_of((timezone.now() - timedelta(days=1)).timestamp())
        CallCount.objects.create(outlet=outlet, call="freepublish/submit", day=yesterday, used=5, limit=500)
        submit = self.meter(outlet, "freepublish/submit")
        assert (submit.used, submit.limit, submit.stated) == (0, 500, True)

    def test_an_account_that_was_never_used_has_the_general_limits(self, sandbox: RunningSandbox) -> None:
        outlet = new_account(sandbox)
        meters = budgets.today([outlet.pk], now=timezone.now())[outlet.pk]
        assert {meter.call: meter.limit for meter in meters} == dict(DAILY)
        assert not any(meter.stated or meter.used for meter in meters)

    def test_a_platform_that_tells_no_quotas_leaves_the_table(self, sandbox: RunningSandbox) -> None:
        outlet = new_account(sandbox)
        sandbox.fault("openapi/quota/get", "errcode", errcode=48001)
        probe(outlet)
        assert not self.meter(outlet, "freepublish/submit").stated

    @staticmethod
    def meter(outlet: Outlet, call: str) -> budgets.Meter:
        meters = budgets.today([outlet.pk], now=timezone.now())[outlet.pk]
        return next(meter for meter in meters if meter.call == call)
