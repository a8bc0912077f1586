"""Moments as whole microseconds since 1970: the exact form that a cursor in an address carries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    return (moment - EPOCH) // MICROSECOND


def from_micros(count: int) -> datetime:
    """Raises ValueError for a moment outside the calendar."""
    try:
        return EPOCH + count * MICROSECOND
    except OverflowError as error:
        raise ValueError(f"no such moment: {count}") from error
