"""The accounts' own tables, one idea a module."""

from channels.wechat.models.push import (
    ARTICLES_MAX,
    IN_FLIGHT,
    Audience,
    OutsidePush,
    Push,
    PushArticle,
    PushEvent,
    PushPreview,
    PushState,
    history,
)

__all__ = [
    "ARTICLES_MAX",
    "IN_FLIGHT",
    "Audience",
    "OutsidePush",
    "Push",
    "PushArticle",
    "PushEvent",
    "PushPreview",
    "PushState",
    "history",
]
