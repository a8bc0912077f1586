"""WebSub's other side for tests: a real subscriber on loopback, and a hub that is driven by hand."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from django.conf import settings
from django.test import Client
from django.utils import timezone

from channels import outbox
from channels.edition import Edition
from channels.http import HttpClient
from channels.models import Outlet, WithdrawalKind
from sites.models import Subscription
from sites.serving.documents import Shelf
from sites.websub.distributor import CALL_SECONDS, SLOTS, Distributor
from tests.channels.loopback import Loopback
from tests.sites import build

HUB = "http://hub.example/websub/"
TOPIC = "http://hub.example/feeds/school.atom"


@dataclass
class Push:
    """One delivery as it arrived."""

    path: str
    headers: Any
    body: bytes


class Subscriber(Loopback):
    """Confirms what it is asked and takes what it is sent, unless told otherwise. `/hang…` answers when released."""

    def __init__(self) -> None:
        self.questions: list[web.BaseRequest] = []
        self.pushes: list[Push] = []
        self.statuses: deque[int] = deque()
        self.location = "/elsewhere"
        self.body = b"thank you"
        self.confirms: Callable[[str], tuple[int, str]] = lambda challenge: (200, challenge)
        self.on_push: Callable[[Push], None] = lambda push: None
        self.released = threading.Event()
        super().__init__()

    @property
    def callback(self) -> str:
        return f"{self.url}/cb"

    def asked(self, number: int = -1) -> dict[str, str]:
        """The parameters of a verification or notice."""
        return dict(self.questions[number].query)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.method == "GET":
            self.questions.append(request)
            status, text = self.confirms(request.query.get("hub.challenge", ""))
            return web.Response(status=status, text=text, headers=self._location(status))
        push = Push(request.path_qs, request.headers.copy(), await request.read())
        self.pushes.append(push)
        self.on_push(push)
        while request.path.startswith("/hang") and not self.released.is_set():
            await asyncio.sleep(0.01)
        status = self.statuses.popleft() if self.statuses else 202
        return web.Response(status=status, body=self.body, headers=self._location(status))

    def _location(self, status: int) -> dict[str, str]:
        return {"Location": self.location} if 300 <= status < 400 else {}


class Hub:
    """The hub: its address, and its worker at whatever time it is."""

    def __init__(self) -> None:
        self.client = Client(headers={"host": "hub.example"}, enforce_csrf_checks=True)
        self.shelf = Shelf()
        self.shift = timedelta()

    def now(self) -> datetime:
        return timezone.now() + self.shift

    def later(self, **time: float) -> None:
        self.shift += timedelta(**time)

    def ask(self, callback: str, topic: str = TOPIC, mode: str = "subscribe", **more: str) -> Any:
        form = {"hub.mode": mode, "hub.topic": topic, "hub.callback": callback}
        return self.post(form | {f"hub.{name}": value for name, value in more.items()})

    def post(self, form: dict[str, str]) -> Any:
        return self.client.post("/websub/", urlencode(form), content_type="application/x-www-form-urlencoded")

    def work(self, *, slots: int = SLOTS, call_seconds: float = CALL_SECONDS, networks: Any = None) -> int:
        """One run of the worker."""
        allowed = settings.OUTBOUND_ALLOWED_NETWORKS if networks is None else networks
        return Distributor(
            http=partial(HttpClient, allowed_networks=allowed),
            shelf=self.shelf,
            now=self.now,
            chance=lambda: 0.5,
            slots=slots,
            call_seconds=call_seconds,
        ).run()

    def subscribe(self, callback: str, topic: str = TOPIC, **more: str) -> Subscription:
        """Asked for and confirmed."""
        answer = self.ask(callback, topic, **more)
        assert answer.status_code == 202, answer.content.decode()
        self.work()
        return Subscription.objects.get(topic=topic, callback=callback)


def sign(outlet: Outlet, **fields: object) -> Edition:
    value = build.edition(**fields)
    outbox.plan(value, [outbox.Target(outlet_id=outlet.pk, reason="测试")], now=timezone.now())
    return value


def withdraw(value: Edition) -> None:
    outbox.recall(value.content_id, kind=WithdrawalKind.GONE, reason="有误", now=timezone.now())
