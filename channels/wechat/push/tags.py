"""The account's tags of followers, as the platform listed them last: who a push may be limited to."""

from __future__ import annotations

import json

from channels.adapters.wechat_mp.api.line import Line
from channels.adapters.wechat_mp.api.massing import Massing, Tag
from channels.models import CheckpointEntry, Outlet
from channels.wechat.accounts import memory_of, talk

NAME = "push.tags"


def known(outlet: Outlet) -> list[Tag]:
    """From the account's memory; empty until somebody has refreshed. One query."""
    entry = CheckpointEntry.objects.filter(outlet=outlet, scope="shared", name=NAME).first()
    return [Tag(*row) for row in json.loads(entry.value)] if entry else []


def refresh(outlet: Outlet) -> list[Tag]:
    """Ask the platform. Never inside a transaction. Raises ChannelError."""

    async def conversation(line: Line) -> list[Tag]:
        tags = await Massing(line).tags()
        rows = [[tag.id, tag.name, tag.count] for tag in tags]
        await memory_of(outlet).put(NAME, json.dumps(rows, ensure_ascii=False), shared=True)
        return tags

    return talk(outlet, conversation)
