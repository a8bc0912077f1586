"""Where an item stands in the tree: its owner's site, its column page, its place.

The site and column page types live in `sites`, which `cms` may not import; they are known here by their attributes.
"""

from __future__ import annotations

from typing import Any, Protocol, cast

from django.db.models import Case, F, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat, Left
from django.db.models.lookups import Exact
from wagtail.models import Page, Site


class SiteRoot(Protocol):
    """What `sites.SiteHome` has: the hosted outlet of the site, and the unit that runs it."""

    outlet_id: int | None
    unit_id: int | None


class ColumnRoot(Protocol):
    """What `sites.ColumnIndex` has: the columns that it shows."""

    columns: Any


def ancestors(page: Page, parent: Page | None = None) -> list[Page]:
    """Specific ancestors, nearest first. `parent` stands in while the page has no place in the tree yet."""
    if parent is None and not page.path:
        return []
    chain = parent.get_ancestors(inclusive=True) if parent is not None else page.get_ancestors()
    return list(reversed(chain.specific(defer=False)))


def site_of(chain: list[Page]) -> SiteRoot | None:
    """The nearest site among `ancestors`; None outside every site."""
    return cast("SiteRoot | None", next((page for page in chain if hasattr(page, "outlet_id")), None))


def column_page_of(chain: list[Page]) -> ColumnRoot | None:
    """The nearest column page among `ancestors`."""
    return cast("ColumnRoot | None", next((page for page in chain if hasattr(page, "columns")), None))


def place_of(page: Page) -> str:
    """The address of the Site row that a page belongs to (empty outside every site), and its path from the root.

    What the page's address and its owner follow from: another place, another edition.
    """
    roots = ((root.root_path, root.root_url) for root in Site.get_site_root_paths())
    return next((url for path, url in roots if page.url_path.startswith(path)), "") + str(page.url_path)


def place() -> Combinable:
    """The same for the rows of a query, by the sites of now."""
    roots = [
        When(Exact(Left("url_path", len(root.root_path)), root.root_path), then=Value(root.root_url))
        for root in Site.get_site_root_paths()
    ]
    return Concat(Case(*roots, default=Value("")), F("url_path"))
