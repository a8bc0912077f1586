"""What withdrawing an item would mean at each outlet, in the words of the person who has to decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from channels.contract import Capabilities, Withdrawing
from channels.models import Placement
from cms.dashboard.dossier import Line, lines


@dataclass(frozen=True, slots=True)
class Impact:
    """The outlets that show the item, or may show it, by how it leaves them."""

    automatic: Sequence[Line]
    manual: Sequence[Line]
    stuck: Sequence[Line]

    @property
    def total(self) -> int:
        return len(self.automatic) + len(self.manual) + len(self.stuck)


def impact(content_id: UUID) -> Impact:
    """One query. An outlet that was never reached and is not being tried counts for nothing."""
    found = lines(
        Placement.objects.filter(item=content_id).exclude(desired=None, actual=None, state="settled")
    )
    return Impact(
        automatic=[line for line in found if _way(line.can) == "automatic"],
        manual=[line for line in found if _way(line.can) == "manual"],
        stuck=[line for line in found if _way(line.can) == "stuck"],
    )


def _way(can: Capabilities | None) -> str:
    if can is None:
        return "stuck"
    if can.manual:
        return "manual"
    return "stuck" if can.withdrawal is Withdrawing.NONE else "automatic"
