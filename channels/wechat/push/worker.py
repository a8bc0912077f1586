"""The worker of pushes: claims what is due, decides, and acts. May run twice, and beside itself.

The one call that reaches followers is made at most once for each time that a person has allowed it: the attempt is
counted and committed before the call, and whatever has no clear answer ends in 待核实, where only looks follow.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from channels import assets
from channels.adapters.wechat_mp.api.line import Line
from channels.adapters.wechat_mp.api.massing import Massing, Started
from channels.adapters.wechat_mp.api.publishing import Platform
from channels.contract import AssetReader, Rendering
from channels.database import in_database_thread
from channels.errors import ChannelError, ContentError, Misbehaved, Throttled
from channels.models import Item
from channels.wechat import accounts
from channels.wechat.models import IN_FLIGHT, Push, PushState, history
from channels.wechat.push import calendar, cleaning, content, decide, evidence, outcome, previews, verbs
from channels.wechat.push.holding import LEASE, Held, Lost, free
from channels.wechat.push.sending import Draft, Drafted, is_refusal

logger = logging.getLogger(__name__)

RECHECK = timedelta(seconds=60)
"""How often the items of a push that waits are looked at."""
PREPARE_PAUSE = timedelta(seconds=60)
LOOK_PAUSE = timedelta(seconds=600)
BUSY_PAUSE = timedelta(seconds=30)
HELD = "终端已暂停、正在演练或配置有误，恢复后自动发送"


def run(**worker: Any) -> int:
    """One round over everything that is due; returns how many pushes were moved on."""
    return Worker(**worker).run()


class Worker:
    """`now` gives aware times; `talk` and `files` are the way to the platform and to the frozen pictures."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = timezone.now,
        talk: accounts.Talk = accounts.talk,
        files: AssetReader | None = None,
    ) -> None:
        self._now = now
        self._talk = talk
        self._files = files or assets.StoredAssets()

    def run(self) -> int:
        moved = 0
        for pk in list(_due(self._now()).values_list("pk", flat=True)):
            now = self._now()
            held = Held.take(pk, now, also=Q(due_at__lte=now))
            if held is not None:
                moved += 1
                self._step(held)
        previews.send(now=self._now, talk=self._talk, files=self._files)
        cleaning.clean(now=self._now, talk=self._talk)
        return moved

    def _step(self, held: Held) -> None:
        try:
            self._take(held, decide.next_step(situation(held.push, self._now()), self._now()))
        except Lost:
            logger.warning("push %s: another worker has taken over", held.push.pk)
        # Not in a `finally`: a push on which the worker stumbles keeps its lease for a while and holds up no other.
        held.let_go()

    def _take(self, held: Held, step: decide.Step) -> None:
        now = self._now()
        match step:
            case decide.Send():
                self._send(held)
            case decide.Reopen(reason):
                _with_lock(held, lambda push: verbs.to_editor(push, reason=reason, by="系统", now=now))
            case decide.Release():
                held.update(state=PushState.CONFIRMED, due_at=now)
            case decide.Doubt(reason):
                _with_lock(held, lambda push: outcome.doubt(push, reason, now=now))
            case decide.Look():
                self._look(held)
            case decide.Tidy():
                self._tidy(held)
            case decide.Wait(until, reason):
                _wait(held, until, reason, now)
            case decide.Rest():
                again = now + RECHECK if held.push.status is PushState.PROPOSED else None
                held.update(due_at=again)

    # -- sending ------------------------------------------------------------------------------------------------

    def _send(self, held: Held) -> None:
        push = held.push
        if not _taken_up(held, self._now()):
            held.update(due_at=self._now() + BUSY_PAUSE)
            return
        try:
            sent = content.renderings(push, content.pieces(push))
            drafted = self._drafted(held, sent)
        except ChannelError as error:
            self._not_prepared(held, error)
            return
        held.update(media_id=drafted.media_id, drafted=content.digest(sent))
        if drafted.remade:
            history(push, "草稿箱中的草稿被改动过，已按复核内容重新生成", at=self._now())
        if not attempt(held.push.pk, held.owner, now=self._now()):
            return
        try:
            started = self._talk(push.outlet, lambda line: _sendall(line, push, drafted.media_id))
        except ChannelError as error:
            self._not_answered(held, error)
        else:
            self._accepted(held, started)

    def _drafted(self, held: Held, sent: list[Rendering]) -> Drafted:
        push, digest = held.push, content.digest(sent)
        token = content.token_of(push, digest)

        async def pause() -> None:
            await in_database_thread(lambda: held.renew(self._now()))

        async def make(line: Line) -> Drafted:
            if push.media_id and push.drafted != digest:
                await Platform(line).delete_draft(push.media_id)
            draft = Draft(line, accounts.memory_of(push.outlet), self._files, sent, token)
            return await draft.make(push.media_id if push.drafted == digest else "", pause=pause)

        return self._talk(push.outlet, make)

    def _not_prepared(self, held: Held, error: ChannelError) -> None:
        """Nothing has gone out. What passes by itself is tried again, as long as the push is not too late."""
        now = self._now()
        if error.remedy.needs_person or isinstance(error, ContentError | Misbehaved):
            _with_lock(held, lambda push: outcome.failed(push, error.message, code=error.code, now=now))
            return
        pause = timedelta(seconds=error.retry_after or 60) if isinstance(error, Throttled) else PREPARE_PAUSE
        held.update(
            state=PushState.CONFIRMED, due_at=now + pause, outcome=error.message[:500], code=error.code
        )

    def _not_answered(self, held: Held, error: ChannelError) -> None:
        now = self._now()
        if is_refusal(error):
            _with_lock(held, lambda push: outcome.failed(push, error.message, code=error.code, now=now))
        else:
            _with_lock(held, lambda push: outcome.doubt(push, decide.LOST, code=error.code, now=now))

    def _accepted(self, held: Held, started: Started) -> None:
        now = self._now()

        def record(push: Push) -> None:
            push.msg_id, push.msg_data_id = started.msg_id, started.msg_data_id
            push.state, push.polls, push.outcome, push.code = PushState.ACCEPTED, 0, "", ""
            push.due_at = now + timedelta(seconds=decide.RESULT_POLLS[0])
            push.changed_at = now
            push.save()
            again = "（微信称此前已受理同一群发）" if started.repeated else ""
            history(push, f"微信已受理，任务 {started.msg_id}{again}", at=now)
            if seen := outcome.early(push):
                outcome.apply(push, seen, now=now)

        _with_lock(held, record)

    # -- looking ------------------------------------------------------------------------------------------------

    def _look(self, held: Held) -> None:
        push, now = held.push, self._now()
        titles = [piece.title for piece in content.pieces(push)]
        try:
            found = self._talk(push.outlet, lambda line: evidence.look(line, push, titles=titles, now=now))
        except ChannelError as error:
            # Counted like any look, or a platform that always refuses would be asked for ever. What is said of the
            # push stays: "tried again by itself" beside an unclear one would be read as a second sending.
            seen = {"at": now.isoformat(), "says": f"暂时无法查询：{error.message}"}
            held.update(
                due_at=now + LOOK_PAUSE, polls=F("polls") + 1, evidence={**push.evidence, "job": seen}
            )
            return
        _with_lock(held, lambda locked: _judged(locked, found, now))

    def _tidy(self, held: Held) -> None:
        push = held.push
        try:
            self._talk(push.outlet, lambda line: Platform(line).delete_draft(push.media_id))
        except ChannelError:
            held.update(due_at=self._now() + LOOK_PAUSE)
        else:
            held.update(media_id="", drafted="", due_at=None)


def situation(push: Push, now: datetime) -> decide.Situation:
    """The push as the decision sees it; renders only what is about to go out."""
    state = push.status
    changed = over = busy = ""
    if state in {PushState.PROPOSED, PushState.CONFIRMED}:
        found = content.pieces(push)
        changed = (
            verbs.out_of_service(push)
            or "；".join(change.reason for change in content.changes(push, found))
            or ("" if found else "推送中没有稿件")
        )
    due = push.scheduled_at or push.confirmed_at
    if state is PushState.CONFIRMED and not changed and due and due <= now:
        if content.fingerprint_now(push) != push.fingerprint:
            changed = "内容与复核时不一致，请重新提交复核"
        over = calendar.refusal(push.outlet, now, tag=push.tag_id, but=push.pk, only_made=True)
        others = Push.objects.filter(outlet=push.outlet, state__in=IN_FLIGHT).exclude(pk=push.pk)
        busy = "该公众号另一次推送尚未结束，结束后自动发送" if others.exists() else ""
        if push.outlet.holds_new_items:
            busy = HELD
    return decide.Situation(
        state=state,
        scheduled_at=push.scheduled_at,
        confirmed_at=push.confirmed_at,
        attempts=push.attempts,
        allowed=push.allowed,
        attempted_at=push.attempted_at,
        changed=changed,
        over_quota=over,
        busy=busy,
        polls=push.polls,
        leftover_draft=bool(push.media_id),
    )


@transaction.atomic
def attempt(pk: int, owner: str, *, now: datetime) -> bool:
    """Count the one attempt, committed before the call. False: it does not go out now.

    The last look at the account and the items, since preparing may have taken minutes: what has been withdrawn
    meanwhile stays here, and nothing leaves an account that has been paused or retired.
    """
    mine = Push.objects.filter(pk=pk, state=PushState.SENDING, lease_owner=owner)
    push = mine.select_for_update(of=("self",)).select_related("outlet").first()
    if push is None:
        return False
    list(Item.objects.select_for_update().filter(pk__in=push.articles.values("item_id")))
    changes = content.changes(push, content.pieces(push))
    if why := verbs.out_of_service(push) or (changes[0].reason if changes else ""):
        verbs.to_editor(push, reason=why, by="系统", now=now)
        return False
    if push.outlet.holds_new_items:
        mine.update(state=PushState.CONFIRMED, due_at=now + BUSY_PAUSE, outcome=HELD)
        return False
    taken = mine.filter(attempted_at=None, attempts__lt=F("allowed")).update(
        attempts=F("attempts") + 1, attempted_at=now, lease_until=now + LEASE
    )
    if taken:
        history(
            push,
            "发出群发请求",
            at=now,
            attempt=push.attempts + 1,
            detail={"clientmsgid": push.clientmsgid, "fingerprint": push.fingerprint},
        )
    return bool(taken)


async def _sendall(line: Line, push: Push, media_id: str) -> Started:
    return await Massing(line).sendall(media_id, tag_id=push.tag_id, clientmsgid=push.clientmsgid)


def _judged(push: Push, found: evidence.Findings, now: datetime) -> None:
    """What a look means for the push; on a locked row."""
    push.evidence = {**push.evidence, **found.evidence}
    push.polls += 1
    push.due_at = now
    push.save(update_fields=["evidence", "polls", "due_at"])
    if push.status not in {PushState.ACCEPTED, PushState.UNKNOWN, PushState.SENT}:
        return
    if found.verdict is evidence.Verdict.FAILED:
        outcome.failed(push, found.sentence, code="", now=now)
    elif found.verdict is evidence.Verdict.SENT or (found.addresses and push.msg_id):
        outcome.sent(push, found.addresses, now=now, by="微信查询")
    if found.verdict is evidence.Verdict.COUNTED:
        push.refresh_from_db()
        _close(push, now)


def _close(push: Push, now: datetime) -> None:
    if push.status is PushState.SENT:
        Push.objects.filter(pk=push.pk).update(
            state=PushState.CLOSED, closed_at=now, due_at=None, changed_at=now
        )
        history(push, "次日统计已见到这次推送，归档", at=now)


def _due(now: datetime) -> QuerySet[Push]:
    return Push.objects.filter(free(now), due_at__lte=now).order_by("due_at", "pk")


def _wait(held: Held, until: datetime, reason: str, now: datetime) -> None:
    """What has been confirmed is looked at often: its items may change. Other states keep their sentence."""
    if held.push.status is PushState.CONFIRMED:
        held.update(due_at=min(until, now + RECHECK), outcome=reason)
    else:
        held.update(due_at=until)


def _taken_up(held: Held, now: datetime) -> bool:
    """confirmed -> sending; False when the account has another push under way."""
    try:
        with transaction.atomic():
            rows = Push.objects.filter(
                pk=held.push.pk, state=PushState.CONFIRMED, lease_owner=held.owner, attempted_at=None
            )
            return bool(rows.update(state=PushState.SENDING, changed_at=now))
    except IntegrityError:
        return False


def _with_lock(held: Held, work: Callable[[Push], Any]) -> None:
    """Do `work` in a transaction on the fresh, locked row, if this worker still holds it. Raises Lost."""
    with transaction.atomic():
        push = (
            Push.objects.select_for_update(of=("self",))
            .select_related("outlet")
            .filter(pk=held.push.pk, lease_owner=held.owner)
            .first()
        )
        if push is None:
            raise Lost
        work(push)
