"""The package that a person takes to an outlet by hand, as a zip file: the very rendering that was handed over."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from channels import assets, rendering
from channels.contract import Rendering
from channels.errors import ContentError
from channels.formats.package import package_zip
from channels.models import Placement
from cms.permissions import can_operate, require


@require_GET
def package(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The desired edition in the outlet's form. 404 when the item is to be absent, or the outlet is no hand-off."""
    require(can_operate(request.user))
    placement = get_object_or_404(Placement.objects.select_related("outlet", "desired"), pk=pk)
    if placement.desired is None or not rendering.capabilities(placement.outlet).manual:
        raise Http404
    try:
        archive = _archive(rendering.render(placement.outlet, placement.desired.edition()))
    except (ContentError, FileNotFoundError) as problem:
        messages.error(request, f"稿件包无法生成，请联系技术人员：{problem}")
        return redirect("desk:placement", pk)
    name = f"{placement.slug}-v{placement.desired.number}.zip"
    headers = {"Content-Disposition": content_disposition_header(True, name) or "attachment"}
    return HttpResponse(archive, content_type="application/zip", headers=headers)


def _archive(rendered: Rendering) -> bytes:
    """Raises FileNotFoundError when a frozen file is not in the storage any more."""
    return package_zip(rendered.payload, {asset.sha256: assets.read(asset) for asset in rendered.assets})
