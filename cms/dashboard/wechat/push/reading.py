"""What the pages of a push show: the list, the rows of the editor, the phone, the picker. Reading only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from channels import rendering
from channels.contract import Finding, Severity
from channels.edition import Asset, Edition
from channels.edition import Image as Picture
from channels.errors import ChannelError
from channels.models import Item, Outlet, Placement
from channels.wechat.models import IN_FLIGHT, Push, PushArticle, PushState
from channels.wechat.push import content
from cms.dashboard.looks import Look
from cms.dashboard.wechat.push.looks import look
from cms.previews import with_pictures

LIST_MAX = 60
PICK_MAX = 40
OUT = (*IN_FLIGHT, PushState.SENT, PushState.CLOSED)


@dataclass(frozen=True, slots=True)
class Line:
    push: Push
    look: Look
    titles: Sequence[str]


@dataclass(frozen=True, slots=True)
class Row:
    """One article as the editor and the confirmation show it. `published`: a copy is out that will be deleted."""

    article: PushArticle
    edition: Edition
    inherited: Edition
    cover_url: str
    findings: Sequence[Finding]
    change: str
    updated: bool
    published: bool
    pushed: bool

    @property
    def blocked(self) -> bool:
        return any(finding.severity is Severity.BLOCK for finding in self.findings)

    @property
    def picture(self) -> int | None:
        return (self.article.cover or {}).get("picture")


@dataclass(frozen=True, slots=True)
class Shown:
    """One article on the phone. `problem`: why it cannot be shown."""

    article: PushArticle
    edition: Edition
    cover_url: str
    content: str
    author: str
    digest: str
    problem: str


@dataclass(frozen=True, slots=True)
class Choice:
    item: Item
    pushed_at: datetime | None
    expired: bool
    held: bool


def lines(outlet: Outlet) -> list[Line]:
    """The newest pushes; two queries."""
    articles = PushArticle.objects.select_related("item").order_by("position")
    rows = Push.objects.filter(outlet=outlet).prefetch_related(Prefetch("articles", queryset=articles))
    return [
        Line(push, look(push), [article.headline or article.item.headline for article in push.articles.all()])
        for push in rows.order_by("-id")[:LIST_MAX]
    ]


def rows(push: Push) -> list[Row]:
    """At most three queries, whatever the number of articles. What is out has no obstacles any more."""
    found = content.pieces(push)
    items = [piece.article.item_id for piece in found]
    over = push.status in {*OUT, PushState.CANCELLED}
    changes = {} if over else {one.article.pk: one.reason for one in content.changes(push, found)}
    receipts = {} if over else _receipts(push.outlet, items)
    return [
        Row(
            article=piece.article,
            edition=piece.edition,
            inherited=piece.article.edition.edition(),
            cover_url=cover_url(piece.edition),
            findings=() if over else findings(push, piece),
            change=changes.get(piece.article.pk, ""),
            updated=content.source_updated(piece.article),
            published=receipts.get(piece.article.item_id, "").startswith("article:"),
            pushed=receipts.get(piece.article.item_id, "").startswith("sent:"),
        )
        for piece in found
    ]


def _receipts(outlet: Outlet, items: Sequence[UUID]) -> dict[UUID, str]:
    """What the receipt of each item names at this outlet."""
    held = Placement.objects.filter(outlet=outlet, item__in=items).values_list("item_id", "receipt")
    return {item: str((receipt or {}).get("remote_id", "")) for item, receipt in held}


def findings(push: Push, piece: content.Piece) -> Sequence[Finding]:
    try:
        return content.findings(push, piece)
    except ChannelError as error:
        return (Finding(place="正文", problem=error.message, fix="请修改后重新签发"),)


def cover_of(edition: Edition) -> Asset | None:
    """The cover, or the first picture, as the channel takes it."""
    first = next((block for block in edition.body if isinstance(block, Picture)), None)
    found = edition.cover or first
    return found.asset if found else None


def cover_url(edition: Edition) -> str:
    asset = cover_of(edition)
    return f"/{asset.path}" if asset else ""


def focal_style(edition: Edition) -> str:
    """Where a crop of the cover has its centre, as a CSS position."""
    asset = cover_of(edition)
    x, y = (asset.focal if asset and asset.focal else None) or (0.5, 0.5)
    return f"{x * 100:.1f}% {y * 100:.1f}%"


def phone(push: Push) -> list[Shown]:
    """Every article through the very rendering that will be sent."""
    return [_shown(push, piece) for piece in content.pieces(push)]


def _shown(push: Push, piece: content.Piece) -> Shown:
    payload: dict[str, Any] = {}
    problem = ""
    try:
        payload = dict(rendering.render(push.outlet, piece.edition).payload)
    except ChannelError as error:
        problem = error.message
    return Shown(
        article=piece.article,
        edition=piece.edition,
        cover_url=cover_url(piece.edition),
        content=with_pictures(str(payload.get("content", "")), piece.edition),
        author=str(payload.get("author", "")),
        digest=str(payload.get("digest", "")),
        problem=problem,
    )


def choices(push: Push, text: str) -> tuple[list[Choice], bool]:
    """Items that this outlet shall show, newest first, and whether there are more; three queries."""
    rows = _wanted(push.outlet, text)[: PICK_MAX + 1]
    found = [placement.item for placement in rows]
    held = set(push.articles.values_list("item_id", flat=True))
    out = dict(
        PushArticle.objects.filter(push__outlet=push.outlet, push__state__in=OUT, item__in=found)
        .order_by("push__attempted_at")
        .values_list("item_id", "push__attempted_at")
    )
    expired = {row.item_id for row in rows if row.visible_until and row.visible_until <= timezone.now()}
    listed = [Choice(item, out.get(item.pk), item.pk in expired, item.pk in held) for item in found]
    return listed[:PICK_MAX], len(listed) > PICK_MAX


def _wanted(outlet: Outlet, text: str) -> QuerySet[Placement]:
    rows = Placement.objects.filter(outlet=outlet, desired__isnull=False, item__withdrawn_at=None)
    rows = rows.filter(Q(visible_until=None) | Q(visible_until__gt=timezone.now()))
    if text:
        rows = rows.filter(item__headline__icontains=text)
    return rows.select_related("item").order_by("-published_at", "-pk")
