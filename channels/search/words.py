"""Text as the index keeps it and as a query asks for it: NFKC, case folded, as overlapping pairs.

A Chinese character or a run of letters or digits is one; each makes a pair with the next, and the last one stands alone
(`停水通知` -> `停水 水通 通知 知`, `第9期` -> `第9 9期 期`). Between two Chinese characters a mark ends the row. A word of a
query is a phrase of the same tokens without the one that stands alone: so it is found anywhere in a sentence, without a
dictionary, and never across a punctuation mark.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

WORDS_MAX = 8
WORD_CHARS_MAX = 40
CHARACTER = "="
"""What a token bears that is a character and no pair; only titles have such."""
TEXT_MAX = 10_000
"""Characters of a query that are read at all."""
CHINESE = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(f"([{CHINESE}]+)|((?:(?![{CHINESE}])[^\\W_])+)")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens that have to follow each other; with `is_open` the last one may be the beginning of a longer token."""

    tokens: tuple[str, ...]
    is_open: bool = False

    def marked(self, mark: str) -> Phrase:
        """The same in a part of the index whose tokens bear a mark."""
        return Phrase(tuple(mark + token for token in self.tokens), self.is_open)

    def in_title(self) -> Phrase:
        """The same where characters are tokens too: not every pair that begins with one has to be looked for."""
        is_character = self.is_open and len(self.tokens) == 1 and len(self.tokens[0]) == 1
        if is_character and _is_chinese(self.tokens[0]):
            return Phrase((CHARACTER + self.tokens[0],))
        return self


def fold(text: str) -> str:
    """The one spelling of all that a reader takes for the same: full width and half width, capitals and small letters."""
    return unicodedata.normalize("NFKC", text).casefold()


def tokens(text: str) -> Iterator[str]:
    """The tokens of a text that `fold` has been through, in their order."""
    for row in _rows(text):
        yield from map("".join, pairwise(row))
        yield row[-1]


def _rows(text: str) -> Iterator[list[str]]:
    """What makes pairs, row by row. Two runs of letters or digits make none: nobody could tell it from a third."""
    row: list[str] = []
    was_chinese = False
    for chinese, other in _RUN.findall(text):
        if row and was_chinese == bool(chinese):
            yield row
            row = []
        row += [other] if other else chinese
        was_chinese = bool(chinese)
    if row:
        yield row


def segmented(text: str, mark: str = "") -> str:
    """A text as the index takes it: its tokens with blanks between, each behind the mark."""
    return " ".join(mark + token for token in tokens(fold(text)))


def characters(text: str, mark: str = "") -> str:
    """The Chinese characters of a text, each once, as `Phrase.in_title` asks for them."""
    runs = (chinese for chinese, _ in _RUN.findall(fold(text)))
    return " ".join(dict.fromkeys(mark + CHARACTER + one for run in runs for one in run))


def words_of(text: str) -> tuple[str, ...]:
    """What a reader looks for: no word twice, no word without end, no word of marks only."""
    parts = fold(text.replace("\x00", " ")[:TEXT_MAX]).split()
    return tuple(dict.fromkeys(word for part in parts if (word := _bare(part[:WORD_CHARS_MAX]))))[:WORDS_MAX]


def phrase_of(word: str) -> Phrase:
    """A word of `words_of` as the index is asked for it; what is alone in its row is the beginning of a pair."""
    *_, row = _rows(word)
    found = tuple(tokens(word))
    is_alone = len(row) == 1
    return Phrase(found if is_alone else found[:-1], is_open=is_alone or not _is_chinese(row[-1]))


def hits(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Where the words stand in a text, as ranges that do not touch each other, in their order.

    Marks inside a word are passed over, as the index does. Positions are those of `text` as it is written, whatever
    folding makes of its characters.
    """
    folded, places = _places(text)
    spans = sorted(
        (places[found.start()], places[found.end() - 1] + 1)
        for word in words
        for found in _spelled(word).finditer(folded)
    )
    merged: list[tuple[int, int]] = []
    for begin, end in spans:
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def holds(text: str, word: str) -> bool:
    """Whether a word of `words_of` stands in a text that `fold` has been through."""
    return word in text or _spelled(word).search(text) is not None


def _is_chinese(one: str) -> bool:
    return bool(_RUN.findall(one)[0][0])


def _bare(part: str) -> str:
    """Without the marks around it: quotation marks, brackets, the stars and dashes of other search engines."""
    runs = list(_RUN.finditer(part))
    return part[runs[0].start() : runs[-1].end()] if runs else ""


def _spelled(word: str) -> re.Pattern[str]:
    runs = [run.group() for run in _RUN.finditer(word)]
    return re.compile(r"[\W_]*".join(map(re.escape, runs)))


def _places(text: str) -> tuple[str, Sequence[int]]:
    """The folded text, and for each of its characters the one in `text` that it comes from."""
    whole = fold(text)
    if len(whole) == len(text):
        return whole, range(len(text))
    folded: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for made in fold(character):
            folded.append(made)
            places.append(place)
    return "".join(folded), places
