"""The guided form of a new site, and the forms that close one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.utils import timezone

from cms.models import Column, RoutingRule, Unit
from sites.making import addresses, closing
from sites.making.making import NewColumn, NewSite
from sites.making.outline import COLOURS, KINDS, KindOfSite
from sites.models import COLUMN_TYPES, SiteHome
from sites.models.closure import NOTE_MAX
from sites.theme import check_colour

CODE = RegexValidator(
    r"^[a-z][a-z0-9-]{1,39}$", "代码为 2 到 40 个小写字母、数字和连字符，以字母开头，如 jinglan"
)
FOOTER = ("contact", "address", "site_id_code", "icp", "police_record")
BLANK_COLUMNS = 2
COLUMNS_MAX = 20


def _required(what: str) -> dict[str, str]:
    return {"required": f"请填写{what}"}


class SiteForm(forms.Form):
    """One page; `kind` (a key of KINDS) has been chosen before."""

    title = forms.CharField(
        label="站点简称",
        max_length=50,
        error_messages=_required("站点简称"),
        help_text="后台和导航中的名称，如：静兰街道",
    )
    full_name = forms.CharField(
        label="网站全称",
        max_length=100,
        error_messages=_required("网站全称"),
        help_text="页眉显示的规范名称，如：柳州市城中区静兰街道办事处",
    )
    slug = forms.CharField(
        label="代码",
        max_length=40,
        validators=[CODE],
        error_messages=_required("代码"),
        help_text="网址和发布终端的代码，建立后不要更改",
    )
    parent = forms.ModelChoiceField(
        label="上级站点",
        queryset=SiteHome.objects.none(),
        error_messages=_required("上级站点"),
        help_text="新站点在页面树中的位置；页眉显示上级站点的名称",
    )
    host = forms.CharField(
        label="独立域名",
        max_length=253,
        required=False,
        help_text="留空则用上级站点下的路径，如 /jinglan/；填写则用域名，如 jinglan.example.gov.cn（域名须先解析到本平台）",
    )
    unit = forms.ModelChoiceField(
        label="主办单位", queryset=Unit.objects.all(), required=False, empty_label="新建单位（填写下面两项）"
    )
    unit_name = forms.CharField(label="新单位全称", max_length=100, required=False)
    unit_code = forms.CharField(label="新单位代码", max_length=50, required=False, validators=[CODE])
    colour = forms.ChoiceField(
        label="主色",
        widget=forms.RadioSelect,
        choices=COLOURS,
        error_messages={"required": "请选择主色", "invalid_choice": "请从列出的颜色中选择"},
    )
    contact = forms.CharField(
        label="联系方式", max_length=100, required=False, help_text="办公电话或电子邮箱，页脚显示"
    )
    address = forms.CharField(label="地址", max_length=200, required=False)
    site_id_code = forms.CharField(
        label="网站标识码",
        max_length=10,
        required=False,
        validators=[RegexValidator(r"^(\d{10}|bm\d{8})$", "网站标识码为 10 位数字，请核对后重新填写")],
        help_text="没有可留空，页脚标明“演示”",
    )
    icp = forms.CharField(label="ICP备案编号", max_length=50, required=False)
    police_record = forms.CharField(label="公安备案号", max_length=50, required=False)
    own_rule = forms.BooleanField(
        label="主办单位的稿件自动投放到本站", required=False, help_text="建立一条分发规则，以后可以修改"
    )
    rules = forms.ModelMultipleChoiceField(
        label="加入现有分发规则",
        queryset=RoutingRule.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="勾选后，符合规则的稿件也投放到本站；必转规则的稿件本站不能拒用",
    )

    fill = forms.BooleanField(
        label="把近 90 天的稿件补投到本站",
        required=False,
        help_text="按上面的规则补投最新的 100 篇以内，站点一上线就有内容；不勾选则从下一篇稿件开始",
    )

    def __init__(self, *args: Any, kind: str, parents: QuerySet[SiteHome], **kwargs: Any) -> None:
        self.kind: KindOfSite = KINDS[kind]
        super().__init__(*args, **kwargs)
        rules = RoutingRule.objects.filter(enabled=True)
        _field(self, "parent").queryset = parents
        _field(self, "rules").queryset = rules
        self.initial.setdefault("parent", parents.first())
        self.initial.setdefault("colour", self.kind.colour)
        self.initial.setdefault("own_rule", True)
        self.initial.setdefault("fill", True)
        self.initial.setdefault("rules", [rule.pk for rule in rules if self._suits(rule)])

    def _suits(self, rule: RoutingRule) -> bool:
        """A must-carry rule that other sites of this kind follow already."""
        outlets = rule.outlets.all()
        alike = SiteHome.objects.filter(outlet__in=outlets, kind=self.kind.site_kind)
        return bool(rule.must_carry and alike.exists())

    def clean_colour(self) -> str:
        colour: str = self.cleaned_data["colour"]
        check_colour(colour)
        return colour

    def clean_host(self) -> str:
        host: str = self.cleaned_data["host"].strip().lower().rstrip(".")
        if host and (problem := addresses.host_problem(host)):
            raise ValidationError(problem)
        return host

    def clean_full_name(self) -> str:
        name: str = self.cleaned_data["full_name"]
        if SiteHome.objects.filter(full_name=name).exists():
            raise ValidationError(f"已有全称为“{name}”的站点，请核对后换一个名称")
        return name

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("slug") and values.get("parent"):
            in_path = not values.get("host")
            if problem := addresses.slug_problem(values["parent"], values["slug"], in_path=in_path):
                self.add_error("slug", problem)
        if not values.get("unit") and "unit" in values:
            self._check_new_unit(values)
        return values

    def _check_new_unit(self, values: dict[str, Any]) -> None:
        name, code = values.get("unit_name", ""), values.get("unit_code", "")
        if not name:
            self.add_error("unit_name", "请选择主办单位，或者填写新单位全称")
        elif Unit.objects.filter(name=name).exists():
            self.add_error("unit_name", f"已有名为“{name}”的单位，请在“主办单位”中选择")
        if not code and "unit_code" not in self.errors:
            self.add_error("unit_code", "请填写新单位代码")
        elif code and Unit.objects.filter(code=code).exists():
            self.add_error("unit_code", f"单位代码“{code}”已被使用，请换一个代码")

    def plan(self, columns: list[NewColumn]) -> NewSite:
        """Only of a valid form."""
        values = self.cleaned_data
        unit = values["unit"] or Unit(
            code=values["unit_code"],
            name=values["unit_name"],
            short_name=values["title"],
            kind=self.kind.unit_kind,
        )
        return NewSite(
            kind=self.kind.site_kind,
            title=values["title"],
            full_name=values["full_name"],
            slug=values["slug"],
            parent=values["parent"],
            host=values["host"],
            unit=unit,
            colour=values["colour"],
            group=self.kind.group,
            footer={name: values[name] for name in FOOTER},
            columns=columns,
            own_rule=values["own_rule"],
            rules=[rule.pk for rule in values["rules"]],
            fill=values["fill"],
        )


class ColumnForm(forms.Form):
    """A row of the columns; one without a title is left out."""

    title = forms.CharField(label="栏目名称", max_length=50, required=False)
    slug = forms.CharField(label="代码", max_length=40, required=False, validators=[CODE])
    column_type = forms.ChoiceField(
        label="栏目类别", choices=[(name, name) for name in COLUMN_TYPES], initial="工作动态"
    )
    codes = forms.ModelMultipleChoiceField(
        label="收录区级栏目",
        queryset=Column.objects.all(),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("title"):
            slug = values.get("slug", "")
            if not slug and "slug" not in self.errors:
                self.add_error("slug", "请填写栏目代码")
            elif slug in addresses.OWN or (slug and addresses.is_reserved(slug)):
                self.add_error("slug", f"“{slug}”是系统保留的网址，请换一个代码")
            if not values.get("codes"):
                self.add_error("codes", "请至少勾选一个区级栏目，否则栏目没有内容")
        return values


class BaseColumns(forms.BaseFormSet):
    def clean(self) -> None:
        """Codes that stand twice; a site without a column."""
        rows = [
            form.cleaned_data for form in self.forms if form.is_valid() and form.cleaned_data.get("title")
        ]
        if not rows and not any(self.errors):
            raise ValidationError("请至少保留一个栏目")
        seen: set[str] = set()
        for form in self.forms:
            slug = form.cleaned_data.get("slug", "") if form.is_valid() else ""
            if slug and form.cleaned_data.get("title") and slug in seen:
                form.add_error("slug", f"栏目代码“{slug}”重复，请换一个代码")
            seen.add(slug)

    def columns(self) -> list[NewColumn]:
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data.get("title")]
        return [
            NewColumn(row["title"], row["slug"], row["column_type"], [column.code for column in row["codes"]])
            for row in rows
        ]


Columns = forms.formset_factory(
    ColumnForm, formset=BaseColumns, extra=BLANK_COLUMNS, max_num=COLUMNS_MAX, absolute_max=COLUMNS_MAX
)


def drafts(kind: str) -> list[dict[str, Any]]:
    """Initial rows by the kind of site, with the district's columns that fit."""
    known = list(Column.objects.values_list("code", "name"))
    return [
        {
            "title": draft.title,
            "slug": draft.slug,
            "column_type": draft.column_type,
            "codes": draft.codes(known),
        }
        for draft in KINDS[kind].columns
    ]


class NoteForm(forms.Form):
    note = forms.CharField(
        label="公告内容",
        max_length=NOTE_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages=_required("公告内容"),
        help_text="读者在站点首页看到，请写明原因和去处",
    )


class AnnounceForm(NoteForm):
    """A month is the rule; a shorter notice needs a tick."""

    until = forms.DateField(
        label="关停日期",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "请填写关停日期", "invalid": "日期应写成 2026-12-31"},
        help_text=f"首页公告不少于 {closing.NOTICE_DAYS} 天，到期当日零点自动关停",
    )
    sure = forms.BooleanField(label="公告期不足一个月，仍要按此日期关停", required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        until: date | None = values.get("until")
        today = timezone.localdate()
        if until and until <= today:
            self.add_error("until", "关停日期应晚于今天；要立即关停请用“立即关停”")
        elif until and until < today + timedelta(days=closing.NOTICE_DAYS) and not values.get("sure"):
            self.add_error(
                "until", f"公告期不足 {closing.NOTICE_DAYS} 天，请改为更晚的日期，或勾选下面的确认"
            )
        return values


class SuspendForm(NoteForm):
    until = forms.DateField(
        label="恢复日期",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "请填写恢复日期", "invalid": "日期应写成 2026-12-31"},
        help_text=f"最长 {closing.REST_DAYS_MAX} 天，到期自动恢复",
    )
    sure = forms.BooleanField(label="一年内已临时关闭过，仍要再次关闭", required=False)

    def __init__(self, *args: Any, rests: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rests = rests
        if rests < closing.RESTS_A_YEAR:
            del self.fields["sure"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        until: date | None = values.get("until")
        today = timezone.localdate()
        if until and not today < until <= today + timedelta(days=closing.REST_DAYS_MAX):
            self.add_error("until", f"恢复日期应在明天到 {closing.REST_DAYS_MAX} 天之内")
        if self.rests >= closing.RESTS_A_YEAR and not values.get("sure"):
            self.add_error(
                "sure", f"最近一年已临时关闭 {self.rests} 次，按要求每年不超过 1 次；确需关闭请勾选"
            )
        return values


class CloseForm(NoteForm):
    sure = forms.BooleanField(
        label="确认立即关停",
        error_messages={"required": "请勾选确认"},
        help_text="首页改为公告，其他网站也有的信息自动转过去，其余归档；发布终端停用，不再接收新稿件",
    )


def _field(form: forms.Form, name: str) -> Any:
    return form.fields[name]
