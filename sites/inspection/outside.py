"""What other parts of the hub tell the inspection: message boxes, service guides, relations, texts of attachments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.utils.timezone import localdate

from channels import completeness
from channels.edition import ItemType
from channels.models import EditionRecord, Item, Placement
from channels.search.models import AttachmentText, Outcome
from sites.enquiries.models import Enquiry, State
from sites.inspection.facts import Guide, Letters
from sites.linkcheck import inside

YEAR = timedelta(days=365)
GUIDES_MAX = 2_000
LISTED = 100
SCANS_MAX = 500
"""Files without text that are looked for; a district that has more has to begin somewhere."""


def letters(now: datetime, sites: Sequence[tuple[int, str]]) -> tuple[Letters, ...]:
    """One query; and each site's way to its message box is tried. `sites`: (key, address of the home page)."""
    waiting = Enquiry.objects.filter(
        state=State.OPEN, received_at__gte=now - YEAR, site__in=[pk for pk, _ in sites]
    )
    rows = (
        waiting.order_by()
        .values_list("site")
        .annotate(oldest=Min("received_at"), late=Count("pk", filter=Q(due_on__lt=localdate(now))))
    )
    open_ = {site: (oldest, late) for site, oldest, late in rows}
    own = inside.own_hosts(settings.PUBLIC_URL)
    return tuple(Letters(pk, _is_open(url, own), *open_.get(pk, (None, 0))) for pk, url in sites)


def guides(outlets: Sequence[int]) -> tuple[Guide, ...]:
    """The service guides that readers of these hosted outlets are shown. One query."""
    found = _shown(ItemType.SERVICE_GUIDE, outlets).select_related("current")
    return tuple(
        Guide(
            str(item.pk),
            item.headline,
            f"/i/{item.pk}/",
            completeness.missing(edition.guide, edition.headline),
        )
        for item in found[:GUIDES_MAX]
        if item.current and (edition := item.current.edition()).guide
    )


def unlinked(outlets: Sequence[int]) -> tuple[tuple[str, str], ...]:
    """(content_id, headline) of interpretations shown there that name no document. One query."""
    found = _shown(ItemType.INTERPRETATION, outlets).filter(relations=None)
    return tuple((str(pk), headline) for pk, headline in found.values_list("pk", "headline")[:LISTED])


def scans(outlets: Sequence[int]) -> tuple[tuple[str, str], ...]:
    """(content_id, headline) of items shown there with an attachment that nobody can read aloud or find. Two queries."""
    silent = AttachmentText.objects.filter(outcome=Outcome.NO_TEXT).values_list("asset", flat=True)
    placed = Placement.objects.filter(desired=OuterRef("pk"), item=OuterRef("item"), outlet__in=outlets)
    found = EditionRecord.objects.filter(Exists(placed), assets__in=list(silent[:SCANS_MAX])).order_by("-pk")
    rows = found.values_list("item_id", "item__headline").distinct()
    return tuple((str(pk), headline) for pk, headline in rows[:LISTED])


def _shown(kind: ItemType, outlets: Sequence[int]) -> QuerySet[Item]:
    placed = Placement.objects.filter(item=OuterRef("pk"), outlet__in=outlets, desired__isnull=False)
    return Item.objects.filter(Exists(placed), item_type=kind, withdrawn_at=None).order_by("-changed_at")


def _is_open(url: str, own: inside.OwnHosts) -> bool:
    if not url:
        return False
    probe = inside.probe(f"{url}messages/", own)
    return probe.status is not None and probe.status < 400
