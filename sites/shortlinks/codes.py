"""Short codes: six characters that can be read out over the telephone and typed from paper.

The last one is a check character, so a mistyped code is told as such and never leads to another item. The codes that an
item may get are drawn from its content_id: a hub that is restored from a backup gives the item the code that is already
printed.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator
from uuid import UUID

ALPHABET = "23456789bcdefghjkmnpqrstvwxyz"
"""29 characters: no 0 o 1 l i, which print alike, and no a u, so that hardly a word comes about. 29 is prime, which the
check needs."""
BODY_CHARS = 5
CODE_CHARS = BODY_CHARS + 1
TYPED_CHARS_MAX = 40
"""Longer text is no code, whatever stands in it."""


def candidates(content_id: UUID) -> Iterator[str]:
    """Codes of this item, best first, without end; the first that no other item has is taken."""
    turn = 0
    while True:
        number = int.from_bytes(hashlib.sha256(content_id.bytes + turn.to_bytes(4)).digest())
        body = ""
        for _ in range(BODY_CHARS):
            number, rest = divmod(number, len(ALPHABET))
            body += ALPHABET[rest]
        yield body + check(body)
        turn += 1


def check(body: str) -> str:
    """The check character: one wrong character, or two that have changed places, always give another one.

    A sum weighted by place, modulo a prime (the scheme of ISBN-10). Raises ValueError for a foreign character.
    """
    total = sum((place + 2) * ALPHABET.index(char) for place, char in enumerate(body))
    return ALPHABET[total % len(ALPHABET)]


def normal(typed: str) -> str:
    """What somebody has typed, as a code would be written: half-width, lower case, without blanks and hyphens."""
    if len(typed) > TYPED_CHARS_MAX:
        return ""
    flat = unicodedata.normalize("NFKC", typed).casefold()
    return "".join(char for char in flat if not char.isspace() and char not in "-_.·")


def is_code(text: str) -> bool:
    """Whether it could be one: right length and characters, and the check fits."""
    return (
        len(text) == CODE_CHARS
        and all(char in ALPHABET for char in text)
        and check(text[:BODY_CHARS]) == text[BODY_CHARS:]
    )
