"""The console's forms: signing in, accepting an invitation, keys, and an outlet's push settings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

from channels.contract import Option
from channels.markup import is_web_address
from channels.models import Outlet
from channels.pulling.models import Scope
from channels.rendering import channel_options

NAME = RegexValidator(r"^[a-z][a-z0-9_.-]{2,29}$", "登录名为 3 到 30 个小写字母、数字或 . _ -，以字母开头")


class SignInForm(forms.Form):
    username = forms.CharField(
        label="登录名",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label="密码",
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class PasswordForm(forms.Form):
    """A new password, twice."""

    password = forms.CharField(
        label="密码",
        max_length=500,
        strip=False,
        help_text="至少 10 位，不能全是数字，也不能过于常见",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="再输一次密码",
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user

    def owner(self) -> User:
        """Whose password it becomes: what it must not resemble."""
        return self._user or User()

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        password = values.get("password")
        if password and values.get("again") != password:
            self.add_error("again", "两次输入的密码不一致，请重新输入")
        elif password:
            try:
                validate_password(password, self.owner())
            except ValidationError as error:
                self.add_error("password", error)
        return values


class AcceptForm(PasswordForm):
    """A new webmaster names himself."""

    username = forms.CharField(
        label="登录名",
        max_length=30,
        validators=[NAME],
        help_text="小写字母开头，如 jinglan.wang",
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    person = forms.CharField(
        label="姓名", max_length=50, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    field_order = ("username", "person", "password", "again")

    def owner(self) -> User:
        return User(
            username=self.cleaned_data.get("username", ""), last_name=self.cleaned_data.get("person", "")
        )

    def clean_username(self) -> str:
        name = str(self.cleaned_data["username"])
        if User.objects.filter(username__iexact=name).exists():
            raise ValidationError("这个登录名已有人使用，请另选一个")
        return name


class KeyForm(forms.Form):
    name = forms.CharField(label="用途", max_length=50, help_text="填在哪里用，如“织梦后台”")
    scopes = forms.MultipleChoiceField(
        label="权限",
        choices=Scope.choices,
        initial=[Scope.PULL],
        widget=forms.CheckboxSelectMultiple,
    )


class PushForm(forms.Form):
    """The options of the outlet's channel. Secrets go in and never come out."""

    def __init__(self, *args: Any, outlet: Outlet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._plain = [option for option in channel_options(outlet.channel) if not option.secret]
        for option in self._plain:
            self.fields[option.name] = _field(option)
            self.initial[option.name] = outlet.options.get(option.name, option.default)
            if option.unique:
                # Copies of before would be looked for under the new address and seem to be gone.
                self.fields[option.name].disabled = True
                self.fields[option.name].help_text = "更换请联系区委宣传部：已推送的稿件须先撤下"

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"]).strip()
        if not is_web_address(url):
            raise ValidationError("地址应以 https:// 或 http:// 开头，请核对")
        return url

    def options(self, held: dict[str, Any]) -> dict[str, Any]:
        """The outlet's options as they are now wanted; what the form does not know stays."""
        entered = {
            option.name: str(self.cleaned_data.get(option.name) or "").strip() for option in self._plain
        }
        return {name: value for name, value in {**held, **entered}.items() if value != ""}


def _field(option: Option) -> forms.Field:
    common = {"label": option.label, "help_text": option.help, "required": option.required}
    if option.choices:
        return forms.ChoiceField(choices=option.choices, **common)  # type: ignore[arg-type]
    return forms.CharField(max_length=1000, **common)  # type: ignore[arg-type]
