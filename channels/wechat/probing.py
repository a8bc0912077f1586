"""Probing an account (检测): ask what it may do, believe what it says of its quotas, remember the level that follows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from asgiref.sync import async_to_sync

from channels import checkpoints
from channels.adapters.wechat_mp.api.capabilities import Capability, Finding, Standing, Survey, survey
from channels.adapters.wechat_mp.api.line import Line
from channels.adapters.wechat_mp.api.quotas import CHINA, day_of
from channels.adapters.wechat_mp.visit import LEVEL
from channels.errors import ConfigError
from channels.models import CheckpointEntry, Outlet
from channels.wechat.accounts import memory_of, talk
from channels.wechat.models import AccountProbe


class Level(StrEnum):
    """What the shared entry LEVEL of the account's memory says to the adapter.

    publish: the hub publishes. draft: it makes drafts, and a person publishes in the back office."""

    PUBLISH = "publish"
    DRAFT = "draft"


def probe(outlet: Outlet, *, by: str, now: datetime) -> AccountProbe:
    """Ask the platform. Takes as long as a dozen calls; never inside a transaction.

    Forgets the account's token first: a secret that has just been mended is tried at once.
    """
    checkpoints.forget_sealed(outlet.pk)
    yesterday = (now.astimezone(CHINA) - timedelta(days=1)).date().isoformat()

    async def ask(line: Line) -> Survey:
        return await survey(line, yesterday=yesterday)

    try:
        found = talk(outlet, ask)
    except ConfigError as error:
        found = _unusable(error)
    day = day_of(now.timestamp())
    for call, quota in found.quotas.items():
        checkpoints.learn_quota(outlet.pk, call, day=day, limit=quota.limit, used=quota.used)
    level = level_of({finding.capability: finding for finding in found.findings})
    if level is not None:
        async_to_sync(memory_of(outlet).put)(LEVEL, level.value, shared=True)
    return AccountProbe.objects.create(
        outlet=outlet,
        at=now,
        by=by[:150],
        level=level.value if level else "",
        findings=[asdict(finding) for finding in found.findings],
    )


def level_of(findings: Mapping[Capability, Finding]) -> Level | None:
    """None when the answers leave it open: then what was found before goes on to hold."""
    publishing = findings[Capability.PUBLISH].standing
    if publishing is Standing.GRANTED:
        return Level.PUBLISH
    if publishing is Standing.DENIED and findings[Capability.DRAFT].standing is Standing.GRANTED:
        return Level.DRAFT
    return None


def levels(outlet_ids: Collection[int]) -> dict[int, Level]:
    """The level that holds now, for those accounts that have one; one query."""
    rows = CheckpointEntry.objects.filter(outlet_id__in=outlet_ids, scope=checkpoints.SHARED, name=LEVEL)
    return {pk: Level(value) for pk, value in rows.values_list("outlet_id", "value")}


def copy_level(outlet: Outlet, twin: Outlet) -> None:
    """What is drilled works as the real account does: one that makes drafts only practises with drafts."""
    level = levels([outlet.pk]).get(outlet.pk)
    if level is not None:
        async_to_sync(memory_of(twin).put)(LEVEL, level.value, shared=True)


def newest(outlet: Outlet) -> AccountProbe | None:
    return AccountProbe.objects.filter(outlet=outlet).order_by("-at", "-pk").first()


def findings_of(probe: AccountProbe) -> dict[Capability, Finding]:
    """The stored findings as values, in the order of asking."""
    return {finding.capability: finding for finding in map(_read, probe.findings)}


def _read(document: Mapping[str, Any]) -> Finding:
    return Finding(
        **{
            **document,
            "capability": Capability(document["capability"]),
            "standing": Standing(document["standing"]),
        }
    )


def _unusable(error: ConfigError) -> Survey:
    """The outlet is not filled in, or its secrets cannot be opened: nothing could be asked."""
    first = Finding(
        capability=Capability.TOKEN,
        standing=Standing.DENIED,
        code=error.code,
        message=error.message,
        detail=error.detail,
    )
    rest = [Finding(capability=one, standing=Standing.SKIPPED) for one in list(Capability)[1:]]
    return Survey((first, *rest), {})
