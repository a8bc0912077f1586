"""What Lighthouse gives the pages that most readers see, as a telephone has them: 95 of 100 or more.

Accessibility, best practices and search engines are judged by what a page is, and asserted. Performance is judged by time,
which a busy machine has less of: it is printed here, and `python -m benchmarks lighthouse` takes the median of several
runs. What of it does not depend on the machine is asserted: nothing jumps while a page is built; and its weight, see
test_weight.py. A search with words is not among the pages: it is `noindex` on purpose, which costs it its score
for search engines.
"""

from __future__ import annotations

import pytest

from tests.browser.district import chief_pages
from tests.chromium import QUIET, chromium
from tests.lighthouse import reports

pytestmark = [pytest.mark.browser, pytest.mark.lighthouse]

SCORE_MIN = 95
JUDGED = ("accessibility", "best-practices", "seo")
SHIFT_MAX = 0.1
"""Up to here Lighthouse calls it good."""


def test_lighthouse_is_content_with_the_chief_pages(district, pytestconfig, capsys):
    pages = chief_pages(district)
    found = reports(list(pages.values()), chromium(), QUIET)
    assert [report.address for report in found] == list(pages.values())
    terminal = pytestconfig.get_terminal_writer()
    with capsys.disabled():
        terminal.line()
        for name, report in zip(pages, found, strict=True):
            scores = ", ".join(f"{category} {score}" for category, score in report.scores.items())
            terminal.line(f"Lighthouse, {name}: {scores}")
    for report in found:
        for category in JUDGED:
            assert report.scores[category] >= SCORE_MIN, (report.address, report.complaints[category])
        assert report.scores["performance"] > 0, report.address
        assert report.shift <= SHIFT_MAX, report.address
