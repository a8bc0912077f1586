"""The pictures of topic pages at `/banners/`: taken from the library, cleaned like the pictures of editions, immutable.

The library itself is for people at the desk only (cms.media); what a live topic page shows is public.
"""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from channels.errors import ContentError
from cms import freezing
from cms.models import DistrictImage
from sites.media import pictures
from sites.models import TopicPage

MARK = 12
"""Characters of the file's hash in the address: another picture has another address."""


def url_of(page: TopicPage) -> str:
    """The page's own picture, or its topic's; empty for none."""
    image = page.banner or page.topic.cover
    return reverse("banner", args=[image.pk, image.file_hash[:MARK]]) if image and image.file_hash else ""


@require_safe
def banner(request: HttpRequest, pk: int, mark: str) -> HttpResponseBase:  # noqa: ARG001
    """A picture of the library, as long as a live topic page shows it."""
    image = get_object_or_404(DistrictImage, pk=pk, file_hash__startswith=mark)
    shown = TopicPage.objects.live().filter(Q(banner=image) | Q(banner=None, topic__cover=image))
    if not shown.exists():
        raise Http404("没有这张图片")
    try:
        asset = freezing.picture(image)
    except ContentError as error:
        raise Http404("图片无法读取，请在图片库重新上传") from error
    path = asset.path
    if pictures.url(asset, pictures.BODY) != f"/{asset.path}":
        path = pictures.derive(asset.path, pictures.BODY)
    response = FileResponse(default_storage.open(path), content_type=asset.content_type)
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "public, max-age=31536000, immutable, s-maxage=600"
    return response
