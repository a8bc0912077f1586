"""Pushes end to end: the real verbs and the real worker against the sandbox, with and without faults."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from channels.adapters.wechat_mp.api.line import Line
from channels.models import Placement, State
from channels.sandbox.config import SandboxConfig
from channels.sandbox.running import RunningSandbox, running_sandbox
from channels.wechat import accounts
from channels.wechat.models import Push, PushPreview, PushState
from channels.wechat.push import outcome, verbs
from tests.channels.pushes import APPID, Hub, finished, fresh, state

pytestmark = pytest.mark.django_db
SENDALL = "message/mass/sendall"


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox(SandboxConfig(publish_seconds=0)) as running:
        yield running
        assert running.violations() == []


@pytest.fixture
def hub(sandbox: RunningSandbox) -> Hub:
    return Hub(sandbox.url)


def pushed(sandbox: RunningSandbox) -> list[str]:
    """Titles of what followers got, job after job."""
    jobs = sandbox.documents(f"mass:{APPID}")
    return [job["title"] for job in jobs if job["status"] == "SEND_SUCCESS"]


def test_three_items_go_out_as_one_message_in_their_order(hub: Hub, sandbox: RunningSandbox) -> None:
    items = [hub.item(title, pictures=2) for title in ("停水通知", "道路封闭", "招聘公告")]
    push = hub.confirmed(*items)
    hub.work()
    assert state(push) is PushState.ACCEPTED
    hub.work(seconds=61)
    assert state(push) is PushState.SENT
    (copies,) = {tuple(copy.title for copy in sandbox.copies())}
    assert set(copies) == {"停水通知", "道路封闭", "招聘公告"}
    assert pushed(sandbox) == ["停水通知"]
    assert fresh(push).attempts == 1


def test_each_item_of_a_sent_push_is_told_to_its_placement(hub: Hub, sandbox: RunningSandbox) -> None:
    items = [hub.item("停水通知"), hub.item("道路封闭")]
    push = hub.confirmed(*items)
    for item in items:
        hub.settled(item)
    hub.work()
    msg_id = fresh(push).msg_id
    urls = ((1, "https://mp.example/s/1"), (2, "https://mp.example/s/2"))
    outcome.finished(hub.outlet, finished(msg_id, articles=urls), now=hub.clock())
    hub.work()
    for number, item in enumerate(items, start=1):
        placement = Placement.objects.get(item=item)
        assert placement.receipt["remote_id"] == f"sent:{msg_id}.{number}"
        assert placement.remote_url == f"https://mp.example/s/{number}"
        assert placement.receipt["raw"]["msg_data_id"]
    assert fresh(push).counts["sent"] == 97


def test_what_was_published_before_is_deleted_behind_the_push(hub: Hub, sandbox: RunningSandbox) -> None:
    item = hub.item()
    push = hub.confirmed(item)
    hub.work()
    hub.settled(item, "an-older-article")
    hub.work(seconds=61)
    assert sandbox.calls("freepublish/delete") == 1
    assert not fresh(push).articles.exclude(superseded=[]).exists()
    assert fresh(push).cleanup_at is None


@pytest.mark.parametrize("publishing", ["auto", "push"])
def test_the_engine_settles_what_a_push_has_put_out_and_takes_it_back(
    hub: Hub, sandbox: RunningSandbox, publishing: str
) -> None:
    hub.outlet.options["publishing"] = publishing
    hub.outlet.save()
    item, other = hub.item("停水通知"), hub.item("道路封闭")
    hub.engine()
    assert len(sandbox.copies(item.uri)) == (1 if publishing == "auto" else 0)
    hub.confirmed(item, other)
    hub.work(rounds=2, seconds=61)
    hub.engine()
    placement = Placement.objects.get(item=item)
    assert (placement.state, placement.actual_id) == (State.SETTLED, placement.desired_id)
    assert len(sandbox.copies(item.uri)) == 1, "never two copies"
    hub.withdraw(item)
    hub.engine()
    assert sandbox.copies(item.uri) == []
    assert len(sandbox.copies(other.uri)) == 1


def test_deletions_that_the_day_does_not_allow_go_on_the_next_day(hub: Hub, sandbox: RunningSandbox) -> None:
    item = hub.item()
    push = hub.confirmed(item)
    hub.work()
    hub.settled(item, "an-older-article")
    sandbox.fault("freepublish/delete", "errcode", errcode=45009)
    hub.work(seconds=61)
    assert fresh(push).articles.get().superseded == ["article:an-older-article"]
    assert fresh(push).cleanup_at > hub.clock()
    assert "零点后自动继续" in fresh(push).events.latest("id").text


@pytest.mark.parametrize(
    "kind", ["drop_before", "drop_after_commit", "500", "500_after", "html", "html_after"]
)
def test_an_answer_that_is_lost_leads_to_one_attempt_and_a_person(
    hub: Hub, sandbox: RunningSandbox, kind: str
) -> None:
    push = hub.confirmed()
    sandbox.fault(SENDALL, kind)
    hub.work(rounds=6, seconds=3600)
    assert state(push) is PushState.UNKNOWN
    assert sandbox.calls(SENDALL) == 1
    assert fresh(push).evidence["draft"]["there"] == (not kind.endswith(("_after", "_commit")))


def test_busy_is_no_answer_either(hub: Hub, sandbox: RunningSandbox) -> None:
    push = hub.confirmed()
    sandbox.fault(SENDALL, "errcode", errcode=-1)
    hub.work(rounds=3, seconds=60)
    assert state(push) is PushState.UNKNOWN
    assert sandbox.calls(SENDALL) == 1


@pytest.mark.parametrize(("conversation", "after"), [(1, False), (1, True), (2, False), (2, True)])
def test_a_worker_that_dies_makes_no_second_push(
    hub: Hub, sandbox: RunningSandbox, conversation: int, after: bool
) -> None:
    """1 is the draft, 2 is the attempt."""
    push = hub.confirmed()
    hub.talk.kill_at, hub.talk.after = conversation, after
    hub.dies()
    hub.work(rounds=8, seconds=400)
    reached = conversation == 1 or after
    assert len(pushed(sandbox)) == int(reached)
    assert sandbox.calls(SENDALL) == int(reached)
    assert state(push) is (PushState.SENT if conversation == 1 else PushState.UNKNOWN)
    assert sandbox.count(f"draft:{APPID}") == int(not reached)


def test_a_person_who_has_looked_may_allow_a_second_attempt(hub: Hub, sandbox: RunningSandbox) -> None:
    push = hub.confirmed()
    sandbox.fault(SENDALL, "drop_before")
    hub.work()
    verbs.checked_not_sent(push.pk, note="后台没有群发记录", by="shenhe", now=hub.clock())
    hub.work(rounds=2, seconds=61)
    assert state(push) is PushState.SENT
    assert sandbox.calls(SENDALL) == 2
    assert len(pushed(sandbox)) == 1


def test_a_person_who_was_wrong_makes_no_second_push_within_a_day(hub: Hub, sandbox: RunningSandbox) -> None:
    """The same clientmsgid: the platform answers 45065 with the job that there is."""
    push = hub.confirmed()
    before = push.clientmsgid
    sandbox.fault(SENDALL, "500_after")
    hub.work()
    verbs.checked_not_sent(push.pk, note="没看见", by="shenhe", now=hub.clock())
    assert fresh(push).clientmsgid == before
    hub.work()
    assert state(push) is PushState.ACCEPTED
    assert len(pushed(sandbox)) == 1
    assert fresh(push).msg_id == str(sandbox.documents(f"mass:{APPID}")[0]["msg_id"])


def test_after_a_day_a_second_attempt_has_a_new_clientmsgid(hub: Hub, sandbox: RunningSandbox) -> None:
    push = hub.confirmed()
    sandbox.fault(SENDALL, "drop_before")
    hub.work()
    hub.clock.forward(hours=25)
    verbs.checked_not_sent(push.pk, note="后台没有群发记录", by="shenhe", now=hub.clock())
    assert fresh(push).clientmsgid != push.clientmsgid


def test_a_person_who_has_seen_it_closes_the_question(hub: Hub, sandbox: RunningSandbox) -> None:
    item = hub.item()
    push = hub.confirmed(item)
    hub.settled(item)
    sandbox.fault(SENDALL, "drop_after_commit")
    hub.work()
    with pytest.raises(ValueError, match="地址"):
        verbs.checked_sent(push.pk, {1: "mp.example"}, note="", by="shenhe", now=hub.clock())
    verbs.checked_sent(push.pk, {1: "https://mp.example/s/1"}, note="看到了", by="shenhe", now=hub.clock())
    hub.work()
    assert Placement.objects.get(item=item).remote_url == "https://mp.example/s/1"
    assert sandbox.calls(SENDALL) == 1


@pytest.mark.parametrize("code", [45028, 48001, 40001])
def test_a_refusal_is_certain_and_is_not_repeated(hub: Hub, sandbox: RunningSandbox, code: int) -> None:
    push = hub.confirmed()
    sandbox.fault(SENDALL, "errcode", errcode=code, times=0)
    hub.work(rounds=5, seconds=120)
    assert state(push) is PushState.FAILED
    assert fresh(push).code == str(code)
    assert sandbox.calls(SENDALL) <= (2 if code == 40001 else 1)
    assert pushed(sandbox) == []


@pytest.mark.parametrize("code", [45066, 40007])
def test_some_refusals_say_that_it_may_be_out(hub: Hub, sandbox: RunningSandbox, code: int) -> None:
    push = hub.confirmed()
    sandbox.fault(SENDALL, "errcode", errcode=code)
    hub.work(rounds=3, seconds=120)
    assert state(push) is PushState.UNKNOWN
    assert sandbox.calls(SENDALL) == 1


@pytest.mark.parametrize(
    ("call", "kind"),
    [("draft/add", "drop_after_commit"), ("add_material", "500"), ("draft/get", "html"), ("batchget", "500")],
)
def test_what_goes_wrong_before_the_attempt_is_tried_again(
    hub: Hub, sandbox: RunningSandbox, call: str, kind: str
) -> None:
    push = hub.confirmed()
    sandbox.fault(call, kind)
    hub.work(rounds=4, seconds=61)
    assert state(push) is PushState.SENT
    assert len(pushed(sandbox)) == 1


def test_a_review_that_says_no_is_a_failure_with_the_reason(hub: Hub, sandbox: RunningSandbox) -> None:
    push = hub.confirmed()
    hub.work()
    no = finished(fresh(push).msg_id, "err(20013)", sent=0)
    outcome.finished(hub.outlet, no, now=hub.clock())
    assert state(push) is PushState.FAILED
    assert "侵权" in fresh(push).outcome
    assert fresh(push).code == "err(20013)"


def test_a_call_back_may_come_twice_and_before_the_answer(hub: Hub, sandbox: RunningSandbox) -> None:
    push = hub.confirmed()

    def early(number: int) -> None:
        if number == 2:
            outcome.finished(hub.outlet, finished("100000001"), now=hub.clock())

    hub.talk.before_each = early
    hub.work()
    assert fresh(push).msg_id == "100000001"
    assert state(push) is PushState.SENT
    events = fresh(push).events.count()
    outcome.finished(hub.outlet, finished("100000001"), now=hub.clock())
    assert fresh(push).events.count() == events


def test_a_call_back_of_an_unknown_job_is_evidence_and_no_verdict(hub: Hub, sandbox: RunningSandbox) -> None:
    push = hub.confirmed()
    sandbox.fault(SENDALL, "drop_after_commit")
    hub.work()
    seen = finished("77", articles=((1, "https://mp.example/s/1"),))
    outcome.finished(hub.outlet, seen, now=hub.clock())
    assert state(push) is PushState.UNKNOWN
    assert fresh(push).evidence["finished"][0]["msg_id"] == "77"


def test_the_next_days_statistics_close_a_push(hub: Hub, sandbox: RunningSandbox) -> None:
    push = hub.confirmed()
    hub.work()  # on the sandbox's day
    hub.work(seconds=61)
    sandbox.advance(86_400)
    hub.work(seconds=86_400)
    assert state(push) is PushState.CLOSED
    assert fresh(push).articles.get().url


@pytest.mark.parametrize("newer", [True, False])
def test_an_item_that_changes_after_the_confirmation_stops_the_push(
    hub: Hub, sandbox: RunningSandbox, newer: bool
) -> None:
    item = hub.item()
    push = hub.confirmed(item, at=hub.clock() + timedelta(hours=3))
    if newer:
        hub.item("停水通知（更新）", item=item, version=2)
    else:
        hub.withdraw(item)
    hub.work(seconds=61)
    assert state(push) is PushState.EDITING
    assert ("来源已更新" if newer else "已撤稿") in fresh(push).outcome
    assert fresh(push).confirmed_by == ""
    hub.work(seconds=4 * 3600)
    assert sandbox.calls(SENDALL) == 0


def test_an_item_withdrawn_while_the_pictures_are_uploaded_does_not_go_out(
    hub: Hub, sandbox: RunningSandbox
) -> None:
    item = hub.item()
    push = hub.confirmed(item)

    def withdrawn(number: int) -> None:
        if number == 1:
            hub.withdraw(item)

    hub.talk.before_each = withdrawn
    hub.work()
    assert state(push) is PushState.EDITING
    assert sandbox.calls(SENDALL) == 0


def test_a_draft_that_somebody_has_changed_is_made_anew(hub: Hub, sandbox: RunningSandbox) -> None:
    sandbox.follow(APPID, "reader", wxname="laowang")
    push = hub.push(hub.item())
    verbs.ask_preview(push.pk, ["laowang"], by="bianji", now=hub.clock())
    hub.work()
    media_id = fresh(push).media_id

    async def change(line: Line) -> None:
        (article,) = (await line.call("draft/get", {"media_id": media_id}))["news_item"]
        edited = {**article, "title": "停电通知"}
        await line.call("draft/update", {"media_id": media_id, "index": 0, "articles": edited})

    accounts.talk(hub.outlet, change)
    hub.confirm(push)
    hub.work()
    assert pushed(sandbox) == ["停水通知"]
    assert sandbox.count(f"draft:{APPID}") == 0
    assert fresh(push).events.filter(text__contains="草稿被改动过").exists()


def test_a_schedule_survives_a_restart_and_the_end_of_the_token(hub: Hub, sandbox: RunningSandbox) -> None:
    push = hub.confirmed(at=hub.clock() + timedelta(hours=5))
    hub.work(seconds=61)
    assert state(push) is PushState.CONFIRMED
    hub.clock.forward(hours=4)
    sandbox.revoke_tokens()
    tokens = sandbox.calls("stable_token")
    hub.work(rounds=3, seconds=1800)
    assert state(push) in {PushState.ACCEPTED, PushState.SENT}
    assert sandbox.calls("stable_token") <= tokens + 2
    assert sandbox.calls(SENDALL) == 1
    assert len(pushed(sandbox)) == 1


def test_a_push_that_is_hours_late_asks_again(hub: Hub, sandbox: RunningSandbox) -> None:
    push = hub.confirmed(at=hub.clock() + timedelta(hours=1))
    hub.work(seconds=4 * 3600)
    assert state(push) is PushState.EDITING
    assert "超过排定时间" in fresh(push).outcome
    assert sandbox.calls(SENDALL) == 0


def test_two_workers_beside_each_other_send_once(hub: Hub, sandbox: RunningSandbox) -> None:
    push = hub.confirmed()

    def another(number: int) -> None:
        hub.talk.before_each = lambda _: None
        hub.work()

    hub.talk.before_each = another
    hub.work()
    assert state(push) is PushState.ACCEPTED
    assert sandbox.calls(SENDALL) == 1


def test_a_second_push_waits_while_the_first_is_unclear(hub: Hub, sandbox: RunningSandbox) -> None:
    hub.outlet.options["kind"] = "service"
    hub.outlet.save()
    sandbox.set_account(APPID, kind="service")
    first, second = hub.confirmed(), hub.confirmed()
    sandbox.fault(SENDALL, "drop_before")
    hub.work(rounds=3, seconds=40)
    assert state(first) is PushState.UNKNOWN
    assert state(second) is PushState.CONFIRMED
    assert "尚未结束" in fresh(second).outcome
    assert sandbox.calls(SENDALL) == 1


def test_a_push_to_a_tag_goes_to_that_tag(hub: Hub, sandbox: RunningSandbox) -> None:
    push = hub.confirmed(tag=(2, "潭中街道"))
    hub.work()
    assert fresh(push).code in {"40152", ""}
    jobs = sandbox.documents(f"mass:{APPID}")
    assert all(job["tag"] == "2" for job in jobs)


def test_a_preview_goes_to_the_named_people_once(hub: Hub, sandbox: RunningSandbox) -> None:
    sandbox.follow(APPID, "reader", wxname="laowang")
    push = hub.push(hub.item())
    verbs.ask_preview(push.pk, ["laowang", "unknown-person"], by="bianji", now=hub.clock())
    hub.work(rounds=3, seconds=60)
    good, bad = PushPreview.objects.order_by("pk")
    assert good.sent_at
    assert (bad.sent_at, bad.code) == (None, "40132")
    assert sandbox.calls("mass/preview") == 2
    assert sandbox.chat(APPID, "reader")
    hub.confirm(push)
    hub.work()
    assert state(push) is PushState.ACCEPTED
    assert sandbox.calls("draft/add") == 1, "the draft of the preview is the one that is sent"


def test_a_preview_without_an_answer_is_not_repeated(hub: Hub, sandbox: RunningSandbox) -> None:
    sandbox.follow(APPID, "reader", wxname="laowang")
    push = hub.push(hub.item())
    verbs.ask_preview(push.pk, ["laowang"], by="bianji", now=hub.clock())
    sandbox.fault("mass/preview", "drop_after_commit")
    hub.work(rounds=3, seconds=60)
    assert sandbox.calls("mass/preview") == 1
    assert PushPreview.objects.get().sent_at is None


def test_a_cancelled_push_leaves_no_draft(hub: Hub, sandbox: RunningSandbox) -> None:
    sandbox.follow(APPID, "reader", wxname="laowang")
    push = hub.push(hub.item())
    verbs.ask_preview(push.pk, ["laowang"], by="bianji", now=hub.clock())
    hub.work()
    assert sandbox.count(f"draft:{APPID}") == 1
    verbs.cancel(push.pk, by="bianji", now=hub.clock())
    hub.work()
    assert sandbox.count(f"draft:{APPID}") == 0
    assert Push.objects.get().media_id == ""
