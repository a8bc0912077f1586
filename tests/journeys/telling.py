"""Kills the distributor of feeds with SIGKILL while it tells subscribers, and tells what is left. Run as a script.

`python -m tests.journeys.telling SUBSCRIBER_URL SUBSCRIBERS KILLS SEED` in an environment with VAR_DIR (and
DATABASE_URL). Django is loaded once; each worker is a fork, whose clock stands past the claims of the one before.
Prints one JSON document.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from datetime import timedelta
from functools import partial
from typing import Any

FEED = "school"
PATIENCE = 120.0


def main(url: str, subscribers: int, kills: int, seed: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.dev")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    value = _prepare(url, subscribers)
    chance = random.Random(seed)
    interrupted = 0
    for number in range(kills):
        _correct(value, number + 2)
        before = _claims()
        worker = _start(number)
        _until_claimed(before)
        time.sleep(chance.uniform(0, 0.15))
        _kill(worker)
        interrupted += _claimed()
    last = _start(kills)
    deadline = time.monotonic() + PATIENCE
    while _behind() and time.monotonic() < deadline:
        time.sleep(0.05)
    _kill(last)
    sys.stdout.write(json.dumps({"interrupted": interrupted, "behind": _behind()}) + "\n")


def _prepare(url: str, subscribers: int) -> Any:
    from django.conf import settings
    from django.utils import timezone

    from channels import outbox
    from channels.models import Outlet
    from sites.models import Subscription
    from tests.channels.builders import edition, targets

    outlet = Outlet.objects.create(slug=FEED, name="学校", channel="feed", url="http://school.example/")
    now = timezone.now()
    value = edition(headline="停水通知第1版", first_created=now)
    outbox.plan(value, targets(outlet), now=now)
    Subscription.objects.bulk_create(
        Subscription(
            topic=f"{settings.PUBLIC_URL}/feeds/{FEED}.atom",
            callback=f"{url}/{number}",
            callback_host=f"unit-{number}.example",
            lease_seconds=864_000,
            subscribed_at=now,
            expires_at=now + timedelta(days=10),
            wanted="",
            sent="",
        )
        for number in range(subscribers)
    )
    return value


def _correct(value: Any, version: int) -> None:
    from dataclasses import replace

    from django.utils import timezone

    from channels import outbox
    from channels.models import Outlet
    from tests.channels.builders import targets

    changed = replace(value, headline=f"停水通知第{version}版", version=version)
    outbox.plan(changed, targets(Outlet.objects.get(slug=FEED)), now=timezone.now())


def _start(number: int) -> int:
    """A worker in a process of its own; returns its id."""
    from django.conf import settings
    from django.db import connections
    from django.utils import timezone

    from channels.http import HttpClient
    from sites.websub.claiming import CLAIM
    from sites.websub.distributor import Distributor

    connections.close_all()
    child = os.fork()
    if child:
        return child
    os.setsid()
    shift = CLAIM * 2 * number
    http = partial(HttpClient, allowed_networks=settings.OUTBOUND_ALLOWED_NETWORKS)
    try:
        while True:
            Distributor(http=http, now=lambda: timezone.now() + shift).run()
            time.sleep(0.05)
    finally:
        os._exit(1)


def _kill(worker: int) -> None:
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)


def _until_claimed(before: set[str]) -> None:
    """Until the new document is on its way."""
    deadline = time.monotonic() + PATIENCE
    while not _claims() - before and time.monotonic() < deadline:
        time.sleep(0.01)


def _claims() -> set[str]:
    from sites.models import Subscription

    return set(Subscription.objects.exclude(claimed_by="").values_list("claimed_by", flat=True))


def _claimed() -> int:
    from sites.models import Subscription

    return Subscription.objects.exclude(claimed_by="").count()


def _behind() -> int:
    from django.db.models import F

    from sites.models import Subscription

    return (
        Subscription.objects.exclude(sent=F("wanted")).count() + Subscription.objects.filter(sent="").count()
    )


if __name__ == "__main__":
    main(sys.argv[1], *(int(argument) for argument in sys.argv[2:]))
