"""The accounts' own tables, one idea a module."""

from channels.wechat.models.answer import Greeting, KeywordReply
from channels.wechat.models.figures import ArticleFigures, FiguresDay
from channels.wechat.models.follower import Follower, Interest, InterestKind
from channels.wechat.models.menu import Menu
from channels.wechat.models.notice import Notice
from channels.wechat.models.probe import AccountProbe
from channels.wechat.models.push import (
    ARTICLES_MAX,
    IN_FLIGHT,
    PREVIEWED,
    Audience,
    OutsidePush,
    Push,
    PushArticle,
    PushEvent,
    PushPreview,
    PushState,
    history,
)
from channels.wechat.models.scene import Scene, SceneKind

__all__ = [
    "ARTICLES_MAX",
    "IN_FLIGHT",
    "PREVIEWED",
    "AccountProbe",
    "ArticleFigures",
    "Audience",
    "FiguresDay",
    "Follower",
    "Greeting",
    "Interest",
    "InterestKind",
    "KeywordReply",
    "Menu",
    "Notice",
    "OutsidePush",
    "Push",
    "PushArticle",
    "PushEvent",
    "PushPreview",
    "PushState",
    "Scene",
    "SceneKind",
    "history",
]
