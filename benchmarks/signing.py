"""Signing an item placed at 1,000 outlets against the same item placed at its own site only."""

from __future__ import annotations

import sys

from benchmarks.ground import database, paired, report, timed

OUTLETS = 1000
ROUNDS = 9
GOALS = {"sqlite": 1.5, "postgres": 1.3}


def main(kind: str) -> None:
    with database(kind):
        from channels.models import Outlet, Placement
        from tests import factories

        site = factories.make_site()
        many, few = factories.make_column("many"), factories.make_column("few")
        lists = {column.pk: factories.make_column_page(site, column) for column in (many, few)}
        places = [Outlet(slug=f"unit-{n}", name=f"终端{n}", channel="web_post") for n in range(OUTLETS)]
        factories.make_rule(*Outlet.objects.bulk_create(places), columns=[many])

        def signing(column) -> float:  # type: ignore[no-untyped-def]
            page = factories.make_page("notice", parent=lists[column.pk], column=column)
            revision = page.latest_revision
            seconds = timed(lambda: revision.publish(skip_permission_checks=True))
            placed = Placement.objects.filter(item_id=page.content_id).count()
            assert placed == (OUTLETS + 1 if column == many else 1), placed
            return seconds

        subject, other, ratio = paired(lambda: signing(many), lambda: signing(few), rounds=ROUNDS)
        report(
            f"signing at {OUTLETS} outlets, {kind} / at its own site only", subject, other, ratio, GOALS[kind]
        )


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "sqlite")
