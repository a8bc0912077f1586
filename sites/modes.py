"""How a reader wants pages: 长辈版 (the cookie `mode`), and text size and contrast of a reader without script (`view`).

Whoever answers pages before Django asks the two functions that take a Cookie header; they need no Django:

    mode = mode_of_cookies(environ.get("HTTP_COOKIE", ""))      # one stored page for each of the two modes
    if view_of_cookies(environ.get("HTTP_COOKIE", "")):         # rare, and any of twenty: let Django answer
        ...

The page differs in `<html class>` and in the links of the header that switch the mode, nowhere else; so a page stored
for a mode is rendered with that mode's cookie. `?mode=` is no stored page's address: Django sets the cookie and leads
back. No `Vary: Cookie` is needed: pages are `no-cache`, and the tag of another mode's page is another tag.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import escape_leading_slashes

Answer = Callable[[HttpRequest], HttpResponseBase]

MODE_COOKIE, VIEW_COOKIE = "mode", "view"
PARAMETER = "mode"
KEPT_SECONDS = 365 * 24 * 3600


class Mode(StrEnum):
    STANDARD = "standard"
    ELDER = "elder"


class Size(StrEnum):
    """Of the text; the value is what stands in the cookie and, after `size-`, in the class."""

    SMALL = "small"
    NORMAL = ""
    LARGE = "large"
    LARGER = "larger"
    LARGEST = "largest"

    @property
    def label(self) -> str:
        return SIZE_LABELS[self]


class Theme(StrEnum):
    """Of colours; after `theme-` in the class."""

    NORMAL = ""
    BLACK_ON_WHITE = "light"
    WHITE_ON_BLACK = "dark"
    YELLOW_ON_BLACK = "yellow"
    BLUE_ON_YELLOW = "blue"

    @property
    def label(self) -> str:
        return THEME_LABELS[self]


SIZE_LABELS = {
    Size.SMALL: "较小",
    Size.NORMAL: "标准",
    Size.LARGE: "大",
    Size.LARGER: "较大",
    Size.LARGEST: "最大",
}
THEME_LABELS = {
    Theme.NORMAL: "网站原色",
    Theme.BLACK_ON_WHITE: "白底黑字",
    Theme.WHITE_ON_BLACK: "黑底白字",
    Theme.YELLOW_ON_BLACK: "黑底黄字",
    Theme.BLUE_ON_YELLOW: "黄底蓝字",
}


@dataclass(frozen=True, slots=True)
class View:
    """False when there is nothing to it."""

    size: Size = Size.NORMAL
    theme: Theme = Theme.NORMAL

    @classmethod
    def parse(cls, text: str) -> View:
        """Of a cookie's value; whatever is no view is the normal one."""
        size, _, theme = text.partition(".")
        try:
            return cls(Size(size), Theme(theme))
        except ValueError:
            return cls()

    def __str__(self) -> str:
        return f"{self.size}.{self.theme}"

    def __bool__(self) -> bool:
        return self != View()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a template is told: mode and view together."""

    mode: Mode = Mode.STANDARD
    view: View = View()
    query: str = ""
    """What is asked beside the mode."""

    @property
    def is_elder(self) -> bool:
        return self.mode is Mode.ELDER

    @property
    def classes(self) -> str:
        """Of `<html>`."""
        size = f"size-{self.view.size}" if self.view.size else ""
        theme = f"theme-{self.view.theme}" if self.view.theme else ""
        return " ".join(filter(None, ["elder" if self.is_elder else "", size, theme]))

    @property
    def switch_url(self) -> str:
        """Relative: this page in the other mode."""
        other = Mode.STANDARD if self.is_elder else Mode.ELDER
        return f"?{self.query}&{PARAMETER}={other}" if self.query else f"?{PARAMETER}={other}"


def mode_of_cookies(header: str) -> Mode:
    """The mode that a Cookie header asks for; the empty header is nobody's wish."""
    return Mode.ELDER if _cookie(header, MODE_COOKIE) == Mode.ELDER else Mode.STANDARD


def view_of_cookies(header: str) -> View:
    return View.parse(_cookie(header, VIEW_COOKIE))


def reading_of(request: HttpRequest) -> Reading:
    header = request.META.get("HTTP_COOKIE", "")
    return Reading(mode_of_cookies(header), view_of_cookies(header), _other_parameters(request))


def reading(request: HttpRequest) -> dict[str, Reading]:
    """Context processor."""
    return {"reading": reading_of(request)}


class ModeSwitch:
    """Middleware: `?mode=elder` and `?mode=standard` set the cookie and lead to the address without the parameter.

    A desk's address keeps its parameter: Wagtail's previews have a `mode` of their own.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.desk = reverse("wagtailadmin_home")

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        query = request.META.get("QUERY_STRING", "")
        if f"{PARAMETER}=" in query and request.method in {"GET", "HEAD"}:
            wanted = request.GET.get(PARAMETER)
            if wanted in list(Mode) and not request.path.startswith(self.desk):
                return _switched(request, Mode(wanted))
        return self.get_response(request)


def _switched(request: HttpRequest, mode: Mode) -> HttpResponseRedirect:
    response = HttpResponseRedirect(_without_parameter(request))
    response["Cache-Control"] = "no-store"
    if mode is Mode.ELDER:
        keep(response, request, MODE_COOKIE, mode, is_for_script=False)
    else:
        response.delete_cookie(MODE_COOKIE, samesite="Lax")
    return response


def keep(
    response: HttpResponseBase, request: HttpRequest, name: str, value: str, *, is_for_script: bool
) -> None:
    """Set a cookie for a year. It tells a wish, not a person."""
    response.set_cookie(
        name,
        value,
        max_age=KEPT_SECONDS,
        secure=request.is_secure(),
        httponly=not is_for_script,
        samesite="Lax",
    )


def _without_parameter(request: HttpRequest) -> str:
    """The same address on this host, its other parameters as they were. `//host/` would be another host's."""
    rest = _other_parameters(request)
    path = escape_leading_slashes(request.get_full_path().partition("?")[0])
    return f"{path}?{rest}" if rest else path


def _other_parameters(request: HttpRequest) -> str:
    pairs = request.META.get("QUERY_STRING", "").split("&")
    return "&".join(pair for pair in pairs if pair.partition("=")[0] != PARAMETER)


def _cookie(header: str, name: str) -> str:
    """The value of a plain cookie; empty for none. The first one counts."""
    if f"{name}=" not in header:
        return ""
    found = re.search(rf"(?:^|;)\s*{name}=\"?([A-Za-z.]*)\"?\s*(?:;|$)", header)
    return found[1] if found else ""
