"""Small charts as SVG, made on the server: no script, no other host. A table with the same numbers stands beside each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from channels.wechat import reading

Days = Sequence[tuple[date, int]]
SPARK_WIDTH, SPARK_HEIGHT = 96, 20
BAR, GAP, PLOT, HEAD, FOOT = 16, 4, 140, 22, 20
"""Pixels: width of a bar, between bars, height of the plot, above and below it."""


def sparkline(days: Days) -> SafeString:
    """A line without axes; empty for fewer than two days. The text beside it says the numbers."""
    if len(days) < 2:
        return SafeString("")
    top = max(value for _, value in days) or 1
    step = SPARK_WIDTH / (len(days) - 1)
    points = " ".join(
        f"{position * step:.1f},{SPARK_HEIGHT - 1 - (SPARK_HEIGHT - 2) * value / top:.1f}"
        for position, (_, value) in enumerate(days)
    )
    return format_html(
        '<svg class="d-spark" viewBox="0 0 {} {}" width="{}" height="{}" aria-hidden="true"><polyline points="{}"/></svg>',
        SPARK_WIDTH,
        SPARK_HEIGHT,
        SPARK_WIDTH,
        SPARK_HEIGHT,
        points,
    )


def readings(content_id: UUID, outlet_id: int | None = None) -> list[tuple[reading.Reading, SafeString]]:
    """The figures of an item at each account, or at one of them, each with its line; one query."""
    return [
        (one, sparkline(one.daily))
        for one in reading.of_item(content_id)
        if outlet_id is None or one.outlet_id == outlet_id
    ]


def bars(days: Days, *, title: str) -> SafeString:
    """One bar a day, each with its day and number as a tooltip; the highest one is written out."""
    if not days:
        return SafeString("")
    top = max(value for _, value in days) or 1
    width = len(days) * (BAR + GAP) + GAP
    height = HEAD + PLOT + FOOT
    drawn = format_html_join(
        "",
        '<g><title>{} {}</title><rect x="{}" y="{}" width="{}" height="{}"/></g>',
        (_bar(number, day, value, top) for number, (day, value) in enumerate(days)),
    )
    return format_html(
        '<svg class="d-bars" viewBox="0 0 {w} {h}" role="img" aria-label="{title}，逐日数字见下表">'
        '<text x="{gap}" y="14">最高 {top}</text><line x1="0" y1="{base}" x2="{w}" y2="{base}"/>{drawn}'
        '<text x="{gap}" y="{foot}">{first}</text><text x="{end}" y="{foot}" text-anchor="end">{last}</text></svg>',
        w=width,
        h=height,
        title=title,
        gap=GAP,
        top=max(value for _, value in days),
        base=HEAD + PLOT,
        drawn=drawn,
        foot=height - 4,
        first=f"{days[0][0]:%m-%d}",
        end=width - GAP,
        last=f"{days[-1][0]:%m-%d}",
    )


def _bar(number: int, day: date, value: int, top: int) -> tuple[str, int, int, str, int, str]:
    """A day with readers is never drawn as nothing."""
    tall = max(2.0, PLOT * value / top) if value else 0.0
    x = GAP + number * (BAR + GAP)
    return f"{day:%m-%d}", value, x, f"{HEAD + PLOT - tall:.1f}", BAR, f"{tall:.1f}"
