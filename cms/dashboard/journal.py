"""What people did at the desk, in Wagtail's own history."""

from __future__ import annotations

from typing import Any

from wagtail.log_actions import LogFormatter
from wagtail.models import BaseLogEntry

ACTIONS = {
    "desk.withdraw": "撤稿",
    "desk.correct": "更正",
    "desk.retry": "重试",
    "desk.check": "立即核对",
    "desk.release": "放行",
    "desk.confirm": "交办完成",
    "desk.confirm_withdrawn": "已撤下确认",
    "desk.sign_off": "人工确认",
    "desk.refuse": "拒用",
    "desk.pause": "暂停终端",
    "desk.resume": "恢复终端",
    "desk.try": "试连终端",
    "desk.retire": "停用终端",
    "desk.probe": "检测公众号",
    "desk.drill_start": "开始演练",
    "desk.drill_end": "结束演练",
    "desk.invite": "邀请站长",
    "desk.dismiss": "解除站长",
    "desk.revoke_key": "吊销订阅密钥",
    "wechat.menu": "发布公众号菜单",
    "wechat.replies": "修改自动回复",
    "wechat.interests": "修改关注内容",
    "wechat.scene": "生成二维码",
}


class DeskFormatter(LogFormatter):
    """Reads `outlet` (a name) and `text` (what the person wrote) from the entry's data, if they are there."""

    def format_message(self, log_entry: BaseLogEntry) -> str:
        data: dict[str, Any] = log_entry.data
        outlet, text = data.get("outlet", ""), data.get("text", "")
        named = f"{self.label}（{outlet}）" if outlet else self.label
        return f"{named}：{text}" if text else named


def register(actions: Any) -> None:
    """`actions` is Wagtail's LogActionRegistry."""
    for action, label in ACTIONS.items():
        formatter = type("Formatter", (DeskFormatter,), {"label": label, "message": label})
        actions.register_action(action)(formatter)
