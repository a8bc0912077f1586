"""The accounts' own tables, one idea a module."""

from channels.wechat.models.figures import ArticleFigures, FiguresDay
from channels.wechat.models.probe import AccountProbe

__all__ = ["AccountProbe", "ArticleFigures", "FiguresDay"]
