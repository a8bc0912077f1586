"""Kills workers of pushes with SIGKILL at random moments, and tells what each push came to. Run as a script.

`python -m tests.journeys.pushing SANDBOX_URL PUSHES KILLS SEED PORT` in an environment with VAR_DIR. Every push has an
account of its own, since an account has one push a day. Two workers run at a time; their clock runs RATE times as
fast, so that leases and pauses pass. The platform's call-backs are taken at PORT. Prints one JSON document.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from tests.journeys.killing import CALLBACK, _take_callbacks, _until

RATE = 60
"""A lease of 300 s ends after five."""
RENEWAL = 3.0
"""Real seconds for which the claim of a dead process to renew a token holds: 40 otherwise."""
WORKERS = 2
PATIENCE = 35.0


def appid(number: int) -> str:
    return f"wxdemo{800 + number:012d}"


def main(sandbox_url: str, pushes: int, kills: int, seed: int, port: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.dev")
    import django

    django.setup()
    from django.core.management import call_command

    from channels.adapters.wechat_mp.api import tokens

    tokens.RENEWAL = RENEWAL
    call_command("migrate", verbosity=0)
    _confirm(sandbox_url, pushes)
    begun = time.time()
    clock = partial(_fast, begun)
    web = _fork(lambda: (_take_callbacks(port), signal.pause()))
    chance, killed = random.Random(seed), 0
    workers = [_fork(partial(_work, clock)) for _ in range(WORKERS)]
    while killed < kills and _open():
        time.sleep(chance.uniform(0.02, 0.4))
        victim = workers.pop(chance.randrange(WORKERS))
        _kill(victim)
        workers.append(_fork(partial(_work, clock)))
        killed += 1
    _until(lambda: not _open(), patience=PATIENCE)
    for each in (*workers, web):
        _kill(each)
    sys.stdout.write(json.dumps({"kills": killed, "pushes": _outcome()}, ensure_ascii=False) + "\n")


def _fast(begun: float) -> datetime:
    return datetime.fromtimestamp(begun, UTC) + timedelta(seconds=(time.time() - begun) * RATE)


def _confirm(sandbox_url: str, pushes: int) -> None:
    """Every push with two articles and their pictures, proposed by one person and confirmed by another."""
    from channels import assets, outbox
    from channels.edition import Image, Paragraph
    from channels.models import Outlet
    from channels.sandbox.config import DEMO_SECRET
    from channels.wechat.push import verbs
    from tests.channels.builders import edition, targets
    from tests.channels.stage import picture, picture_bytes

    now = datetime.now(UTC)
    for number in range(4):
        assets.freeze(picture_bytes(number), content_type="image/png", name=picture(number).name)
    for number in range(pushes):
        options = {"appid": appid(number), "api_base": sandbox_url, "publishing": "push"}
        account = Outlet(slug=appid(number), name=appid(number), channel="wechat_mp", options=options)
        account.set_secrets({"secret": DEMO_SECRET, **CALLBACK})
        account.save()
        items = []
        for title in ("停水通知", "道路封闭"):
            shown = Image(asset=picture(number % 4), alt="示意图")
            body = (Paragraph(html=f"第{number}号片区因管网检修。"), shown)
            item = edition(headline=f"{title}（第{number}号片区）", first_created=now, body=body)
            items.append(outbox.plan(item, targets(account), now=now).item_id)
        push = verbs.create(account, by="bianji", now=now)
        verbs.add(push.pk, items, by="bianji", now=now)
        push = verbs.propose(push.pk, by="bianji", now=now)
        verbs.confirm(push.pk, seen=push.fingerprint, by="shenhe", now=now)


def _fork(work: Callable[[], object]) -> int:
    from django.db import connections

    connections.close_all()
    child = os.fork()
    if child:
        return child
    os.setsid()
    try:
        work()
    finally:
        traceback.print_exc()
        os._exit(1)


def _kill(process: int) -> None:
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)


def _work(clock: Callable[[], datetime]) -> None:
    from channels.wechat.push.worker import Worker

    while True:
        Worker(now=clock).run()
        time.sleep(0.05)


def _open() -> int:
    """Pushes that the worker still has to bring to an end, and those whose doubt nobody has looked into yet."""
    from channels.wechat.models import Push, PushState

    moving = [PushState.CONFIRMED, PushState.SENDING, PushState.ACCEPTED]
    return Push.objects.filter(state__in=moving).count() + (
        Push.objects.filter(state=PushState.UNKNOWN, evidence={}).count()
    )


def _outcome() -> list[dict[str, Any]]:
    from channels.wechat.models import Push

    rows = Push.objects.select_related("outlet").order_by("pk")
    return [
        {
            "appid": push.outlet.slug,
            "state": push.state,
            "attempts": push.attempts,
            "evidence": sorted(push.evidence),
            "outcome": push.outcome,
        }
        for push in rows
    ]


if __name__ == "__main__":
    main(sys.argv[1], *(int(argument) for argument in sys.argv[2:]))
