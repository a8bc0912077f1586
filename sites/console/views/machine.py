"""What a webmaster's own programs may ask, by a key instead of a password."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from channels.models import Outlet
from channels.pulling import replaying
from channels.pulling.models import PullKey, Scope
from sites.console import limits
from sites.console.views.log import number
from sites.serving import keyed


@csrf_exempt  # a key is no cookie: no other site can make a browser send it
def replay(request: HttpRequest) -> HttpResponse:
    """`POST /console/api/replay/` with `since=<number of the log>`: push everything again that changed after it.

    Answers `{"placements": 3, "reached": 1207}`; where `reached` is less than the log's last number, ask again from there.
    sites.api.description.replay_paths says the rest.
    """
    if request.method != "POST":
        refused = _problem(405, "method_not_allowed", "只支持 POST，请改用 POST 提交")
        refused["Allow"] = "POST"
        return refused
    seen = keyed.visit_of(request, scope=Scope.REPLAY)
    if seen is None:
        return _problem(401, "key_missing", "请用 Authorization: Bearer 提交带有“要求重新投递”权限的密钥")
    if seen.is_refused or seen.known is None:
        return keyed.refusal(seen, as_json=True)
    outlet = Outlet.objects.get(pk=seen.known.outlet_id)
    if limits.is_over("replay", outlet.slug, limits.REPLAYS):
        return _problem(429, "too_many_requests", "请求过于频繁，请 10 分钟后再试")
    limits.count("replay", outlet.slug)
    PullKey.objects.filter(pk=seen.known.pk).update(last_used_at=timezone.now())
    try:
        since = number(request.POST.get("since", ""))
    except ValueError as problem:
        return _problem(400, "since_invalid", str(problem))
    try:
        count, reached = replaying.since(outlet, since, by="密钥", now=timezone.now())
    except replaying.NotPossible as problem:
        return _problem(400, "not_possible", str(problem))
    return JsonResponse({"placements": count, "reached": reached})


def _problem(status: int, code: str, sentence: str) -> HttpResponse:
    return JsonResponse(
        {"error": code, "message": sentence}, status=status, json_dumps_params={"ensure_ascii": False}
    )
