"""What the platform told about the end of a push, kept for the desk."""

from __future__ import annotations

import json
from datetime import datetime

from channels.adapters.wechat_mp.api.callback import MassFinished
from channels.checkpoints import SHARED
from channels.models import CheckpointEntry, Outlet


def mass_finished(outlet: Outlet, finished: MassFinished, *, now: datetime) -> None:
    """Database only: called in the transaction that notes the push."""
    value = {
        "status": finished.status,
        "total": finished.total,
        "filtered": finished.filtered,
        "sent": finished.sent,
        "errors": finished.errors,
        "articles": finished.articles,
        "check_state": finished.check_state,
        "at": now.timestamp(),
    }
    CheckpointEntry.objects.update_or_create(
        outlet=outlet,
        scope=SHARED,
        name=f"mass.{finished.msg_id}"[:200],
        defaults={"value": json.dumps(value)},
    )
