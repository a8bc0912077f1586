"""What in a pasted text may name an item: pure, and bounded whatever is pasted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit
from uuid import UUID

from sites.shortlinks.codes import TYPED_CHARS_MAX, is_code, normal

TEXT_CHARS_MAX = 2_000
CLUES_MAX = 5
"""Of each kind; whoever pastes more means the first."""

_UUID = re.compile(r"(?<![0-9a-f])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f])", re.I)
_END = r"\s<>\"'“”‘’（）()，。；：、！？《》【】"
_LINK = re.compile(
    rf"https?://[^{_END}]+"
    # An address without its scheme, as it is printed and read out.
    rf"|(?<![\w@./-])(?:[a-z0-9-]+\.)+[a-z]{{2,}}(?::\d{{1,5}})?/[^{_END}]*",
    re.I,
)
_WORD = re.compile(r"[0-9a-z]{6}", re.I)


@dataclass(frozen=True, slots=True)
class Clues:
    codes: tuple[str, ...] = ()
    content_ids: tuple[UUID, ...] = ()
    links: tuple[SplitResult, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.codes or self.content_ids or self.links)


def read(text: str) -> Clues:
    """The codes, ids and links of the first TEXT_CHARS_MAX characters, in their order."""
    text = text[:TEXT_CHARS_MAX]
    links = [parts for found in _LINK.findall(text) if (parts := _split(found))]
    rest = _UUID.sub(" ", _LINK.sub(" ", text))
    typed = [normal(rest)] if len(rest.strip()) <= TYPED_CHARS_MAX else []
    words = [*typed, *(word.lower() for word in re.findall(r"[0-9A-Za-z]+", rest) if _WORD.fullmatch(word))]
    printed = [path[1] for parts in links if len(path := _path(parts)) == 2 and path[0] == "s"]
    codes = [code for code in (*map(normal, printed), *words) if is_code(code)]
    return Clues(
        codes=tuple(dict.fromkeys(codes))[:CLUES_MAX],
        content_ids=tuple(dict.fromkeys(map(UUID, _UUID.findall(text))))[:CLUES_MAX],
        links=tuple(dict.fromkeys(links))[:CLUES_MAX],
    )


def slug_of(link: SplitResult) -> str:
    """The last part of its path."""
    return (_path(link) or [""])[-1]


def _path(link: SplitResult) -> list[str]:
    return [part for part in link.path.split("/") if part]


def _split(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        _ = parts.port  # raises for what is none
    except ValueError:
        return None
    return parts if parts.hostname else None
