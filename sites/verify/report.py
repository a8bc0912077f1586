"""What the page says about an item: whether it holds, whose it is, which version, what was corrected, where it shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Q

from channels.edition import Correction, Edition
from channels.models import EditionRecord, Item, Placement, State, WithdrawalKind
from sites.items.gone import leads_elsewhere
from sites.items.validity import Validity, validity
from sites.models import SiteHome
from sites.shortlinks.links import PUBLIC_CHANNELS, codes_of
from sites.shortlinks.resolving import live_address
from sites.verify.caveats import caveat
from sites.verify.matching import Match

COPIES_MAX = 60
EDITIONS_MAX = 20


class Verdict(StrEnum):
    CURRENT = "current"
    OUTDATED = "outdated"
    """The copy that was asked about shows an earlier version, or none any more; the item holds elsewhere."""
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Copy:
    """One outlet that shows it; `url` is empty where nobody can look (a feed, a copy that is not proven yet)."""

    name: str
    url: str
    version: int
    is_proven: bool


@dataclass(frozen=True, slots=True)
class Report:
    """`names` is False for a silent withdrawal: then nothing of the item may be told.

    `caveat`: why what is official may not be relied on.
    """

    item: Item
    edition: Edition
    verdict: Verdict
    signed_at: datetime
    corrections: list[Correction]
    copies: list[Copy]
    code: str
    url: str
    state: Validity | None
    caveat: str
    seen_version: int | None
    replacement: str

    @property
    def names(self) -> bool:
        return not self.item.withdrawn_at or self.item.withdrawal_kind == WithdrawalKind.NOTICE


def report(match: Match, *, now: datetime) -> Report:
    item = match.item
    assert item.current is not None  # a public item has been signed
    edition = item.current.edition()
    withdrawn = item.withdrawn_at is not None
    return Report(
        item=item,
        edition=edition,
        verdict=_verdict(match),
        signed_at=item.current.signed_at,
        corrections=[] if withdrawn else _corrections(item),
        copies=[] if withdrawn else _copies(item),
        code=codes_of([item.pk]).get(item.pk, ""),
        url=live_address(item),
        state=None if withdrawn else validity(edition, now),
        caveat=caveat(edition, now),
        seen_version=_seen(match.placement),
        replacement=leads_elsewhere(item),
    )


def _verdict(match: Match) -> Verdict:
    if match.item.withdrawn_at:
        return Verdict.WITHDRAWN
    seen = match.placement
    if seen and (seen.desired_id is None or _seen(seen) not in (None, match.item.current.number)):  # type: ignore[union-attr]
        return Verdict.OUTDATED
    return Verdict.CURRENT


def _seen(placement: Placement | None) -> int | None:
    """The version that stands at the copy: a hosted page shows what is wanted, elsewhere what was proven last."""
    if placement is None:
        return None
    record = placement.desired if placement.outlet.channel == "hosted" else placement.actual
    return record.number if record else None


def _corrections(item: Item) -> list[Correction]:
    """Newest first, each once: later versions carry the note of an earlier correction on."""
    records = EditionRecord.objects.filter(item=item, document__contains='"correction":{')
    editions = [record.edition() for record in records.order_by("-number")[:EDITIONS_MAX]]
    return list(dict.fromkeys(edition.correction for edition in editions if edition.correction))


def _copies(item: Item) -> list[Copy]:
    shown = Placement.objects.filter(item=item, desired__isnull=False, outlet__retired_at=None)
    # What a person has posted by hand counts once its public address is known.
    public = Q(outlet__channel__in=PUBLIC_CHANNELS) | Q(
        outlet__channel="handoff", remote_url__startswith="http"
    )
    rows = shown.filter(public, outlet__drill_of=None).select_related("outlet", "desired", "actual")
    rows = rows.defer("desired__document", "actual__document").order_by("outlet__rank", "outlet__slug")
    homes = {home.outlet_id: home for home in SiteHome.objects.live().exclude(outlet=None)}
    return [_copy(row, homes.get(row.outlet_id)) for row in rows[:COPIES_MAX]]


def _copy(row: Placement, home: SiteHome | None) -> Copy:
    assert row.desired is not None
    if row.outlet.channel == "hosted":
        url = f"{home.get_full_url()}item/{row.item_id}/" if home else ""
        return Copy(row.outlet.name, url, row.desired.number, is_proven=True)
    shown = row.actual or row.desired
    proven = row.actual is not None and row.state == State.SETTLED
    url = row.remote_url if proven and row.remote_url.startswith(("https://", "http://")) else ""
    return Copy(row.outlet.name, url, shown.number, proven)
