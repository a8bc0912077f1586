"""1,000 deliveries with all bookkeeping against a raw aiohttp client without any; and with outlets that hang."""

from __future__ import annotations

import asyncio
import sys
import uuid
from datetime import UTC, datetime
from functools import partial
from time import perf_counter

from benchmarks.ground import database, paired, report, timed
from benchmarks.sink import sink

OUTLETS = 1000
IN_FLIGHT = 200
ROUNDS = 7


AT_ONCE, SLOWLY, NEVER = 1, 5, 9
"""What an address of the sink does: the second number of 127.x.y.z."""


def _address(number: int, kind: int = AT_ONCE) -> str:
    return f"127.{kind}.{number // 250}.{number % 250 + 1}"


def raw(port: int, body: bytes, kind: int = AT_ONCE, count: int = OUTLETS) -> float:
    """The same POSTs, nothing written down."""
    import aiohttp

    async def main() -> None:
        gate = asyncio.Semaphore(IN_FLIGHT)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

            async def post(number: int) -> None:
                async with (
                    gate,
                    session.post(f"http://{_address(number, kind)}:{port}/items", data=body) as answer,
                ):
                    await answer.read()

            await asyncio.gather(*(post(number) for number in range(count)))

    return timed(lambda: asyncio.run(main()))


def main(kind_of_database: str) -> None:
    with sink() as port, database(kind_of_database):
        from channels import outbox
        from channels.engine import Dispatcher
        from channels.http import HttpClient
        from channels.models import Outlet, Placement, State
        from tests.channels.builders import edition

        def outlets(group: str, count: int, kind: int = AT_ONCE) -> list[Outlet]:
            made = []
            for number in range(count):
                outlet = Outlet(slug=f"{group}-{number}", name=f"{group} {number}", channel="web_post")
                outlet.options = {"url": f"http://{_address(number, kind)}:{port}/items"}
                outlet.set_secrets({"secret": "whsec_" + "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"})
                made.append(outlet)
            return Outlet.objects.bulk_create(made)

        def signed(places: list[Outlet]) -> uuid.UUID:
            item = edition(first_created=datetime.now(UTC), summary="停水通知。" * 60)
            outbox.plan(
                item, [outbox.Target(outlet_id=o.pk, reason="基准") for o in places], now=datetime.now(UTC)
            )
            return item.content_id

        def dispatch(places: list[Outlet]) -> float:
            content_id = signed(places)
            http = partial(HttpClient, allowed_networks=["127.0.0.0/8"])
            seconds = timed(Dispatcher(http=http, slots=IN_FLIGHT).run)
            settled = Placement.objects.filter(item_id=content_id, state=State.SETTLED).count()
            assert settled == len(places), f"{settled} of {len(places)} settled"
            return seconds

        healthy = outlets("healthy", OUTLETS)
        body = b"x" * 2600
        subject, other, ratio = paired(lambda: dispatch(healthy), lambda: raw(port, body), rounds=ROUNDS)
        report(f"fan-out to {OUTLETS}, {kind_of_database} / raw aiohttp", subject, other, ratio, 1.3)

        slow = outlets("slow", OUTLETS, SLOWLY)
        subject, other, ratio = paired(lambda: dispatch(slow), lambda: raw(port, body, SLOWLY), rounds=ROUNDS)
        report(
            f"the same, each answer after 50 ms, {kind_of_database} / raw aiohttp", subject, other, ratio, 1.3
        )

        hanging = outlets("hanging", OUTLETS // 50, NEVER)
        _with_hanging(kind_of_database, healthy[: OUTLETS - len(hanging)], hanging, signed)


def _with_hanging(kind, healthy, hanging, signed) -> None:  # type: ignore[no-untyped-def]
    """Seconds until the healthy 98 % are settled, with 2 % hanging and without."""
    from django.db.models import Max

    from channels.engine import Dispatcher
    from channels.http import HttpClient
    from channels.models import Delivery, Outlet, Placement

    hung = {outlet.pk for outlet in hanging}

    def run(places) -> float:  # type: ignore[no-untyped-def]
        Outlet.objects.filter(pk__in=hung).update(circuit_failures=0, circuit_open_until=None)
        Placement.objects.filter(outlet_id__in=hung).update(due_at=None)
        content_id = signed(places)
        http = partial(Patient, allowed_networks=["127.0.0.0/8"])
        begun = datetime.now(UTC)
        start = perf_counter()
        Dispatcher(http=http, slots=IN_FLIGHT).run()
        del start
        done = Delivery.objects.filter(placement__item_id=content_id).exclude(placement__outlet_id__in=hung)
        return (done.aggregate(last=Max("finished_at"))["last"] - begun).total_seconds()

    class Patient(HttpClient):
        """Gives a hanging outlet 3 s instead of 20, so that a round ends."""

        async def request(self, method, url, **values):  # type: ignore[no-untyped-def,override]
            return await super().request(method, url, **{**values, "timeout": 3.0})

    subject, other, ratio = paired(lambda: run([*hanging, *healthy]), lambda: run(healthy), rounds=5)
    report(
        f"healthy {len(healthy)} done, {len(hanging)} hanging, {kind} / none hanging",
        subject,
        other,
        ratio,
        1.15,
    )


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "sqlite")
