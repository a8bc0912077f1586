"""重新投递: a sub-office has lost what it was sent, and asks for it once more."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from channels import changes, outbox
from channels.models import Change, Outlet, Placement
from channels.rendering import capabilities

AT_ONCE = 500
"""Placements of one request; the next one goes on behind them."""


class NotPossible(ValueError):
    """The message is for the webmaster."""


def is_offered(outlet: Outlet) -> bool:
    """Whether a second delivery is safe and means anything: what readers see at commit has nothing to send."""
    can = capabilities(outlet)
    return can.repeatable and not can.shown_at_commit and not can.manual


def one(outlet: Outlet, content_id: UUID, *, by: str, now: datetime) -> None:
    """Raises NotPossible."""
    _require(outlet)
    if not outbox.resend(Placement.objects.filter(outlet=outlet, item=content_id), by=by, now=now):
        raise NotPossible("没有可以重新投递的稿件：该稿件没有投放到本终端，或已被拒用")


def since(outlet: Outlet, sequence: int, *, by: str, now: datetime) -> tuple[int, int]:
    """Everything that has changed after this number of the log, oldest first, AT_ONCE at most.

    Returns how many placements there are, and the number up to which they reach: where to go on. Raises NotPossible.
    """
    _require(outlet)
    changes.stamp()  # numbers what a killed process has left
    changed = Change.objects.filter(sequence__gt=sequence, item__placements__outlet=outlet)
    rows = list(changed.order_by("sequence").values_list("sequence", "item_id")[:AT_ONCE])
    reached = rows[-1][0] if rows else None
    if reached is None:
        raise NotPossible("该序号之后没有变更，无需重新投递；请核对日志中的最后序号")
    items = {item for _, item in rows}
    placements = Placement.objects.filter(outlet=outlet, item__in=items)
    return outbox.resend(placements, by=by, now=now), reached


def _require(outlet: Outlet) -> None:
    if not is_offered(outlet):
        raise NotPossible("该终端不支持重新投递；读取订阅源即可取得最新内容")
