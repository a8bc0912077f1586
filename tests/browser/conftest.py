"""A demo district for all browser tests of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from tests.browser.district import running_district
from tests.browser.hands import SLOW

expect.set_options(timeout=SLOW)


@pytest.fixture(scope="session")
def running(
    tmp_path_factory: pytest.TempPathFactory, fresh_database: Callable[[Path], None]
) -> Iterator[tuple[str, str]]:
    """Addresses of a running hub with the demo district, and of its sandbox."""
    folder = tmp_path_factory.mktemp("var")
    fresh_database(folder)
    with running_district(folder) as addresses:
        yield addresses


@pytest.fixture(scope="session")
def district(running: tuple[str, str]) -> str:
    return running[0]


@pytest.fixture(scope="session")
def sandbox(running: tuple[str, str]) -> str:
    return running[1]


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A picture that is large enough for every channel."""
    image = Image.new("RGB", (1200, 800), (40, 110, 90))
    ImageDraw.Draw(image).rectangle((200, 200, 900, 600), fill=(230, 220, 180))
    path = tmp_path / "停水区域.jpg"
    image.save(path)
    return path
