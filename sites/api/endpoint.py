"""What every address under /api/ has in common: how it is asked, and how it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

View = Callable[..., HttpResponse]
METHODS = ("GET", "HEAD")
NUMBER_DIGITS_MAX = 16
KEY = "key"


class Refused(Exception):
    """`code` is for programs and never changes its meaning; `message` (Chinese, with the next step) is for people."""

    def __init__(self, status: int, code: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.document = {"error": code, "message": message, **more}


def endpoint(*parameters: str) -> Callable[[View], View]:
    """Make a view an address of the API that knows these parameters and no others.

    A key (`key`) is taken by all of them: `sites.serving.responses` looks at it.
    """

    def decorate(view: View) -> View:
        @csrf_exempt  # nothing is written; another method is to be told so, not that a token is missing
        @wraps(view)
        def answer(request: HttpRequest, **said: Any) -> HttpResponse:
            try:
                _check(request, parameters)
                return view(request, **said)
            except Refused as refused:
                return _refusal(refused)

        return answer

    return decorate


def number(request: HttpRequest, name: str, *, default: int, least: int, most: int) -> int:
    """A whole number in decimal digits; raises Refused for anything else."""
    text = request.GET.get(name)
    if text is None:
        return default
    if text.isascii() and text.isdigit() and len(text) <= NUMBER_DIGITS_MAX and least <= int(text) <= most:
        return int(text)
    raise Refused(400, f"bad_{name}", f"参数 {name} 应为 {least} 到 {most} 之间的整数，请改正后重试。")


@endpoint()
def unknown(_: HttpRequest) -> HttpResponse:
    """Every other address under /api/."""
    raise Refused(404, "no_such_address", "没有这个接口地址，全部接口见 /api/openapi.json。")


def _check(request: HttpRequest, parameters: tuple[str, ...]) -> None:
    if request.method not in METHODS:
        raise Refused(405, "method_not_allowed", "本接口只读，请使用 GET 或 HEAD 方法。")
    for name, values in request.GET.lists():
        if name not in (*parameters, KEY):
            known = "、".join(parameters)
            hint = f"本接口的参数只有：{known}" if known else "本接口没有参数"
            raise Refused(400, "unknown_parameter", f"请求中有不认识的参数。{hint}，请删除其他参数后重试。")
        if len(values) > 1:
            raise Refused(400, "repeated_parameter", f"参数 {name} 出现了多次，请只保留一个。")


def _refusal(refused: Refused) -> HttpResponse:
    text = json.dumps(refused.document, ensure_ascii=False)
    response = HttpResponse(text, content_type="application/json", status=refused.status)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "no-cache"
    if refused.status == 405:
        response["Allow"] = ", ".join(METHODS)
    return response
