"""推送: where the hub posts to, by which secret, and a trial of it. The webmaster keeps his end himself."""

from __future__ import annotations

import base64
import secrets

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from channels import drills, outbox, trying
from channels.errors import ConfigError
from channels.models import Outlet
from channels.rendering import channel_options
from sites.console import limits
from sites.console.access import for_outlet, frame, page
from sites.console.forms import PushForm

SIGNED = "web_post"
"""The channel whose secret we can make: the other ones have theirs from the remote system."""


@require_http_methods(["GET", "POST"])
@for_outlet("push")
def push(request: HttpRequest, outlet: Outlet) -> HttpResponse:
    form = PushForm(request.POST if request.method == "POST" else None, outlet=outlet)
    if request.method == "POST" and form.is_valid():
        outlet.options = form.options(outlet.options)
        outlet.save(update_fields=["options"])
        messages.success(request, "已保存推送设置，请点“试发”确认接收正常")
        return redirect("console:push", outlet.slug)
    return _page(request, outlet, form)


@sensitive_post_parameters("secret")
@require_POST
@for_outlet("push")
def secret(request: HttpRequest, outlet: Outlet) -> HttpResponse:
    """A secret of ours is made and shown once; one of a remote system is entered."""
    option = next(option for option in channel_options(outlet.channel) if option.secret)
    entered = request.POST.get("secret", "").strip()
    made = "" if outlet.channel != SIGNED else f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
    if not (made or entered):
        messages.error(request, f"请填写{option.label}")
        return redirect("console:push", outlet.slug)
    held = _held(outlet)
    # The secret before goes on signing beside the new one, until the next change: the receiver changes over when it suits him.
    both = " ".join([made, *held.get(option.name, "").split()[:1]]) if made else entered
    outlet.set_secrets({**held, option.name: both})
    outlet.save(update_fields=["sealed"])
    if made:
        return _page(request, outlet, PushForm(outlet=outlet), made=made, had_secret=" " in both)
    messages.success(request, f"已更换{option.label}，请点“试发”确认")
    return redirect("console:push", outlet.slug)


@transaction.non_atomic_requests
@require_POST
@for_outlet("push")
def test(request: HttpRequest, outlet: Outlet) -> HttpResponse:
    """Asks the outlet, which takes seconds: no transaction is open meanwhile. What it answers lifts a configuration fault."""
    if not trying.is_offered(outlet.channel):
        raise Http404("该渠道不提供试发")
    if limits.is_over("trial", outlet.slug, limits.TRIALS):
        messages.error(request, "试发过于频繁，请 10 分钟后再试")
    elif drills.of(outlet):
        messages.error(request, "该终端正在演练，请演练结束后再试发")
    else:
        limits.count("trial", outlet.slug)
        trial = trying.try_connection(outlet)
        if not trial.passed:
            messages.error(request, f"试发未成功：{trial.sentence.replace('试连', '试发')}")
        elif outlet.blocked_reason and not outlet.paused_at:
            outbox.resume(outlet, now=timezone.now())
            messages.success(request, "试发成功，故障已解除，积压稿件将继续推送")
        else:
            messages.success(request, f"试发成功：{trial.sentence.replace('试连', '试发')}")
    return redirect("console:push", outlet.slug)


def _page(
    request: HttpRequest, outlet: Outlet, form: PushForm, *, made: str = "", had_secret: bool = False
) -> HttpResponse:
    option = next((option for option in channel_options(outlet.channel) if option.secret), None)
    return page(
        request,
        "push",
        {
            **frame(outlet, "push", request),
            "form": form,
            "made": made,
            "had_secret": had_secret,
            "secret": option,
            "has_secret": option is not None and bool(_held(outlet).get(option.name)),
            "is_signed": outlet.channel == SIGNED,
            "can_try": trying.is_offered(outlet.channel),
        },
    )


def _held(outlet: Outlet) -> dict[str, str]:
    try:
        return outlet.secrets()
    except ConfigError:  # sealed by a key that is lost: whatever is set now takes its place
        return {}
