"""留言 in the admin: the list by the clock, and one message with everything that can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import django_filters
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.widgets.button import Button

from channels.errors import ConfigError
from cms import holidays
from cms.dashboard.views.base import DeskView
from cms.models import Unit
from cms.permissions import require
from sites.enquiries import privacy, verbs
from sites.enquiries.clock import Clock, clock
from sites.enquiries.forms import AnswerForm, CloseForm, ReopenForm, TransferForm
from sites.enquiries.models import Enquiry, Kind, Reason, State
from sites.enquiries.rights import may_handle, visible

BRIEF_MAX = 40
"""Characters."""
ACTS: Mapping[str, tuple[type[forms.Form], frozenset[str], str]] = {
    "answer": (AnswerForm, frozenset({State.OPEN, State.ANSWERED}), "已答复，留言人凭查询码可以看到"),
    "transfer": (TransferForm, frozenset({State.OPEN}), "已转办，办理时限不变"),
    "close": (CloseForm, frozenset({State.OPEN}), "已作不予受理处理"),
    "reopen": (ReopenForm, frozenset({State.CLOSED}), "已重新办理，办理时限从收到之日算起"),
}
"""For each act its form, the states in which it is offered, what is said when it is done."""


class EnquiryFilter(WagtailFilterSet):
    state = django_filters.ChoiceFilter(label="状态", choices=State.choices)
    kind = django_filters.ChoiceFilter(label="类别", choices=Kind.choices)
    unit = django_filters.ModelChoiceFilter(label="办理单位", queryset=Unit.objects.all())

    class Meta:
        model = Enquiry
        fields: list[str] = []


class EnquiriesView(generic.IndexView):
    """Open ones first, the most urgent of them on top."""

    model = Enquiry
    page_title = "留言"
    header_icon = "mail"
    index_url_name = "enquiries_desk:index"
    index_results_url_name = "enquiries_desk:results"
    any_permission_required = None
    search_fields = ["text", "code"]
    paginate_by = 50
    default_ordering = ["-state", "due_on", "pk"]
    filterset_class = EnquiryFilter

    @cached_property
    def columns(self) -> list[Column]:
        """The calendar is read once for all rows."""
        today = timezone.localdate()
        calendar = holidays.around(today)
        return [
            TitleColumn(
                "text",
                label="留言",
                accessor=brief,
                get_url=lambda row: reverse("enquiries_desk:enquiry", args=[row.pk]),
            ),
            Column(
                "due_on",
                label="办理时限",
                accessor=lambda row: _clock(clock(row, today=today, calendar=calendar)),
                sort_key="due_on",
            ),
            Column("site_name", label="网站", sort_key="site_name"),
            Column("unit", label="办理单位"),
            Column("received_at", label="收到时间", accessor=_moment, sort_key="received_at"),
        ]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require(may_handle(request.user))
        return super().dispatch(request, *args, **kwargs)

    def get_base_queryset(self) -> Any:
        return visible(self.request.user).select_related("unit")

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        return [Button("工作日历", url=reverse("enquiries_desk:calendar"), icon_name="calendar-alt")]


class EnquiryView(DeskView):
    """One message. POST carries the act that is named by `act`."""

    http_method_names = ["get", "head", "post"]
    page_title = "留言办理"
    header_icon = "mail"
    template_name = "sites/admin/enquiry.html"
    trail = (("留言", "enquiries_desk:index"),)

    @cached_property
    def enquiry(self) -> Enquiry:
        rows = visible(self.request.user).select_related("unit", "site")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require(may_handle(request.user))
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ARG002
        name = request.POST.get("act", "")
        if name not in self.offered:
            messages.error(request, "该留言的状态已经变化，请刷新后再操作")
            return redirect("enquiries_desk:enquiry", pk=self.enquiry.pk)
        form = ACTS[name][0](request.POST, prefix=name)
        if not form.is_valid():
            messages.error(request, "没有保存，请改正标出的内容后再提交")
            return self.render_to_response(self.get_context_data(refused={name: form}))
        try:
            _do(name, self.enquiry, form.cleaned_data, by=request.user.get_username())
        except verbs.Moved as moved:
            messages.error(request, f"没有保存：{moved}")
        else:
            messages.success(request, ACTS[name][2])
        return redirect("enquiries_desk:index" if name == "transfer" else self._here)

    @property
    def offered(self) -> list[str]:
        return [name for name, (_, states, _) in ACTS.items() if self.enquiry.state in states]

    @property
    def _here(self) -> str:
        return reverse("enquiries_desk:enquiry", args=[self.enquiry.pk])

    def get_context_data(
        self, refused: Mapping[str, forms.Form] | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        today = timezone.localdate()
        calendar = holidays.around(today)
        asked = {
            name: ACTS[name][0](prefix=name, initial=_initial(name, self.enquiry)) for name in self.offered
        }
        return super().get_context_data(
            enquiry=self.enquiry,
            clock=clock(self.enquiry, today=today, calendar=calendar),
            unknown=sorted(year for year in calendar.unknown if year <= self.enquiry.due_on.year),
            person=_person(self.enquiry),
            steps=self.enquiry.steps.all(),
            forms={**asked, **(refused or {})},
            refused=next(iter(refused or {}), ""),
            **kwargs,
        )


def _do(name: str, enquiry: Enquiry, values: Mapping[str, Any], *, by: str) -> None:
    now, pk = timezone.now(), enquiry.pk
    acts: dict[str, Callable[[], object]] = {
        "answer": lambda: verbs.answer(
            pk,
            text=values["text"],
            public_text=values["public_text"],
            publish=values["publish"],
            by=by,
            now=now,
        ),
        "transfer": lambda: verbs.transfer(pk, values["unit"], note=values["note"], by=by, now=now),
        "close": lambda: verbs.close(pk, Reason(values["reason"]), note=values["note"], by=by, now=now),
        "reopen": lambda: verbs.reopen(pk, note=values["note"], by=by, now=now),
    }
    acts[name]()


def _initial(name: str, enquiry: Enquiry) -> dict[str, Any]:
    return AnswerForm.of(enquiry) if name == "answer" else {}


def _person(enquiry: Enquiry) -> dict[str, str]:
    """A key that has been lost is no reason to leave a message without an answer."""
    try:
        return enquiry.person()
    except ConfigError:
        return {"problem": "加密主密钥已更换，称呼和联系方式无法解密，请与管理员联系"}


def _clock(found: Clock) -> SafeString:
    return format_html('<span class="w-status">{} {}</span>', found.sign, found.words)


def brief(row: Enquiry) -> str:
    """For lists: what many people walk past shows no personal numbers."""
    return f"{row.get_kind_display()}：{privacy.mask(row.text)[:BRIEF_MAX]}"


def _moment(row: Enquiry) -> str:
    return timezone.localtime(row.received_at).strftime("%Y-%m-%d %H:%M")


class CalendarView(DeskView):
    """工作日历: what the clock of this year and the next goes by, and whether it is known."""

    page_title = "工作日历"
    header_icon = "calendar-alt"
    template_name = "sites/admin/calendar.html"
    trail = (("留言", "enquiries_desk:index"),)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require(may_handle(request.user))
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        year = timezone.localdate().year
        years = (year, year + 1)
        return super().get_context_data(
            years=[(one, holidays.merged([one])) for one in years],
            unknown=sorted(holidays.calendar(years).unknown),
            may_edit=self.request.user.has_perm("cms.change_holiday"),
            **kwargs,
        )


app_name = "enquiries_desk"
urlpatterns = [
    path("", EnquiriesView.as_view(), name="index"),
    path("results/", EnquiriesView.as_view(results_only=True), name="results"),
    path("calendar/", CalendarView.as_view(), name="calendar"),
    path("<int:pk>/", EnquiryView.as_view(), name="enquiry"),
]
