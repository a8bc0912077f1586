"""Tables to take away: read by spreadsheets of the office, and never run by them."""

from __future__ import annotations

import csv

from cms.dashboard import spreadsheet


def test_texts_that_would_be_formulas_stay_texts_and_numbers_numbers() -> None:
    rows = [("=HYPERLINK(1)", -5, "停水，通知"), ("+1", None, "@x"), ("\tx", 0, "-")]
    written = spreadsheet.document(("题", "数", "文"), rows)
    assert list(csv.reader(written.splitlines())) == [
        ["题", "数", "文"],
        ["'=HYPERLINK(1)", "-5", "停水，通知"],
        ["'+1", "", "'@x"],
        ["'\tx", "0", "'-"],
    ]


def test_the_file_says_its_encoding_and_its_name() -> None:
    answer = spreadsheet.attachment("scans-2026-11-20", ("题",), [])
    assert answer.content.startswith("\ufeff题".encode())
    assert answer["Content-Disposition"] == 'attachment; filename="scans-2026-11-20.csv"'
