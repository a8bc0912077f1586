"""Forms of the desk's one-step actions."""

from __future__ import annotations

from typing import Any

from django import forms

from channels.models import WithdrawalKind

REASON_MAX = 500
NOTE_MAX = 300
EFFECTS = {
    WithdrawalKind.NOTICE: "原网址显示此稿已撤下及原因",
    WithdrawalKind.GONE: "原网址只提示内容不存在",
    WithdrawalKind.REDIRECT: "原网址转到新的稿件",
}


class WithdrawForm(forms.Form):
    """Why comes before how: the reason is kept with the item and shown where the kind says so."""

    reason = forms.CharField(
        label="撤稿原因",
        error_messages={"required": "请填写撤稿原因"},
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="记入台账；保留说明时读者可见",
    )
    kind = forms.ChoiceField(
        label="撤稿后读者看到什么",
        widget=forms.RadioSelect,
        initial=WithdrawalKind.NOTICE.value,
        choices=[(kind.value, f"{kind.label}：{effect}") for kind, effect in EFFECTS.items()],
    )
    replacement_url = forms.URLField(
        label="替代稿件地址",
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text="仅指向替代稿件时填写",
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("kind") == WithdrawalKind.REDIRECT and not values.get("replacement_url"):
            if "replacement_url" not in self.errors:
                self.add_error("replacement_url", "请填写替代稿件的地址")
        elif values.get("kind") != WithdrawalKind.REDIRECT:
            values["replacement_url"] = ""
        return values


class CorrectForm(forms.Form):
    note = forms.CharField(
        label="更正说明",
        error_messages={"required": "请填写更正说明"},
        max_length=NOTE_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="随更正后的稿件在各终端显示，请写明更正了什么",
    )
    major = forms.ChoiceField(
        label="更正程度",
        widget=forms.RadioSelect,
        initial="minor",
        choices=[
            ("minor", "一般更正：错字、格式等，不再次提醒读者"),
            ("major", "重要更正：时间、地点、数据等，须再次提醒读者"),
        ],
    )


class InviteForm(forms.Form):
    person = forms.CharField(
        label="邀请谁",
        error_messages={"required": "请填写受邀人姓名"},
        max_length=50,
        help_text="生成一个链接，7 天内有效，只能用一次；请通过内部渠道发给本人",
    )


class PauseForm(forms.Form):
    reason = forms.CharField(
        label="暂停原因",
        error_messages={"required": "请填写暂停原因"},
        max_length=300,
        help_text="新稿件和更正暂缓投递；撤稿照常进行",
    )
