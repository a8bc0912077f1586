"""The public pages: the form (/messages/), what became of a message (/messages/<code>/), public answers.

The site that they stand in comes from `?site=`, else from the page that the reader came from (`?page=`), else from the
host. The form carries a signed token and no cookie: there is no log-in that another site could misuse.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from channels.markup import is_web_address
from sites import meta
from sites.enquiries import answers, limits, tokens, verbs
from sites.enquiries.forms import LookupForm, MessageForm
from sites.enquiries.models import PAGE_MAX, Enquiry, Kind
from sites.frame import Frame, frame_of, home_for_request, home_for_url
from sites.models import SiteHome
from sites.pages import public

BUSY = "提交次数过多，请一小时后再试"


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    if request.method != "POST":
        page = _page_asked(request)
        first = {"kind": _kind_asked(request, page), "page": page}
        return _form(request, MessageForm(initial=first), _home(request), now)
    return _submitted(request, now)


@require_safe
def status(request: HttpRequest, code: str = "") -> HttpResponse:
    """What became of a message. The code is a secret of its sender: nobody keeps the page, no index has it."""
    typed = code or request.GET.get("code", "")
    tidy = tokens.tidy_code(typed)
    if tidy and code != tidy:
        return HttpResponseRedirect(reverse("enquiry", args=[tidy]))
    message, found, answer_status = "", None, 200
    if typed and not limits.take(request, limits.LOOKING, today=timezone.localdate()):
        message, answer_status = "查询次数过多，请一小时后再试", 429
    elif typed:
        found = Enquiry.objects.select_related("unit", "site").filter(code=tidy).first() if tidy else None
        message = "" if found else "没有这个查询码的留言，请核对后重新输入（10 位字母和数字）"
        answer_status = 200 if found else 404
    home = (found.site if found else None) or _home(request)
    context = {
        "found": found,
        "message": message,
        "typed": typed[:40],
        "is_new": "sent" in request.GET,
        "days": verbs.ANSWER_DAYS,
        "lookup": LookupForm(),
    }
    return _page(request, "status", home, context, secret=True, status=answer_status)


@require_safe
def public_answers(request: HttpRequest) -> HttpResponse:
    home = _home(request)
    try:
        before = answers.Cursor.parse(request.GET["before"]) if "before" in request.GET else None
        rows, after = answers.page(home, before)
    except (ValueError, OverflowError) as error:
        raise Http404("没有这一页") from error
    column = [
        ("ColumnName", "公开答复"),
        ("ColumnDescription", f"{home.full_name}对留言的公开答复"),
        ("ColumnKeywords", "公开答复,留言,咨询,投诉,建议"),
        ("ColumnType", "咨询投诉"),
    ]
    context = {
        "rows": rows,
        "older": _address("enquiry_answers", home, before=str(after)) if after else "",
        "first": _address("enquiry_answers", home) if before else "",
    }
    return _page(request, "answers", home, context, tags=column)


def _submitted(request: HttpRequest, now: datetime) -> HttpResponse:
    sent = MessageForm(request.POST)
    try:
        token = tokens.read(request.POST.get("token", ""), now=now)
    except tokens.StaleToken as stale:
        return _form(request, sent, _home(request), now, problem=str(stale))
    home = _open(token.site) or _home(request)
    if not sent.is_valid():
        return _form(request, sent, home, now, token=request.POST["token"])
    if not limits.take(request, limits.SENDING, today=timezone.localdate(now)):
        return _form(request, sent, home, now, problem=BUSY, token=request.POST["token"], status=429)
    enquiry = verbs.receive(home, sent.cleaned_data, nonce=token.nonce, now=now)
    return HttpResponseRedirect(f"{reverse('enquiry', args=[enquiry.code])}?sent=1")


def _form(
    request: HttpRequest,
    shown: MessageForm,
    home: SiteHome,
    now: datetime,
    *,
    problem: str = "",
    token: str = "",
    status: int = 200,
) -> HttpResponse:
    """`token`: the one that was sent, so that a second try is the same message."""
    if status == 200 and (problem or (shown.is_bound and not shown.is_valid())):
        status = 422
    context = {
        "form": shown,
        "problem": problem,
        "token": token or tokens.make(home.pk, now=now),
        "days": verbs.ANSWER_DAYS,
        "kept_days": settings.ENQUIRY_CONTACT_DAYS,
    }
    return _page(request, "form", home, context, secret=True, status=status)


def _page(
    request: HttpRequest,
    name: str,
    home: SiteHome,
    context: Mapping[str, object],
    *,
    tags: list[meta.Tag] | None = None,
    secret: bool = False,
    status: int = 200,
) -> HttpResponse:
    frame: Frame = frame_of(request, home)
    more = [("robots", "noindex")] if secret else []
    links = {
        "form_url": _address("enquiries", home),
        "answers_url": _address("enquiry_answers", home),
        "status_url": reverse("enquiry_status"),
        "site": home.pk,
    }
    values = {**context, **links, "tags": [*meta.site_tags(frame), *(tags or []), *more]}
    response = public(request, f"sites/enquiries/{name}.html", frame, values)
    response.status_code = status
    if secret:
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "same-origin"
    return response


def _home(request: HttpRequest) -> SiteHome:
    """Raises Http404 for a hub without a site."""
    asked = request.GET.get("site", "")
    home = _open(int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
    page = _page_asked(request)
    home = home or (home_for_url(page) if page else None) or home_for_request(request)
    home = home or SiteHome.objects.live().order_by("depth", "pk").first()
    if home is None:
        raise Http404("还没有站点")
    return home


def _open(pk: int) -> SiteHome | None:
    return SiteHome.objects.live().filter(pk=pk).first()


def _page_asked(request: HttpRequest) -> str:
    """The address that the reader came from, or nothing. Pages are the same for everybody, so their link to the form
    names none: the browser's own word tells."""
    page = request.GET.get("page", "").strip()
    if not page and request.method != "POST":
        page = _came_from(request)
    if page.startswith("/") and not page.startswith("//"):
        page = request.build_absolute_uri(page)
    return page if len(page) <= PAGE_MAX and is_web_address(page) else ""


def _came_from(request: HttpRequest) -> str:
    page = request.headers.get("Referer", "")
    own = request.build_absolute_uri(reverse("enquiries"))
    return page if home_for_url(page) and not page.startswith(own) else ""


def _kind_asked(request: HttpRequest, page: str) -> str:
    asked = request.GET.get("kind", "")
    if asked in Kind.values:
        return asked
    return Kind.CORRECTION.value if page else Kind.QUESTION.value


def _address(name: str, home: SiteHome, **query: str) -> str:
    return f"{reverse(name)}?{urlencode({'site': home.pk, **query})}"
