"""An item's page at a site, made from the edition placed there; its redirects; and the desk's preview of a draft."""

from __future__ import annotations

from operator import attrgetter
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from channels.edition import Asset, Attachment, Edition, ItemType, Table
from channels.formats.html import block_html, size_text
from channels.formats.typed import transcript_blocks
from channels.models import Item, Placement
from sites import meta, standing
from sites.frame import ColumnLink, Frame, frame_of, home_for_request, home_for_url, is_own, nearest_frame
from sites.items import facts
from sites.items.gone import gone
from sites.items.history import earlier_corrections
from sites.items.related import related
from sites.items.validity import changes_at, validity
from sites.leaving.door import Door
from sites.media import pictures
from sites.models import ColumnIndex, SiteHome
from sites.pages import public
from sites.serving.offering import Keys


def by_slug(request: HttpRequest, page: ColumnIndex, slug: str) -> HttpResponse:
    """`<column>/<slug>/`. An item of another column of this site is sent there; one that left answers 410."""
    frame = frame_of(request, page)
    stopped = standing.answer(request, frame, slug=slug)
    return stopped or _placed(
        request, frame, _placements(frame).filter(item__slug=slug), column=frame.column_at(page)
    )


def by_content_id(request: HttpRequest, page: SiteHome, content_id: UUID) -> HttpResponse:
    """`<site>item/<content_id>/`: the address that outlives columns and slugs."""
    frame = frame_of(request, page)
    stopped = standing.answer(request, frame, content_id=content_id)
    return stopped or _placed(request, frame, _placements(frame).filter(item=content_id), column=None)


def permalink(request: HttpRequest, content_id: UUID) -> HttpResponse:
    """`/i/<content_id>/`: to the owner's page, or to the first site that shows the item."""
    item = get_object_or_404(Item.objects.select_related("current"), pk=content_id)
    if item.withdrawn_at:
        return gone(request, nearest_frame(request), item)
    target = canonical_address(item)
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
    edition = placement.desired.edition()
    return _page(request, frame, edition, column=home_column, keys=_keys(placement, edition))


STANDALONE = {
    ItemType.NEWS,
    ItemType.NOTICE,
    ItemType.SERVICE_NOTICE,
    ItemType.PUBLIC_NOTICE,
    ItemType.SERVICE_GUIDE,
}
"""Without relations their page says nothing of other items; any other is made anew after any change in the hub."""
KEYS = ("desired_id", "column_code", "slug", "item.slug", "item.withdrawn_at")
"""What the page of a placed item follows from, beside the structure of the sites. What it says more has to be named here."""


def _keys(placement: Placement, edition: Edition) -> Keys | None:
    if edition.relations or edition.type not in STANDALONE:
        return None
    fields = [name.replace(".", "__") for name in KEYS]
    looked_at = Placement.objects.filter(pk=placement.pk).values_list(*fields)
    return Keys(
        known=attrgetter(*KEYS)(placement),
        look=looked_at.all().first,
        until=changes_at(edition, timezone.now()),
    )


def _page(
    request: HttpRequest,
    frame: Frame,
    edition: Edition,
    *,
    column: ColumnLink | None,
    is_preview: bool = False,
    keys: Keys | None = None,
) -> HttpResponse:
    door = Door(frame.home)
    context = {
        "edition": edition,
        "column": column,
        "pub_date": meta.pub_date(edition),
        "groups": door.facts(facts.groups(edition)),
        "materials": facts.materials(edition.guide, _asset_url),
        "related": related(frame, edition),
        "state": validity(edition, timezone.now()),
        "source": edition.source or edition.issuer.name,
        "body": mark_safe(door.rewrite(_body(edition))),  # noqa: S308 as safe as the body was
        "origin_url": door.address(edition.origin_url),
        "attachments": [_attachment(block) for block in edition.body if isinstance(block, Attachment)],
        "corrections": earlier_corrections(edition),
        "is_owner": is_own(frame, edition.canonical_url),
        "is_preview": is_preview,
    }
    return public(request, "sites/item.html", frame, context, keys=keys)


def _body(edition: Edition) -> SafeString:
    """All but the attachments, which have a list of their own; wide tables scroll in a frame one can reach by key."""
    told = transcript_blocks(edition.interpretation) if edition.interpretation else ()
    blocks = []
    for block in (*edition.body, *told):
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


def canonical_address(item: Item) -> str:
    """Where a permanent link leads: the owner's site if it shows the item, else the first site that does; to a site
    that is closed only when no other has it."""
    if item.current is None:
        return ""
    canonical = item.current.edition().canonical_url
    owner = home_for_url(canonical)
    placed = Placement.objects.filter(item=item, desired__isnull=False).values_list("outlet_id", flat=True)
    homes = SiteHome.objects.live().filter(outlet__in=placed).select_related("closure")
    ranked = homes.order_by("outlet__rank", "pk")
    first = min(ranked, key=lambda home: (home.closure_now is not None, home != owner), default=None)
    return f"{first.get_full_url()}item/{item.pk}/" if first else ""
