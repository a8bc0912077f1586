"""Looks at the platform for what became of a push, and what each look means. Never writes there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from channels.adapters.wechat_mp.api.line import Line
from channels.adapters.wechat_mp.api.massing import Massing, MassState
from channels.adapters.wechat_mp.api.publishing import Platform
from channels.errors import ChannelError, Missing
from channels.wechat.models import Push, PushState
from channels.wechat.push.calendar import local_day

PUBLISHED_ONLY = 1
"""`publish_type` of an article that followers were not told of: it may have the same title and is no push."""


class Verdict(StrEnum):
    OPEN = "open"
    SENT = "sent"
    FAILED = "failed"
    COUNTED = "counted"


@dataclass(frozen=True, slots=True)
class Findings:
    """`evidence`: name -> {"at", "says" (a sentence), …}. `addresses`: position -> address, where one has shown."""

    verdict: Verdict
    evidence: dict[str, Any]
    addresses: dict[int, str]
    sentence: str = ""


async def look(line: Line, push: Push, *, titles: Sequence[str], now: datetime) -> Findings:
    """Raises ChannelError when the platform cannot be asked at all."""
    massing, found = Massing(line), dict[str, Any]()
    verdict, sentence = Verdict.OPEN, ""
    if push.msg_id and push.status is not PushState.SENT:
        verdict, sentence = await _job(massing, push, found, now)
    if push.status is PushState.UNKNOWN and push.media_id:
        found["draft"] = await _draft(Platform(line), push, now)
    addresses: dict[int, str] = {}
    rows = await _statistics(line, push, titles, now, found)
    if rows:
        addresses = _addresses(rows)
        if push.msg_data_id:
            verdict = Verdict.COUNTED
    return Findings(verdict, found, addresses, sentence)


async def _job(massing: Massing, push: Push, found: dict[str, Any], now: datetime) -> tuple[Verdict, str]:
    words = {
        MassState.RUNNING: (Verdict.OPEN, "微信仍在发送"),
        MassState.DONE: (Verdict.SENT, "微信确认已发送成功"),
        MassState.FAILED: (
            Verdict.FAILED,
            "微信称群发失败且未说明原因，请登录公众号后台查看后再决定是否重发",
        ),
        MassState.DELETED: (Verdict.FAILED, "这次群发已在微信端被删除，请登录公众号后台核对"),
    }
    try:
        verdict, says = words[await massing.state(push.msg_id)]
    except Missing as error:
        verdict, says = Verdict.OPEN, error.message
    found["job"] = {"at": now.isoformat(), "says": says}
    return verdict, says


async def _draft(platform: Platform, push: Push, now: datetime) -> dict[str, Any]:
    if not await platform.has_draft(push.media_id):
        return {
            "at": now.isoformat(),
            "there": False,
            "says": "草稿已不在草稿箱：很可能已经发出，也可能被人删除",
        }
    return {"at": now.isoformat(), "there": True, "says": "草稿仍在草稿箱：发送请求很可能没有生效"}


async def _statistics(
    line: Line, push: Push, titles: Sequence[str], now: datetime, found: dict[str, Any]
) -> list[dict[str, Any]]:
    """Rows of the sending day about this message: by its number, or by title when the number is lost."""
    day = local_day(push.attempted_at or now)
    if push.status is PushState.ACCEPTED or local_day(now) <= day:
        return []
    massing = Massing(line)
    try:
        if push.msg_data_id:
            rows = await massing.read_of(push.msg_data_id, day.isoformat())
        else:
            found_by_title = [
                row for row in await massing.figures(day.isoformat()) if row.get("title") in titles
            ]
            rows = [row for row in found_by_title if row.get("publish_type") != PUBLISHED_ONLY]
    except ChannelError as error:
        found["statistics"] = {"at": now.isoformat(), "says": f"暂时查不到统计：{error.message}"}
        return []
    says = f"{day} 的统计中有 {len(rows)} 篇文章" if rows else f"{day} 的统计中没有这次推送"
    shown = [{name: row.get(name) for name in ("msgid", "title", "url", "content_url")} for row in rows[:8]]
    found["statistics"] = {"at": now.isoformat(), "says": says, "rows": shown}
    return rows


def _addresses(rows: Sequence[dict[str, Any]]) -> dict[int, str]:
    """The number of an article is the end of its `msgid`."""
    found = {}
    for row in rows:
        number, url = str(row.get("msgid", "")).rpartition("_")[2], row.get("url") or row.get("content_url")
        if number.isdigit() and url:
            found[int(number)] = str(url)
    return found
