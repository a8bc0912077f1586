"""What a test sees of an answer."""

from __future__ import annotations

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


def words(response: Any, selector: str) -> str:
    """The text of the first element that fits, blanks squeezed; empty for none."""
    found = soup(response).select_one(selector)
    return " ".join(found.get_text(" ").split()) if found else ""
