"""The tables of the public side: the tree of sites, saved feeds and embeds, and what has been rendered."""

from sites.models.document import StoredDocument, StoredFragment
from sites.models.embed import SavedEmbed
from sites.models.feed import SavedFeed
from sites.models.site import COLUMN_TYPES, ColumnIndex, SiteHome

__all__ = [
    "COLUMN_TYPES",
    "ColumnIndex",
    "SavedEmbed",
    "SavedFeed",
    "SiteHome",
    "StoredDocument",
    "StoredFragment",
]
