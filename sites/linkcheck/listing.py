"""What the desk shows of links and domains: the counters of the inspectors' monitor, and where each link stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.urls import reverse

from sites.linkcheck import judging
from sites.linkcheck.collecting import shown
from sites.linkcheck.judging import FAILING, Counts, State
from sites.linkcheck.models import EditionLink, HomeLink, Link, Part

HOLDERS_READ = 2_000
"""Places read for one page of links: what stands in every item need not be listed in full."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A place where readers meet a link: an item, or the home page of a site. `fix` is where an editor mends it."""

    title: str
    where: str
    text: str
    url: str
    fix: str


@dataclass(frozen=True, slots=True)
class Line:
    link: Link
    holders: Sequence[Holder] = field(default_factory=list)

    @property
    def word(self) -> str:
        return State(self.link.state).label

    @property
    def why(self) -> str:
        return judging.words(self.link.code)

    @property
    def next_step(self) -> str:
        return judging.next_step(self.link.code, is_own=self.link.is_own)

    @property
    def tone(self) -> str:
        tones = {State.DEAD: "bad", State.SUSPECTED: "warn", State.WORKING: "good"}
        return "quiet" if self.link.muted_at else tones.get(State(self.link.state), "quiet")

    @property
    def sign(self) -> str:
        return {"bad": "✕", "warn": "!", "good": "✓"}.get(self.tone, "–")


def counts() -> Counts:
    """Two queries: the failing rows by their index, and the whole."""
    own, external = (judging.CONFIRMATIONS[is_own] for is_own in (True, False))
    often = Q(is_own=True, failures__gte=own) | Q(is_own=False, failures__gte=external)
    open_ = Q(muted_at=None) & often
    dead, suspected, home = Q(state=State.DEAD), Q(state=State.SUSPECTED), Q(on_home=True)
    failing = Link.objects.used().filter(state__in=FAILING)
    found = failing.aggregate(
        home_dead=Count("pk", filter=open_ & dead & home),
        home_suspected=Count("pk", filter=open_ & suspected & home),
        other_dead=Count("pk", filter=open_ & dead & ~home),
        other_suspected=Count("pk", filter=open_ & suspected & ~home),
        own=Count("pk", filter=open_ & Q(is_own=True)),
        external=Count("pk", filter=open_ & Q(is_own=False)),
        pending=Count("pk", filter=~often & Q(muted_at=None)),
        muted=Count("pk", filter=Q(muted_at__isnull=False)),
    )
    whole = Link.objects.used().aggregate(used=Count("pk"), checked=Count("checked_at"))
    return Counts(**found, **whole)


VIEWS = {
    "": "需处理",
    "home": "首页上的",
    "own": "站内",
    "external": "站外",
    "pending": "待复核",
    "muted": "已忽略",
    "all": "全部在用",
}


def links(view: str) -> QuerySet[Link]:
    """The dead before the suspected, home pages first, the oldest trouble before the newer."""
    used = Link.objects.used()
    rows = {
        "home": used.reported().filter(on_home=True),
        "own": used.reported().filter(is_own=True),
        "external": used.reported().filter(is_own=False),
        "pending": used.filter(state__in=FAILING, muted_at=None).exclude(pk__in=used.reported().values("pk")),
        "muted": used.filter(muted_at__isnull=False),
        "all": used,
    }.get(view, used.reported())
    worst = Case(
        When(state=State.DEAD, then=Value(0)),
        When(state=State.SUSPECTED, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return rows.order_by(worst, "-on_home", "failed_since", "pk")


def lines(found: Iterable[Link]) -> list[Line]:
    """Two queries whatever the number of links."""
    rows = list(found)
    held = holders([link.pk for link in rows])
    return [Line(link, held.get(link.pk, [])) for link in rows]


def holders(keys: Sequence[int]) -> dict[int, list[Holder]]:
    found: dict[int, list[Holder]] = {}
    homes = HomeLink.objects.filter(link__in=keys, home__live=True).select_related("home")
    for row in homes.order_by("home__path")[:HOLDERS_READ]:
        home = row.home
        fix = reverse("wagtailadmin_pages:edit", args=[home.pk])
        found.setdefault(row.link_id, []).append(
            Holder(f"{home.title}首页", "首页", row.text, home.get_full_url() or "", fix)
        )
    items = EditionLink.objects.filter(link__in=keys).filter(shown("edition", "edition__item"))
    values = items.order_by("-edition").values_list(
        "link_id", "part", "text", "edition__item_id", "edition__item__headline"
    )
    for link, part, text, content_id, headline in values[:HOLDERS_READ]:
        found.setdefault(link, []).append(_in_item(content_id, headline, part, text))
    return found


def owners_of(hosts: Sequence[str]) -> dict[str, list[Holder]]:
    """For each foreign host the items that lead there. One query."""
    found: dict[str, list[Holder]] = {}
    rows = EditionLink.objects.filter(link__host__in=hosts).filter(shown("edition", "edition__item"))
    values = rows.order_by("-edition").values_list(
        "link__host", "part", "text", "edition__item_id", "edition__item__headline"
    )
    for host, part, text, content_id, headline in values[:HOLDERS_READ]:
        found.setdefault(host, []).append(_in_item(content_id, headline, part, text))
    return found


def _in_item(content_id: UUID, headline: str, part: str, text: str) -> Holder:
    return Holder(
        headline,
        Part(part).label,
        text,
        reverse("permalink", args=[content_id]),
        reverse("desk:item", args=[content_id]),
    )
