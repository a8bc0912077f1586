"""What would go wrong with an edition as an article, said before it is signed."""

from __future__ import annotations

from collections.abc import Iterator

from channels.adapters.wechat_mp.article.images import COVER_SIZES
from channels.adapters.wechat_mp.article.render import AUTHOR_MAX, author_of, blocks_that_fit, cover_of
from channels.contract import Finding, Severity
from channels.edition import Edition
from channels.errors import Unrepresentable


def findings(edition: Edition, *, default_author: str) -> Iterator[Finding]:
    """What the limits that all channels state do not cover."""
    if edition.body:
        yield from _length(edition)
    yield from _cover(edition)
    if edition.by and author_of(edition, default_author) != edition.by:
        yield Finding(
            place="作者",
            problem=f"作者超过微信上限 {AUTHOR_MAX} 字，文章顶部将使用默认作者",
            fix="如需在文章顶部署名，请缩短作者",
            severity=Severity.WARN,
        )


def _length(edition: Edition) -> Iterator[Finding]:
    try:
        kept = blocks_that_fit(edition)
    except Unrepresentable as error:
        yield Finding(place="正文", problem=error.message, fix="请分段或精简正文后重新签发")
        return
    if kept < len(edition.body):
        yield Finding(
            place="正文",
            problem=f"正文超过微信长度上限，文章中只放前 {kept} 段，其余由“阅读原文”查看",
            fix="如需在微信中显示全文，请精简正文",
            severity=Severity.WARN,
        )


def _cover(edition: Edition) -> Iterator[Finding]:
    cover = cover_of(edition)
    width, height = COVER_SIZES[-1]
    if cover is None:
        yield Finding(
            place="封面",
            problem="没有封面也没有配图，微信文章将使用统一的默认封面",
            fix=f"如需专用封面，请上传不小于 {width}×{height} 像素的图片",
            severity=Severity.WARN,
        )
    elif (cover.asset.width or width) < width or (cover.asset.height or height) < height:
        yield Finding(
            place="封面",
            problem=f"封面只有 {cover.asset.width}×{cover.asset.height} 像素，放大后会模糊",
            fix=f"请换用不小于 {width}×{height} 像素的图片",
            severity=Severity.WARN,
        )
