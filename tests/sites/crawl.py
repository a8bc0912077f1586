"""Every public page that a reader of a hub can reach by links, fetched once."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from bs4 import BeautifulSoup
from django.test import Client

PAGES_MAX = 400
LINKS = {"a": "href", "link": "href", "img": "src", "script": "src", "iframe": "src"}


@dataclass(frozen=True, slots=True)
class Seen:
    """A page of text/html."""

    path: str
    status: int
    html: BeautifulSoup

    def tags(self) -> dict[str, str]:
        return {tag["name"]: tag.get("content", "") for tag in self.html.select("meta[name]")}


@dataclass(slots=True)
class Crawl:
    """`broken`: what links lead to an error, as (page, address, status)."""

    pages: dict[str, Seen] = field(default_factory=dict)
    broken: list[tuple[str, str, int]] = field(default_factory=list)

    def run(self, root: str, starts: Iterable[str], *, leave: re.Pattern[str]) -> None:
        """Follow the links of pages below `root` (scheme and host). What `leave` matches from its beginning is not asked for."""
        reader = Client(headers={"host": urlsplit(root).netloc})
        known = dict.fromkeys(starts, "")
        waiting = deque(known)
        while waiting and len(self.pages) < PAGES_MAX:
            path = waiting.popleft()
            answer = reader.get(path)
            if answer.status_code >= 400 and known[path]:
                self.broken.append((known[path], path, answer.status_code))
            if not str(answer.get("Content-Type", "")).startswith("text/html"):
                _close(answer)
                continue
            page = Seen(path, answer.status_code, BeautifulSoup(answer.content.decode(), "html.parser"))
            if answer.status_code < 300 or answer.status_code >= 400:
                self.pages[path] = page
            for found in _links(page, root, answer.get("Location", "")):
                if found not in known and not leave.match(found):
                    known[found] = path
                    waiting.append(found)


def _links(page: Seen, root: str, location: str) -> Iterable[str]:
    """Addresses on the host, without the parts of a page."""
    said = [tag[LINKS[tag.name]] for tag in page.html.find_all(list(LINKS)) if tag.get(LINKS[tag.name])]
    for address in [*said, location] if location else said:
        absolute = urldefrag(urljoin(root + page.path, str(address)))[0]
        if absolute.startswith(f"{root}/"):
            yield absolute.removeprefix(root)


def _close(answer: Any) -> None:
    """A streamed file is open until it is read."""
    if answer.streaming:
        b"".join(answer.streaming_content)
