"""Chinese by its sound: pinyin without tones, and without the differences that the local speech does not make.

Input methods take what is typed for another word of the same sound, and people of Liuzhou do not tell zh from z, n from
l, or -ng from -n. So both the titles and a query are brought to the same plain sounds, and compared as those.
"""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import Any

from channels.search.syllables import SYLLABLES
from channels.search.words import CHINESE, fold

LETTERS_MAX = 40
WAYS_MAX = 4
SYLLABLE_MAX = 6
_CHINESE = re.compile(f"[{CHINESE}]")
_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("h", "f"))
READINGS = {
    "银行": "yin hang",
    "行业": "hang ye",
    "行长": "hang zhang",
    "分行": "fen hang",
    "支行": "zhi hang",
    "长江": "chang jiang",
    "长期": "chang qi",
    "长效": "chang xiao",
    "长寿": "chang shou",
    "延长": "yan chang",
    "重新": "chong xin",
    "重建": "chong jian",
    "重复": "chong fu",
    "重阳": "chong yang",
    "音乐": "yin yue",
    "快乐": "kuai le",
    "调整": "tiao zheng",
    "调解": "tiao jie",
    "空调": "kong tiao",
    "协调": "xie tiao",
    "大厦": "da sha",
    "供给": "gong ji",
    "给水": "ji shui",
    "地点": "di dian",
    "会计": "kuai ji",
    "公共厕所": "gong gong ce suo",
    "朝阳": "chao yang",
    "参差": "cen ci",
    "还款": "huan kuan",
    "归还": "gui huan",
    "率先": "shuai xian",
    "便宜": "pian yi",
    "供应": "gong ying",
    "处长": "chu zhang",
}
"""Words of notices whose characters are read otherwise elsewhere; all words of pypinyin would take 45 MiB."""


def sounds_of(text: str) -> list[str]:
    """One sound a Chinese character, one a run of letters or digits; marks have none."""
    return [sound for sound, _ in sounded(text)]


def sounded(text: str) -> list[tuple[str, str]]:
    """The sounds of a text, each with what it is written as."""
    pairs: list[tuple[str, str]] = []
    for run in re.findall(f"[{CHINESE}]+|[^\\W_{CHINESE}]+", fold(text)):
        if _CHINESE.match(run):
            pairs += [(plain(sound), written) for sound, written in zip(_pinyin(run), run, strict=True)]
        else:
            pairs.append((run, run))
    return pairs


def typed(text: str) -> list[list[str]]:
    """The ways to read typed letters as pinyin, as plain sounds; none for what is no pinyin. `tingshui` -> tin sui."""
    parts = fold(text)[:LETTERS_MAX].replace("'", " ").split()
    ways: list[tuple[str, ...]] = [()]
    for part in parts:
        ways = [(*way, *more) for way in ways for more in _split(part)][:WAYS_MAX]
    found = dict.fromkeys(tuple(map(plain, way)) for way in ways if len(way) > 1)
    return [list(way) for way in found]


def plain(syllable: str) -> str:
    """A syllable without what is often not told apart: zh z, ch c, sh s, n l, h f before u, -ng -n."""
    sound = syllable.replace("ü", "v")
    for initial, other in _INITIALS:
        if sound.startswith(initial) and (initial != "h" or sound[1:2] == "u"):
            sound = other + sound[len(initial) :]
            break
    return sound[:-1] if sound.endswith("ng") else sound


def _split(letters: str) -> list[tuple[str, ...]]:
    """The ways to cut letters into syllables, those with the fewest first."""
    known = _known()
    ways: list[list[tuple[str, ...]]] = [[()], *([] for _ in letters)]
    for end in range(1, len(letters) + 1):
        found = [
            (*way, letters[begin:end])
            for begin in range(max(0, end - SYLLABLE_MAX), end)
            if letters[begin:end] in known
            for way in ways[begin]
        ]
        ways[end] = sorted(found, key=len)[:WAYS_MAX]
    return ways[-1]


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    """Syllables as the standard writes them, and as who speaks plainly types them."""
    return SYLLABLES | frozenset(map(plain, SYLLABLES))


@lru_cache(maxsize=1)
def _library() -> Any:
    # Loaded with the first title that is spelled: 12 MiB. Its dictionary of words would take 45 MiB more.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")
    import pypinyin

    pypinyin.load_phrases_dict(
        {word: [[sound] for sound in sounds.split()] for word, sounds in READINGS.items()}
    )
    return pypinyin


def _pinyin(run: str) -> list[str]:
    """One reading a character; a character without one stands for itself."""
    found: list[str] = _library().lazy_pinyin(run, errors=list)
    return found
