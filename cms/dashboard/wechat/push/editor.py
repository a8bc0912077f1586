"""One push: its editor, its picker, its phone, and what people do with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Media
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.http import require_GET, require_POST

from channels.errors import ContentError
from channels.models import Outlet
from channels.wechat.models import ARTICLES_MAX, Push, PushArticle, PushState
from channels.wechat.push import content, verbs
from cms import previews
from cms.dashboard.wechat.base import account
from cms.dashboard.wechat.push import comparing, reading
from cms.dashboard.wechat.push.forms import ArticleForm, PlanForm, PreviewForm, article_forms, in_order
from cms.dashboard.wechat.push.looks import look, moves
from cms.dashboard.wechat.push.pushes import PushDesk
from cms.permissions import can_confirm_push, can_push, require

HISTORY_MAX = 100


def found_push(slug: str, pk: int) -> Push:
    return get_object_or_404(Push.objects.select_related("outlet"), pk=pk, outlet__slug=slug)


class PushPage(PushDesk):
    """A page about one push. `current` is read afresh for every request."""

    @cached_property
    def push(self) -> Push:
        return found_push(self.kwargs["slug"], self.kwargs["pk"])

    @cached_property
    def outlet(self) -> Outlet:
        return self.push.outlet

    def get_page_subtitle(self) -> str:
        return f"#{self.push.pk}"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        found = super().get_breadcrumbs_items()
        home = {"url": reverse("desk:wechat_pushes", args=[self.outlet.slug]), "label": "推送"}
        return [*found[:-1], home, *found[-1:]]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        push = self.push
        values = {"push": push, "look": look(push), "can_push": can_push(self.request.user), **kwargs}
        return super().get_context_data(can_confirm=can_confirm_push(self.request.user), **values)


def in_sequence(pairs: Iterable[tuple[reading.Row, ArticleForm]]) -> list[tuple[reading.Row, ArticleForm]]:
    """As the editor has put them, also when what he entered could not be saved."""

    def position(pair: tuple[reading.Row, ArticleForm]) -> int:
        entered = str(pair[1]["position"].value())
        return int(entered) if entered.isdecimal() else ARTICLES_MAX

    return sorted(pairs, key=position)


class PushView(PushPage):
    """The editor while it is being put together; afterwards what was sent and how that went."""

    page_title = "推送"
    template_name = "cms/desk/wechat/push.html"
    http_method_names = ["get", "post"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        push = self.push
        rows = reading.rows(push)
        editing = push.status is PushState.EDITING and can_push(self.request.user)
        if editing:
            forms = kwargs.pop("articles", None) or article_forms([row.article for row in rows])
            pairs = in_sequence(zip(rows, forms, strict=True))
            kwargs = {"plan": PlanForm(push), "pairs": pairs, **kwargs}
        return super().get_context_data(
            rows=rows,
            editing=editing,
            live=moves(push, timezone.now()),
            full=len(rows) >= ARTICLES_MAX,
            published=[row for row in rows if row.published or row.pushed],
            previews=list(push.previews.order_by("-pk")[:20]),
            preview=PreviewForm(),
            events=list(push.events.order_by("-pk")[:HISTORY_MAX]),
            title_max=content.TITLE_MAX,
            digest_max=content.DIGEST_MAX,
            media=ArticleForm(PushArticle()).media if editing else Media(),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ARG002
        """Save the editor, and go on to where the button leads."""
        require(can_push(request.user))
        push = self.push
        articles = list(push.articles.select_related("item", "edition"))
        plan, forms = PlanForm(push, request.POST), article_forms(articles, request.POST)
        wrong = [form for form in (plan, *forms) if not form.is_valid()]
        if wrong:
            messages.error(request, "未保存：请改正标出的地方")
            return self.render_to_response(self.get_context_data(plan=plan, articles=forms))
        try:
            verbs.arrange(
                push.pk,
                plan.plan(),
                in_order(forms),
                by=request.user.get_username(),
                now=timezone.now(),
            )
        except (ValueError, ContentError) as problem:
            messages.error(request, f"未保存：{_sentence(problem)}")
            return self.render_to_response(self.get_context_data(plan=plan, articles=forms))
        return self._onward(request)

    def _onward(self, request: HttpRequest) -> HttpResponse:
        slug, pk = self.kwargs["slug"], self.push.pk
        if "pick" in request.POST:
            return redirect("desk:wechat_push_pick", slug, pk)
        if "propose" in request.POST:
            return carried_out(request, slug, pk, "propose")
        messages.success(request, "已保存")
        return redirect("desk:wechat_push", slug, pk)


class PickView(PushPage):
    """Items that this account shall show, to be put into the push."""

    page_title = "选择稿件"
    template_name = "cms/desk/wechat/push_pick.html"
    http_method_names = ["get", "post"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = self.request.GET.get("q", "").strip()[:100]
        choices, more = reading.choices(self.push, text)
        return super().get_context_data(
            choices=choices, more=more, text=text, room=ARTICLES_MAX - self.push.articles.count(), **kwargs
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ARG002
        require(can_push(request.user))
        try:
            items = [UUID(text) for text in request.POST.getlist("item")]
            made = verbs.add(self.push.pk, items, by=request.user.get_username(), now=timezone.now())
        except ValueError as problem:
            messages.error(request, f"未加入：{problem}")
            return redirect(request.get_full_path())
        messages.success(request, f"已加入 {len(made)} 篇")
        return redirect("desk:wechat_push", self.kwargs["slug"], self.push.pk)


class CompareView(PushPage):
    """来源已更新: the adopted edition beside the newest."""

    page_title = "来源已更新"
    template_name = "cms/desk/wechat/push_compare.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.push.articles.select_related("item__current", "edition")
        article = get_object_or_404(rows, pk=self.kwargs["article"])
        if article.item.current is None:
            raise Http404
        parts = comparing.compare(article.edition.edition(), article.item.current.edition())
        return super().get_context_data(**{**kwargs, "article": article, "parts": parts})


@require_GET
def phone(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The whole message as followers see it, with every article opened; the rendering that will be sent."""
    push = found_push(slug, pk)
    shown = reading.phone(push)
    styles = {one.article.pk: reading.focal_style(one.edition) for one in shown}
    context = {
        "push": push,
        "outlet": account(slug),
        "shown": [(one, styles[one.article.pk]) for one in shown],
        "now": timezone.now(),
    }
    response = TemplateResponse(request, "cms/desk/wechat/push_phone.html", context)
    response.headers["Content-Security-Policy"] = previews.POLICY
    return response


Verb = Callable[[HttpRequest, Push], str]


def _propose(request: HttpRequest, push: Push) -> str:
    verbs.propose(push.pk, by=request.user.get_username(), now=timezone.now())
    return "已提交复核，请提交人以外的复核人确认"


def _reopen(request: HttpRequest, push: Push) -> str:
    verbs.reopen(
        push.pk,
        reason=request.POST.get("reason", "")[:300],
        by=request.user.get_username(),
        now=timezone.now(),
    )
    return "已退回编排，修改后须重新提交复核"


def _cancel(request: HttpRequest, push: Push) -> str:
    verbs.cancel(push.pk, by=request.user.get_username(), now=timezone.now())
    return "已取消这次推送"


def _preview(request: HttpRequest, push: Push) -> str:
    form = PreviewForm(request.POST)
    if not form.is_valid():
        raise ValueError("请填写接收预览的微信号")
    count = verbs.ask_preview(push.pk, form.wanted(), by=request.user.get_username(), now=timezone.now())
    return f"已安排向 {count} 个微信号发送预览，约十秒后发出"


def _adopt(request: HttpRequest, push: Push) -> str:
    verbs.adopt(_article(request, push), by=request.user.get_username(), now=timezone.now())
    return "已采用最新版本，自定的标题、摘要和封面保持不变"


def _keep(request: HttpRequest, push: Push) -> str:
    verbs.keep(_article(request, push), by=request.user.get_username(), now=timezone.now())
    return "已保留原版本"


def _article(request: HttpRequest, push: Push) -> int:
    given = request.POST.get("article", "")
    if not given.isdecimal() or not push.articles.filter(pk=int(given)).exists():
        raise ValueError(verbs.CHANGED)
    return int(given)


VERBS: dict[str, Verb] = {
    "propose": _propose,
    "reopen": _reopen,
    "cancel": _cancel,
    "preview": _preview,
    "adopt": _adopt,
    "keep": _keep,
}
REVIEWERS_TOO = frozenset({"reopen", "cancel", "preview"})


@require_POST
def act(request: HttpRequest, slug: str, pk: int, verb: str) -> HttpResponse:
    user = request.user
    require(can_push(user) or (verb in REVIEWERS_TOO and can_confirm_push(user)))
    return carried_out(request, slug, pk, verb)


def carried_out(request: HttpRequest, slug: str, pk: int, verb: str) -> HttpResponse:
    """Raises Http404 for a verb that there is not."""
    if verb not in VERBS:
        raise Http404
    try:
        messages.success(request, VERBS[verb](request, found_push(slug, pk)))
    except (ValueError, ContentError) as problem:
        messages.error(request, f"未执行：{_sentence(problem)}")
    return redirect(reverse("desk:wechat_push", args=[slug, pk]))


def _sentence(problem: Exception) -> str:
    return problem.message if isinstance(problem, ContentError) else str(problem)
