"""Did you mean (您是不是要找): words of titles that sound like what was typed, or are spelled nearly like it.

Only what stands in the title of something public is ever proposed, so a proposal always finds something.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from channels.search.asking import Condition, Depth
from channels.search.sounds import sounded, sounds_of, typed
from channels.search.store import Looker, index
from channels.search.words import CHINESE, fold, phrase_of, tokens

TITLES_MAX = 60
"""Newest titles that a guess is taken from."""
NEAR = 0.6
"""How alike two spellings have to be, by difflib: one of three characters may differ."""
CHARS = (2, 12)
"""Length of a word that is guessed at."""


def guess(text: str, words: Sequence[str], condition: Condition) -> str:
    """What to look for instead; empty when nothing is near. Raises TooCostly."""
    with index().hurried() as looker:
        for sounds in typed(text):
            if found := _sounding(looker, sounds, condition, instead_of=""):
                return found
        found_words = [_instead(looker, word, condition) for word in words]
    better = " ".join(found_words)
    return better if found_words and all(found_words) and better != " ".join(words) else ""


def titled(words: Sequence[str], condition: Condition, *, limit: int) -> list[str]:
    """The newest titles with all the words, for somebody who is still typing; sounds for somebody who types pinyin."""
    if not words:
        return []
    with index().hurried() as looker:
        hits = looker.find([phrase_of(word) for word in words], Depth.TITLE, condition, limit)
        for sounds in typed(" ".join(words)) if not hits else ():
            hits = hits or looker.sounding(sounds, condition, limit)
    return list(dict.fromkeys(hit.title for hit in hits))


def _instead(looker: Looker, word: str, condition: Condition) -> str:
    """The word itself if something has it; else one that sounds like it, else one that is spelled nearly like it."""
    if looker.find([phrase_of(word)], Depth.WHOLE, condition, 1):
        return word
    if not CHARS[0] <= len(word) <= CHARS[1]:
        return ""
    for sounds in typed(word):
        if found := _sounding(looker, sounds, condition, instead_of=word):
            return found
    sounds = sounds_of(word)
    spoken = _sounding(looker, sounds, condition, instead_of=word) if len(sounds) > 1 else ""
    return spoken or _near(looker, word, condition)


def _sounding(looker: Looker, sounds: Sequence[str], condition: Condition, *, instead_of: str) -> str:
    """The most frequent writing of these sounds in titles."""
    hits = looker.sounding(sounds, condition, TITLES_MAX)
    return _most(written for hit in hits for written in _writings(hit.title, sounds) if written != instead_of)


def _writings(title: str, sounds: Sequence[str]) -> Iterator[str]:
    pairs = sounded(title)
    size = len(sounds)
    for begin in range(len(pairs) - size + 1):
        part = pairs[begin : begin + size]
        if [sound for sound, _ in part] == list(sounds):
            yield "".join(written for _, written in part)


def _near(looker: Looker, word: str, condition: Condition) -> str:
    """The part of a title that is most like the word; for words of three characters and more."""
    pairs = [token for token in tokens(word) if len(token) > 1]
    if len(word) < 3 or not pairs:
        return ""
    titles = {fold(hit.title) for hit in looker.similar(pairs, condition, TITLES_MAX)}
    scored = Counter[str]()
    for part in {part for title in titles for part in _parts(title, word)}:
        scored[part] = round(1000 * SequenceMatcher(a=word, b=part, autojunk=False).ratio())
    best = max(scored, key=lambda part: (scored[part], -abs(len(part) - len(word)), part), default="")
    return best if best and scored[best] >= NEAR * 1000 else ""


def _parts(title: str, word: str) -> Iterator[str]:
    """Runs of Chinese about as long as the word that share all but one of its characters."""
    letters = set(word)
    for size in (len(word), len(word) - 1, len(word) + 1):
        for begin in range(len(title) - size + 1):
            part = title[begin : begin + size]
            if len(letters & set(part)) >= len(letters) - 1 and all(_is_chinese(one) for one in part):
                yield part


def _is_chinese(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff" or character in CHINESE


def _most(words: Iterable[str]) -> str:
    counted = Counter(words).most_common(1)
    return counted[0][0] if counted else ""
