"""Collects what an inspection judges, in a fixed number of queries whatever the number of items, columns and accounts.

The sampled pages are the exception: five pages a site are asked for as a reader would, see `sampling`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db.models import Count, F, Max, Q
from django.utils.timezone import localdate

from channels.models import EditionRecord, Outlet, Placement, State
from channels.wechat.accounts import CHANNEL
from channels.wechat.models import Greeting, KeywordReply, Menu
from sites.cadence import cadence_of
from sites.inspection import names, outside, rules, sampling
from sites.inspection.facts import AccountFacts, Backdated, ColumnFacts, DeadLink, Facts, Left, SiteFacts
from sites.inspection.models import Explanation, YearReport
from sites.linkcheck import listing
from sites.linkcheck.models import OutboundDomain
from sites.models import ColumnIndex, SiteHome

HOSTED = "hosted"
LINKS_LISTED = 100
ROWS_LISTED = 100
BACKDATED_LISTED = 2_000


def collect(now: datetime) -> Facts:
    explained = dict(Explanation.objects.values_list("key", "at"))
    sites = _sites(now, explained)
    outlets = list(Outlet.objects.active().filter(channel=HOSTED).values_list("pk", flat=True))
    return Facts(
        at=now,
        sites=sites,
        accounts=_accounts(),
        counts=listing.counts(),
        links=_links(),
        alarms=tuple(_alarms()),
        lingering=_left(Q(desired=None, actual__isnull=False, desired_at__lt=now - LINGERING)),
        overdue=_left(
            Q(must_carry=True, must_carry_by__lt=now, desired__isnull=False), since="must_carry_by"
        ),
        letters=outside.letters(now, [(site.pk, site.url) for site in sites]),
        guides=outside.guides(outlets),
        scans=outside.scans(outlets),
        unlinked=outside.unlinked(outlets),
        explained=explained,
        ipv6=names.ipv6(urlsplit(site.url).hostname or "" for site in sites),
    )


LINGERING = timedelta(hours=rules.LINGERING_HOURS)
BACKDATED = timedelta(hours=rules.BACKDATED_HOURS)


def _sites(now: datetime, explained: Mapping[str, datetime]) -> tuple[SiteFacts, ...]:
    """Six queries, and the sampled pages."""
    homes = list(SiteHome.objects.live().public().select_related("outlet", "unit").order_by("path"))
    pages = _column_pages(homes)
    codes = _codes([page.pk for group in pages.values() for page in group])
    tallies = _tallies(now)
    reports = _reports(localdate(now).year - 1)
    backdated = _backdated(homes, explained)
    found = []
    for home in homes:
        columns = tuple(
            _column(page, [tallies.get((home.outlet_id, code)) for code in codes.get(page.pk, ())])
            for page in pages.get(home.path, ())
        )
        url = home.get_full_url() or ""
        sample = sampling.sample(home, url, columns, localdate(now))
        found.append(
            SiteFacts(
                pk=home.pk,
                title=home.title,
                url=url,
                has_outlet=home.outlet_id is not None,
                columns=columns,
                footer=sample.footer,
                backdated=backdated.get(home.pk, Backdated()),
                pages=sample.pages,
                has_report=home.pk in reports if home.kind == "portal" else None,
                claims_ipv6=home.supports_ipv6,
            )
        )
    return tuple(found)


def _column_pages(homes: Sequence[SiteHome]) -> dict[str, list[ColumnIndex]]:
    """Live column pages by the path of their home."""
    found: dict[str, list[ColumnIndex]] = defaultdict(list)
    steplen = SiteHome.steplen
    for page in ColumnIndex.objects.live().public().order_by("path"):
        found[page.path[:-steplen]].append(page)
    return {home.path: found.get(home.path, []) for home in homes}


def _codes(pages: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    through = ColumnIndex.columns.through.objects.filter(columnindex__in=pages)
    for page, code in through.values_list("columnindex_id", "column__code"):
        found[page].append(code)
    return found


Tally = tuple[datetime | None, int]
"""(newest publication, how many are shown now)."""


def _tallies(now: datetime) -> dict[tuple[int, str], Tally]:
    """Along the index placement_list."""
    placed = Placement.objects.filter(
        outlet__channel=HOSTED, desired__isnull=False, published_at__lte=now
    ).order_by()
    shown = Q(visible_until=None) | Q(visible_until__gt=now)
    rows = placed.values_list("outlet_id", "column_code").annotate(
        last=Max("published_at"), shown=Count("pk", filter=shown)
    )
    return {(outlet, code): (last, number) for outlet, code, last, number in rows}


def _column(page: ColumnIndex, tallies: Iterable[Tally | None]) -> ColumnFacts:
    known = [tally for tally in tallies if tally]
    return ColumnFacts(
        pk=page.pk,
        title=page.title,
        url=page.get_full_url() or "",
        cadence=cadence_of(page.column_type, page.update_class),
        shown=sum(number for _, number in known),
        last=max((last for last, _ in known if last), default=None),
        is_listed=page.show_in_menus,
    )


def _backdated(homes: Sequence[SiteHome], explained: Mapping[str, datetime]) -> dict[int, Backdated]:
    """By site, each item at the first site that shows it; what was signed before a site's explanation is explained."""
    first = EditionRecord.objects.filter(
        number=1,
        signed_at__gt=F("item__first_published_at") + BACKDATED,
        item__placements__outlet__channel=HOSTED,
        item__placements__desired__isnull=False,
    ).order_by("-signed_at")
    shown: dict[int, list[tuple[datetime, str, str]]] = defaultdict(list)
    rows = first.values_list("item__placements__outlet_id", "signed_at", "item_id", "item__headline")
    for outlet, signed, content_id, headline in rows[:BACKDATED_LISTED]:
        shown[outlet].append((signed, str(content_id), headline))
    found, counted = {}, set[str]()
    for home in homes:
        own = [row for row in shown.get(home.outlet_id or 0, ()) if row[1] not in counted]
        counted.update(content_id for _, content_id, _ in own)
        since = explained.get(f"forged:{home.pk}")
        open_ = [(content_id, title) for signed, content_id, title in own if since is None or signed > since]
        found[home.pk] = Backdated(len(open_), tuple(open_[:3]))
    return found


def _reports(year: int) -> set[int]:
    published = YearReport.objects.filter(year=year).exclude(published_url="")
    return set(published.values_list("home_id", flat=True))


def _accounts() -> tuple[AccountFacts, ...]:
    """Five queries. A twin in a drill is no account."""
    accounts = list(Outlet.objects.active().real().filter(channel=CHANNEL))
    keys = [account.pk for account in accounts]
    sent = Placement.objects.filter(outlet__in=keys, actual__isnull=False).order_by()
    last = dict(sent.values_list("outlet_id").annotate(last=Max("delivered_at")))
    replies = _number(KeywordReply, keys)
    greetings = _number(Greeting, keys)
    menus = set(
        Menu.objects.filter(outlet__in=keys).exclude(published_at=None).values_list("outlet_id", flat=True)
    )
    return tuple(
        AccountFacts(
            slug=account.slug,
            name=account.name,
            last=last.get(account.pk),
            answers=replies.get(account.pk, 0) + greetings.get(account.pk, 0),
            has_menu=account.pk in menus,
        )
        for account in accounts
    )


def _number(model: type[KeywordReply] | type[Greeting], outlets: Sequence[int]) -> dict[int, int]:
    rows = model.objects.filter(outlet__in=outlets).order_by()  # type: ignore[union-attr]
    return dict(rows.values_list("outlet_id").annotate(number=Count("pk")))


def _links() -> tuple[DeadLink, ...]:
    lines = listing.lines(listing.links("")[:LINKS_LISTED])
    return tuple(
        DeadLink(
            pk=line.link.pk,
            url=line.link.url,
            why=f"{line.word}：{line.why}",
            on_home=line.link.on_home,
            where=line.holders[0].title if line.holders else "",
            step=line.next_step,
        )
        for line in lines
    )


def _alarms() -> list[tuple[str, str]]:
    open_ = OutboundDomain.objects.filter(is_used=True, alarmed_at__isnull=False).order_by("alarmed_at")
    return list(open_.values_list("host", "alarm")[:ROWS_LISTED])


def _left(wanted: Q, *, since: str = "desired_at") -> tuple[Left, ...]:
    """Along the index of open placements; twins in drills are no outlets of ours."""
    rows = Placement.objects.filter(~Q(state=State.SETTLED), wanted, outlet__drill_of=None)
    values = rows.order_by(since).values_list("pk", "item__headline", "outlet__name", since)
    return tuple(Left(*row) for row in values[:ROWS_LISTED])
