"""The page for an address that leads nowhere, in the frame of the site where it was asked for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sites.frame import frame_of, home_for_request


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Django's handler404."""
    home = home_for_request(request)
    frame = frame_of(request, home) if home else None
    return render(request, "404.html", {"frame": frame, "is_error": True}, status=404)
