"""How the state of a push reads: a sign, a tone and the next step. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from channels.wechat.models import Push, PushState
from cms.dashboard.looks import Look, Tone

LOOKS: Mapping[PushState, Look] = {
    PushState.EDITING: Look("编排中", "✎", Tone.QUIET, "编排完成后提交复核"),
    PushState.PROPOSED: Look("待复核", "◔", Tone.WARN, "请提交人以外的复核人确认"),
    PushState.CONFIRMED: Look("已复核待发", "◷", Tone.BUSY, "到时间自动发送，无需操作"),
    PushState.SENDING: Look("发送中", "↻", Tone.BUSY, "正在准备草稿并发送，请稍候"),
    PushState.ACCEPTED: Look("已受理", "◔", Tone.BUSY, "微信正在发送，系统等待结果"),
    PushState.UNKNOWN: Look("待核实", "?", Tone.BAD, "结果不明：请核对证据后登记，切勿在后台重发"),
    PushState.SENT: Look("已发出", "✓", Tone.GOOD, "次日在微信统计中查到后归档"),
    PushState.FAILED: Look("失败", "!", Tone.BAD, "没有发出：请按说明处理后退回编排"),
    PushState.CANCELLED: Look("已取消", "⊘", Tone.QUIET, "不会发出"),
    PushState.CLOSED: Look("已归档", "✓", Tone.QUIET, "次日统计已见到这次推送"),
}
SOON = timedelta(minutes=2)


def look(push: Push) -> Look:
    return LOOKS[push.status]


def moves(push: Push, now: datetime) -> bool:
    """Whether it changes by itself in the next seconds, so that a page should look again."""
    if push.status is PushState.CONFIRMED:
        return push.scheduled_at is None or push.scheduled_at - now < SOON
    return push.status in {PushState.SENDING, PushState.ACCEPTED}
