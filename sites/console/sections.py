"""What the console offers for one outlet, in the order of its menu. A new page is one line here and one in urls.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.urls import reverse

from channels.models import Outlet

PUSHED_TO = ("web_post", "wordpress")
"""Channels whose outlets take deliveries at an address that their webmaster sets up."""


@dataclass(frozen=True, slots=True)
class Section:
    """`name` is that of its URL; `fits` says at which outlets there is such a page.

    `url_name`: a public page that is the same for every outlet, instead of one of the console.
    """

    name: str
    label: str
    fits: Callable[[Outlet], bool] = lambda outlet: True  # noqa: ARG005
    url_name: str = ""


def takes_pushes(outlet: Outlet) -> bool:
    return outlet.channel in PUSHED_TO


SECTIONS = (
    Section("outlet", "概况"),
    Section("feeds", "订阅"),
    Section("embed", "嵌入", url_name="embed_builder"),
    Section("keys", "密钥"),
    Section("push", "推送", takes_pushes),
    Section("log", "日志"),
)


def menu(outlet: Outlet, current: str) -> Iterator[tuple[str, str, bool]]:
    """(label, address, whether it is the page that is shown)."""
    for section in SECTIONS:
        if section.fits(outlet):
            own = () if section.url_name else (outlet.slug,)
            address = reverse(section.url_name or f"console:{section.name}", args=own)
            yield section.label, address, section.name == current
