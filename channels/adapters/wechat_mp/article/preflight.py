"""What would go wrong with an edition as an article, said before it is signed."""

from __future__ import annotations

from collections.abc import Iterator

from channels.adapters.wechat_mp.article.blocks import PHONE_COLUMNS, columns, is_wide
from channels.adapters.wechat_mp.article.covers import SIZES
from channels.adapters.wechat_mp.article.render import AUTHOR_MAX, Layout, Style, author_of, cover_of
from channels.adapters.wechat_mp.article.report import is_small, place
from channels.adapters.wechat_mp.article.text import has_emoji, plain, unseen
from channels.contract import Finding, Severity
from channels.edition import Edition, Table
from channels.errors import Unrepresentable

HEAVY = 10_000_000
"""Bytes over which a picture loses visibly when it is brought under 1 MB; also the platform's own limit for material."""


def findings(edition: Edition, style: Style) -> Iterator[Finding]:
    """What the limits that all channels state do not cover."""
    yield from _title(edition)
    if edition.body:
        yield from _length(edition, style)
    yield from _tables(edition)
    yield from _pictures(edition)
    yield from _cover(edition)
    if edition.by and author_of(edition, style) != plain(edition.by):
        yield _warning(
            "作者",
            f"作者超过微信上限 {AUTHOR_MAX} 字，文章顶部将使用默认作者",
            "如需在文章顶部署名，请缩短作者",
        )


def _warning(place: str, problem: str, fix: str) -> Finding:
    return Finding(place=place, problem=problem, fix=fix, severity=Severity.WARN)


def _title(edition: Edition) -> Iterator[Finding]:
    if not plain(edition.headline):
        yield Finding(place="标题", problem="标题为空", fix="请填写标题后再签发")
    if has_emoji(edition.headline):
        yield _warning("标题", "标题含有表情符号，部分手机和消息列表会显示为方框", "请改用文字")
    if count := unseen(edition.headline):
        yield _warning("标题", f"标题含有 {count} 个不可见的控制字符，发送时会去掉", "请删除标题后重新输入")


def _length(edition: Edition, style: Style) -> Iterator[Finding]:
    try:
        kept = Layout(edition, style).fitting()
    except Unrepresentable as error:
        yield Finding(place="正文", problem=error.message, fix="请分段或精简正文后重新签发")
        return
    if kept < len(edition.body):
        yield _warning(
            "正文",
            f"正文超过微信长度上限，文章中只放前 {kept} 段，其余由“阅读原文”查看",
            "如需在微信中显示全文，请精简正文",
        )


def _tables(edition: Edition) -> Iterator[Finding]:
    for number, block in enumerate(edition.body, start=1):
        if isinstance(block, Table) and is_wide(block):
            yield _warning(
                place(number, block),
                f"表格有 {columns(block)} 列，手机上将逐行显示为卡片",
                f"如需保持表格，请精简到 {PHONE_COLUMNS} 列以内，或改为附件",
            )


def _pictures(edition: Edition) -> Iterator[Finding]:
    for asset in edition.assets:
        if asset.is_image and asset.size > HEAVY:
            yield _warning(
                f"图片“{asset.name}”",
                f"大小 {asset.size / 1_000_000:.1f} MB，将压缩到 1 MB 以内，可能不清晰",
                "请在上传前缩小图片",
            )


def _cover(edition: Edition) -> Iterator[Finding]:
    cover = cover_of(edition)
    width, height = SIZES[-1]
    if cover is None:
        yield _warning(
            "封面",
            "没有封面也没有配图，微信文章将使用统一的默认封面",
            f"如需专用封面，请上传不小于 {width}×{height} 像素的图片",
        )
    elif is_small(cover.asset):
        yield _warning(
            "封面",
            f"封面只有 {cover.asset.width}×{cover.asset.height} 像素，放大后会模糊",
            f"请换用不小于 {width}×{height} 像素的图片",
        )
