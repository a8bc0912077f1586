"""An item's page at a site, made from the edition placed there; its redirects; and the desk's preview of a draft."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from channels.edition import Asset, Attachment, Edition, ItemType, ServiceFacts, Table
from channels.formats.html import block_html, size_text
from channels.models import Item, Placement
from sites import meta, pictures
from sites.frame import ColumnLink, Frame, frame_of, home_for_request, home_for_url
from sites.gone import gone
from sites.models import ColumnIndex, SiteHome
from sites.pages import public
from sites.validity import validity

ALT_ID_LABELS = {"index_number": "索引号", "doc_number": "发文字号"}


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the box above the text; `value` is text, or a moment that the template writes."""

    label: str
    value: str = ""
    at: datetime | None = None


def by_slug(request: HttpRequest, page: ColumnIndex, slug: str) -> HttpResponse:
    """`<column>/<slug>/`. An item of another column of this site is sent there; one that left answers 410."""
    frame = frame_of(request, page)
    return _placed(request, frame, _placements(frame).filter(item__slug=slug), column=frame.column_at(page))


def by_content_id(request: HttpRequest, page: SiteHome, content_id: UUID) -> HttpResponse:
    """`<site>item/<content_id>/`: the address that outlives columns and slugs."""
    frame = frame_of(request, page)
    return _placed(request, frame, _placements(frame).filter(item=content_id), column=None)


def permalink(request: HttpRequest, content_id: UUID) -> HttpResponse:
    """`/i/<content_id>/`: to the owner's page, or to the first site that shows the item."""
    item = get_object_or_404(Item.objects.select_related("current"), pk=content_id)
    if item.withdrawn_at:
        return gone(request, _frame_without_page(request), item)
    target = _canonical(item)
    if not target:
        raise Http404("该信息没有公开的网页")
    return HttpResponseRedirect(target)


def preview(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The item's page as its owner's site would show this edition, signed or not. settings.ITEM_PREVIEW names it."""
    home = home_for_url(edition.canonical_url) or home_for_request(request) or SiteHome.objects.live().first()
    if home is None:
        return HttpResponse(
            "还没有站点，无法预览。请先在“页面”中建立站点首页。", content_type="text/plain; charset=utf-8"
        )
    frame = frame_of(request, home)
    column = frame.column_of(edition.column.code) if edition.column else None
    return _page(request, frame, edition, column=column, is_preview=True)


def _placements(frame: Frame) -> QuerySet[Placement]:
    if frame.outlet is None:
        return Placement.objects.none()
    return Placement.objects.filter(outlet=frame.outlet).select_related("item", "desired")


def _placed(
    request: HttpRequest, frame: Frame, placements: QuerySet[Placement], *, column: ColumnLink | None
) -> HttpResponse:
    """The item asked for in `column` (None: by its id): its page, the way to it, or that it is gone."""
    placement = placements.order_by("pk").first()
    if placement is None:
        raise Http404("没有这条信息")
    if placement.item.withdrawn_at or placement.desired is None:
        return gone(request, frame, placement.item, leads_on=column is not None)
    home_column = frame.column_of(placement.column_code)
    if home_column != column:
        url = frame.item_url(placement.item_id, placement.slug, placement.column_code)
        return HttpResponseRedirect(url)
    return _page(request, frame, placement.desired.edition(), column=home_column)


def _page(
    request: HttpRequest,
    frame: Frame,
    edition: Edition,
    *,
    column: ColumnLink | None,
    is_preview: bool = False,
) -> HttpResponse:
    tags = meta.site_tags(frame)
    if column:
        tags += meta.column_tags(frame, column)
    context = {
        "edition": edition,
        "column": column,
        "pub_date": meta.pub_date(edition),
        "facts": _facts(edition),
        "state": validity(edition, timezone.now()),
        "source": edition.source or edition.issuer.name,
        "body": _body(edition),
        "attachments": [_attachment(block) for block in edition.body if isinstance(block, Attachment)],
        "is_owner": home_for_url(edition.canonical_url) in (frame.home, None),
        "is_preview": is_preview,
        "tags": [*tags, *meta.item_tags(edition)],
        "properties": meta.open_graph(edition, frame),
    }
    return public(request, "sites/item.html", frame, context)


def _body(edition: Edition) -> SafeString:
    """All but the attachments, which have a list of their own; wide tables scroll in a frame one can reach by key."""
    blocks = []
    for block in edition.body:
        html = "" if isinstance(block, Attachment) else block_html(block, _asset_url)
        if isinstance(block, Table):
            html = f'<div class="scroll" role="region" aria-label="表格" tabindex="0">{html}</div>'
        blocks.append(html)
    return mark_safe("\n".join(filter(None, blocks)))  # noqa: S308 block_html escapes and sanitises


def _attachment(block: Attachment) -> tuple[str, str, str]:
    """(title, address, type and size)."""
    asset = block.asset
    note = f"{asset.extension.upper()}，{size_text(asset.size)}"
    return block.title or asset.name, _asset_url(asset), note


def _asset_url(asset: Asset) -> str:
    """Relative: every host of the hub serves every file. A picture no larger than the text column needs."""
    return pictures.url(asset, pictures.BODY) if asset.is_image else f"/{asset.path}"


def _facts(edition: Edition) -> list[Fact]:
    """What the box above the text tells: the typed fields of a service notice, the numbers of a notice."""
    if edition.service:
        return _service_facts(edition.service)
    if edition.type != ItemType.NOTICE:
        return []
    numbers = [
        Fact(ALT_ID_LABELS[alt.role], alt.value) for alt in edition.alt_ids if alt.role in ALT_ID_LABELS
    ]
    issued = [Fact("成文日期", edition.issued_on)] if edition.issued_on else []
    facts = [
        *numbers,
        Fact("发文机关", edition.issuer.name),
        *issued,
        Fact("发布日期", at=edition.first_created),
    ]
    return [*facts, Fact("有效期至", at=edition.expires)] if edition.expires else facts


def _service_facts(service: ServiceFacts) -> list[Fact]:
    facts = [
        Fact("影响区域", service.area),
        Fact("开始时间", at=service.start),
        Fact("结束时间", at=service.end),
        Fact("办理截止", at=service.deadline),
        Fact("联系方式", service.contact),
    ]
    return [fact for fact in facts if fact.value or fact.at]


def _canonical(item: Item) -> str:
    """Where a permanent link leads: the owner's site if it shows the item, else the first site that does."""
    if item.current is None:
        return ""
    canonical = item.current.edition().canonical_url
    owner = home_for_url(canonical)
    placed = Placement.objects.filter(item=item, desired__isnull=False).values_list("outlet_id", flat=True)
    homes = SiteHome.objects.live().filter(outlet__in=placed).order_by("outlet__rank", "pk")
    first = min(homes, key=lambda home: home != owner, default=None)
    return f"{first.get_full_url()}item/{item.pk}/" if first else ""


def _frame_without_page(request: HttpRequest) -> Frame | None:
    home = home_for_request(request)
    return frame_of(request, home) if home else None
