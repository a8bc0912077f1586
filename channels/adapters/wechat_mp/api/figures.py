"""Reading figures: getarticletotaldetail, one day of publication at a time, as values.

It covers what was published and what was pushed, and counts for 30 days after publication. getarticleread and
getarticleshare give the same counts split by day of reading and go back no further, so they are not called.

Names of fields, the span of one day and the two levels of the answer: the platform's page as several public clients of
2026 read it, not tried with a real account. Not established: whether `read_finish_rate` is a share or a percentage
(both are seen: above 1 it is taken as a percentage), and whether `is_delay` comes with part of the figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from channels.adapters.wechat_mp.api.calls import Json
from channels.adapters.wechat_mp.api.line import Line

ENDPOINT = "datacube/getarticletotaldetail"
KEPT_DAYS = 30
"""Days after publication for which the platform counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Totals since publication at the end of `day`; None where the platform says nothing. `finish_rate` is 0 to 1."""

    day: date
    reads: int | None = None
    shares: int | None = None
    collects: int | None = None
    likes: int | None = None
    recommends: int | None = None
    comments: int | None = None
    follows: int | None = None
    finish_rate: float | None = None
    minutes: float | None = None
    sources: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleCounts:
    """`notified`: it was pushed to followers; None when the platform says neither."""

    msg_data_id: str
    idx: int
    published_on: date
    title: str
    url: str
    notified: bool | None
    counts: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """`delayed`: the platform has not finished counting; ask again later."""

    articles: tuple[ArticleCounts, ...]
    delayed: bool


async def published_on(line: Line, day: date) -> Batch:
    """The articles that the account published on `day` (China; yesterday at the latest). Raises ChannelError."""
    text = day.isoformat()
    answer = await line.call(ENDPOINT, {"begin_date": text, "end_date": text})
    articles = [_article(entry, day) for entry in answer.get("list") or [] if isinstance(entry, dict)]
    return Batch(tuple(one for one in articles if one is not None), bool(answer.get("is_delay")))


def _article(entry: Json, day: date) -> ArticleCounts | None:
    """None for an entry that names no article."""
    msg_data_id, _, idx = str(entry.get("msgid", "")).partition("_")
    if not msg_data_id or not idx.isdecimal():
        return None
    counts = [_count(line) for line in entry.get("detail_list") or [] if isinstance(line, dict)]
    kind = entry.get("publish_type")
    return ArticleCounts(
        msg_data_id=msg_data_id,
        idx=int(idx),
        published_on=_day(entry.get("ref_date")) or day,
        title=str(entry.get("title", "")),
        url=str(entry.get("content_url", "")),
        notified={0: True, 1: False}.get(kind) if isinstance(kind, int) else None,
        counts=tuple(count for count in counts if count is not None),
    )


def _count(line: Json) -> Count | None:
    day = _day(line.get("stat_date"))
    if day is None:
        return None
    rate = _fraction(line, "read_finish_rate")
    return Count(
        day=day,
        reads=_number(line, "read_user"),
        shares=_number(line, "share_user"),
        collects=_number(line, "collection_user"),
        likes=_number(line, "like_user"),
        recommends=_number(line, "zaikan_user"),
        comments=_number(line, "comment_count"),
        follows=_number(line, "read_subscribe_user"),
        finish_rate=rate / 100 if rate is not None and rate > 1 else rate,
        minutes=_fraction(line, "read_avg_activetime"),
        sources=tuple(_sources(line.get("read_user_source"))),
    )


def _sources(listed: Any) -> list[tuple[str, int]]:
    if not isinstance(listed, list):
        return []
    named = [entry for entry in listed if isinstance(entry, dict) and entry.get("scene_desc")]
    return [(str(entry["scene_desc"]), _number(entry, "user_count") or 0) for entry in named]


def _number(line: Mapping[str, Any], name: str) -> int | None:
    """A field that is missing is unknown, not nought."""
    value = line.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _fraction(line: Mapping[str, Any], name: str) -> float | None:
    value = line.get(name)
    usable = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    return float(value) if usable else None  # type: ignore[arg-type]


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None
