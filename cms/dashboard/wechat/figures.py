"""阅读数据 of an account: 30 days as a chart and a table, the most read articles, and all of it as a file."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from channels.models import Outlet
from channels.wechat import reading
from channels.wechat.accounts import CHANNEL
from cms.dashboard import charts, spreadsheet
from cms.dashboard.wechat.base import AccountPage

TOP = 20
HEADER = (
    "发表日期", "标题", "通知关注者", "阅读人数", "分享人数", "收藏人数", "点赞人数", "留言条数", "读完率（%）", "统计至", "网址", "稿件标识",
)  # fmt: skip
NOTIFIED = {True: "是", False: "否", None: ""}


class FiguresView(AccountPage):
    page_title = "数据"
    template_name = "cms/desk/wechat/figures.html"
    tab = "figures"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        month = reading.of_account(self.outlet, now=timezone.now())
        days = [
            (day, reads, shares) for (day, reads), (_, shares) in zip(month.reads, month.shares, strict=True)
        ]
        return super().get_context_data(
            month=month,
            chart=charts.bars(month.reads, title="近 30 天每日阅读人数"),
            days=list(reversed(days)),
            reads=sum(value for _, value in month.reads),
            shares=sum(value for _, value in month.shares),
            top=[(one, charts.sparkline(one.daily)) for one in month.articles[:TOP]],
            more=max(0, len(month.articles) - TOP),
            **kwargs,
        )


def export(request: HttpRequest, slug: str) -> HttpResponse:  # noqa: ARG001
    outlet = get_object_or_404(Outlet, channel=CHANNEL, slug=slug)
    now = timezone.now()
    lines = map(_line, reading.of_account(outlet, now=now).articles)
    return spreadsheet.attachment(f"wechat-{outlet.slug}-{timezone.localtime(now):%Y%m%d}", HEADER, lines)


def _line(one: reading.Reading) -> tuple[object, ...]:
    return (
        one.published_on.isoformat(),
        one.title,
        NOTIFIED[one.notified],
        one.reads,
        one.shares,
        one.collects,
        one.likes,
        one.comments,
        one.finish_percent,
        one.until.isoformat(),
        one.url,
        one.item_id,
    )
