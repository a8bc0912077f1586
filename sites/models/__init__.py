"""The tables of the public side: the tree of sites, saved feeds and embeds, who is told of changes, and what has been rendered."""

from sites.models.closure import Closure, Standing
from sites.models.document import StoredDocument, StoredFragment
from sites.models.embed import SavedEmbed
from sites.models.feed import SavedFeed
from sites.models.site import COLUMN_TYPES, ColumnIndex, SiteHome
from sites.models.subscription import Algorithm, Ending, Mode, Subscription, SubscriptionRequest
from sites.models.topic import TopicPage

__all__ = [
    "COLUMN_TYPES",
    "Algorithm",
    "Closure",
    "ColumnIndex",
    "Ending",
    "Mode",
    "SavedEmbed",
    "SavedFeed",
    "SiteHome",
    "Standing",
    "StoredDocument",
    "StoredFragment",
    "Subscription",
    "SubscriptionRequest",
    "TopicPage",
]
