"""Followers as the platform lets an account see them: tags, and QR codes that carry a scene."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum

from channels.adapters.wechat_mp.api.calls import Json
from channels.adapters.wechat_mp.api.line import Line
from channels.errors import Misbehaved, Refused

TAG_EXISTS = 45157
TAG_UNKNOWN = 45159
"""Also answered for a good tag when two calls of one account cross."""
NOT_A_FOLLOWER = frozenset({40003, 43004, 43019, 46004})
TAG_TRIES = 3
TAG_PAUSE = 1.0
TAG_NAME_MAX = 30
"""Bytes of UTF-8."""
CODE_SECONDS_MAX = 2_592_000
"""The longest that a temporary code holds: 30 days."""


class Marked(Enum):
    """What became of giving or taking a tag."""

    DONE = "done"
    NO_FOLLOWER = "no follower"
    NO_TAG = "no tag"


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code: `url` is what it says. `seconds` is how long it holds, 0 for ever."""

    url: str
    ticket: str
    seconds: int


class Audience:
    """One account's. Never two calls at once that tag: the platform confuses them. Raises ChannelError."""

    def __init__(self, line: Line, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._line = line
        self._sleep = sleep

    async def tag_id(self, name: str) -> int:
        """The tag of that name, made if there is none."""
        answer = await self._line.call("tags/create", {"tag": {"name": name}}, expected={TAG_EXISTS})
        if not answer.get("errcode"):
            return _number(answer.get("tag"), "id")
        found = [tag for tag in (await self.tags()) if tag.get("name") == name]
        if not found:
            raise Refused(f"微信不接受标签名“{name}”，请改用其他名称", code=str(TAG_EXISTS))
        return _number(found[0], "id")

    async def tags(self) -> list[Json]:
        """The account's tags: id, name, count."""
        return list((await self._line.call("tags/get", get=True)).get("tags") or [])

    async def mark(self, openid: str, tag_id: int, *, on: bool) -> Marked:
        """Give the follower the tag, or take it away. Repeating changes nothing."""
        endpoint = f"tags/members/batch{'' if on else 'un'}tagging"
        for tried in range(1, TAG_TRIES + 1):
            answer = await self._line.call(
                endpoint,
                {"openid_list": [openid], "tagid": tag_id},
                expected=NOT_A_FOLLOWER | {TAG_UNKNOWN},
            )
            code = answer.get("errcode") or 0
            if code in NOT_A_FOLLOWER:
                return Marked.NO_FOLLOWER
            if code != TAG_UNKNOWN:
                return Marked.DONE
            if tried < TAG_TRIES:
                await self._sleep(TAG_PAUSE * tried)
        return Marked.NO_TAG

    async def make_code(self, scene: str, *, permanent: bool) -> Code:
        """A code that leads to `scene`. A permanent one can never be deleted."""
        action: Json = {"action_info": {"scene": {"scene_str": scene}}}
        if permanent:
            action["action_name"] = "QR_LIMIT_STR_SCENE"
        else:
            action |= {"action_name": "QR_STR_SCENE", "expire_seconds": CODE_SECONDS_MAX}
        answer = await self._line.call("qrcode/create", action)
        url = answer.get("url")
        if not isinstance(url, str) or not url:
            raise Misbehaved("微信没有返回二维码，请把详情转交技术人员", detail=str(sorted(answer)))
        return Code(url, str(answer.get("ticket", "")), 0 if permanent else int(answer["expire_seconds"]))


def _number(document: object, name: str) -> int:
    value = document.get(name) if isinstance(document, dict) else None
    if value is None:
        raise Misbehaved("微信的答复缺少标签编号，请把详情转交技术人员")
    return int(value)
