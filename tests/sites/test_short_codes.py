"""Short codes: no slip of the pen leads to another item, and a restored hub gives the code that is printed."""

from __future__ import annotations

from itertools import islice
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from sites.shortlinks.codes import ALPHABET, CODE_CHARS, candidates, is_code, normal

ITEM = UUID("00000000-0000-4000-8000-00000000002a")
CODES = st.uuids().map(lambda content_id: next(candidates(content_id)))


@given(CODES, st.integers(0, CODE_CHARS - 1), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_noticed(code: str, place: int, char: str) -> None:
    typed = code[:place] + char + code[place + 1 :]
    assert is_code(typed) == (typed == code)


@given(CODES, st.integers(0, CODE_CHARS - 2))
def test_two_swapped_neighbours_are_always_noticed(code: str, place: int) -> None:
    typed = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert is_code(typed) == (typed == code)


def test_an_item_gets_the_same_codes_on_every_hub() -> None:
    assert list(islice(candidates(ITEM), 3)) == ["yg3p7p", "37264q", "n47862"]


def test_no_character_that_prints_like_another_is_used() -> None:
    assert not set("01oilau") & set(ALPHABET)
    assert ALPHABET.lower() == ALPHABET


def test_a_code_may_be_typed_as_people_type() -> None:
    code = next(candidates(ITEM))
    wide = "".join(chr(ord(char) + 0xFEE0) for char in code.upper())
    for typed in (code.upper(), f" {code[:3]} {code[3:]}\n", f"{code[:3]}-{code[3:]}", wide):
        assert normal(typed) == code
    assert normal("2" * 10_000) == ""
