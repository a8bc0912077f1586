"""What happens to a push when something else moves at the same moment: another worker, the operator, an editor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from channels import outbox
from channels.models import Outlet, Placement
from channels.sandbox.config import SandboxConfig
from channels.sandbox.running import RunningSandbox, running_sandbox
from channels.wechat.models import PushArticle, PushPreview, PushState
from channels.wechat.push import cleaning, outcome, previews, verbs
from tests.channels.pushes import APPID, Hub, finished, fresh, state
from tests.channels.stage import MemoryAssets

pytestmark = pytest.mark.django_db
SENDALL = "message/mass/sendall"
DELETE = "freepublish/delete"


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox(SandboxConfig(publish_seconds=0)) as running:
        yield running
        assert running.violations() == []


@pytest.fixture
def hub(sandbox: RunningSandbox) -> Hub:
    return Hub(sandbox.url)


def retire(hub: Hub) -> None:
    Outlet.objects.filter(pk=hub.outlet.pk).update(retired_at=hub.clock())


def pause(hub: Hub) -> None:
    outbox.pause(hub.outlet, reason="舆情处置", now=hub.clock())


def refuse(hub: Hub) -> None:
    outbox.refuse(Placement.objects.get(), reason="本号不发", by="bianji", now=hub.clock())


def test_nothing_leaves_an_account_that_has_been_retired(hub: Hub, sandbox: RunningSandbox) -> None:
    push = hub.confirmed()
    retire(hub)
    hub.work(rounds=2, seconds=61)
    assert (sandbox.calls(SENDALL), sandbox.calls("draft/add")) == (0, 0)
    assert state(push) is PushState.EDITING
    assert "已停用" in fresh(push).outcome
    with pytest.raises(ValueError, match="已停用"):
        verbs.propose(push.pk, by="bianji", now=hub.clock())


@pytest.mark.parametrize(
    ("act", "left"),
    [(retire, PushState.EDITING), (refuse, PushState.EDITING), (pause, PushState.CONFIRMED)],
)
def test_what_comes_while_the_pictures_are_uploaded_stops_the_push(
    hub: Hub, sandbox: RunningSandbox, act: Any, left: PushState
) -> None:
    push = hub.confirmed()
    hub.talk.before_each = lambda number: act(hub) if number == 1 else None
    hub.work()
    assert sandbox.calls(SENDALL) == 0
    assert state(push) is left
    assert fresh(push).attempts == 0


def test_a_push_that_was_stopped_by_a_pause_goes_out_once_afterwards(
    hub: Hub, sandbox: RunningSandbox
) -> None:
    push = hub.confirmed()
    hub.talk.before_each = lambda number: pause(hub) if number == 1 else None
    hub.work()
    hub.work(seconds=31, rounds=2)
    assert "恢复后" in fresh(push).outcome
    outbox.resume(hub.outlet, now=hub.clock())
    hub.work(seconds=61, rounds=2)
    assert sandbox.calls(SENDALL) == 1
    assert sandbox.calls("draft/add") == 1


def test_a_worker_that_read_the_article_before_another_told_its_placement_forgets_no_older_copy(
    hub: Hub, sandbox: RunningSandbox
) -> None:
    item = hub.item()
    push = hub.confirmed(item)
    hub.work()
    hub.settled(item, "an-older-article")
    outcome.finished(hub.outlet, finished(fresh(push).msg_id), now=hub.clock())
    first, second = (PushArticle.objects.select_related("item", "edition", "push").get() for _ in range(2))
    assert outcome.register(first, now=hub.clock())
    assert outcome.register(second, now=hub.clock())
    assert PushArticle.objects.get().superseded == ["article:an-older-article"]


def test_two_workers_delete_an_older_copy_once(hub: Hub, sandbox: RunningSandbox) -> None:
    item = hub.item()
    push = hub.confirmed(item)
    hub.work()
    hub.settled(item, "an-older-article")
    outcome.finished(hub.outlet, finished(fresh(push).msg_id), now=hub.clock())
    begun = hub.talk.count + 1

    def other_worker(number: int) -> None:
        if number == begun:
            cleaning.clean(now=hub.clock, talk=hub.talk)

    hub.talk.before_each = other_worker
    cleaning.clean(now=hub.clock, talk=hub.talk)
    assert sandbox.calls(DELETE) == 1
    assert push.events.filter(text__contains="原有文章已删除").count() == 1


def test_a_deletion_that_the_platform_forbids_does_not_eat_the_days_deletions(
    hub: Hub, sandbox: RunningSandbox
) -> None:
    item = hub.item()
    push = hub.confirmed(item)
    hub.work()
    hub.settled(item, "an-older-article")
    outcome.finished(hub.outlet, finished(fresh(push).msg_id), now=hub.clock())
    sandbox.fault(DELETE, "errcode", errcode=48001, times=0)
    hub.work(rounds=20, seconds=601)
    assert sandbox.calls(DELETE) == 1
    assert push.events.filter(text__contains="尚未删除").count() == 1
    assert fresh(push).articles.exclude(superseded=[]).exists()


def test_an_outage_is_told_once_in_the_history(hub: Hub, sandbox: RunningSandbox) -> None:
    item = hub.item()
    push = hub.confirmed(item)
    hub.work()
    hub.settled(item, "an-older-article")
    outcome.finished(hub.outlet, finished(fresh(push).msg_id), now=hub.clock())
    sandbox.fault(DELETE, "500", times=0)
    hub.work(rounds=3, seconds=601)
    assert sandbox.calls(DELETE) == 3
    assert push.events.filter(text__contains="尚未删除").count() == 1


def test_a_preview_waits_while_another_worker_prepares_the_push(hub: Hub, sandbox: RunningSandbox) -> None:
    push = hub.confirmed()
    verbs.ask_preview(push.pk, ["wx-bianji"], by="bianji", now=hub.clock())

    def other_worker(number: int) -> None:
        if number == 1:
            previews.send(now=hub.clock, talk=hub.talk, files=MemoryAssets())

    hub.talk.before_each = other_worker
    hub.work()
    assert sandbox.calls("draft/add") == 1
    assert (sandbox.calls("message/mass/preview"), sandbox.calls(SENDALL)) == (0, 1)
    assert PushPreview.objects.get().message == previews.OVER


def test_a_preview_of_a_push_that_is_cancelled_meanwhile_leaves_no_draft(
    hub: Hub, sandbox: RunningSandbox
) -> None:
    push = hub.push(hub.item())
    verbs.ask_preview(push.pk, ["wx-bianji"], by="bianji", now=hub.clock())
    hub.talk.before_each = lambda number: (
        verbs.cancel(push.pk, by="bianji", now=hub.clock()) if number == 1 else None
    )
    hub.work(rounds=2, seconds=1)
    assert sandbox.count(f"draft:{APPID}") == 0


def test_a_preview_that_is_refused_leaves_a_draft_that_is_known(hub: Hub, sandbox: RunningSandbox) -> None:
    push = hub.push(hub.item())
    verbs.ask_preview(push.pk, ["wx-nobody"], by="bianji", now=hub.clock())
    sandbox.fault("message/mass/preview", "errcode", errcode=43004)
    hub.work()
    assert sandbox.count(f"draft:{APPID}") == 1
    verbs.cancel(push.pk, by="bianji", now=hub.clock())
    hub.work(seconds=1)
    assert sandbox.count(f"draft:{APPID}") == 0


def test_no_preview_leaves_a_cancelled_push_or_a_retired_account(hub: Hub, sandbox: RunningSandbox) -> None:
    push = hub.push(hub.item())
    verbs.ask_preview(push.pk, ["wx-bianji"], by="bianji", now=hub.clock())
    verbs.cancel(push.pk, by="bianji", now=hub.clock())
    hub.work()
    assert (sandbox.calls("draft/add"), sandbox.calls("message/mass/preview")) == (0, 0)
    other = hub.push(hub.item("道路封闭"))
    retire(hub)
    with pytest.raises(ValueError, match="已停用"):
        verbs.ask_preview(other.pk, ["wx-bianji"], by="bianji", now=hub.clock())


def test_an_article_that_nobody_was_told_of_is_no_evidence_of_a_push(
    hub: Hub, sandbox: RunningSandbox
) -> None:
    """Published the same day under the same title, without a push."""
    item = hub.item()
    hub.engine()
    push = hub.confirmed(item)
    sandbox.fault(SENDALL, "drop_before")
    hub.work()
    assert state(push) is PushState.UNKNOWN
    sandbox.advance(90_000)
    hub.work(seconds=90_000)
    assert "没有这次推送" in fresh(push).evidence["statistics"]["says"]


def test_a_look_that_fails_leaves_the_warning_and_is_not_made_for_ever(
    hub: Hub, sandbox: RunningSandbox
) -> None:
    push = hub.confirmed()
    sandbox.fault("message/mass/get", "errcode", errcode=48001, times=0)
    hub.work()
    hub.work(rounds=30, seconds=3601)
    assert state(push) is PushState.UNKNOWN
    assert "请登录公众号后台核对" in fresh(push).outcome
    assert "没有调用此接口的权限" in fresh(push).evidence["job"]["says"]
    assert sandbox.calls("message/mass/get") < 15
