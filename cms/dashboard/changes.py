"""What a person has to change in a copy that the system cannot change: the words before and after, part by part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from channels.edition import Edition
from channels.formats.text import body_text
from channels.models import Placement
from cms.dashboard.verbs import changed_by_hand


@dataclass(frozen=True, slots=True)
class Change:
    """A part of the text: `before` is empty for what is new, `after` for what goes."""

    before: str
    after: str


def to_make(placement: Placement) -> list[Change]:
    """For a placement whose receipt asks a person to change the copy by hand; else nothing."""
    if not changed_by_hand(placement.receipt or {}):
        return []
    if placement.actual is None or placement.desired is None:
        return []
    return between(placement.actual.edition(), placement.desired.edition())


def between(earlier: Edition, later: Edition) -> list[Change]:
    """Headline, summary and text, line by line."""
    before, after = _lines(earlier), _lines(later)
    steps = SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes()
    return [
        Change("\n".join(before[a:b]), "\n".join(after[c:d])) for tag, a, b, c, d in steps if tag != "equal"
    ]


def _lines(edition: Edition) -> Sequence[str]:
    text = [edition.headline, edition.summary, *body_text(edition).splitlines()]
    return [line for line in text if line.strip()]
