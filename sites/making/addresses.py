"""Where a new site would live, and what is taken already. Chinese sentences for the form."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve
from wagtail.models import Page, Site

from channels.models import Outlet

HOST = re.compile(
    r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII
)
OWN = frozenset({"item", "sitemap", "messages"})
"""Addresses that every site has below its home."""


def port() -> int:
    """The port under which readers reach this hub: every site's."""
    address = urlsplit(settings.PUBLIC_URL)
    return address.port or (443 if address.scheme == "https" else 80)


def site_url(parent: Page, slug: str, host: str) -> str:
    """The home's address, with a trailing slash; `host` is empty for a site below its parent's path."""
    if not host:
        return f"{parent.get_full_url()}{slug}/"
    scheme, number = urlsplit(settings.PUBLIC_URL).scheme, port()
    named = "" if (scheme, number) in {("http", 80), ("https", 443)} else f":{number}"
    return f"{scheme}://{host}{named}/"


def slug_problem(parent: Page, slug: str, *, in_path: bool) -> str:
    """Empty when a site may have this code. The code is its page's and its outlet's."""
    taken = parent.get_children().filter(slug=slug).first()
    if taken:
        return f"“{parent.title}”下已有代码为“{slug}”的页面“{taken.title}”，请换一个代码"
    outlet = Outlet.objects.filter(slug=slug).first()
    if outlet:
        state = "已停用的" if outlet.retired_at else ""
        return f"代码“{slug}”已被{state}发布终端“{outlet.name}”使用，终端代码不能重复使用，请换一个代码"
    if in_path and (slug in OWN or is_reserved(slug)):
        return f"“{slug}”是系统保留的网址，请换一个代码"
    return ""


def host_problem(host: str) -> str:
    if not HOST.fullmatch(host):
        return "域名应为小写字母、数字、连字符和点，如 jinglan.example.gov.cn，不带 http:// 和斜杠"
    taken = Site.objects.filter(hostname=host).select_related("root_page").first()
    if taken:
        return f"域名“{host}”已是站点“{taken.root_page.title}”的域名，请换一个域名"
    if host == urlsplit(settings.PUBLIC_URL).hostname:
        return f"“{host}”是本平台自己的域名，请换一个域名"
    return ""


def is_reserved(slug: str) -> bool:
    """Whether the hub answers this address itself, so that a page would never be reached there."""
    try:
        return resolve(f"/{slug}/").url_name != "wagtail_serve"
    except Resolver404:
        return False
