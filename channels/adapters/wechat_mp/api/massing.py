"""Sending to followers (群发): the calls, and what the platform's words for their outcome mean.

`sendall` has the platform's only idempotency key, clientmsgid, which it honours for 24 hours: 32 hex characters, a
hyphenated UUID is refused with 45067.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from channels.adapters.wechat_mp.api.calls import LONG_TIMEOUT, Json
from channels.adapters.wechat_mp.api.line import Line
from channels.errors import Misbehaved, Missing, OutcomeUnknown

ALREADY_SENT = 45065
"""The clientmsgid is known: the answer names the job that it started."""


class MassState(StrEnum):
    """How a job stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Started:
    """A job that the platform has taken. `repeated`: it had taken it before."""

    msg_id: str
    msg_data_id: str
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Tag:
    id: int
    name: str
    count: int


_GET = {
    "SEND_SUCCESS": MassState.DONE,
    "SENDING": MassState.RUNNING,
    "SEND_FAIL": MassState.FAILED,
    "DELETE": MassState.DELETED,
}

SUCCESS = "send success"
REVIEWS: dict[str, str] = {
    "send fail": "微信发送失败且未说明原因，请登录公众号后台查看，确认未发出后再决定是否重发",
    "err(10001)": "微信审核认为涉嫌广告，请修改内容后重新提交复核",
    "err(20001)": "微信审核认为涉嫌政治内容，请核对内容后重新提交复核",
    "err(20002)": "微信审核认为涉嫌色情内容，请核对内容后重新提交复核",
    "err(20004)": "微信审核认为涉嫌社会问题，请核对内容后重新提交复核",
    "err(20006)": "微信审核认为涉嫌违法犯罪，请核对内容后重新提交复核",
    "err(20008)": "微信审核认为涉嫌欺诈，请核对内容后重新提交复核",
    "err(20013)": "微信审核认为涉嫌侵权，请核对版权后重新提交复核",
    "err(21000)": "微信审核未通过（其他原因），请登录公众号后台查看通知",
    "err(22000)": "微信审核认为涉嫌互推，请删去推荐其他账号的内容后重新提交复核",
    "err(30001)": "原创校验出现系统错误，已停止发送，请稍后重新提交复核",
    "err(30002)": "原创校验不通过且选择了不转载，请核对原创声明后重新提交复核",
    "err(30003)": "原创校验不通过，请核对原创声明后重新提交复核",
    "err(40001)": "公众号管理员在微信中拒绝了这次群发，请与管理员联系后重新提交复核",
    "err(40002)": "公众号管理员 30 分钟内没有确认，群发已取消，请约好管理员后重新提交复核",
}
"""`Status` of MASSSENDJOBFINISH other than success (WxConsts of WxJava, 2026-11)."""
_ERR = re.compile(r"err\s*\(\s*(\d+)\s*\)")


def is_success(status: str) -> bool:
    return _word(status) == SUCCESS


def failure_sentence(status: str) -> str:
    """The Chinese sentence for a `Status`; an unknown one asks a person and keeps the platform's word."""
    known = REVIEWS.get(_word(status))
    return known or f"微信返回了未收录的群发结果“{status[:60]}”，请登录公众号后台核对"


def _word(status: str) -> str:
    """`sendsuccess`, `SEND_SUCCESS` and `send success` have all been seen."""
    text = status.strip().lower().replace("_", " ")
    if code := _ERR.search(text):
        return f"err({code[1]})"
    return {"sendsuccess": SUCCESS, "sendfail": "send fail"}.get(text, text)


class Massing:
    """The calls of one account. Raises ChannelError; nothing here repeats a call."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def sendall(self, media_id: str, *, tag_id: int | None, clientmsgid: str) -> Started:
        """Once. A reprint is sent on (the owner of an original decides): one text goes out through several accounts.

        Raises OutcomeUnknown when it may have gone out.
        """
        audience = {"is_to_all": True} if tag_id is None else {"is_to_all": False, "tag_id": tag_id}
        body = {
            "filter": audience,
            "mpnews": {"media_id": media_id},
            "msgtype": "mpnews",
            "send_ignore_reprint": 1,
            "clientmsgid": clientmsgid,
        }
        answer = await self._line.call(
            "message/mass/sendall", body, write=True, expected=(ALREADY_SENT,), timeout=LONG_TIMEOUT
        )
        msg_id = answer.get("msg_id")
        if not msg_id:
            raise OutcomeUnknown("微信受理了群发但没有给出任务编号，请按待核实页面核对", detail=str(answer))
        repeated = answer.get("errcode") == ALREADY_SENT
        return Started(str(msg_id), str(answer.get("msg_data_id") or ""), repeated)

    async def preview(self, media_id: str, name: str) -> None:
        """To one WeChat id, which has to follow the account. 100 a day; every call is another message."""
        body = {"towxname": name, "mpnews": {"media_id": media_id}, "msgtype": "mpnews"}
        await self._line.call("message/mass/preview", body, write=True, timeout=LONG_TIMEOUT)

    async def state(self, msg_id: str) -> MassState:
        answer = await self._line.call("message/mass/get", {"msg_id": msg_id})
        word = str(answer.get("msg_status", ""))
        if word.upper() not in _GET:
            raise Misbehaved(
                f"微信返回了未收录的群发状态“{word[:60]}”，请把详情转交技术人员",
                code=word,
                detail=str(answer),
            )
        return _GET[word.upper()]

    async def is_out(self, msg_id: str) -> bool:
        """Whether the platform still shows what was pushed. Raises Missing for a push that it does not know."""
        answer = await self._line.call("message/mass/get", {"msg_id": msg_id})
        return str(answer.get("msg_status", "")).upper() not in {"DELETE", "DELETED"}

    async def delete(self, msg_id: str, index: int) -> None:
        """Takes one article (counted from 1) of a push down; its cards stay in chats. Gone already is fine."""
        body = {"msg_id": int(msg_id), "article_idx": index}
        try:
            await self._line.call("message/mass/delete", body, timeout=LONG_TIMEOUT)
        except Missing:
            return

    async def tags(self) -> list[Tag]:
        answer = await self._line.call("tags/get", get=True)
        return [
            Tag(int(tag["id"]), str(tag["name"]), int(tag.get("count", 0))) for tag in answer.get("tags", [])
        ]

    async def figures(self, day: str) -> list[Json]:
        """The statistics of all articles of `day` (YYYY-MM-DD in China, at the latest yesterday). May lag by hours."""
        body = {"begin_date": day, "end_date": day}
        return list((await self._line.call("datacube/getarticletotaldetail", body)).get("list") or [])

    async def read_of(self, msg_data_id: str, day: str) -> list[Json]:
        """Those of one sent message: their `msgid` is `<msg_data_id>_<number>`."""
        rows = await self.figures(day)
        return [row for row in rows if str(row.get("msgid", "")).startswith(f"{msg_data_id}_")]
