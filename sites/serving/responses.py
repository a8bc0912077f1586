"""The same documents as Django responses: for addresses with parameters, and where the layer does not stand before Django."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from sites.serving import keyed
from sites.serving.conditions import has_tag, unchanged
from sites.serving.outline import Outline


def respond(request: HttpRequest, outline: Outline) -> HttpResponse:
    """200 with the document, or 304 before it is made. Not compressed: nothing of it is kept. Counts a fetch by key."""
    seen = keyed.visit_of(request)
    if seen and seen.is_refused:
        return keyed.refusal(seen, as_json="json" in outline.content_type)
    response = HttpResponse(content_type=outline.content_type)
    response["ETag"] = f'"{outline.etag}"'
    response["Cache-Control"] = keyed.CACHING if seen else outline.caching
    response["Access-Control-Allow-Origin"] = "*"
    for name, value in (outline.validators | dict(outline.headers)).items():
        response[name] = value
    known = request.headers.get("If-None-Match", ""), request.headers.get("If-Modified-Since", "")
    if unchanged(outline.etag, outline.changed, *known):
        response.status_code = 304
        del response["Content-Type"]
    else:
        response.content = outline.render()
    if seen:
        proven = response.status_code == 200 or has_tag(outline.etag, known[0])
        keyed.note(request, seen, outline, response.status_code, proven=proven)
    return response
