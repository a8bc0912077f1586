"""A line of a list as a site shows it: its address there, and where it stands (已过期 and the like)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sites.frame import Frame
from sites.items.validity import validity
from sites.lists.listing import Row


def dressed(frame: Frame, rows: Iterable[Row], now: datetime) -> list[Row]:
    """The rows with their addresses at this site and their states."""
    return [replace(row, url=url_of(frame, row), state=validity(row.edition, now)) for row in rows]


def url_of(frame: Frame, row: Row) -> str:
    placement = row.placement
    return frame.item_url(placement.item_id, placement.slug, placement.column_code)
