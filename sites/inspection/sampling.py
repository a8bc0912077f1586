"""Reads a few public pages of each site as the hub itself sends them: the home page, two columns, two items.

Which columns and items changes with the day, so that a month of nights has seen them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

from sites.inspection.facts import ColumnFacts, PageFaults
from sites.inspection.tagging import PageKind, faults, footer, item_links
from sites.linkcheck import inside
from sites.models import SiteHome

T = TypeVar("T")
COLUMNS, ITEMS = 2, 2
"""With the home page five pages a site, as the inspectors take them."""


@dataclass(frozen=True, slots=True)
class Sample:
    pages: tuple[PageFaults, ...]
    footer: dict[str, str]


def sample(home: SiteHome, url: str, columns: Sequence[ColumnFacts], day: date) -> Sample:
    """`url`: the home page's absolute address; an empty one has no pages."""
    if not url:
        return Sample((), {})
    front = inside.fetch(url)
    if front.status != 200:
        return Sample((PageFaults(url, "首页", (f"页面打不开（HTTP {front.status}）",)),), {})
    roots = tuple(urlsplit(one.url).path for one in columns) + tuple(one.url for one in columns)
    items = [urljoin(url, href) for href in item_links(front.body, roots)]
    chosen = [
        *((one.url, f"栏目“{one.title}”", PageKind.COLUMN) for one in _some(columns, COLUMNS, day)),
        *((address, "内容页", PageKind.ITEM) for address in _some(items, ITEMS, day)),
    ]
    pages = [PageFaults(url, "首页", faults(front.body, PageKind.HOME))]
    pages += [_page(address, label, kind) for address, label, kind in chosen]
    return Sample(tuple(pages), footer(front.body, settings_of(home)))


def settings_of(home: SiteHome) -> dict[str, str]:
    """What the settings say of the elements that a footer has to show."""
    return {
        "网站标识码": home.site_id_code,
        "主办单位": home.unit.name if home.unit else "",
        "联系方式": home.contact,
        "ICP备案编号": home.icp,
        "公安机关备案标识": home.police_record,
    }


def _page(url: str, label: str, kind: PageKind) -> PageFaults:
    page = inside.fetch(url)
    found = faults(page.body, kind) if page.status == 200 else (f"页面打不开（HTTP {page.status}）",)
    return PageFaults(url, label, found)


def _some(things: Sequence[T], number: int, day: date) -> list[T]:
    """`number` of them, others tomorrow."""
    if len(things) <= number:
        return list(things)
    start = day.toordinal() * number % len(things)
    return [things[(start + step) % len(things)] for step in range(number)]
