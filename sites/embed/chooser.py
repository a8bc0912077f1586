"""EmbedForm: the options of an embed as a person chooses them."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from django import forms
from django.http import QueryDict

from channels.edition import ItemType
from channels.formats.extracts import TYPE_LABELS
from channels.models import Outlet
from cms.models import Column, Unit
from sites.embed.options import (
    CHARS_MAX,
    CHARS_MIN,
    COUNT_MAX,
    FRAMES_MAX,
    HEADINGS,
    LAYOUT_LABELS,
    Embed,
    Layout,
)
from sites.feeds.selection import Selection
from sites.feeds.window import SHOWN_CHANNELS

HEADING_LABELS = {0: "不显示", 2: "二级标题（h2）", 3: "三级标题（h3）", 4: "四级标题（h4）"}
ENCODINGS = [("utf-8", "UTF-8"), ("gbk", "GBK（GB2312）")]
_BETWEEN = re.compile(r"[\s,，、;；]+")
_USUAL = Embed(selection=Selection())


def _outlets() -> list[tuple[str, str]]:
    rows = Outlet.objects.real().active().filter(channel__in=SHOWN_CHANNELS).order_by("rank", "slug")
    return [("", "全区全部信息"), *rows.values_list("slug", "name")]


def _columns() -> list[tuple[str, str]]:
    return list(Column.objects.values_list("code", "name"))


def _units() -> list[tuple[str, str]]:
    return list(Unit.objects.values_list("code", "name"))


def _several(label: str, choices: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
    )


class EmbedForm(forms.Form):
    """Always bound. `embed` is what was chosen, None where that is no choice."""

    outlet = forms.ChoiceField(label="信息来自", choices=_outlets, required=False)
    columns = _several("栏目", _columns)
    units = _several("发布单位", _units)
    types = _several("类型", [(kind.value, TYPE_LABELS[kind]) for kind in ItemType])
    tags = forms.CharField(
        label="标签", required=False, max_length=300, help_text="多个标签用逗号隔开，含其中任何一个即可"
    )
    layout = forms.ChoiceField(label="样式", choices=[(kind.value, LAYOUT_LABELS[kind]) for kind in Layout])
    count = forms.IntegerField(label="条数", min_value=1, max_value=COUNT_MAX)
    title_chars = forms.IntegerField(
        label="标题字数", min_value=CHARS_MIN, max_value=CHARS_MAX, help_text="超过的部分以省略号代替"
    )
    heading = forms.TypedChoiceField(
        label="列表标题", coerce=int, choices=[(level, HEADING_LABELS[level]) for level in HEADINGS]
    )
    colour = forms.CharField(
        label="颜色",
        max_length=7,
        widget=forms.TextInput(attrs={"type": "color"}),
        help_text="白底上须看得清",
    )
    new_window = forms.BooleanField(label="在新窗口打开链接", required=False)
    frames = forms.CharField(
        label="允许嵌入的域名",
        required=False,
        max_length=FRAMES_MAX * 101,
        help_text="只用于内嵌框架；不填则不限制。如 www.example.cn，多个用逗号隔开",
    )
    encoding = forms.ChoiceField(label="网页编码", choices=ENCODINGS, help_text="只影响服务器端包含的代码")

    embed: Embed | None = None

    USUAL = {
        "layout": _USUAL.layout.value,
        "count": str(_USUAL.count),
        "title_chars": str(_USUAL.title_chars),
        "heading": str(_USUAL.heading),
        "colour": _USUAL.colour,
        "encoding": "utf-8",
    }

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data, auto_id="embed-%s")
        self._asked = data
        self.is_valid()

    @classmethod
    def completed(cls, query: QueryDict) -> QueryDict:
        """A copy in which the fields that are not named have their usual values."""
        copy = query.copy()
        for name, value in cls.USUAL.items():
            copy.setdefault(name, value)
        return copy

    def clean(self) -> dict[str, Any]:
        chosen = dict(self.cleaned_data)
        if self.errors:
            return chosen
        chosen.pop("encoding")
        selection = {name: chosen.pop(name) for name in ("columns", "units", "types")}
        tags = _split(chosen.pop("tags"))
        try:
            self.embed = Embed(
                selection=Selection(outlet=chosen.pop("outlet"), tags=tags, **selection),
                layout=Layout(chosen.pop("layout")),
                frames=_split(chosen.pop("frames")),
                **chosen,
            )
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        return self.cleaned_data

    @property
    def is_gbk(self) -> bool:
        return bool(self.cleaned_data["encoding"] == "gbk")

    @cached_property
    def query(self) -> str:
        """What was chosen as the query of an address, nothing else of what was asked for."""
        said = QueryDict(mutable=True)
        for name in self.fields:
            said.setlist(name, [value for value in self._asked.getlist(name) if value])
        return said.urlencode()


def _split(text: str) -> tuple[str, ...]:
    return tuple(filter(None, _BETWEEN.split(text)))
