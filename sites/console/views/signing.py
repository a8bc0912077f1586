"""Signing in and out, and the way in: an invitation."""

from __future__ import annotations

from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.models import User
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from channels.pulling import webmasters
from channels.pulling.models import Invitation
from channels.pulling.webmasters import NotValid
from sites.console import limits
from sites.console.access import page, user_of
from sites.console.forms import AcceptForm, PasswordForm, SignInForm

WRONG = "登录名或密码不正确，请核对大小写"
TOO_OFTEN = "尝试次数过多，请 10 分钟后再试；忘记密码请联系区委宣传部值班编辑重新邀请"


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    asked = request.POST.get("next") or request.GET.get("next", "")
    if request.method == "GET":
        if request.user.is_authenticated:
            return HttpResponseRedirect(_safe(request, asked))
        return page(request, "login", {"form": SignInForm(), "next": asked})
    form = SignInForm(request.POST)
    user = _authenticated(request, form) if form.is_valid() else None
    if user is None:
        status = 429 if form.has_error(NON_FIELD_ERRORS, "often") else 200
        return page(request, "login", {"form": form, "next": asked}, status=status)
    login(request, user)
    return HttpResponseRedirect(_safe(request, asked))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return HttpResponseRedirect(reverse("console:login"))


@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who is signed in as a webmaster joins with one click; anybody else names himself, or sets a new password."""
    now = timezone.now()
    try:
        found = webmasters.open_invitation(token, now=now)
    except NotValid as problem:
        return page(request, "invitation_over", {"problem": str(problem)}, status=410)
    joining = found.user is None and _is_webmaster(request)
    form = None if joining else _form(request, found)
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            with transaction.atomic():
                user = user_of(request) if form is None else _person(form, found)
                webmasters.accept(token, user, now=now)
        except NotValid as problem:
            return page(request, "invitation_over", {"problem": str(problem)}, status=410)
        if not joining:
            login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        return HttpResponseRedirect(reverse("console:outlet", args=[found.outlet.slug]))
    return page(request, "invitation", {"form": form, "invitation": found})


def _authenticated(request: HttpRequest, form: SignInForm) -> User | None:
    name, place = form.cleaned_data["username"], limits.place_of(request)
    counted = {"pair": f"{name}|{place}", "name": name, "place": place}
    if any(limits.is_over(what, whom, limits.SIGN_IN[what]) for what, whom in counted.items()):
        form.add_error(None, ValidationError(TOO_OFTEN, code="often"))
        return None
    user = authenticate(request, username=name, password=form.cleaned_data["password"])
    if not isinstance(user, User):
        for what, whom in counted.items():
            limits.count(what, whom)
        form.add_error(None, WRONG)
        return None
    limits.forget("pair", counted["pair"])
    return user


def _is_webmaster(request: HttpRequest) -> bool:
    return request.user.is_authenticated and webmasters.outlets_of(user_of(request)).exists()


def _form(request: HttpRequest, found: Invitation) -> PasswordForm:
    values = request.POST if request.method == "POST" else None
    if found.user:
        return PasswordForm(values, user=found.user)
    return AcceptForm(values, initial={"person": found.person})


def _person(form: PasswordForm, found: Invitation) -> User:
    """The user with his password set: a new one, or the one whom the link is for."""
    if found.user is not None:
        found.user.set_password(form.cleaned_data["password"])
        found.user.save(update_fields=["password"])
        return found.user
    return User.objects.create_user(
        username=form.cleaned_data["username"],
        password=form.cleaned_data["password"],
        last_name=form.cleaned_data["person"],
    )


def _safe(request: HttpRequest, asked: str) -> str:
    """Where to go on: inside the console of this host only."""
    home = reverse("console:home")
    allowed = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if allowed and asked.startswith(home) else home
