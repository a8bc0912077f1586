"""Pictures of the library for people at the desk. Readers get the frozen files of editions (sites.media.files) instead."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.static import serve
from wagtail.admin.auth import require_admin_access


@require_admin_access
def library_picture(request: HttpRequest, path: str) -> HttpResponseBase:
    """A picture or a rendition below MEDIA_ROOT. Pictures of drafts are in there, so nobody else gets them."""
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    response.headers["Cache-Control"] = "private, max-age=3600"
    # A drawing opened as a document of this host must not be able to act for it.
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
    )
    return response
