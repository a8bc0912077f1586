"""Who a push may be limited to: the streets and topics that followers have chosen, and the account's other tags."""

from __future__ import annotations

import json

from channels.adapters.wechat_mp.api.line import Line
from channels.adapters.wechat_mp.api.massing import Massing, Tag
from channels.models import CheckpointEntry, Outlet
from channels.wechat.accounts import memory_of, talk
from channels.wechat.interests import audiences

NAME = "push.tags"


def known(outlet: Outlet) -> list[Tag]:
    """Streets and topics first, then what the platform listed when somebody last asked. Two queries."""
    entry = CheckpointEntry.objects.filter(outlet=outlet, scope="shared", name=NAME).first()
    listed = [Tag(*row) for row in json.loads(entry.value)] if entry else []
    chosen = {tag_id: Tag(tag_id, name, count) for tag_id, name, count in audiences(outlet)}
    return [*chosen.values(), *(tag for tag in listed if tag.id not in chosen)]


def refresh(outlet: Outlet) -> list[Tag]:
    """Ask the platform. Never inside a transaction. Raises ChannelError."""

    async def conversation(line: Line) -> list[Tag]:
        tags = await Massing(line).tags()
        rows = [[tag.id, tag.name, tag.count] for tag in tags]
        await memory_of(outlet).put(NAME, json.dumps(rows, ensure_ascii=False), shared=True)
        return tags

    return talk(outlet, conversation)
