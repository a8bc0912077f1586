"""Links: the platform makes every foreign link dead text, so each becomes a footnote, a QR code or its words alone."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from enum import StrEnum
from html import escape, unescape
from urllib.parse import urlsplit

import nh3

from channels.adapters.wechat_mp.article import text

INLINE_TAGS = frozenset({"strong", "b", "em", "i", "u", "s", "a", "br", "sub", "sup"})
LINKABLE_HOSTS = frozenset({"mp.weixin.qq.com"})
QR_MAX = 10
"""QR codes in one article; each is an upload and a screen of its own. Further addresses are footnotes."""
QR_MAX_CHARS = 300
"""Longer addresses make a code too fine for the screen of a phone."""
_CLEANER = nh3.Cleaner(
    tags=set(INLINE_TAGS),
    attributes={"a": {"href"}},
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
)
_ANCHOR = re.compile(r'(<a(?: href="[^"]*")?>|</a>)')
_TAG = re.compile(r"<[^>]*>")


class Policy(StrEnum):
    """What an account does with foreign links; the value is that of the outlet's option."""

    FOOTNOTE = "footnote"
    QR = "qr"
    NONE = "none"


class Links:
    """Collects the addresses of one article in the order of their mention, and counts what became of links.

    marked: links that got a number; bare: links of which only the words are left.
    """

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.numbers: dict[str, int] = {}
        self.marked = 0
        self.bare = 0

    def mark(self, url: str) -> str:
        """The number of an address behind its words; nothing when the account shows no addresses."""
        if self.policy is Policy.NONE:
            self.bare += 1
            return ""
        self.marked += 1
        return f"<sup>[{self.numbers.setdefault(url, len(self.numbers) + 1)}]</sup>"

    def inline(self, html: str) -> str:
        """Sanitised inline HTML with foreign links resolved."""
        if "<" not in html and "&" not in html:
            return escape(text.visible(html), quote=False)
        clean = text.visible(_CLEANER.clean(text.visible(html)))
        return self._resolved(clean) if "<a" in clean else clean

    def _resolved(self, clean: str) -> str:
        """The cleaner's output is well-formed, but a link may stand in a link: the outer one wins."""
        out: list[str] = []
        open_links: list[tuple[str, int]] = []
        for part in _ANCHOR.split(clean):
            if part.startswith("<a"):
                open_links.append((unescape(part[9:-2]).strip(), len(out)))
            elif part == "</a>":
                url, start = open_links.pop()
                if not open_links:
                    out[start:] = [self._link(url, "".join(out[start:]))]
            else:
                out.append(part)
        return "".join(out)

    def _link(self, url: str, words: str) -> str:
        if is_linkable(url):
            return f'<a href="{escape(url)}">{words}</a>'
        if not is_web(url):
            self.bare += bool(url)
            return words
        if unescape(_TAG.sub("", words)).strip() == url:
            return words
        return words + self.mark(url)


def is_web(url: str) -> bool:
    return _parts(url)[0] in {"http", "https"}


def is_linkable(url: str) -> bool:
    """Whether the platform leaves a link to this address alive."""
    scheme, host = _parts(url)
    return scheme in {"http", "https"} and host in LINKABLE_HOSTS


def in_code(number: int, url: str) -> bool:
    """Whether link `number` of an article with QR codes gets one."""
    return number <= QR_MAX and len(url) <= QR_MAX_CHARS


def code_name(url: str) -> str:
    """What an article calls the QR code of an address until it is uploaded."""
    return hashlib.sha256(url.encode()).hexdigest()


def policy_of(options: Mapping[str, str]) -> Policy:
    """The outlet's choice; footnotes when it made none, or one that does not exist."""
    try:
        return Policy(options.get("links", "").strip())
    except ValueError:
        return Policy.FOOTNOTE


def _parts(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or ""
    except ValueError:  # no address at all, e.g. "http://["
        return "", ""
