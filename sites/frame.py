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

DEPTH_MAX = 8
"""Levels of an address at which a site is looked for."""


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
        SiteHome.objects.ancestor_of(page, inclusive=True)
        .select_related("outlet", "unit", "closure", "mark")
        .order_by("depth")
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
    """The site that an absolute address lies in, the nearest one above it. One statement, however many sites there are."""
    places: set[str] = set()
    for root in Site.get_site_root_paths():
        base = f"{root.root_url}/"
        if url.startswith(base):
            steps = urlsplit(url).path.strip("/").split("/")[:DEPTH_MAX]
            below = ("/".join(steps[:count]) for count in range(1, len(steps) + 1) if steps[0])
            places |= {root.root_path, *(f"{root.root_path}{path}/" for path in below)}
    if not places:
        return None
    return SiteHome.objects.live().filter(url_path__in=places).order_by("-depth", "pk").first()


def is_own(frame: Frame, url: str) -> bool:
    """Whether an absolute address is of this very site, or of none of the hub's."""
    rest = url.removeprefix(str(frame.home.get_full_url()))
    own = {"item", *(str(link.page.slug) for link in frame.columns)}
    if rest != url and rest.partition("/")[0] in own:
        return True  # without a look at the sites below
    return home_for_url(url) in (frame.home, None)


def home_for_request(request: HttpRequest) -> SiteHome | None:
    """The site that a request without a page (a 404, a file) belongs to."""
    found = home_for_url(request.build_absolute_uri())
    if found:
        return found
    site = Site.find_for_request(request)
    return SiteHome.objects.filter(pk=site.root_page_id).first() if site else None


def nearest_frame(request: HttpRequest, home: SiteHome | None = None) -> Frame | None:
    """The frame of a page that belongs to the hub and to no site: of `home`, else the host's site, else the first."""
    home = home or home_for_request(request) or _first_home()
    return frame_of(request, home) if home else None


def address(page: Page, request: HttpRequest | None = None) -> str:
    """Relative within the current host, absolute across hosts; a page outside every site has none."""
    return str(page.get_url(request) or "")


def _first_home() -> SiteHome | None:
    return SiteHome.objects.live().public().order_by("depth", "pk").first()


def _columns(home: SiteHome, request: HttpRequest) -> Iterable[ColumnLink]:
    pages = list(ColumnIndex.objects.child_of(home).live().public().order_by("path"))
    codes: dict[int, set[str]] = defaultdict(set)
    through = ColumnIndex.columns.through.objects.filter(columnindex__in=[page.pk for page in pages])
    for page_id, code in through.values_list("columnindex_id", "column__code"):
        codes[page_id].add(code)
    for page in pages:
        yield ColumnLink(page=page, url=address(page, request), codes=frozenset(codes[page.pk]))
