"""The transformation report: all that an article drops or changes, as Chinese lines that name the place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from channels.adapters.wechat_mp.article.blocks import Piece, columns, is_wide
from channels.adapters.wechat_mp.article.covers import SIZES
from channels.adapters.wechat_mp.article.images import MAX_BYTES, MAX_WIDTH
from channels.adapters.wechat_mp.article.links import INLINE_TAGS, Policy, is_linkable, is_web
from channels.adapters.wechat_mp.article.text import excerpt, plain, unseen
from channels.edition import (
    Asset,
    Attachment,
    Block,
    Edition,
    Heading,
    Image,
    ItemList,
    Paragraph,
    Quote,
    Table,
)

NAMES_MAX = 4
DIGEST_FROM_TEXT = 54
"""Characters of the text that the platform shows where there is no digest (draft/add page, 2026-11)."""
TAKEN = frozenset({"image/jpeg", "image/png"})
_TAG = re.compile(r"<([a-z][a-z0-9:-]*)\b([^<>]*)>", re.IGNORECASE)
_ORIGINS = {Policy.FOOTNOTE: "改为脚注，网址列在文末", Policy.QR: "改为编号，文末附二维码"}
_WAYS = {
    Policy.FOOTNOTE: "处链接改为脚注，网址列在文末",
    Policy.QR: "处链接改为编号，文末附二维码",
}


def alterations(edition: Edition, pieces: Sequence[Piece], author: str, policy: Policy) -> tuple[str, ...]:
    """Lines in the order of the article. `pieces` are the blocks that are shown, from the first one on."""
    body = edition.body[: len(pieces)]
    lines = [*_fields(edition, author), *_cover(edition)]
    for number, (block, piece) in enumerate(zip(body, pieces, strict=True), start=1):
        lines += [f"{place(number, block)}：{change}" for change in _changes(block, piece, policy)]
    lines += _pictures([block.asset for block in body if isinstance(block, Image)])
    if len(body) < len(edition.body):
        lines.append(
            f"正文：超过微信长度上限，只放前 {len(body)} 段（共 {len(edition.body)} 段），其余由“阅读原文”查看"
        )
    lines += _origin(edition, policy)
    return tuple(lines)


def place(number: int, block: Block) -> str:
    """Where in the text, so that an editor finds it."""
    match block:
        case Paragraph():
            return f"第{number}段“{excerpt(block.html)}”"
        case ItemList():
            return f"第{number}段“{excerpt(block.items[0]) if block.items else ''}”"
        case Heading() | Quote():
            return f"第{number}段“{excerpt(block.text)}”"
        case Table():
            return f"第{number}段表格" + (f"“{excerpt(block.caption)}”" if block.caption else "")
        case Image():
            return f"图片“{block.asset.name}”"
        case Attachment():
            return f"附件“{block.title or block.asset.name}”"


def _fields(edition: Edition, author: str) -> Iterator[str]:
    for name, text in (("标题", edition.headline), ("摘要", edition.summary), ("作者", edition.by)):
        if count := unseen(text):
            yield f"{name}：去掉 {count} 个不可见的控制字符"
    if not plain(edition.summary):
        yield f"摘要：没有填写，微信会自动截取正文前 {DIGEST_FROM_TEXT} 字"
    if edition.by and author != plain(edition.by):
        shown = f"改为默认作者“{author}”" if author else "不署名"
        yield f"作者：“{excerpt(edition.by, 20)}”超过微信上限，文章顶部{shown}，文末照常署名"
    elif author and not edition.by:
        yield f"作者：没有填写，文章顶部显示默认作者“{author}”"


def _cover(edition: Edition) -> Iterator[str]:
    cover = edition.cover or next((block for block in edition.body if isinstance(block, Image)), None)
    if cover is None:
        yield "封面：没有封面也没有配图，使用统一的默认封面"
        return
    if edition.cover is None:
        yield f"封面：没有设置，使用正文第一张图片“{cover.asset.name}”"
    if is_small(cover.asset):
        yield f"封面：只有 {cover.asset.width}×{cover.asset.height} 像素，放大后使用，可能模糊"


def is_small(asset: Asset) -> bool:
    """Whether a picture has fewer pixels than the platform wants of a cover; False when its size is not known."""
    width, height = SIZES[-1]
    return (asset.width or width) < width or (asset.height or height) < height


def _changes(block: Block, piece: Piece, policy: Policy) -> Iterator[str]:
    if piece.marked:
        yield f"{piece.marked} {_WAYS[policy]}"
    if piece.bare:
        yield f"{piece.bare} 处链接只保留文字"
    if isinstance(block, Table) and is_wide(block):
        yield f"共 {columns(block)} 列，手机放不下，每行改为一张卡片，空格不显示"
    if isinstance(block, Attachment):
        way = "文末二维码或“阅读原文”" if policy is Policy.QR else "“阅读原文”"
        yield f"微信文章不能带附件，只列出名称，读者从{way}下载"
    if count := sum(map(unseen, texts(block))):
        yield f"去掉 {count} 个不可见的控制字符"
    yield from _markup(block)


def texts(block: Block) -> Iterable[str]:
    """All that was written in a block."""
    match block:
        case Paragraph():
            return (block.html,)
        case Heading():
            return (block.text,)
        case Quote():
            return (block.text, block.attribution)
        case ItemList():
            return block.items
        case Table():
            return (block.caption, *(cell for row in block.rows for cell in row))
        case Image():
            return (block.alt, block.caption)
        case Attachment():
            return (block.title,)


def _markup(block: Block) -> Iterator[str]:
    """Elements and styles that an article cannot have; capture leaves none, other ways in may."""
    if not isinstance(block, Paragraph | ItemList):
        return
    tags = [match for html in texts(block) if "<" in html for match in _TAG.findall(html)]
    foreign = dict.fromkeys(name.lower() for name, _ in tags if name.lower() not in INLINE_TAGS)
    if foreign:
        yield f"去掉不支持的元素 {'、'.join(foreign)}"
    if any(rest.strip(" /") for name, rest in tags if name.lower() in INLINE_TAGS - {"a"}):
        yield "去掉文字样式"


def _pictures(assets: Iterable[Asset]) -> Iterator[str]:
    """What uploading will do, as far as it can be told without the files."""
    found = list({asset.sha256: asset for asset in assets}.values())
    kinds = (
        ("动图只显示第一帧", [a for a in found if a.content_type == "image/gif"]),
        ("转换为 JPEG 或 PNG", [a for a in found if a.content_type not in TAKEN | {"image/gif"}]),
        ("大小超过 1 MB，压缩后使用", [a for a in found if a.size >= MAX_BYTES]),
        (f"宽度缩小到 {MAX_WIDTH} 像素", [a for a in found if (a.width or 0) > MAX_WIDTH]),
    )
    for change, changed in kinds:
        if changed:
            yield f"图片{_names(changed)}：{change}"


def _names(assets: Sequence[Asset]) -> str:
    names = "、".join(f"“{asset.name}”" for asset in assets[:NAMES_MAX])
    return names if len(assets) <= NAMES_MAX else f"{names}等 {len(assets)} 张"


def _origin(edition: Edition, policy: Policy) -> Iterator[str]:
    url = plain(edition.origin_url)
    if url and not is_linkable(url):
        shown = is_web(url) and policy is not Policy.NONE and edition.source
        yield f"来源：原文链接{_ORIGINS[policy] if shown else '不显示'}"
