"""What a change costs: the feed's next document against a build by contrib.syndication; stale reads; a thousand saved feeds."""

from __future__ import annotations

import http.client
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from benchmarks.ground import database, paired, report, timed
from benchmarks.reading import HUB, PATH, fill, server

SMALL, LARGE = 1_000, 100_000
ENTRIES = 50
ROUNDS = 15
READS = 300
SAVED = 1_000
GOALS = {"sqlite": 0.25, "postgres": 0.45}


def main(kind: str) -> None:
    with database(kind, "small", "large") as ground:
        renewals = {}
        for name, items in (("small", SMALL), ("large", LARGE)):
            ground.switch(name)
            renewals[name] = prepare(items)

        def on(name: str, work: Callable[[], float]) -> Callable[[], float]:
            def run() -> float:
                ground.switch(name)
                return work()

            return run

        ground.switch("small")
        build = syndication()
        small, large = on("small", renewals["small"]), on("large", renewals["large"])
        values = paired(small, on("small", build), rounds=ROUNDS)
        report(f"one entry of a feed changed, {kind} / contrib.syndication", *values, GOALS[kind])
        values = paired(large, small, rounds=ROUNDS)
        report(f"the same at {LARGE:,} items, {kind} / at {SMALL:,}", *values, 1.3)
        signings = {}
        for name, count in (("small", 1), ("large", SAVED)):
            ground.switch(name)
            signings[name] = save(count)
        values = paired(on("large", signings["large"]), on("small", signings["small"]), rounds=ROUNDS * 3)
        report(f"signing an item of {SAVED} saved feeds, {kind} / of one", *values, 1.1)
        ground.switch("small")
        _stale_reads(kind, ground.url("small"))


def prepare(items: int) -> Callable[[], float]:
    """Fill the current database; returns: correct one item, and say how long the next document took."""
    from benchmarks.matrix import fill as archive
    from channels import changes, outbox
    from sites.serving.documents import Shelf
    from sites.serving.keeping import keep_behind

    keep_behind()  # as a process that answers readers does
    outlet, signed = fill(ENTRIES)
    archive(items)
    shelf = Shelf()
    shelf.get(PATH, changes.stamp(), datetime.now(UTC))
    count = iter(range(1_000_000))

    def renewal() -> float:
        n = next(count)
        item = replace(signed[n % ENTRIES], headline=f"更正第{n}次")
        outbox.plan(item, [outbox.Target(outlet_id=outlet.pk, reason="基准")], now=datetime.now(UTC))

        def read() -> None:
            document = shelf.get(PATH, changes.stamp(), datetime.now(UTC))
            assert document is not None
            assert f"更正第{n}次".encode() in document.body

        return timed(read)

    return renewal


def syndication() -> Callable[[], float]:
    """The feed of the same size that a Wagtail site would have: its pages, their text as HTML."""
    from django.contrib.syndication.views import Feed
    from django.test import RequestFactory
    from django.utils.feedgenerator import Atom1Feed

    from benchmarks.reading import prose
    from cms.models import ContentPage
    from tests import factories

    site = factories.make_site()
    column = factories.make_column("bench")
    parent = factories.make_column_page(site, column)
    for number in range(ENTRIES):
        body = factories.make_body(("paragraph", f"<p>{prose(number)}</p>"))
        page = factories.make_page("notice", parent=parent, column=column, body=body)
        factories.sign(page)

    class Usual(Feed):  # type: ignore[type-arg]
        title, link, description = "基准", "/", "基准"
        feed_type = Atom1Feed

        def items(self) -> Any:
            return ContentPage.objects.live().order_by("-first_published_at")[:ENTRIES].specific()

        def item_title(self, item: Any) -> str:
            return str(item.title)

        def item_description(self, item: Any) -> str:
            return str(item.body)

        def item_link(self, item: Any) -> str:
            return str(item.full_url)

        def item_pubdate(self, item: Any) -> Any:
            return item.first_published_at

    feed, request = Usual(), RequestFactory(headers={"host": "127.0.0.1"}).get("/feed/")

    def build() -> float:
        return timed(lambda: feed(request).content)

    return build


def save(count: int) -> Callable[[], float]:
    """So many saved feeds, all rendered; returns: sign an item that each of them shows, and say how long it took."""
    from channels import changes, outbox
    from channels.models import Outlet
    from sites.feeds.selection import Selection
    from sites.models import SavedFeed
    from sites.serving.documents import Shelf
    from tests.channels.builders import edition

    outlet, shelf = Outlet.objects.get(slug="bench"), Shelf()
    for n in range(count):
        selection = Selection(outlet="bench", types=("news", "notice"), tags=("停水", f"t{n}"))
        SavedFeed.objects.create(key=selection.key, selection=selection.to_json(), made_at=datetime.now(UTC))
        shelf.get(f"/feeds/saved/{selection.key}.atom", changes.stamp(), datetime.now(UTC))

    def signing() -> float:
        item = edition(first_created=datetime.now(UTC), keywords=("停水",))
        target = outbox.Target(outlet_id=outlet.pk, reason="基准")
        return timed(lambda: outbox.plan(item, [target], now=datetime.now(UTC)))

    return signing


def _stale_reads(kind: str, url: str) -> None:
    """Sign here, read from another process at once: how many reads are stale, and for how long."""
    from channels import outbox
    from channels.models import Outlet
    from tests.channels.builders import edition

    outlet = Outlet.objects.get(slug="bench")
    env = {**os.environ, "DATABASE_URL": url, "ALLOWED_HOSTS": "127.0.0.1"}
    windows, stale = [], 0
    with server(HUB, env, ["8743"]):
        connection = http.client.HTTPConnection("127.0.0.1", 8743, timeout=30)
        for n in range(READS):
            item = edition(headline=f"第{n}次读取", first_created=datetime.now(UTC))
            outbox.plan(item, [outbox.Target(outlet_id=outlet.pk, reason="基准")], now=datetime.now(UTC))
            begin = perf_counter()
            while True:
                asked = perf_counter()
                connection.request("GET", PATH)
                if f"第{n}次读取".encode() in connection.getresponse().read():
                    break
                stale += 1
            windows.append(asked - begin)
    p99 = sorted(windows)[int(len(windows) * 0.99)] * 1000
    goal = "0 stale" if kind == "sqlite" else "p99 <= 50 ms"
    print(
        f"stale reads after signing, {kind}: {stale} of {READS}, window p99 {p99:.1f} ms   goal {goal}",
        flush=True,
    )


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "sqlite")
