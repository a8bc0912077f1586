"""Pages for anonymous readers: from memory against a bare WSGI app, made anew in small and large archives.

`made anew` is the whole of what a reader waits for after a change: Django's middleware, the view, the template.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.ground import database, paired, report, timed
from benchmarks.reading import HUB, against_bare, prose, server

SMALL, LARGE = 1_000, 100_000
COLUMNS, OFFICES = 12, 12
"""Of the portal, and sites below it: as many as a district has."""
RECENT = 60
"""Items that are signed like any other, on top of the archive."""
ROUNDS = 15
BARE_GOAL, GROWTH_GOAL = 0.85, 1.5
PARAGRAPHS, CHARACTERS = 8, 150
HOST = "127.0.0.1:8741"


@dataclass(frozen=True, slots=True)
class Portal:
    """One filled database: the paths that are read in it, and how to correct an item in it."""

    paths: dict[str, str]
    correct: Callable[[], None]


def main(kind: str) -> None:
    with (
        database(kind, "small", "large") as ground,
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
    ):
        portals = {}
        for name, items in (("small", SMALL), ("large", LARGE)):
            ground.switch(name)
            portals[name] = prepare(items)
        _grown(kind, portals, ground)
        ground.switch("small")
        _renewed(kind, portals["small"])
        env = {**os.environ, "DATABASE_URL": ground.url("small"), "ALLOWED_HOSTS": "127.0.0.1"}
        with server(HUB, env, ["8741"]) as hub:
            read = {name: path for name, path in portals["small"].paths.items() if "?" not in path}
            against_bare(read, hub, env, Path(folder), kind, goal=BARE_GOAL)


def _grown(kind: str, portals: dict[str, Portal], ground: Any) -> None:
    """Time and statements of a page that nobody has read yet."""
    from django.core.cache import cache
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from wagtail.models import Site

    client = Client(headers={"host": HOST})

    def load(where: str, name: str) -> float:
        ground.switch(where)
        cache.clear()  # Wagtail keeps there what the other database says of its sites
        path = portals[where].paths[name]
        Site.get_site_root_paths()
        return timed(lambda: _ok(client.get(path)))

    for name in portals["small"].paths:
        counts = {}
        for where in portals:
            load(where, name)
            with CaptureQueriesContext(connection) as seen:
                _ok(client.get(portals[where].paths[name]))
            counts[where] = len(seen)
        assert counts["small"] == counts["large"], f"{name}: the number of statements grows, {counts}"
        values = paired(
            lambda name=name: load("large", name), lambda name=name: load("small", name), rounds=ROUNDS
        )
        title = f"{name} made anew, {counts['large']} statements, {kind}, {LARGE:,} items / {SMALL:,}"
        report(title, *values, GROWTH_GOAL)


def _renewed(kind: str, portal: Portal) -> None:
    """What the first read of a page costs after something else in the hub has changed, against making it anew."""
    from django.core.handlers.wsgi import WSGIHandler

    from tests.sites.hub import Hub

    hub = Hub(application=WSGIHandler())

    def read(path: str) -> None:
        answer = hub.get(path, host=HOST)
        assert answer.status == 200, (path, answer.status)

    def after_a_change(path: str) -> float:
        read(path)
        portal.correct()
        return timed(lambda: read(path))

    def anew(path: str) -> float:
        portal.correct()
        hub.pages.forget()
        return timed(lambda: read(path))

    for name in ("an item", "a column's list", "the home page"):
        path = portal.paths[name]
        values = paired(lambda path=path: after_a_change(path), lambda path=path: anew(path), rounds=ROUNDS)
        report(f"{name} after a change elsewhere, {kind} / made anew", *values, 1.2)


def prepare(items: int) -> Portal:
    """Fill the current database: a portal with columns and offices, an archive, and some items with text on top."""
    from wagtail.models import Site

    from benchmarks.matrix import fill as archive
    from channels import outbox
    from channels.edition import Paragraph
    from channels.models import EditionRecord, Placement
    from sites.lists.listing import Cursor
    from tests.sites import build

    home = build.site("portal", kind="portal")
    Site.objects.all().delete()  # the migrations leave one
    Site.objects.create(hostname="127.0.0.1", port=8741, root_page=home, is_default_site=True)
    for number in range(COLUMNS):
        build.column_page(
            home, "yw" if number == 0 else f"c{number}", slug=f"c{number}", title=f"栏目{number}"
        )
    archive(items)
    document = build.edition(headline="关于档案事项的通知", column="yw").to_json()
    EditionRecord.objects.update(document=document)
    Placement.objects.update(column_code="yw")
    for number in range(OFFICES):
        office = build.site(f"office{number}", parent=home)
        build.column_page(office, "yw")
    signed = []
    for number in range(RECENT):
        body = tuple(Paragraph(html=prose(number * 100 + n, CHARACTERS)) for n in range(PARAGRAPHS))
        code = "yw" if number % 2 else f"c{number % COLUMNS or 1}"
        value = build.edition(headline=f"第{number}条信息", column=code, body=body, first_created=_at(number))
        outbox.plan(value, [outbox.Target(outlet_id=home.outlet_id, reason="基准")], now=_at(number))
        signed.append(value)
    count = iter(range(10**9))

    def correct() -> None:
        from dataclasses import replace

        n = next(count)
        other = replace(signed[0], headline=f"更正{n}", canonical_url=signed[0].canonical_url)
        outbox.plan(other, [outbox.Target(outlet_id=home.outlet_id, reason="基准")], now=datetime.now(UTC))

    middle = Placement.objects.filter(column_code="yw").order_by("published_at")[items // 2]
    deep = f"/c0/?before={Cursor.after(middle)}"
    item = signed[-1]
    return Portal(
        paths={
            "an item": f"/c0/{item.slug}/",
            "a column's list": "/c0/",
            "the middle of its archive": deep,
            "the home page": "/",
        },
        correct=correct,
    )


def _at(number: int) -> datetime:
    return datetime(2026, 11, 20, tzinfo=UTC) + timedelta(minutes=number)


def _ok(answer: Any) -> None:
    assert answer.status_code == 200, (answer.status_code, answer.headers)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "sqlite")
