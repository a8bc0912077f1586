"""Addresses of a site that are no pages of its tree. A page with such a slug is never seen, so none should have one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from sites import colophon, pages
from sites.lists import guides, topics
from sites.models import SiteHome
from sites.models.site import View
from sites.service import views as service


def messages(request: HttpRequest, page: SiteHome) -> HttpResponse:  # noqa: ARG001
    """To the message box of this site."""
    return HttpResponseRedirect(f"{reverse('enquiries')}?site={page.pk}")


VIEWS: dict[tuple[str, ...], View] = {
    ("mark",): colophon.mark,
    ("sitemap",): pages.sitemap,
    ("messages",): messages,
    ("service",): service.index,
    ("service", "calendar"): service.month,
    ("topics",): topics.index,
    ("guides",): guides.index,
}


def view_of(path: Sequence[str]) -> View | None:
    """`path` is what follows the site's own address."""
    if len(path) == 3 and tuple(path[:2]) == ("service", "calendar"):
        return partial(service.month, name=path[2])
    return VIEWS.get(tuple(path))
