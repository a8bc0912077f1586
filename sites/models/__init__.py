"""The tables of the public side: the tree of sites, saved feeds, who is told of changes, and what has been rendered."""

from sites.models.document import StoredDocument, StoredFragment
from sites.models.feed import SavedFeed
from sites.models.site import COLUMN_TYPES, ColumnIndex, SiteHome
from sites.models.subscription import Algorithm, Ending, Mode, Subscription, SubscriptionRequest

__all__ = [
    "COLUMN_TYPES",
    "Algorithm",
    "ColumnIndex",
    "Ending",
    "Mode",
    "SavedFeed",
    "SiteHome",
    "StoredDocument",
    "StoredFragment",
    "Subscription",
    "SubscriptionRequest",
]
