"""The day's budgets of accounts as people read them: used, left, limit, and when they begin anew."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max

from channels.adapters.wechat_mp.api.quotas import CHINA, DAILY, day_of
from channels.models import CallCount

LABELS: Mapping[str, str] = {
    "draft/add": "新建草稿",
    "draft/get": "读取草稿",
    "draft/delete": "删除草稿",
    "draft/update": "修改草稿",
    "draft/count": "草稿总数",
    "draft/batchget": "草稿列表",
    "freepublish/submit": "发表",
    "freepublish/get": "查询发表状态",
    "freepublish/getarticle": "读取文章",
    "freepublish/batchget": "已发表列表",
    "freepublish/delete": "删除文章",
    "message/mass/sendall": "群发",
    "message/mass/preview": "群发预览",
    "menu/create": "设置菜单",
    "menu/get": "读取菜单",
    "qrcode/create": "生成二维码",
    "user/get": "关注者列表",
}
SCARCE = ("freepublish/submit", "freepublish/delete", "message/mass/sendall")
"""What runs out first; shown in lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """One metered call of one account today. `stated`: the platform itself has named the limit."""

    call: str
    label: str
    used: int
    limit: int
    stated: bool

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)

    @property
    def percent(self) -> int:
        """0 to 100; anything used shows."""
        if not self.used:
            return 0
        return min(100, max(1, round(100 * self.used / self.limit))) if self.limit else 100

    @property
    def low(self) -> bool:
        return self.left * 5 <= self.limit


def today(outlet_ids: Collection[int], *, now: datetime) -> dict[int, list[Meter]]:
    """The meters of each account, in the order of the platform's table; three queries."""
    day = day_of(now.timestamp())
    counts = CallCount.objects.filter(outlet_id__in=outlet_ids)
    used = {(row.outlet_id, row.call): row for row in counts.filter(day=day)}
    newest = counts.filter(limit__isnull=False).values("outlet_id", "call").annotate(last=Max("day"))
    stated = {
        (row.outlet_id, row.call): row.limit
        for row in counts.filter(day__in={line["last"] for line in newest}, limit__isnull=False).order_by(
            "day"
        )
    }
    return {
        pk: [_meter(call, used.get((pk, call)), stated.get((pk, call))) for call in _calls(pk, used)]
        for pk in outlet_ids
    }


def resets_at(now: datetime) -> datetime:
    """The next midnight in China, when the platform's counters begin anew (observed, on no official page)."""
    tomorrow = now.astimezone(CHINA) + timedelta(days=1)
    return tomorrow.replace(hour=0, minute=0, second=0, microsecond=0)


def _calls(pk: int, used: Mapping[tuple[int, str], CallCount]) -> list[str]:
    extra = [call for outlet, call in used if outlet == pk and call not in DAILY]
    return [*DAILY, *extra]


def _meter(call: str, row: CallCount | None, stated: int | None) -> Meter:
    limit = row.limit if row and row.limit is not None else stated
    return Meter(
        call=call,
        label=LABELS.get(call, call),
        used=row.used if row else 0,
        limit=limit if limit is not None else DAILY.get(call, 0),
        stated=limit is not None,
    )
