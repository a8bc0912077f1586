"""The performance that Lighthouse gives the chief pages of the demo district, of 100, against the goal of 95.

Lighthouse loads a page, then simulates a telephone's network and processor from what the page needed (Lantern). What the
page needed is measured in processor time of this machine, so a busy one takes points off: the median of several runs
counts, and no test asserts it. Needs Chromium and `make lighthouse`.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.ground import report

GOAL = 95
ROUNDS = 5


def main() -> int:
    from tests import lighthouse
    from tests.browser.district import chief_pages, running_district
    from tests.chromium import QUIET, chromium

    if (missing := lighthouse.absent()) or not (browser := chromium()):
        print(f"Lighthouse: {missing or 'needs Chromium: apt install chromium'}")
        return 0
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        running_district(Path(folder)) as (district, _),
    ):
        pages = chief_pages(district)
        rounds = [lighthouse.reports(list(pages.values()), browser, QUIET) for _ in range(ROUNDS)]
    for number, name in enumerate(pages):
        score = statistics.median(found[number].scores["performance"] for found in rounds)
        report(
            f"Lighthouse's performance of {name}, telephone / goal",
            score,
            GOAL,
            score / GOAL,
            1.0,
            unit="of 100",
            at_least=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
