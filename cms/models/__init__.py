"""What editors write: one page type a file, and the terms that classify items."""

from cms.models.column import Column
from cms.models.content import ContentPage
from cms.models.media import DistrictDocument, DistrictImage, DistrictRendition
from cms.models.news import NewsPage
from cms.models.notice import NoticePage
from cms.models.review import ReviewTask
from cms.models.routing import RoutingRule
from cms.models.service_notice import ServiceNoticePage
from cms.models.unit import Unit

__all__ = [
    "Column",
    "ContentPage",
    "DistrictDocument",
    "DistrictImage",
    "DistrictRendition",
    "NewsPage",
    "NoticePage",
    "ReviewTask",
    "RoutingRule",
    "ServiceNoticePage",
    "Unit",
]
