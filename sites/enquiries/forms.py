"""The public form of a message, and the desk's forms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator

from channels.markup import is_web_address
from cms.models import Unit
from sites.enquiries import privacy
from sites.enquiries.models import (
    ANSWER_MAX,
    CONTACT_MAX,
    NAME_MAX,
    NOTE_MAX,
    PAGE_MAX,
    TEXT_MAX,
    Enquiry,
    Kind,
    Reason,
)

KIND_HINTS = {
    Kind.CORRECTION: "网页上的错别字、打不开的链接、过时或错误的信息",
    Kind.QUESTION: "办事、政策等方面的问题",
    Kind.SUGGESTION: "对本网站和工作的意见建议",
    Kind.COMPLAINT: "对服务的投诉",
}


class MessageForm(forms.Form):
    """What a reader fills in. `website` is a trap for programs; a person who fills it in is told to leave it empty."""

    kind = forms.ChoiceField(
        label="类别",
        choices=[(kind.value, f"{kind.label}：{hint}") for kind, hint in KIND_HINTS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择留言类别", "invalid_choice": "请从列出的类别中选择"},
    )
    page = forms.CharField(
        label="有错误的网页地址",
        required=False,
        max_length=PAGE_MAX,
        help_text="找错时必填，从浏览器地址栏复制",
        error_messages={"max_length": f"网页地址不能超过 {PAGE_MAX} 字"},
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    text = forms.CharField(
        label="留言内容",
        min_length=5,
        max_length=TEXT_MAX,
        help_text=f"5 到 {TEXT_MAX} 字。请不要在这里写身份证号码、手机号码等个人信息",
        error_messages={
            "required": "请填写留言内容",
            "min_length": "留言内容太短，请至少写 5 个字",
            "max_length": f"留言内容不能超过 {TEXT_MAX} 字，请删减后提交",
        },
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    name = forms.CharField(
        label="称呼（可不填）",
        required=False,
        max_length=NAME_MAX,
        error_messages={"max_length": f"称呼不能超过 {NAME_MAX} 字"},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    contact = forms.CharField(
        label="联系方式（可不填）",
        required=False,
        max_length=CONTACT_MAX,
        help_text="电话或电子邮箱，仅供办理人员与您联系",
        error_messages={"max_length": f"联系方式不能超过 {CONTACT_MAX} 字"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    consent = forms.BooleanField(label="", required=False)
    website = forms.CharField(
        label="请勿填写",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for field in self.fields.values():
            for check in field.validators:
                if isinstance(check, ProhibitNullCharactersValidator):
                    check.message = "内容不能含有不可见的控制字符，请删去后提交"
        for name, bound in self.fields.items():
            notes = [f"id_{name}_error"] if self.is_bound and name in self.errors else []
            notes += [f"id_{name}_help"] if bound.help_text else []
            if notes:
                bound.widget.attrs["aria-describedby"] = " ".join(notes)
            if self.is_bound and name in self.errors:
                bound.widget.attrs["aria-invalid"] = "true"

    def clean_page(self) -> str:
        page: str = self.cleaned_data["page"]
        if page and not is_web_address(page):
            raise forms.ValidationError("网页地址应以 http:// 或 https:// 开头，请从浏览器地址栏复制")
        return page

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError("“请勿填写”一栏须留空，请清空后再次提交")
        return ""

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("kind") == Kind.CORRECTION and "page" in values and not values["page"]:
            self.add_error("page", "找错请填写有错误的网页地址")
        if (values.get("name") or values.get("contact")) and not values.get("consent"):
            self.add_error("consent", "填写了称呼或联系方式，请勾选同意，或者清空这两项")
        return values


class LookupForm(forms.Form):
    code = forms.CharField(label="查询码", max_length=40)


class AnswerForm(forms.Form):
    text = forms.CharField(
        label="答复",
        max_length=ANSWER_MAX,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": "请填写答复"},
        help_text="留言人凭查询码看到",
    )
    publish = forms.BooleanField(label="公开", required=False, help_text="在网站“公开答复”中显示留言和答复")
    public_text = forms.CharField(
        label="公开的留言内容",
        max_length=TEXT_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="公开前请删去姓名、住址、电话等个人信息；原留言不变",
    )

    @classmethod
    def of(cls, enquiry: Enquiry) -> dict[str, Any]:
        """Initial values; the question is offered with its personal numbers masked."""
        return {
            "text": enquiry.answer,
            "publish": enquiry.published_at is not None,
            "public_text": enquiry.public_text or privacy.mask(enquiry.text),
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not values.get("publish"):
            return values
        if "public_text" in values and not values["public_text"]:
            self.add_error("public_text", "公开答复须填写公开的留言内容")
        for name in ("public_text", "text"):
            found = privacy.find(values.get(name, ""))
            if found:
                listed = "、".join(f"{one.kind} {one.masked}" for one in found)
                self.add_error(name, f"含有个人信息（{listed}），不能公开；请删去后再公开，或取消公开")
        return values


class TransferForm(forms.Form):
    unit = forms.ModelChoiceField(
        label="转给", queryset=Unit.objects.all(), error_messages={"required": "请选择办理单位"}
    )
    note = forms.CharField(label="说明", required=False, max_length=NOTE_MAX)


class CloseForm(forms.Form):
    reason = forms.ChoiceField(
        label="原因", choices=Reason.choices, error_messages={"required": "请选择不予受理的原因"}
    )
    note = forms.CharField(label="内部说明", required=False, max_length=NOTE_MAX)


class ReopenForm(forms.Form):
    note = forms.CharField(
        label="重新办理的理由", max_length=NOTE_MAX, error_messages={"required": "请填写重新办理的理由"}
    )
