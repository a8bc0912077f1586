"""What an inspection knows: plain values, collected by `collecting` and judged by `judging`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sites.cadence import Cadence
from sites.linkcheck.judging import NOTHING, Counts


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """`last` is the newest publication ever, `shown` what readers are shown now. `is_listed`: on the menu, so on the home page."""

    pk: int
    title: str
    url: str
    cadence: Cadence
    shown: int
    last: datetime | None
    is_listed: bool = True


@dataclass(frozen=True, slots=True)
class Backdated:
    """Items whose publication time lies before their first signing; `examples` are (content_id, headline)."""

    count: int = 0
    examples: tuple[tuple[str, str], ...] = ()


NONE_BACKDATED = Backdated()


@dataclass(frozen=True, slots=True)
class PageFaults:
    """A public page and what is wrong with its tags."""

    url: str
    label: str
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """`footer`: each element that a footer has to show, and what is wrong with it (empty: nothing)."""

    pk: int
    title: str
    url: str
    has_outlet: bool
    columns: tuple[ColumnFacts, ...] = ()
    footer: Mapping[str, str] = field(default_factory=dict)
    backdated: Backdated = NONE_BACKDATED
    pages: tuple[PageFaults, ...] = ()
    has_report: bool | None = None
    """Of last year; None for a site that owes none (below another one)."""
    claims_ipv6: bool = False
    """Its footer says 本网站支持IPv6."""


@dataclass(frozen=True, slots=True)
class AccountFacts:
    slug: str
    name: str
    last: datetime | None
    answers: int
    has_menu: bool


@dataclass(frozen=True, slots=True)
class DeadLink:
    """A reported link with the first place that holds it."""

    pk: int
    url: str
    why: str
    on_home: bool
    where: str
    step: str


@dataclass(frozen=True, slots=True)
class Left:
    """A placement that is not as it has to be: withdrawn and still there, or not carried in time."""

    placement: int
    headline: str
    outlet: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Letters:
    """The message box of one site. `oldest` is the oldest unanswered valid message of the last year."""

    site: int
    is_open: bool
    oldest: datetime | None = None
    late: int = 0


@dataclass(frozen=True, slots=True)
class Guide:
    """A service guide and the classes of elements that it lacks."""

    content_id: str
    title: str
    url: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """`letters`, `guides`, `scans` are None where the hub has no such part. All times are aware."""

    at: datetime
    sites: tuple[SiteFacts, ...] = ()
    accounts: tuple[AccountFacts, ...] = ()
    counts: Counts = NOTHING
    links: tuple[DeadLink, ...] = ()
    alarms: tuple[tuple[str, str], ...] = ()
    """(host, what is wrong)."""
    lingering: tuple[Left, ...] = ()
    overdue: tuple[Left, ...] = ()
    letters: tuple[Letters, ...] | None = None
    guides: tuple[Guide, ...] | None = None
    scans: tuple[tuple[str, str], ...] | None = None
    """(content_id, headline) of items with an attachment without text."""
    unlinked: tuple[tuple[str, str], ...] | None = None
    """(content_id, headline) of interpretations without a document."""
    explained: Mapping[str, datetime] = field(default_factory=dict)
    ipv6: Mapping[str, bool | None] = field(default_factory=dict)
    """Names of hosts that serve sites: has an AAAA record, has none, nobody has answered."""
