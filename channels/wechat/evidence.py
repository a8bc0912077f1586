"""What the platform's call-backs tell about articles, written down for the engine's next look.

A call-back is signed, so it is evidence: the look that it causes makes no call.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from channels import outbox
from channels.adapters.wechat_mp.visit import ARTICLE, JOB
from channels.models import CheckpointEntry, Outlet, Placement

SHARED = "shared"


def published(
    outlet: Outlet, *, publish_id: str, status: int, article_id: str, url: str, now: datetime
) -> int:
    """The end of a review, or what became of an article later. Returns how many placements are looked at now.

    Told twice, late or out of order it changes nothing that is known better: an end is never taken back by "running".
    """
    told = {"status": status, "article_id": article_id, "url": url}
    name = f"{JOB}.{publish_id}"
    rows = CheckpointEntry.objects.filter(outlet=outlet, scope=SHARED, name=name)
    with transaction.atomic():
        # Locked: of two call-backs that cross, the older one must not have the last word.
        _, made = CheckpointEntry.objects.get_or_create(
            outlet=outlet, scope=SHARED, name=name, defaults={"value": json.dumps(told)}
        )
        held = rows.select_for_update().get()
        if not made and _is_older(told, json.loads(held.value)):
            return 0
        rows.update(value=json.dumps(told), written_at=now)
    about = Q(receipt__remote_id=f"{JOB}:{publish_id}") | Q(receipt__raw__publish_id=publish_id)
    if article_id:
        about |= Q(receipt__remote_id=f"{ARTICLE}:{article_id}")
    placements = Placement.objects.filter(outlet=outlet)
    found = outbox.look_again(placements.filter(about), now=now)
    # A submit whose answer was lost knows no id: when nobody knows this one, whoever is in doubt looks.
    return found or outbox.look_again(placements.filter(doubt__isnull=False), now=now)


def _is_older(told: dict[str, Any], held: dict[str, Any]) -> bool:
    """Statuses only move on: 1 is under way, 0 and 2 to 4 are ends, 5 and 6 come after 0."""
    order = {1: 0, 0: 1, 2: 1, 3: 1, 4: 1, 5: 2, 6: 2}
    return order.get(told["status"], 1) <= order.get(held["status"], 1)
