"""A table to take away, as spreadsheets of the office open it: CSV in UTF-8 with a byte order mark."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from django.http import HttpResponse

FORMULA = frozenset("=+-@\t\r")
"""A spreadsheet takes a text that begins with one of these for a formula."""


def attachment(name: str, head: Sequence[str], rows: Iterable[Iterable[object]]) -> HttpResponse:
    """`name` is the file's, ASCII, without its extension."""
    response = HttpResponse(f"\ufeff{document(head, rows)}", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def document(head: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    """Texts that would be formulas are written as texts."""
    file = StringIO()
    writer = csv.writer(file)
    writer.writerow(head)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return file.getvalue()


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in FORMULA else cell
