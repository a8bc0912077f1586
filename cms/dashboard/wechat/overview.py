"""What the desk shows of a WeChat account: what it may do, its budgets, its callback, what went out today. Reading only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from django.utils import timezone

from channels import drills
from channels.errors import ConfigError
from channels.models import Outlet, Placement
from channels.rendering import channel_options
from channels.wechat import advice, budgets, callback_address, probing
from channels.wechat.accounts import CHANNEL
from channels.wechat.models import AccountProbe, Notice, Push, PushState
from cms.dashboard import dossier, summary
from cms.dashboard.looks import Tone

LEVELS = {
    probing.Level.PUBLISH: "可自动发表",
    probing.Level.DRAFT: "只能建草稿，须由人在公众号后台发表",
}
UNPROBED = "尚未检测"
LOOKS = {
    "granted": (Tone.GOOD, "✓"),
    "denied": (Tone.BAD, "!"),
    "unclear": (Tone.WARN, "?"),
    "skipped": (Tone.QUIET, "–"),
}
SCARCE = tuple(call for call in budgets.SCARCE if call != "message/mass/sendall")
"""What runs out first. Not the pushes: their daily calls say nothing of how many pushes an account may make."""
SHOWN = 20
"""Open placements, and articles of today, that are listed; the matrix has the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An account in the list. `push`: when the next push goes out, if any is planned."""

    outlet: Outlet
    word: str
    reason: str
    level: str
    draft_only: bool
    scarce: Sequence[budgets.Meter]
    push: datetime | None
    in_drill: bool


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the check list."""

    label: str
    word: str
    tone: Tone
    sign: str
    code: str
    detail: str
    advice: advice.Advice


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """`last`: when the platform last called us; None for never, or as far as is known."""

    url: str
    token_set: bool
    key_set: bool
    last: datetime | None


def rows(*, now: datetime) -> list[Row]:
    """Every account in service; a fixed number of queries."""
    found = list(Outlet.objects.active().filter(channel=CHANNEL))
    ids = [outlet.pk for outlet in found]
    levels, meters, pushes = probing.levels(ids), budgets.today(ids, now=now), next_pushes(ids, now)
    drilled = {drill.real.pk for drill in drills.running()}
    return [
        Row(
            outlet=outlet,
            word=summary.condition(outlet, now)[0],
            reason=summary.condition(outlet, now)[1],
            level=level_text(levels.get(outlet.pk)),
            draft_only=levels.get(outlet.pk) is probing.Level.DRAFT,
            scarce=[meter for meter in meters[outlet.pk] if meter.call in SCARCE],
            push=pushes.get(outlet.pk),
            in_drill=outlet.pk in drilled,
        )
        for outlet in found
    ]


def is_shown(meter: budgets.Meter) -> bool:
    """Whether the table has a row for it: it was used today, or runs out first."""
    return bool(meter.used) or meter.call in SCARCE


def level_text(level: probing.Level | None) -> str:
    return LEVELS[level] if level else UNPROBED


def checks(probe: AccountProbe | None) -> list[Check]:
    """What the probe found, each with what to do; empty when there was none."""
    if probe is None:
        return []
    return [
        Check(
            advice.LABELS[finding.capability],
            advice.WORDS[finding.standing],
            *LOOKS[finding.standing],
            finding.code,
            finding.detail,
            advice.advise(finding),
        )
        for finding in probing.findings_of(probe).values()
    ]


def contradictions(outlet: Outlet, probe: AccountProbe | None) -> list[str]:
    """Where the settings and the probe cannot both be right."""
    if probe is None:
        return []
    return advice.contradictions(
        probing.findings_of(probe), verified=outlet.options.get("verified", "yes") == "yes"
    )


def set_up(outlet: Outlet) -> list[tuple[str, str]]:
    """The settings that decide how the account is used, as (label, value)."""
    chosen = [
        (option.label, dict(option.choices).get(outlet.options.get(option.name, option.default), "—"))
        for option in channel_options(outlet.channel)
        if option.choices
    ]
    return [
        *chosen,
        ("AppID", str(outlet.options.get("appid", "—"))),
        ("接口地址", str(outlet.options.get("api_base") or "微信官方接口")),
    ]


def callback(outlet: Outlet) -> Callback:
    try:
        secrets = outlet.secrets()
    except ConfigError:
        secrets = {}
    notices = Notice.objects.filter(outlet=outlet).order_by("-received_at")
    return Callback(
        url=callback_address.address(outlet),
        token_set=bool(secrets.get("callback_token")),
        key_set=bool(secrets.get("callback_key")),
        last=notices.values_list("received_at", flat=True).first(),
    )


def open_lines(outlet: Outlet) -> list[dossier.Line]:
    rows = summary.unsettled().filter(outlet=outlet).order_by("desired_at", "pk")
    return dossier.lines(rows[: SHOWN + 1])


def published_today(outlet: Outlet, *, now: datetime) -> list[dossier.Line]:
    begin = timezone.make_aware(datetime.combine(timezone.localtime(now).date(), time()))
    rows = Placement.objects.filter(outlet=outlet, delivered_at__gte=begin, actual__isnull=False)
    return dossier.lines(rows.order_by("-delivered_at")[:SHOWN])


def next_pushes(outlet_ids: Sequence[int], now: datetime) -> dict[int, datetime]:
    """When the next confirmed push of each account goes out."""
    planned = Push.objects.filter(outlet_id__in=outlet_ids, state=PushState.CONFIRMED, scheduled_at__gte=now)
    rows = planned.order_by("-scheduled_at").values_list("outlet_id", "scheduled_at")
    return {outlet_id: at for outlet_id, at in rows if at is not None}
