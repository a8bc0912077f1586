"""A site's colour: checked for contrast, and served as a small stylesheet so that no page needs an inline style; and its icon."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.views.decorators.http import require_safe

CONTRAST_MIN = 4.5
"""WCAG 2.1 and GB/T 37668 for text below 18 pt."""

Rgb = tuple[int, int, int]
WHITE: Rgb = (255, 255, 255)


def parse(colour: str) -> Rgb:
    """`#rrggbb` as numbers. Raises ValueError."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise ValueError(f"not a colour: {colour!r}")
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def text(colour: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def contrast(one: Rgb, other: Rgb) -> float:
    """Contrast ratio of WCAG 2.1, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable(colour: Rgb, on: Rgb) -> Rgb:
    """`colour`, darkened just as far as it has to be to read on a light background."""
    for share in range(0, 101, 2):
        darker = mix((0, 0, 0), colour, share / 100)
        if contrast(darker, on) >= CONTRAST_MIN:
            return darker
    return (0, 0, 0)


def mix(one: Rgb, other: Rgb, share: float) -> Rgb:
    """`share` (0 to 1) of `one` and the rest of `other`."""
    red, green, blue = (round(a * share + b * (1 - share)) for a, b in zip(one, other, strict=True))
    return red, green, blue


def check_colour(colour: str) -> None:
    """Validator of SiteHome.colour."""
    try:
        value = parse(colour)
    except ValueError as error:
        raise ValidationError("主色应写成 # 加 6 位十六进制数，如 #b5121b") from error
    if contrast(value, WHITE) < CONTRAST_MIN:
        raise ValidationError(
            f"这个主色太浅，白色文字看不清，请改用更深的颜色，例如 {text(readable(value, WHITE))}"
        )


def stylesheet(colour: Rgb) -> str:
    """The variables that site.css is written with. Safe for a colour that escaped the validator."""
    brand = readable(colour, WHITE)
    soft = mix(brand, WHITE, 0.06)
    variables = {
        "--brand": brand,
        "--brand-deep": mix((0, 0, 0), brand, 0.25),
        "--brand-soft": soft,
        "--brand-line": mix(brand, WHITE, 0.25),
        "--link": readable(brand, soft),
    }
    rules = "".join(f"{name}:{text(value)};" for name, value in variables.items())
    return f":root{{{rules}}}\n"


def serve(request: HttpRequest, code: str) -> HttpResponse:  # noqa: ARG001
    """`/theme/<rrggbb>.css`: a function of its address, so it may be kept for ever."""
    try:
        body = stylesheet(parse(f"#{code}"))
    except ValueError as error:
        raise Http404("没有这个样式") from error
    response = HttpResponse(body, content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@require_safe
def icon(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """`/favicon.ico`: what browsers ask for beside a document that cannot name an icon (a feed, a list as JSON, a picture)."""
    response = redirect(static("sites/icon.svg"))
    response["Cache-Control"] = "public, max-age=86400"
    return response


def _luminance(colour: Rgb) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
