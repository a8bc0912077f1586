"""Is this page our item, and this very edition of it? Compares a foreign page with what was handed over.

The receipt keeps the `evidence`: a spread of fragments that the page has to show, the sentences that are new in this
edition (each of them has to be there: a correction is often one number), and digests of those that it dropped.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from channels import markup
from channels.edition import Attachment, Block, Edition, Image, ItemList
from channels.formats.text import block_text
from channels.formats.typed import spelled_out

PROBES_MAX = 20
PROBE_CHARS = 30
SENTENCE_CHARS_MIN = 6
SENTENCE_CHARS_MAX = 200
SENTENCES_MAX = 400
ENOUGH = 0.8
"""The share of fragments that proves the text: an outlet may drop a line."""

_SENTENCE = re.compile(r"[^。！？；!?;]+[。！？；!?;]*")


@dataclass(frozen=True, slots=True)
class Likeness:
    """`share` of the fragments that the page has (0 to 1), the first ones it lacks, and ones it should have lost."""

    headline: bool
    share: float
    lacking: tuple[str, ...]
    outdated: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        return self.headline and self.share >= ENOUGH and not self.outdated


def sentences(edition: Edition) -> list[str]:
    """The wording of the body without blanks; pictures and attachments have none of their own on a foreign page."""
    return _split("\n".join(_words(block) for block in spelled_out(edition).body))[:SENTENCES_MAX]


def evidence(headline: str, wording: Sequence[str], earlier: Mapping[str, Any]) -> dict[str, Any]:
    """What a receipt keeps for `likeness`; `earlier` is that of the edition it replaces, empty for the first."""
    known, digests = list(earlier.get("digests", ())), [_digest(sentence) for sentence in wording]
    return {
        "headline": headline,
        "probes": [sentence[:PROBE_CHARS] for sentence in _spread(wording)],
        "digests": digests,
        "changed": [s for s in wording if _digest(s) not in known][:PROBES_MAX] if known else [],
        "dropped": [digest for digest in known if digest not in digests],
    }


def likeness(page: str, proof: Mapping[str, Any]) -> Likeness:
    """How much of an edition a page shows. `page` is the page's text with its title, `proof` its evidence."""
    text = even(page)
    probes = list(proof.get("probes", ()))
    lacking = [probe for probe in probes if even(probe) not in text]
    new = [sentence for sentence in proof.get("changed", ()) if even(sentence) not in text]
    dropped = set(proof.get("dropped", ()))
    old = [sentence for sentence in _split(page) if _digest(sentence) in dropped] if dropped else []
    return Likeness(
        headline=even(str(proof.get("headline", ""))) in text,
        share=1 - len(lacking) / len(probes) if probes else 1.0,
        lacking=_first([*new, *lacking]),
        outdated=_first([*new, *old]),
    )


def even(text: str) -> str:
    """Without blanks, full and half width alike: layout and input methods differ between systems."""
    return markup.squeeze(unicodedata.normalize("NFKC", text))


def _words(block: Block) -> str:
    """The block's own words: numbers and dots of a list are the reader's browser's."""
    if isinstance(block, Image | Attachment):
        return ""
    if isinstance(block, ItemList):
        return "\n".join(markup.plain(item) for item in block.items)
    return block_text(block)


def _split(text: str) -> list[str]:
    """Sentences, line by line; a short one goes with its neighbour, because alone it would be found anywhere."""
    found: list[str] = []
    for line in text.split("\n"):
        start, rest = len(found), ""
        for sentence in _SENTENCE.findall(markup.squeeze(line)):
            rest += sentence
            if len(rest) >= SENTENCE_CHARS_MIN:
                found.append(rest[:SENTENCE_CHARS_MAX])
                rest = ""
        if rest and len(found) > start:
            found[-1] = f"{found[-1]}{rest}"[:SENTENCE_CHARS_MAX]
        elif len(rest) > 1:
            found.append(rest)
    return found


def _spread(wording: Sequence[str]) -> list[str]:
    if len(wording) <= PROBES_MAX:
        return list(wording)
    return [wording[number * len(wording) // PROBES_MAX] for number in range(PROBES_MAX)]


def _digest(sentence: str) -> str:
    return hashlib.sha256(even(sentence).encode()).hexdigest()[:8]


def _first(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text[:PROBE_CHARS] for text in texts))[:3]
