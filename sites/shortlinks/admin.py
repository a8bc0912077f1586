"""扫码统计: which codes are scanned and where; and the codes of one item, to be printed and handed out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import path
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from channels.models import Item, Outlet
from cms.dashboard import charts, spreadsheet
from cms.dashboard.views.base import DeskView
from sites.shortlinks import links, places, report
from sites.shortlinks.links import link_for, public_items
from sites.shortlinks.report import Period

PERIODS = (7, 30, 90, 365)
DAYS = 30
PANEL_DAYS = 30


def period_of(request: HttpRequest) -> Period:
    """`?days=`; anything but the offered ones is the usual one."""
    asked = request.GET.get("days", "")
    days = next((days for days in PERIODS if str(days) == asked), DAYS)
    return Period.ending(timezone.localdate(), days)


class ScansView(DeskView):
    """Every code that was scanned in the period; six statements."""

    page_title = "扫码统计"
    header_icon = "link"
    template_name = "sites/admin/scans.html"
    trail = (("发布矩阵", "desk:matrix"),)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        period = period_of(self.request)
        scans = report.rows(period)
        totals = report.totals(scans, period)
        return super().get_context_data(
            period=period,
            periods=PERIODS,
            days=len(totals.by_day),
            totals=totals,
            chart=charts.bars(totals.by_day, title="每日扫码次数"),
            items=report.most_scanned(scans),
            items_shown=report.ITEMS_SHOWN,
            **kwargs,
        )


class ItemCodesView(DeskView):
    """One item: its link, its code for each outlet, its scans."""

    header_icon = "link"
    template_name = "sites/admin/item_codes.html"
    trail = (("发布矩阵", "desk:matrix"), ("扫码统计", "shortlinks_desk:scans"))

    @cached_property
    def item(self) -> Item:
        return get_object_or_404(public_items(), pk=self.kwargs["content_id"])

    def get_page_title(self) -> str:
        return self.item.headline

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        period = period_of(self.request)
        totals = report.totals(report.rows(period, self.item), period)
        code = link_for(self.item.pk, now=timezone.now()).code
        outlets = Outlet.objects.active().real().filter(placements__item=self.item).order_by("rank", "slug")
        return super().get_context_data(
            item=self.item,
            code=code,
            address=links.url(code),
            period=period,
            periods=PERIODS,
            days=len(totals.by_day),
            totals=totals,
            chart=charts.bars(totals.by_day, title="每日扫码次数"),
            shown=[(outlet.name, outlet.slug, links.url(code, outlet.slug)) for outlet in outlets],
            page_place=places.PAGE,
            **kwargs,
        )


def export(request: HttpRequest) -> HttpResponse:
    """The period as a spreadsheet, of one item with `?item=`."""
    period = period_of(request)
    item = get_object_or_404(Item, pk=_uuid(request.GET["item"])) if request.GET.get("item") else None
    lines = report.lines(report.rows(period, item))
    return spreadsheet.attachment(f"scans-{period.first}-{period.last}", report.HEAD, lines)


def panel(request: HttpRequest, item: Item) -> SafeString:  # noqa: ARG001
    """On the desk's page of an item. Empty for what was never meant for the public."""
    if not public_items().filter(pk=item.pk).exists():
        return SafeString("")
    code = link_for(item.pk, now=timezone.now()).code
    period = Period.ending(timezone.localdate(), PANEL_DAYS)
    context = {
        "item": item,
        "code": code,
        "address": links.url(code),
        "totals": report.totals(report.rows(period, item), period),
        "days": PANEL_DAYS,
    }
    return SafeString(render_to_string("sites/admin/code_panel.html", context))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


app_name = "shortlinks_desk"
urlpatterns = [
    path("", ScansView.as_view(), name="scans"),
    path("scans.csv", export, name="spreadsheet"),
    path("<uuid:content_id>/", ItemCodesView.as_view(), name="item"),
]
