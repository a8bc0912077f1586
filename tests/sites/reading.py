"""What a test sees of an answer."""

from __future__ import annotations

import json
from typing import Any

from bs4 import BeautifulSoup


def soup(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def content(response: Any) -> bytes:
    """The bytes of a file that is streamed; read to the end, the test client closes it."""
    return b"".join(response.streaming_content)


def tags(response: Any) -> dict[str, str]:
    """The named meta tags of a page."""
    return {tag["name"]: tag["content"] for tag in soup(response).select("meta[name]")}


def strange_scripts(response: Any) -> list[Any]:
    """Script elements that are neither a file of our own nor a block of JSON-LD that reads as such."""
    found = []
    for script in soup(response).select("script"):
        if script.get("type") == "application/ld+json":
            json.loads(script.text)
        elif not str(script.get("src", "")).startswith("/static/sites/") or script.text:
            found.append(script)
    return found


def words(response: Any, selector: str) -> str:
    """The text of the first element that fits, blanks squeezed; empty for none."""
    page = soup(response)
    for seam in page("wbr"):  # a name is one word, wherever it may break
        seam.decompose()
    page.smooth()
    found = page.select_one(selector)
    return " ".join(found.get_text(" ").split()) if found else ""
