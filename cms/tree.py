"""Where an item stands in the tree: its owner's site and its column page.

The site and column page types live in `sites`, which `cms` may not import; they are known here by their attributes.
"""

from __future__ import annotations

from typing import Any, Protocol, cast

from wagtail.models import Page


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
