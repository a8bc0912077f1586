"""static: what the addresses on the page answer through an item's life. The script itself is tested with the embed."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.samples.hub import WRITTEN, Desk, Hub
from tests.samples.using import fetch, install, titles

pytestmark = pytest.mark.skipif(find_spec("sites.embed") is None, reason="the hub has no embed yet")


def shown(address: str) -> list[str]:
    """Titles in the document that the page draws in: the list in the frame, or the script's own first items."""
    status, text = fetch(address)
    assert status == 200
    if address.endswith(".html"):
        return titles(text)
    options, _ = json.JSONDecoder().raw_decode(text, text.index('{"name":"jinglan"'))
    return [item["title"] for item in options["first"]["items"]]


@pytest.mark.parametrize("tag", ["script", "iframe"])
def test_the_page_follows_an_item_through_its_life(hub: Hub, desk: Desk, tmp_path: Path, tag: str) -> None:
    page = BeautifulSoup(
        install("static/index.html", tmp_path, {WRITTEN: hub.url}).read_text(), "html.parser"
    )
    address = str(page.select_one(f"{tag}[src]")["src"])  # type: ignore[index]
    first = desk.sign("A & B <市>")
    desk.sign("第二条")
    assert sorted(shown(address)) == ["A & B <市>", "第二条"]
    corrected = desk.correct(first, "更正后的标题")
    assert sorted(shown(address)) == ["更正后的标题", "第二条"]
    desk.withdraw(corrected)
    assert shown(address) == ["第二条"]
    desk.restore(corrected)
    assert sorted(shown(address)) == ["更正后的标题", "第二条"]
