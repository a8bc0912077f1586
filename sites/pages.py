"""What every public page goes through, and the site map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from sites import meta
from sites.feeds import addresses
from sites.feeds.selection import Selection
from sites.feeds.variants import DISCOVERED
from sites.frame import Frame, address, frame_of
from sites.models import SiteHome, TopicPage
from sites.serving.offering import Keys, offer


def public(
    request: HttpRequest,
    template: str,
    frame: Frame | None,
    context: Mapping[str, object],
    *,
    keys: Keys | None = None,
) -> HttpResponse:
    """A page of a site (None: of a hub without one). Fresh at every look: a correction shows at commit.

    It is offered to all anonymous readers: without `keys` until anything in the hub changes.
    """
    offer(request, keys=keys)
    feeds = feeds_of(frame) if frame else []
    response = TemplateResponse(request, template, {"frame": frame, "feeds": feeds, **context})
    response["Cache-Control"] = "no-cache"
    return response


def sitemap(request: HttpRequest, page: SiteHome) -> HttpResponse:
    """网站地图: every live column and topic of the site, the services that are no columns, and the sites below it."""
    frame = frame_of(request, page)
    context = {
        "topics": _topics(request, page),
        "services": _services(frame),
        "offices": offices(request, page),
        "tags": meta.site_tags(frame),
    }
    return public(request, "sites/sitemap.html", frame, context)


def feeds_of(frame: Frame, codes: Iterable[str] = ()) -> list[tuple[str, str, str]]:
    """The feeds of the site, and of the columns that a page collects, as (name, media type, address)."""
    if frame.outlet is None:
        return []
    selection = Selection(outlet=frame.outlet.slug, columns=tuple(codes))
    name = addresses.name_of(selection)
    return [(form.label, form.media_type, addresses.feed_url(name, form.key)) for form in DISCOVERED]


def offices(request: HttpRequest, page: SiteHome) -> list[tuple[str, str]]:
    """The sites below this one, as (name, address)."""
    below = SiteHome.objects.child_of(page).live().public().in_menu().filter(closure=None).order_by("path")
    return [(office.full_name, address(office, request)) for office in below]


def _topics(request: HttpRequest, page: SiteHome) -> list[tuple[str, str]]:
    """Its topic pages, as (name, address)."""
    topics = TopicPage.objects.child_of(page).live().public().order_by("topic__rank", "path")
    return [(str(topic.title), address(topic, request)) for topic in topics]


def _services(frame: Frame) -> list[tuple[str, str]]:
    """What every site offers beside its columns, as (name, address)."""
    asking = urlencode({"page": frame.home.get_full_url()})
    return [
        ("专题专栏", f"{frame.url}topics/"),
        ("便民服务", f"{frame.url}service/"),
        ("便民服务日历", f"{frame.url}service/calendar/"),
        ("办事指南", f"{frame.url}guides/"),
        ("站内搜索", reverse("find")),
        ("网站留言", f"{reverse('enquiries')}?{asking}"),
        ("公开答复", reverse("enquiry_answers")),
        ("官方信息核验", reverse("verify")),
    ]
