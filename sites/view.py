"""/view/: text size and colours for a reader without script, as a plain form. A script takes the cookie over (view.js)."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from sites import modes
from sites.frame import frame_of, home_for_request
from sites.models import SiteHome
from sites.modes import Size, Theme, View
from sites.pages import public


class ViewForm(forms.Form):
    size = forms.ChoiceField(
        label="文字大小",
        choices=[(size.value, size.label) for size in Size],
        required=False,
        widget=forms.RadioSelect,
    )
    theme = forms.ChoiceField(
        label="页面配色",
        choices=[(theme.value, theme.label) for theme in Theme],
        required=False,
        widget=forms.RadioSelect,
    )


# A forged choice harms nobody, and pages with a form of it (字号) are stored for all: no token can stand in them.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def view(request: HttpRequest) -> HttpResponse:
    """GET: the form, `?from=` the page to go back to. POST: keep what was chosen, the rest as it was, and go back."""
    chosen = modes.reading_of(request).view
    if request.method == "POST":
        return _kept(request, chosen)
    home = home_for_request(request) or SiteHome.objects.live().order_by("depth", "pk").first()
    frame = frame_of(request, home) if home else None
    context = {
        "form": ViewForm(initial={"size": chosen.size.value, "theme": chosen.theme.value}),
        "back": _way_back(request.GET.get("from", "")),
        "tags": [("robots", "noindex")],
    }
    return public(request, "sites/view.html", frame, context)


def _kept(request: HttpRequest, before: View) -> HttpResponse:
    size, theme = request.POST.get("size", before.size), request.POST.get("theme", before.theme)
    chosen = View.parse(f"{size}.{theme}")
    response = HttpResponseRedirect(_way_back(request.POST.get("from", "")))
    response.status_code = 303
    response["Cache-Control"] = "no-store"
    if chosen:
        modes.keep(response, request, modes.VIEW_COOKIE, str(chosen), is_for_script=True)
    else:
        response.delete_cookie(modes.VIEW_COOKIE, samesite="Lax")
    return response


def _way_back(asked: str) -> str:
    """A path of this host; its home page for anything else."""
    is_ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if is_ours else "/"
