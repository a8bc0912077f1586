"""Tsvectors made by us, token by token, and phrases to ask them: PostgreSQL's own parser never sees a text."""

from __future__ import annotations

from channels.search.words import Phrase, fold, tokens

POSITIONS_MAX = 16_383
"""PostgreSQL counts no further. Behind it we begin again at 1; a phrase across that seam is not found."""
OCCURRENCES_MAX = 255
"""Positions that PostgreSQL keeps of one token."""
BYTES_MAX = 900_000
"""PostgreSQL refuses a vector of 1 MiB."""
TOKEN_BYTES_MAX = 400
"""PostgreSQL refuses a token of 2 KiB."""


def vector(text: str, weight: str) -> str:
    """The tsvector of a text as PostgreSQL reads it."""
    found: dict[str, list[str]] = {}
    size = 0
    for count, token in enumerate(tokens(fold(text))):
        lexeme = _short(token)
        size += 2 if lexeme in found else len(lexeme.encode()) + 8
        if size > BYTES_MAX:
            break
        places = found.setdefault(lexeme, [])
        if len(places) < OCCURRENCES_MAX:
            places.append(f"{count % POSITIONS_MAX + 1}{weight}")
    return " ".join(f"'{lexeme}':{','.join(places)}" for lexeme, places in found.items())


def phrase_text(phrase: Phrase) -> str:
    """Tokens are letters and digits: nothing in them has a meaning to PostgreSQL."""
    asked = " <-> ".join(f"'{_short(token)}'" for token in phrase.tokens)
    return f"({asked}{':*' if phrase.is_open else ''})"


def _short(token: str) -> str:
    return token.encode()[:TOKEN_BYTES_MAX].decode(errors="ignore")
