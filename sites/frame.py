"""The frame around every public page: which site it belongs to, its columns, its addresses.

The nearest SiteHome above a page decides, whatever the host: path mode and host mode are the same code.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.http import HttpRequest
from wagtail.models import Page, Site

from channels.models import Outlet
from sites.models import ColumnIndex, SiteHome


@dataclass(frozen=True, slots=True)
class ColumnLink:
    """A live column page: `codes` are the district columns that it collects."""

    page: ColumnIndex
    url: str
    codes: frozenset[str]

    @property
    def title(self) -> str:
        return str(self.page.title)


@dataclass(frozen=True, slots=True)
class Frame:
    """`url` (with a trailing slash) is the site's home as this request links to it; `parent` the site above."""

    home: SiteHome
    url: str
    domain: str
    columns: tuple[ColumnLink, ...]
    parent: SiteHome | None = None
    parent_url: str = ""

    @property
    def menu(self) -> tuple[ColumnLink, ...]:
        return tuple(link for link in self.columns if link.page.show_in_menus)

    @property
    def theme(self) -> str:
        """The colour as `sites.theme.serve` wants it in the address."""
        return str(self.home.colour).lstrip("#").lower()

    @property
    def outlet(self) -> Outlet | None:
        return self.home.outlet

    def column_of(self, code: str) -> ColumnLink | None:
        """The first column page that collects this column."""
        return next((link for link in self.columns if code in link.codes), None)

    def column_at(self, page: Page) -> ColumnLink | None:
        return next((link for link in self.columns if link.page.pk == page.pk), None)

    def item_url(self, content_id: object, slug: str, column_code: str) -> str:
        """The item's address at this site; below `item/` when no column page collects its column."""
        column = self.column_of(column_code)
        return f"{column.url}{slug}/" if column else f"{self.url}item/{content_id}/"


def frame_of(request: HttpRequest, page: Page) -> Frame:
    """The frame of the nearest SiteHome at or above `page`. Raises SiteHome.DoesNotExist."""
    homes = list(
        SiteHome.objects.ancestor_of(page, inclusive=True).select_related("outlet", "unit").order_by("depth")
    )
    if getattr(request, "is_preview", False) and isinstance(page, SiteHome):
        homes = [home for home in homes if home.pk != page.pk] + [page]  # what the form says, saved or not
    if not homes:
        raise SiteHome.DoesNotExist(f"no site above page {page.pk}")
    home, parent = homes[-1], homes[-2] if len(homes) > 1 else None
    return Frame(
        home=home,
        url=address(home, request),
        domain=urlsplit(f"//{request.get_host()}").hostname or "",
        columns=tuple(_columns(home, request)),
        parent=parent,
        parent_url=address(parent, request) if parent else "",
    )


def column_link(page: ColumnIndex, request: HttpRequest) -> ColumnLink:
    """The page as it stands: also for a draft in preview, and for a column behind a log-in, which no menu shows."""
    codes = frozenset(column.code for column in page.columns.all())
    return ColumnLink(page=page, url=address(page, request), codes=codes)


def home_for_url(url: str) -> SiteHome | None:
    """The site that an absolute address lies in: the longest match wins."""
    homes = [(home.get_full_url() or "", home) for home in SiteHome.objects.live()]
    found = [(len(prefix), home.pk, home) for prefix, home in homes if prefix and url.startswith(prefix)]
    return max(found)[-1] if found else None


def home_for_request(request: HttpRequest) -> SiteHome | None:
    """The site that a request without a page (a 404, a file) belongs to."""
    found = home_for_url(request.build_absolute_uri())
    if found:
        return found
    site = Site.find_for_request(request)
    return SiteHome.objects.filter(pk=site.root_page_id).first() if site else None


def address(page: Page, request: HttpRequest | None = None) -> str:
    """Relative within the current host, absolute across hosts; a page outside every site has none."""
    return str(page.get_url(request) or "")


def _columns(home: SiteHome, request: HttpRequest) -> Iterable[ColumnLink]:
    pages = list(ColumnIndex.objects.child_of(home).live().public().order_by("path"))
    codes: dict[int, set[str]] = defaultdict(set)
    through = ColumnIndex.columns.through.objects.filter(columnindex__in=[page.pk for page in pages])
    for page_id, code in through.values_list("columnindex_id", "column__code"):
        codes[page_id].add(code)
    for page in pages:
        yield ColumnLink(page=page, url=address(page, request), codes=frozenset(codes[page.pk]))
