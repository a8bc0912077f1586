"""Pushes to followers (群发): what is known of one, and taking an article of one back. Sending is the push desk's."""

from __future__ import annotations

from channels.adapters.wechat_mp.api.client import LONG_TIMEOUT
from channels.adapters.wechat_mp.api.line import Line
from channels.errors import Missing

NO_SUCH_MESSAGE = "40059"


class Massing:
    """The calls on pushes. Raises ChannelError; what is gone is Missing."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def is_out(self, msg_id: str) -> bool:
        """Whether the platform still shows what was pushed. Raises Missing for a push that it does not know."""
        answer = await self._line.call("message/mass/get", {"msg_id": msg_id})
        return str(answer.get("msg_status", "")).upper() not in {"DELETE", "DELETED"}

    async def delete(self, msg_id: str, index: int) -> None:
        """Takes one article (counted from 1) of a push down; its cards stay in chats. Gone already is fine."""
        try:
            await self._line.call(
                "message/mass/delete", {"msg_id": int(msg_id), "article_idx": index}, timeout=LONG_TIMEOUT
            )
        except Missing:
            return
