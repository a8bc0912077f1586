"""HTML work shared by capture, formats and adapters: sanitise, repair, make absolute, read the text.

nh3 cleans what our own editors write; BeautifulSoup repairs what comes from elsewhere (Word, other systems' pages).
"""

from __future__ import annotations

import codecs
import contextlib
import re
from dataclasses import dataclass
from functools import cache
from html import unescape
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Comment, Tag
from bs4.dammit import EncodingDetector

if TYPE_CHECKING:
    import nh3

INLINE_TAGS: Final = frozenset({"strong", "em", "u", "s", "a", "br", "sub", "sup"})
"""What a Paragraph and a list entry may hold."""

BLOCK_TAGS: Final = frozenset({"p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote"}) | INLINE_TAGS
"""What is left of foreign HTML; tables and pictures are blocks of their own."""

LINK_SCHEMES: Final = frozenset({"http", "https", "mailto", "tel"})

_ALIASES: Final = {"b": "strong", "i": "em", "strike": "s", "del": "s", "ins": "u"}
_DROPPED: Final = frozenset({"script", "style", "title", "xml", "head", "template", "noscript", "textarea"})
_LINES: Final = [
    "br",
    "p",
    "div",
    "li",
    "td",
    "th",
    "dt",
    "dd",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "figcaption",
]
_ATTRIBUTES: Final = {"*": frozenset[str](), "a": frozenset({"href"})}
_ALIAS: Final = re.compile(f"<(/?)({'|'.join(_ALIASES)})>")
# XHTML begins like this, and BeautifulSoup would warn of it.
_XML_HEAD: Final = re.compile(r"^\s*<\?xml[^>]*>")
_HEAD_END: Final = re.compile(r"</head\s*>|<body\b", re.IGNORECASE)
_EMPTY_LINK: Final = re.compile(r"<a>(.*?)</a>", re.DOTALL)
# What XML 1.0 (2.2) does not allow, one of which makes a whole feed unreadable, and what it advises against: the
# control characters of Latin-1 and the code points that Unicode keeps free, which validators and HTML parsers refuse.
_FREE: Final = "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
_NOT_XML: Final = re.compile(f"[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\U0010ffff]|[{_FREE}]")
_BLANKS: Final = re.compile(r"[ \t\r\f\v\u00a0\u3000]+")


def inline(html: str, *, base_url: str = "") -> str:
    """Sanitised inline HTML: INLINE_TAGS only, links absolute when `base_url` is given. Idempotent."""
    cleaner = _cleaner(INLINE_TAGS)
    cleaned = cleaner.clean(xml_text(html))
    # A reference may have become a control character: taken out later, it would leave `javascript:` behind.
    if (stripped := xml_text(cleaned)) != cleaned:
        cleaned = cleaner.clean(stripped)
    cleaned = _EMPTY_LINK.sub(r"\1", _ALIAS.sub(_canonical, cleaned))
    return absolutise(cleaned, base_url) if base_url else cleaned


def from_word(html: str) -> str:
    """Clean semantic HTML (BLOCK_TAGS) of a fragment pasted from Word, WPS or a web page.

    Conditional comments, `o:p`, mso styles, fonts, spans, empty paragraphs and pictures are gone; the words stay.
    """
    soup = _fragment(xml_text(html))
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    for tag in soup.find_all(lambda tag: ":" in tag.name and tag.name not in {"o:p"}):
        tag.decompose()
    for tag in soup.find_all("h1"):
        tag.name = "h2"
    for tag in soup.find_all(["h5", "h6"]):
        tag.name = "h4"
    for tag in soup.find_all("div"):
        if not tag.find(["p", "div", "table", "ul", "ol"]):
            tag.name = "p"
    cleaned = _fragment(_ALIAS.sub(_canonical, _cleaner(BLOCK_TAGS).clean(str(soup))))
    for tag in cleaned.find_all(["p", "h2", "h3", "h4", "li", "strong", "em", "u", "s"]):
        if not tag.get_text().strip():
            tag.decompose()
    return str(cleaned.decode(formatter="minimal")).strip()


def absolutise(html: str, base_url: str) -> str:
    """`html` with every link and picture address absolute, read against `base_url`."""
    soup = _fragment(html)
    for name in ("href", "src", "poster"):
        for tag in soup.find_all(attrs={name: True}):
            tag[name] = urljoin(base_url, str(tag[name]))
    for tag in soup.find_all(attrs={"srcset": True}):
        candidates = (part.strip().split(None, 1) for part in str(tag["srcset"]).split(","))
        tag["srcset"] = ", ".join(" ".join([urljoin(base_url, c[0]), *c[1:]]) for c in candidates if c)
    return str(soup.decode(formatter="minimal"))


def plain(html: str) -> str:
    """The text of inline HTML; `br` is a line break."""
    if "<" not in html:
        return unescape(html)
    soup = _fragment(html)
    for tag in soup.find_all("br"):
        tag.replace_with("\n")
    return soup.get_text()


def xml_text(text: str) -> str:
    """`text` without the characters that no document should hold (control characters, lone surrogates)."""
    return _NOT_XML.sub("", text)


def squeeze(text: str) -> str:
    """`text` without any blanks: for comparing wording across systems that lay it out in their own way."""
    return "".join(text.split()).replace("\u200b", "").replace("\ufeff", "")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a hosted page says about itself in its head: which item, and which edition of it (None: not said)."""

    uri: str
    version: int | None


def mark_of(page: bytes, *, charset: str = "") -> Mark | None:
    """The mark `<meta name="tongsheng:item">` and `tongsheng:version` in a page's head, None when it has none."""
    # The head alone: parsing whole pages would take most of the time of a round of read-backs.
    soup = _soup(_HEAD_END.split(decoded(page, charset), maxsplit=1)[0])
    uri = _meta(soup, "tongsheng:item")
    if not uri:
        return None
    version = _meta(soup, "tongsheng:version")
    return Mark(uri, int(version) if version.isascii() and version.isdigit() else None)


def readable_text(page: bytes, *, charset: str = "") -> tuple[str, str]:
    """(title, text) of a foreign page; one line for each of its blocks. `charset` is that of the HTTP header."""
    soup = _soup(decoded(page, charset))
    title = soup.title.get_text() if soup.title else ""
    for tag in soup.find_all(list(_DROPPED - {"textarea"})):
        tag.decompose()
    for tag in soup.find_all(_LINES):
        tag.append("\n")
    return title.strip(), _BLANKS.sub(" ", soup.get_text())


def decoded(page: bytes, charset: str = "") -> str:
    """A foreign page as text: by its byte order mark, the HTTP header, its own declaration, or what fits.

    Pages that declare gb2312 use characters of its supersets: what it cannot read, gb18030 can (as in browsers).
    """
    declared = EncodingDetector.find_declared_encoding(page, is_html=True, search_entire_document=False)
    named = [charset, declared or ""]
    for encoding in ["utf-8-sig" if page.startswith(codecs.BOM_UTF8) else "", *named, "utf-8", "gb18030"]:
        with contextlib.suppress(ValueError, LookupError):
            if encoding:
                return page.decode(encoding)
    return page.decode("utf-8", errors="replace")


def is_web_address(url: str) -> bool:
    """True for an absolute http or https address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


@cache
def _cleaner(tags: frozenset[str]) -> nh3.Cleaner:
    """What leaves only `tags`, once their other names are made theirs."""
    import nh3  # here: 2 MiB, and a site that is only read cleans nothing

    return nh3.Cleaner(
        tags=set(tags | _ALIASES.keys()),
        clean_content_tags=set(_DROPPED),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        link_rel=None,
        url_schemes=set(LINK_SCHEMES),
    )


def _fragment(html: str) -> BeautifulSoup:
    # Without a tag in it, BeautifulSoup takes a short text for a file name or an address and warns.
    return BeautifulSoup(_XML_HEAD.sub("", html) if "<" in html else f"{html}\n", "html.parser")


def _soup(page: str) -> BeautifulSoup:
    return BeautifulSoup(f"{_XML_HEAD.sub('', page)}\n", "lxml")


def _canonical(match: re.Match[str]) -> str:
    return f"<{match[1]}{_ALIASES[match[2]]}>"


def _meta(soup: BeautifulSoup, name: str) -> str:
    tag = soup.find("meta", attrs={"name": name})
    return str(tag.get("content", "")).strip() if isinstance(tag, Tag) else ""
