"""Why an official item may not be relied on any more, in words: for the verification and on a poster."""

from __future__ import annotations

from datetime import datetime

from channels.edition import Edition
from sites.items.validity import Validity, validity

_WORDS = {
    Validity.OVER: "已过有效期",
    Validity.CLOSED: "公示期已结束",
    Validity.PARTLY_REPEALED: "该文件已部分废止",
    Validity.LAPSED: "该文件已失效",
    Validity.REPEALED: "该文件已废止",
}


def caveat(edition: Edition, now: datetime) -> str:
    """Empty for what holds."""
    state = validity(edition, now)
    return _WORDS.get(state, "") if state else ""
