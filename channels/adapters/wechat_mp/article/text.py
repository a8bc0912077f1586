"""Characters of an article: what no reader can see is taken out, what a phone reads from the right is told."""

from __future__ import annotations

import re
import unicodedata
from html import escape

_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ufffe\uffff\ud800-\udfff]"
)
"""Control characters, halves of characters, and the bidirectional controls that can turn a text around."""
_BREAK = re.compile("\r\n|[\r\n\u2028\u2029]")
_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\ufe0f\u20e3\u231a\u231b\u23e9-\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f\u2693\u26a1"
    "\u26aa\u26ab\u26bd\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2705\u270a\u270b\u2728\u274c"
    "\u274e\u2753-\u2755\u2757\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50\u2b55]"
)
_TAG = re.compile("<[^>]*>")


def visible(text: str) -> str:
    """`text` without what no reader can see. Joiners stay: they hold emoji and some scripts together."""
    return _UNSEEN.sub("", text)


def unseen(text: str) -> int:
    """How many characters `visible` takes out."""
    return len(_UNSEEN.findall(text))


def plain(text: str) -> str:
    """One field of plain text, as the platform takes it."""
    return visible(text).strip()


def as_html(text: str) -> str:
    """Plain text as HTML; its line breaks stay."""
    return _BREAK.sub("<br>", escape(plain(text)))


def has_emoji(text: str) -> bool:
    return bool(_EMOJI.search(text))


def is_rtl(html: str) -> bool:
    """Whether the first letter of inline HTML is written from right to left."""
    if not _RTL.search(html):
        return False
    kinds = (unicodedata.bidirectional(letter) for letter in _TAG.sub("", html))
    return next((kind in {"R", "AL"} for kind in kinds if kind in {"L", "R", "AL"}), False)


def excerpt(text: str, length: int = 10) -> str:
    """The beginning of inline HTML or plain text, to find a place by."""
    line = " ".join(visible(_TAG.sub("", text)).split())
    return line if len(line) <= length else f"{line[:length]}…"
