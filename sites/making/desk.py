"""站点 in the admin: the list, the guided form with its preview, and what closes and opens a site."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.http import require_POST
from wagtail.models import Page, Site
from wagtail.permissions import policy_registry

from cms.dashboard.views.base import DeskView
from cms.permissions import require
from sites import theme
from sites.home import home as home_page
from sites.making import closing
from sites.making.forms import FOOTER, AnnounceForm, CloseForm, Columns, SiteForm, SuspendForm, drafts
from sites.making.making import make
from sites.making.outline import COLOURS, KINDS
from sites.models import SiteHome

PARTS = {
    "place": ("title", "full_name", "slug", "parent", "host"),
    "unit": ("unit", "unit_name", "unit_code"),
    "footer": FOOTER,
}
"""The plain fields of the form, as they stand together."""


def may_make(user: Any) -> bool:
    """Who may add an outlet and a host; where, his rights on pages say."""
    return bool(user.has_perms(("syndication.add_outlet", "wagtailcore.add_site")))


def _parents(user: Any) -> Any:
    allowed = policy_registry.get_by_type(Page).instances_user_has_permission_for(user, "publish")
    homes = SiteHome.objects.live().filter(closure=None).order_by("depth", "path")
    return homes if user.is_superuser else homes.filter(pk__in=allowed.values("pk"))


class SitesDeskView(DeskView):
    header_icon = "site"
    trail: tuple[tuple[str, str], ...] = (("站点", "sites_desk:index"),)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require(may_make(request.user))
        return super().dispatch(request, *args, **kwargs)


class SitesView(SitesDeskView):
    """Every hosted site with its address and standing."""

    page_title = "站点"
    template_name = "sites/admin/sites.html"
    trail = ()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        homes = SiteHome.objects.select_related("outlet", "unit", "closure").order_by("path")
        rows = [(home, home.get_full_url() or "") for home in homes]
        return super().get_context_data(rows=rows, **kwargs)


class KindView(SitesDeskView):
    """The first step: what kind of site."""

    page_title = "建立站点"
    template_name = "sites/admin/site_kind.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(kinds=KINDS.items(), **kwargs)


class MakeView(SitesDeskView):
    """The second step, one page. `preview` shows the site and keeps nothing."""

    http_method_names = ["get", "head", "post"]
    template_name = "sites/admin/site_form.html"
    trail = (("站点", "sites_desk:index"), ("建立站点", "sites_desk:kind"))

    def get_page_title(self) -> str:
        return f"建立{KINDS[self.kind].label}"

    @cached_property
    def kind(self) -> str:
        kind: str = self.kwargs["kind"]
        if kind not in KINDS:
            raise Http404
        return kind

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ARG002
        form, columns = self._forms(request.POST)
        fine = all([form.is_valid(), columns.is_valid()])
        if not fine:
            messages.error(request, "站点没有建立，请改正标出的内容后再提交")
            return self.render_to_response(self.get_context_data(form=form, columns=columns), status=422)
        plan = form.plan(columns.columns())
        if "preview" in request.POST:
            return _preview(request, plan)
        try:
            with transaction.atomic():
                home = make(plan, now=timezone.now(), user=request.user)
        except IntegrityError:
            messages.error(request, "站点没有建立：代码、域名或单位刚刚被别人使用，请核对后再提交")
            return self.render_to_response(self.get_context_data(form=form, columns=columns), status=409)
        messages.success(request, f"站点“{home.title}”已建立并上线：{home.get_full_url()}")
        return redirect("sites_desk:index")

    def _forms(self, data: Any = None) -> tuple[SiteForm, Any]:
        form = SiteForm(data, kind=self.kind, parents=_parents(self.request.user))
        return form, Columns(data, initial=drafts(self.kind), prefix="columns")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if "form" not in kwargs:
            kwargs["form"], kwargs["columns"] = self._forms()
        swatches = [(code, name, _shades(code)) for code, name in COLOURS]
        return super().get_context_data(
            swatches=swatches,
            parts={name: [kwargs["form"][field] for field in fields] for name, fields in PARTS.items()},
            colour=kwargs["form"]["colour"].value(),
            **kwargs,
        )


class _Undo(Exception):
    """Takes back what a preview has made."""


def _preview(request: HttpRequest, plan: Any) -> HttpResponse:
    """The real home page of the real site, made and taken back in one transaction."""
    response = HttpResponse()
    try:
        with transaction.atomic():
            home = make(plan, now=timezone.now(), user=request.user)
            shown = home_page(request, home)
            response = shown.render() if hasattr(shown, "render") else shown
            raise _Undo
    except _Undo:
        pass
    except IntegrityError:
        return HttpResponse(
            "代码、域名或单位刚刚被别人使用，请返回核对。",
            content_type="text/plain; charset=utf-8",
            status=409,
        )
    finally:
        # Filled while the site was there.
        Site.clear_site_root_paths_cache()
    return response


def _shades(code: str) -> tuple[str, str, str]:
    """The site's colour, its dark and its light shade."""
    brand = theme.parse(code)
    return (
        code,
        theme.text(theme.mix((0, 0, 0), brand, 0.25)),
        theme.text(theme.mix(brand, theme.WHITE, 0.25)),
    )


class ClosingView(SitesDeskView):
    """关停: announce, close at once, rest; or open again."""

    http_method_names = ["get", "head", "post"]
    template_name = "sites/admin/site_closing.html"
    page_title = "关停和恢复"

    @cached_property
    def home(self) -> SiteHome:
        rows = SiteHome.objects.select_related("outlet", "closure")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ARG002
        name = request.POST.get("act", "")
        asked = self._forms().get(name)
        if asked is None:
            messages.error(request, "站点的状态已经变化，请刷新后再操作")
            return redirect("sites_desk:closing", pk=self.home.pk)
        form = self._forms(request.POST, name)[name]
        if not form.is_valid():
            messages.error(request, "没有执行，请改正标出的内容后再提交")
            return self.render_to_response(self.get_context_data(refused={name: form}), status=422)
        self._do(name, form.cleaned_data)
        messages.success(request, DONE[name])
        return redirect("sites_desk:index")

    def _forms(self, data: Any = None, name: str = "") -> dict[str, forms.Form]:
        """An open site can be closed in three ways, one whose closing is announced can still be closed at once."""
        closure = self.home.closure_now
        if closure and not closure.is_closing:
            return {}
        rests = closing.rests_within_a_year(self.home, now=timezone.now())
        makers: dict[str, Callable[[Any], forms.Form]] = {
            "announce": lambda given: AnnounceForm(given, prefix="announce"),
            "suspend": lambda given: SuspendForm(given, prefix="suspend", rests=rests),
            "close": lambda given: CloseForm(given, prefix="close"),
        }
        return {key: maker(data if key == name else None) for key, maker in makers.items()}

    def _do(self, name: str, values: Mapping[str, Any]) -> None:
        given = {"note": values["note"], "now": timezone.now(), "user": self.request.user}
        if name == "close":
            closing.close(self.home, **given)
        elif name == "announce":
            closing.announce(self.home, until=values["until"], **given)
        else:
            closing.suspend(self.home, until=values["until"], **given)

    def get_context_data(self, refused: Mapping[str, Any] | None = None, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            home=self.home,
            closure=self.home.closure_now,
            is_default=Site.objects.filter(root_page=self.home, is_default_site=True).exists(),
            forms={**self._forms(), **(refused or {})},
            refused=next(iter(refused or {}), ""),
            **kwargs,
        )


DONE = {
    "announce": "关停公告已在站点各页显示，到期自动关停",
    "suspend": "站点已临时关闭，到期自动恢复",
    "close": "站点已关停，发布终端已停用",
}


@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    require(may_make(request.user))
    home = get_object_or_404(SiteHome.objects.select_related("outlet"), pk=pk)
    closing.reopen(home, now=timezone.now(), user=request.user)
    messages.success(request, f"站点“{home.title}”已恢复正常")
    return redirect(reverse("sites_desk:index"))


app_name = "sites_desk"
urlpatterns = [
    path("", SitesView.as_view(), name="index"),
    path("new/", KindView.as_view(), name="kind"),
    path("new/<slug:kind>/", MakeView.as_view(), name="make"),
    path("<int:pk>/closing/", ClosingView.as_view(), name="closing"),
    path("<int:pk>/reopen/", reopen, name="reopen"),
]
