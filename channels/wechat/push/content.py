"""What a push would send: the adopted editions with their own titles, digests and covers, rendered, and their digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from channels import rendering
from channels.contract import Finding, Rendering
from channels.edition import Asset, Edition, Image
from channels.errors import ChannelError
from channels.models import Placement
from channels.wechat.models import Push, PushArticle

TITLE_MAX = 32
DIGEST_MAX = 128
"""Characters of a title and a digest (draft/add, 2026-11)."""
ASSET_FIELDS = ("sha256", "content_type", "name", "size", "width", "height")


@dataclass(frozen=True, slots=True)
class Piece:
    """One article with the edition as it would go out."""

    article: PushArticle
    edition: Edition

    @property
    def title(self) -> str:
        return self.edition.headline


@dataclass(frozen=True, slots=True)
class Change:
    """Why an article does not stand any more. `withdrawn`: it can never go out."""

    article: PushArticle
    reason: str
    withdrawn: bool = False


def pieces(push: Push) -> list[Piece]:
    """In order; one query."""
    rows = push.articles.select_related("edition", "item", "item__current").order_by("position")
    return [Piece(article, own_edition(article)) for article in rows]


def own_edition(article: PushArticle) -> Edition:
    """The adopted edition with what the article says itself in its place."""
    edition = article.edition.edition()
    return replace(
        edition,
        headline=article.headline or edition.headline,
        summary=article.summary or edition.summary,
        cover=own_cover(article) or edition.cover,
    )


def own_cover(article: PushArticle) -> Image | None:
    return Image(asset=asset_of(article.cover)) if article.cover else None


def asset_of(document: Mapping[str, Any]) -> Asset:
    values = {name: document[name] for name in ASSET_FIELDS}
    focal = document.get("focal")
    return Asset(**values, focal=tuple(focal) if focal else None)


def asset_document(asset: Asset) -> dict[str, Any]:
    focal = list(asset.focal) if asset.focal else None
    return {**{name: getattr(asset, name) for name in ASSET_FIELDS}, "focal": focal}


def renderings(push: Push, found: Sequence[Piece]) -> list[Rendering]:
    """What would be sent. Raises ContentError."""
    return [rendering.render(push.outlet, piece.edition) for piece in found]


def digest(sent: Iterable[Rendering]) -> str:
    """SHA-256 (hex) of the articles in their order: two pushes with one digest show the same."""
    return _sha256([[one.uri, one.version, one.sha256] for one in sent])


def fingerprint(push: Push, content: str) -> str:
    """SHA-256 (hex) of all that a second person confirms: account, audience, time, articles."""
    at = push.scheduled_at.isoformat() if push.scheduled_at else ""
    return _sha256([push.outlet.slug, push.audience, push.tag_id, at, content])


def token_of(push: Push, content: str) -> str:
    """The token (32 hex) of this push with this content: its first half is the mark by which the draft is found."""
    return _sha256(["push", push.pk, content])[:32]


def fingerprint_now(push: Push) -> str:
    """The fingerprint of the push as it stands; empty when it cannot be rendered."""
    try:
        found = pieces(push)
        return fingerprint(push, digest(renderings(push, found))) if found else ""
    except ChannelError:
        return ""


def changes(push: Push, found: Sequence[Piece]) -> list[Change]:
    """What has happened to the items since their editions were adopted; two queries."""
    wanted = wanted_at(push.outlet_id, [piece.article.item_id for piece in found])
    reasons = [(piece.article, _change(piece.article, wanted)) for piece in found]
    return [Change(article, *why) for article, why in reasons if why]


def _change(article: PushArticle, wanted: set[UUID]) -> tuple[str, bool] | None:
    item = article.item
    if item.withdrawn_at:
        return f"《{item.headline}》已撤稿（{item.withdrawal_reason}），请移出", True
    if item.pk not in wanted:
        return f"《{item.headline}》已不再投放到该公众号，请移出", True
    if item.current is not None and source_updated(article):
        return f"《{item.headline}》来源已更新至第 {item.current.number} 版，请选择保留或采用", False
    return None


def source_updated(article: PushArticle) -> bool:
    """A newer edition than the adopted one, of which nobody has said yet that the older one stays."""
    current = article.item.current
    return current is not None and current.number > max(article.edition.number, article.kept)


def wanted_at(outlet_id: int, items: Iterable[UUID]) -> set[UUID]:
    """Those of the items that this outlet shall show."""
    rows = Placement.objects.filter(outlet_id=outlet_id, item__in=list(items), desired__isnull=False)
    return set(rows.values_list("item_id", flat=True))


def findings(push: Push, piece: Piece) -> tuple[Finding, ...]:
    """Pre-flight of one article as it would go out."""
    return rendering.findings(push.outlet, piece.edition)


def _sha256(document: Any) -> str:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
