"""Forms of an account's pages: keyword replies, standing texts, what followers may choose, codes."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from channels.models import Item, Outlet
from channels.wechat.models import Greeting, Interest, KeywordReply, SceneKind

ITEMS_OFFERED = 200
TAG_BYTES = 30
INTERESTS_MAX = 90
"""The platform allows 100 tags; some are made in its console."""


class ReplyForm(forms.ModelForm[KeywordReply]):
    """A keyword answers with an item or with a text."""

    class Meta:
        model = KeywordReply
        fields: ClassVar = ["words", "contains", "item", "text", "rank"]
        widgets: ClassVar = {"text": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, outlet: Outlet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.outlet = outlet
        newest = Item.objects.filter(withdrawn_at=None, current__isnull=False).order_by("-first_published_at")
        keys = [item.pk for item in newest.only("pk")[:ITEMS_OFFERED]]
        keys += [self.instance.item_id] if self.instance.item_id else []
        field = self.fields["item"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Item.objects.filter(pk__in=keys).order_by("-first_published_at")
        field.empty_label = "（不回复稿件，回复下面的文字）"
        field.help_text = "选择后按该稿件当时的版本回复；撤稿后会如实说明"

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if not values.get("item") and not (values.get("text") or "").strip():
            self.add_error("text", "请选择稿件，或填写回复文字")
        own = {word.casefold() for word in KeywordReply(words=values.get("words") or "").all_words()}
        others = KeywordReply.objects.filter(outlet=self.instance.outlet).exclude(pk=self.instance.pk)
        taken = [word for row in others for word in row.all_words() if word.casefold() in own]
        if taken:
            self.add_error("words", f"“{taken[0]}”已有回复，请合并或删去其一")
        return values


class GreetingForm(forms.ModelForm[Greeting]):
    class Meta:
        model = Greeting
        fields: ClassVar = ["welcome", "default"]
        widgets: ClassVar = {
            "welcome": forms.Textarea(attrs={"rows": 4}),
            "default": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts: ClassVar = {
            "welcome": "有人新关注时回复；{account_name} 代表公众号名称；留空使用系统文字",
        }


class InterestForm(forms.ModelForm[Interest]):
    class Meta:
        model = Interest
        fields: ClassVar = ["kind", "name", "code", "rank"]
        help_texts: ClassVar = {"code": "小写字母、数字和连字符；菜单可用 interest:代码 直接订阅"}

    def __init__(self, *args: Any, outlet: Outlet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.outlet = outlet

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"]).strip()
        if len(name.encode()) > TAG_BYTES:
            raise forms.ValidationError("名称超过 30 字节（10 个汉字），微信标签放不下，请缩短")
        if self._others().filter(name=name).exists():
            raise forms.ValidationError("已有同名的街道或主题，请核对")
        return name

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if self._others().filter(code=code).exists():
            raise forms.ValidationError("这个代码已在使用，请更换")
        return code

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if self._others().count() >= INTERESTS_MAX:
            raise forms.ValidationError(f"街道和主题最多 {INTERESTS_MAX} 个，请先删除不用的")
        return values

    def _others(self) -> Any:
        return Interest.objects.filter(outlet=self.instance.outlet).exclude(pk=self.instance.pk)


class SceneForm(forms.Form):
    kind = forms.ChoiceField(
        label="用途",
        choices=[
            (SceneKind.STREETS.value, "选择街道：扫码后列出可订阅的街道"),
            (SceneKind.FOLLOW.value, "关注账号：扫码后显示欢迎语"),
        ],
    )
    title = forms.CharField(
        label="名称", max_length=100, help_text="仅本系统和打印页显示，如“潭中街道办事大厅”"
    )
    permanent = forms.BooleanField(
        label="永久二维码",
        required=False,
        help_text="永久二维码数量有限且不能删除，仅用于长期张贴；不勾选则 30 天有效",
    )
