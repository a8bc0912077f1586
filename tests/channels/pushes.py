"""A push on a real database against the sandbox: made, confirmed by two people, sent by the real worker."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeVar

from django.utils import timezone

from channels import outbox
from channels.adapters.wechat_mp.api.callback import MassFinished
from channels.adapters.wechat_mp.api.line import Line
from channels.engine import Dispatcher
from channels.http import HttpClient
from channels.models import Item, Outlet, Placement, State, WithdrawalKind
from channels.sandbox.config import DEMO_SECRET
from channels.wechat import accounts
from channels.wechat.models import Push, PushState
from channels.wechat.push import verbs
from channels.wechat.push.worker import Worker
from tests.channels.builders import Clock, targets
from tests.channels.stage import Killed, MemoryAssets, sample

T = TypeVar("T")
APPID = "wxdemo000000000001"


def finished(msg_id: str, status: str = "send success", **changes: Any) -> MassFinished:
    """MASSSENDJOBFINISH as the call-back side hands it over."""
    values = {"total": 100, "filtered": 98, "sent": 97, "errors": 1, "articles": (), "check_state": 0}
    values = {"openid": "", "account": "gh", "at": 0, "key": msg_id} | values | changes
    return MassFinished(msg_id=msg_id, status=status, **values)


class Mortal:
    """The way to the platform; `kill_at` conversation number n the process dies before it, or with `after` behind it."""

    def __init__(self) -> None:
        self.count = 0
        self.kill_at = 0
        self.after = False
        self.before_each: Callable[[int], None] = lambda number: None

    def __call__(self, outlet: Outlet, conversation: Callable[[Line], Awaitable[T]]) -> T:
        self.count += 1
        self.before_each(self.count)
        if self.count == self.kill_at and not self.after:
            raise Killed
        answer = accounts.talk(outlet, conversation)
        if self.count == self.kill_at:
            raise Killed
        return answer


class Hub:
    """An account with signed items, and time that passes when told."""

    def __init__(self, api_base: str, **options: str) -> None:
        self.clock = Clock(timezone.now())
        self.talk = Mortal()
        options = {"appid": APPID, "api_base": api_base, "author": "品质城中", "unknown_wait": "0"} | options
        self.outlet = Outlet(slug="pinzhi", name="品质城中", channel="wechat_mp", options=options)
        self.outlet.set_secrets({"secret": DEMO_SECRET})
        self.outlet.save()

    def item(
        self, title: str = "停水通知", *, version: int = 1, item: Item | None = None, **changes: Any
    ) -> Item:
        """Sign an item for this account, or its next edition."""
        content_id = item.pk if item else uuid.uuid4()
        edition = sample(version, pictures=changes.pop("pictures", 0))
        edition = replace(
            edition,
            uri=f"urn:uuid:{content_id}",
            slug=f"20261123-{content_id.hex[:6]}",
            headline=title,
            permalink=f"http://hub.example/i/{content_id}/",
            **changes,
        )
        outbox.plan(edition, targets(self.outlet), now=self.clock())
        return Item.objects.select_related("current").get(pk=content_id)

    def settled(self, item: Item, article_id: str = "") -> Placement:
        """As after a delivery without a push."""
        placement = Placement.objects.get(item=item, outlet=self.outlet)
        receipt = {"token": "f" * 32, "uri": item.uri, "version": 1, "remote_id": f"article:{article_id}"}
        Placement.objects.filter(pk=placement.pk).update(
            state=State.SETTLED,
            actual=placement.desired_id,
            due_at=None,
            receipt=receipt if article_id else None,
        )
        placement.refresh_from_db()
        return placement

    def push(self, *items: Item, **plan: Any) -> Push:
        push = verbs.create(self.outlet, by="bianji", now=self.clock())
        verbs.add(push.pk, [item.pk for item in items], by="bianji", now=self.clock())
        if plan:
            own = [verbs.Own(pk=article.pk) for article in push.articles.all()]
            plan = {"at": None, **plan}
            verbs.arrange(push.pk, verbs.Plan(**plan), own, by="bianji", now=self.clock())
        return push

    def confirmed(self, *items: Item, **plan: Any) -> Push:
        push = self.push(*(items or (self.item(),)), **plan)
        return self.confirm(push)

    def confirm(self, push: Push) -> Push:
        push = verbs.propose(push.pk, by="bianji", now=self.clock())
        return verbs.confirm(push.pk, seen=push.fingerprint, by="shenhe", now=self.clock())

    def withdraw(self, item: Item) -> None:
        outbox.recall(item.pk, kind=WithdrawalKind.GONE, reason="内容有误", now=self.clock())

    def work(self, *, seconds: float = 0, rounds: int = 1) -> None:
        """Rounds of the worker; `seconds` pass before each."""
        for _ in range(rounds):
            self.clock.forward(seconds=seconds)
            Worker(now=self.clock, talk=self.talk, files=MemoryAssets()).run()

    def engine(self) -> None:
        """The engine's own deliveries, until they rest."""
        for _ in range(3):
            Dispatcher(http=HttpClient, assets=MemoryAssets(), now=self.clock, jitter=lambda: 0.5).run()
            self.clock.forward(seconds=21)

    def dies(self) -> None:
        """One round in a process that dies in it."""
        try:
            self.work()
        except Killed:
            self.talk.kill_at = 0
            return
        raise AssertionError("it lived")


def fresh(push: Push) -> Push:
    return Push.objects.select_related("outlet").get(pk=push.pk)


def state(push: Push) -> PushState:
    return fresh(push).status
