"""What editors write: one page type a file, and the terms that classify items."""

from cms.models.column import Column
from cms.models.content import ContentPage
from cms.models.holiday import DayKind, Holiday
from cms.models.interpretation import InterpretationPage, InterpretedDocument
from cms.models.media import DistrictDocument, DistrictImage, DistrictRendition
from cms.models.news import NewsPage
from cms.models.notice import NoticePage
from cms.models.policy import PolicyPage
from cms.models.public_notice import PublicNoticePage
from cms.models.review import ReviewTask
from cms.models.routing import RoutingRule
from cms.models.service_guide import ServiceGuidePage
from cms.models.service_notice import ServiceKind, ServiceNoticePage
from cms.models.topic import Topic
from cms.models.unit import Unit

__all__ = [
    "Column",
    "ContentPage",
    "DayKind",
    "DistrictDocument",
    "DistrictImage",
    "DistrictRendition",
    "Holiday",
    "InterpretationPage",
    "InterpretedDocument",
    "NewsPage",
    "NoticePage",
    "PolicyPage",
    "PublicNoticePage",
    "ReviewTask",
    "RoutingRule",
    "ServiceGuidePage",
    "ServiceKind",
    "ServiceNoticePage",
    "Topic",
    "Unit",
]
