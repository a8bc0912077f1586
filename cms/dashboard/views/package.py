"""The package that a person posts by hand, as a zip file."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from channels import rendering
from channels.models import Placement
from cms.permissions import can_operate, require


@require_GET
def package(request: HttpRequest, pk: int) -> FileResponse:
    """The desired edition in the outlet's form. 404 when the item is to be absent."""
    require(can_operate(request.user))
    placement = get_object_or_404(Placement.objects.select_related("outlet", "desired"), pk=pk)
    if placement.desired is None:
        raise Http404
    content = rendering.package(placement.outlet, placement.desired.edition())
    name = f"{placement.slug}-v{placement.desired.number}.zip"
    return FileResponse(iter([content]), as_attachment=True, filename=name, content_type="application/zip")
