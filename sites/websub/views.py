"""The hub's address: takes a form, answers at once; what it led to is settled by the worker."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from sites.websub import intake
from sites.websub.refusal import Refusal

BODY_BYTES_MAX = 16_384
FORM = "application/x-www-form-urlencoded"
CODE_HEADER = "X-Hub-Status"


@csrf_exempt
def hub(request: HttpRequest) -> HttpResponse:
    """202, or why not: a sentence for people, a code in `X-Hub-Status` for programs."""
    try:
        _take(request)
    except Refusal as refusal:
        return _answer(refusal.status, refusal.code, refusal.sentence, refusal.retry_after)
    return _answer(202, "accepted", "已受理，即将向接收地址核实本次请求。")


def _take(request: HttpRequest) -> None:
    if request.method != "POST":
        raise Refusal(405, "method_not_allowed", "这是推送订阅（WebSub）的受理地址，只接受 POST 请求")
    if request.content_type != FORM:
        raise Refusal(415, "type_unsupported", f"请以表单格式（{FORM}）提交")
    length = request.headers.get("Content-Length", "")
    if length.isdigit() and int(length) > BODY_BYTES_MAX:
        raise Refusal(413, "too_large", f"请求超过 {BODY_BYTES_MAX} 字节，请缩短")
    now = timezone.now()
    intake.take(intake.read(request.body, now), now)


def _answer(status: int, code: str, sentence: str, retry_after: int = 0) -> HttpResponse:
    response = HttpResponse(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8")
    response[CODE_HEADER] = code
    response["Cache-Control"] = "no-store"
    if status == 405:
        response["Allow"] = "POST"
    if retry_after:
        response["Retry-After"] = str(retry_after)
    return response
