"""Personal numbers in a text that is to be published: mobile phones and identity cards, told from numbers of offices. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

DIGITS = re.compile(r"(?<![0-9A-Za-z])\+?\d(?:[ \-]?\d){9,19}(?:[ \-]?[Xx])?(?![0-9A-Za-z])")
"""A run of digits as people write them, in groups or not."""
MOBILE = re.compile(r"(?:0086|86)?1[3-9]\d{9}")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = "10X98765432"
"""GB 11643-1999."""


@dataclass(frozen=True, slots=True)
class Found:
    """`masked` may be shown and logged; the number itself is between `start` and `end` (exclusive)."""

    kind: str
    masked: str
    start: int
    end: int


def find(text: str) -> list[Found]:
    """Identity numbers need a real date and the right check digit: credit codes and landlines are none."""
    return list(_found(text))


def mask(text: str) -> str:
    for found in reversed(find(text)):
        text = text[: found.start] + found.masked + text[found.end :]
    return text


def _found(text: str) -> Iterator[Found]:
    # Character by character: a full-width digit is one half-width digit, so places stay the same.
    plain = "".join(_half(character) for character in text)
    for match in DIGITS.finditer(plain):
        number = re.sub(r"[^0-9Xx]", "", match[0]).upper()
        if MOBILE.fullmatch(number):
            yield Found("手机号码", f"{number[-11:-8]}****{number[-4:]}", match.start(), match.end())
        elif is_identity(number):
            yield Found("身份证号码", f"{number[:3]}***********{number[-2:]}", match.start(), match.end())


def is_identity(number: str) -> bool:
    """18 characters of GB 11643, or 15 of its predecessor."""
    if re.fullmatch(r"[1-8]\d{14}", number):
        return _is_date(f"19{number[6:12]}")
    if not re.fullmatch(r"[1-8]\d{16}[\dX]", number) or not _is_date(number[6:14]):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False))
    return CHECK[total % 11] == number[17]


def _is_date(text: str) -> bool:
    try:
        return 1880 <= date(int(text[:4]), int(text[4:6]), int(text[6:])).year <= 2100
    except ValueError:
        return False


def _half(character: str) -> str:
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 else character
