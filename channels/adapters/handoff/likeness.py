"""Is this page our item? Compares a foreign page with fragments of the text that was handed over."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from channels.markup import squeeze

PROBES_MAX = 20
PROBE_CHARS = 30
PROBE_CHARS_MIN = 6
ENOUGH = 0.8
"""The share of fragments that proves the text: an outlet may drop a caption or a line."""

_SENTENCE = re.compile(r"[。！？；!?;\n\t]+")


@dataclass(frozen=True, slots=True)
class Likeness:
    """`share` of the fragments that the page has (0 to 1), and the first ones that it lacks."""

    headline: bool
    share: float
    lacking: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        return self.headline and self.share >= ENOUGH


def fragments(text: str) -> list[str]:
    """Up to PROBES_MAX pieces of `text`, spread evenly over it, each the opening of a sentence."""
    sentences = [_even(sentence) for sentence in _SENTENCE.split(text)]
    usable = [sentence[:PROBE_CHARS] for sentence in sentences if len(sentence) >= PROBE_CHARS_MIN]
    if len(usable) <= PROBES_MAX:
        return usable
    return [usable[number * len(usable) // PROBES_MAX] for number in range(PROBES_MAX)]


def likeness(page: str, *, headline: str, probes: Sequence[str]) -> Likeness:
    """How much of an item a page shows. `page` is the page's text with its title."""
    even = _even(page)
    lacking = tuple(probe for probe in probes if _even(probe) not in even)
    share = 1 - len(lacking) / len(probes) if probes else 1.0
    return Likeness(headline=_even(headline) in even, share=share, lacking=lacking[:3])


def _even(text: str) -> str:
    """Without blanks, full and half width alike: layout and input methods differ between systems."""
    return squeeze(unicodedata.normalize("NFKC", text))
