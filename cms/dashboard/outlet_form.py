"""The form of an outlet: its own fields, and one field for every option that its channel takes.

Secrets go in and never come out: a blank one keeps what is stored.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from wagtail.admin.forms import WagtailAdminModelForm

from channels.contract import Option
from channels.errors import ConfigError
from channels.models import Outlet, Placement
from channels.rendering import channel_choices, channel_options

OPTION = "option_"
SECRET = "secret_"  # noqa: S105  a field prefix
KEPT = "已设置；留空则保持不变，填写则替换"
ANEW = "请先撤下这些稿件，或停用本终端后新建一个"
LOST = "原密钥无法解密，请重新填写"


class OutletForm(WagtailAdminModelForm):
    """`channel` is fixed when the outlet is made; the slug cannot change afterwards."""

    class Meta(WagtailAdminModelForm.Meta):
        model = Outlet
        fields: ClassVar = ["name", "slug", "group", "rank", "url", "contact", "phone", "max_age_hours"]

    def __init__(self, *args: Any, channel: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["slug"].disabled = True
            channel = self.instance.channel
        else:
            self.instance.channel = channel
        self.fields["contact"].required = True
        self.fields["contact"].help_text = "故障和交办时联系的人"
        self.options = channel_options(channel)
        self._held, lost = self._stored()
        for option in self.options:
            if option.secret:
                self.fields[SECRET + option.name] = _secret_field(
                    option, held=option.name in self._held, lost=lost
                )
            else:
                self.fields[OPTION + option.name] = _option_field(option)
                self.initial[OPTION + option.name] = self.instance.options.get(option.name, option.default)

    def _stored(self) -> tuple[dict[str, str], bool]:
        """The secrets held so far, and whether they cannot be read any more."""
        try:
            return self.instance.secrets(), False
        except ConfigError:
            return {}, True

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean()
        for option in self.options:
            name = OPTION + option.name
            if option.unique and values.get(name) and (taken := self._other(option, values[name].strip())):
                self.add_error(name, f"“{taken}”已使用这个{option.label}，请核对")
            elif option.unique and self._moves(option, values.get(name) or ""):
                self.add_error(name, f"原{option.label}下还有本系统投放的稿件，更换后无法更正和撤下；{ANEW}")
        return values

    def _moves(self, option: Option, value: str) -> bool:
        """Whether copies would be left behind: looked for under the new value they would all seem to be gone."""
        held = self.instance.options.get(option.name, "")
        if not self.instance.pk or not held or value.strip() == held:
            return False
        rows = Placement.objects.filter(outlet=self.instance)
        if rows.filter(Q(actual__isnull=False) | Q(doubt__isnull=False)).exists():
            return True
        receipts = rows.exclude(pending="").values_list("receipt", flat=True)
        return any((receipt or {}).get("remote_id") for receipt in receipts)

    def _other(self, option: Option, value: str) -> Outlet | None:
        """Another outlet in service of this channel with the same value."""
        rows = Outlet.objects.active().filter(channel=self.instance.channel).exclude(pk=self.instance.pk)
        return next((row for row in rows if row.options.get(option.name) == value), None)

    def save(self, commit: bool = True) -> Outlet:
        options = dict(self.instance.options)
        secrets = dict(self._held)
        for option in self.options:
            entered = str(
                self.cleaned_data.get((SECRET if option.secret else OPTION) + option.name) or ""
            ).strip()
            if option.secret:
                secrets |= {option.name: entered} if entered else {}
            else:
                options[option.name] = entered
        self.instance.options = {name: value for name, value in options.items() if value != ""}
        self.instance.set_secrets(secrets)
        outlet: Outlet = super().save(commit=commit)
        return outlet


def channel_label(channel: str) -> str:
    """The Chinese name of a channel; its key when it is not installed any more."""
    return dict(channel_choices()).get(channel, channel)


def _option_field(option: Option) -> forms.Field:
    if option.choices:
        return forms.ChoiceField(
            label=option.label, help_text=option.help, required=option.required, choices=option.choices
        )
    return forms.CharField(
        label=option.label, help_text=option.help, required=option.required, max_length=1000
    )


def _secret_field(option: Option, *, held: bool, lost: bool) -> forms.CharField:
    note = LOST if lost else (KEPT if held else "")
    return forms.CharField(
        label=option.label,
        help_text="。".join(part for part in (option.help, note) if part),
        required=option.required and not held,
        max_length=5000,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
    )
