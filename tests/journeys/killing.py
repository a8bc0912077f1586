"""Kills a worker with SIGKILL at random moments while it delivers, and tells what is left. Run as a script.

`python -m tests.journeys.killing SCENARIO SANDBOX_URL ITEMS KILLS SEED PORT` in an environment with VAR_DIR (and
DATABASE_URL, BROKER_URL). Scenario `posts`: receivers and two accounts; `articles`: accounts alone, whose call-backs the
worker takes at PORT. Django is loaded once; each worker is a fork, so that a kill costs milliseconds. Prints one JSON
document.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

RECEIVERS = 4
ACCOUNTS = ("wxdemo000000000001", "wxdemo000000000002")
ARTICLES = 12
MANY_ACCOUNTS = tuple(f"wxdemo{900 + number:012d}" for number in range(8))
"""A day of an account has a hundred submits: five hundred articles need more than five."""
PICTURES = 40
CALLBACK = {"callback_token": "demotoken", "callback_key": "placeholder" * 3 + "demoaeskey"}
PATIENCE = 400.0
RENEWAL = 3.0
"""Seconds for which the claim of a dead process to renew a token holds among `posts`. The 40 of everyday keep the calls
for tokens below the platform's limit, which `articles` is about."""
REST = 5.0
"""Seconds of the longest rest of an outlet whose answers are lost in a row: 300 otherwise, more than PATIENCE."""


def main(scenario: str, sandbox_url: str, items: int, kills: int, seed: int, port: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.dev")
    import django

    django.setup()
    from django.core.management import call_command

    from channels import recording
    from channels.adapters.wechat_mp.api import tokens
    from channels.registry import adapter_class

    recording.CIRCUIT_CAP = REST
    if scenario == "posts":
        tokens.RENEWAL = RENEWAL
    for channel in ("web_post", "wechat_mp"):
        adapter_class(channel)
    call_command("migrate", verbosity=0)
    {"posts": _sign_posts, "articles": _sign_articles}[scenario](sandbox_url, items)
    chance = random.Random(seed)
    killed = 0
    while killed < kills and _open():
        begun = partial(_more_than, _started())
        worker = _start(port)
        _until(begun, patience=10)
        time.sleep(chance.uniform(0, 0.25))
        os.kill(worker, signal.SIGKILL)
        os.waitpid(worker, 0)
        _wipe_broker()
        killed += 1
    last = _start(port)
    _until(lambda: not _open(), patience=PATIENCE)
    os.kill(last, signal.SIGKILL)
    os.waitpid(last, 0)
    sys.stdout.write(json.dumps({"kills": killed, **_outcome()}, ensure_ascii=False) + "\n")


def _sign_posts(sandbox_url: str, items: int) -> None:
    """`items` for every receiver, the first ARTICLES of them for the accounts too."""
    from datetime import UTC, datetime

    from channels import outbox
    from channels.models import Outlet
    from channels.sandbox.config import DEMO_SECRET
    from tests.channels.builders import edition, targets

    places = []
    for number in range(RECEIVERS):
        url = f"{sandbox_url}/receiver/unit-{number}/items"
        places.append(
            Outlet(slug=f"unit-{number}", name=f"接收端{number}", channel="web_post", options={"url": url})
        )
    for appid in ACCOUNTS:
        # A quarter of an hour on the real platform; the sandbox publishes at once.
        options = {"appid": appid, "api_base": sandbox_url, "unknown_wait": "3"}
        places.append(Outlet(slug=appid, name=appid, channel="wechat_mp", options=options))
    for place in places:
        place.set_secrets({"secret": DEMO_SECRET, **(CALLBACK if place.channel == "wechat_mp" else {})})
        place.save()
    now = datetime.now(UTC)
    for number in range(items):
        chosen = places if number < ARTICLES else places[:RECEIVERS]
        item = edition(headline=f"停水通知（第{number}号片区）", first_created=now)
        outbox.plan(item, targets(*chosen), now=now)


def _sign_articles(sandbox_url: str, items: int) -> None:
    """`items` spread over the accounts, each with a picture of the pool that all accounts share."""
    from datetime import UTC, datetime

    from channels import assets, outbox
    from channels.edition import Image, Paragraph
    from channels.models import Outlet
    from channels.sandbox.config import DEMO_SECRET
    from tests.channels.builders import edition, targets
    from tests.channels.stage import picture, picture_bytes

    accounts = []
    for appid in MANY_ACCOUNTS:
        options = {"appid": appid, "api_base": sandbox_url, "unknown_wait": "5"}
        account = Outlet(slug=appid, name=appid, channel="wechat_mp", options=options)
        account.set_secrets({"secret": DEMO_SECRET, **CALLBACK})
        account.save()
        accounts.append(account)
    for number in range(PICTURES):
        assets.freeze(picture_bytes(number), content_type="image/png", name=picture(number).name)
    now = datetime.now(UTC)
    for number in range(items):
        shown = Image(asset=picture(number % PICTURES), alt="停水范围示意图")
        body = (Paragraph(html=f"第{number}号片区因管网检修停水。"), shown)
        item = edition(headline=f"停水通知（第{number}号片区）", first_created=now, body=body)
        outbox.plan(item, targets(accounts[number % len(accounts)]), now=now)


def _start(port: int) -> int:
    """A worker in a process of its own, which takes call-backs at `port` unless it is 0; returns its id."""
    from django.conf import settings
    from django.db import connections

    connections.close_all()
    child = os.fork()
    if child:
        return child
    os.setsid()
    try:
        if port:
            _take_callbacks(port)
        if settings.CELERY_BROKER_URL.startswith("memory:"):
            _embedded()
        else:
            _scaled()
    finally:
        os._exit(1)


def _take_callbacks(port: int) -> None:
    """The hub's web server in a thread: what it is told while nobody is alive is told again by the platform."""
    import threading

    from cms.embedded.web import listen, serve
    from cms.wsgi import application

    listening = listen("127.0.0.1", port)
    threading.Thread(target=serve, args=(application, listening), kwargs={"threads": 4}, daemon=True).start()


def _wipe_broker() -> None:
    """Every message is lost with the worker: the table alone has to be enough."""
    from django.conf import settings

    from cms.celery import app

    if not settings.CELERY_BROKER_URL.startswith("memory:"):
        app.control.purge()


def _embedded() -> None:
    from cms.celery import app
    from cms.embedded.workers import EmbeddedWorkers

    # These items have no pages: the sweep would take them all back.
    app.conf.beat_schedule = {}
    EmbeddedWorkers(app).start()
    while True:
        app.send_task("channels.tasks.wake")
        time.sleep(1)


def _scaled() -> None:
    import threading

    from cms.celery import app

    def beat() -> None:
        while True:
            app.send_task("channels.tasks.wake")
            time.sleep(1)

    threading.Thread(target=beat, daemon=True).start()
    app.worker_main(["worker", "--pool=solo", "--loglevel=ERROR", "--without-gossip", "--without-mingle"])


def _until(condition: Callable[[], bool], *, patience: float) -> None:
    deadline = time.monotonic() + patience
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)


def _started() -> int:
    """How many calls have been begun, ever."""
    from channels.models import Delivery

    return Delivery.objects.count()


def _more_than(before: int) -> bool:
    return _started() > before


def _open() -> int:
    from channels.models import Placement, State

    return Placement.objects.exclude(state=State.SETTLED).count()


def _outcome() -> dict[str, Any]:
    from channels.models import Delivery, Outcome, Placement, State

    left = Placement.objects.exclude(state=State.SETTLED).values_list("outlet__slug", "state", "message")
    return {
        "placements": Placement.objects.count(),
        "open": [list(row) for row in left],
        "interrupted": Delivery.objects.filter(outcome=Outcome.UNKNOWN).count(),
    }


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *(int(argument) for argument in sys.argv[3:]))
