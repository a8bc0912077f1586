"""What the platform told about publishing jobs, kept for the look that settles the placement."""

from __future__ import annotations

import json
from datetime import datetime

from channels.adapters.wechat_mp.api.callback import PublishFinished
from channels.checkpoints import SHARED
from channels.models import CheckpointEntry, Outlet


def publish_finished(outlet: Outlet, finished: PublishFinished, *, now: datetime) -> None:
    """Database only: called in the transaction that notes the push."""
    value = {
        "status": finished.status,
        "article_id": finished.article_id,
        "articles": finished.articles,
        "fail_idx": finished.fail_idx,
        "at": now.timestamp(),
    }
    CheckpointEntry.objects.update_or_create(
        outlet=outlet,
        scope=SHARED,
        name=f"job.{finished.publish_id}"[:200],
        defaults={"value": json.dumps(value)},
    )
