"""The matrix page, 200 items x 30 outlets: with 100,000 items and 5,000,000 placements against 1,000 items."""

from __future__ import annotations

import sys
from collections.abc import Callable

from benchmarks.ground import database, paired, report, timed

SMALL, LARGE = 1_000, 100_000
OUTLETS = 50
SHOWN = 30
ROUNDS = 7
KEYS = 1_000_000
"""Where the keys of the archive's editions begin: behind those that are signed beside it."""
PAGES = {
    "newest 200": "/admin/desk/?size=200&channel=web_post",
    "not settled": "/admin/desk/?size=200&channel=web_post&state=open",
    "one column": "/admin/desk/?size=200&channel=web_post&column=tzgg",
}


def fill(items: int) -> None:
    """Items, one edition each, every one at every outlet that there is. Of the newest 1,000 one placement in a hundred is open.

    Open work does not grow with the archive: what is years old has been settled or signed off.
    """
    from django.db import connection

    uuid = "printf('%%032x', i)" if connection.vendor == "sqlite" else "lpad(to_hex(i), 32, '0')::uuid"
    at = "datetime('2026-11-01', '+' || i || ' seconds')"
    if connection.vendor == "postgresql":
        at = "timestamptz '2026-11-01' + i * interval '1 second'"
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {items})"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""{numbers} INSERT INTO syndication_item (content_id, slug, headline, item_type, column_code, issuer_code,
                lane, changed_at, number_floor, withdrawn_by, withdrawal_kind, withdrawal_reason, replacement_url)
            SELECT {uuid}, 'item-' || i, '关于第' || i || '号事项的通知', 'notice', CASE WHEN i % 4 = 0 THEN 'tzgg' ELSE 'yw' END,
                'czjd', 2, {at}, 0, '', '', '', '' FROM n""".replace("i % 4", "i %% 4"),
            [],
        )
        cursor.execute(
            f"""{numbers} INSERT INTO syndication_editionrecord (id, item_id, number, checksum, document, signed_at, signed_by)
            SELECT i + {KEYS}, {uuid}, 1, '', '{{}}', {at}, '' FROM n""",
            [],
        )
        cursor.execute(
            f"""{numbers} INSERT INTO syndication_placement (item_id, outlet_id, desired_id, actual_id, generation, desired_at,
                pending, state, remedy, message, code, lane, lease_owner, attempts, polls, remote_url, rendering_sha256,
                slug, column_code, published_at, rank, reason, must_carry, refused_reason, settled_at)
            SELECT {uuid}, o.id, i + {KEYS}, i + {KEYS}, 1, {at}, '', CASE WHEN i > {items - SMALL} AND (i + o.id) % 100 = 0 THEN 'asking' ELSE 'settled' END,
                '', '', '', 2, '', 0, 0, '', '', 'item-' || i, 'yw', {at}, 0, '', {_false()}, '', {at}
            FROM n, syndication_outlet o""".replace("o.id) % 100", "o.id) %% 100"),
            [],
        )
        cursor.execute("ANALYZE")


def _false() -> str:
    from django.db import connection

    return "false" if connection.vendor == "postgresql" else "0"


def prepare(items: int) -> Callable[[str], float]:
    """Fill the current database; returns a function that loads a page and says how long it took."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    from channels.models import Outlet

    Outlet.objects.bulk_create(
        Outlet(slug=f"o-{n}", name=f"终端{n}", channel="web_post" if n < SHOWN else "feed")
        for n in range(OUTLETS)
    )
    fill(items)
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(get_user_model().objects.create_superuser("bench", password="bench"))

    def load(url: str) -> float:
        def get() -> None:
            answer = client.get(url)
            assert answer.status_code == 200, answer.status_code

        return timed(get)

    return load


def main(kind: str) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with database(kind, "small", "large") as ground:
        loads = {}
        for name, items in (("small", SMALL), ("large", LARGE)):
            ground.switch(name)
            loads[name] = prepare(items)

        def on(name: str, url: str) -> float:
            ground.switch(name)
            return loads[name](url)

        for label, url in PAGES.items():
            counts = {}
            for name in loads:
                on(name, url)
                with CaptureQueriesContext(connection) as queries:
                    loads[name](url)
                counts[name] = len(queries)
            assert counts["small"] == counts["large"], f"{label}: the number of queries grows, {counts}"
            subject, other, ratio = paired(
                lambda url=url: on("large", url), lambda url=url: on("small", url), rounds=ROUNDS
            )
            report(
                f"matrix, {label}, {counts['large']} queries, {kind}, 100,000 / 1,000",
                subject,
                other,
                ratio,
                1.5,
            )


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "sqlite")
