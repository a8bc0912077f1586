"""A hub that answers, a sub-office's feed in it, and the desk that fills the feed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.samples.hub import NAME, Desk, Hub
from tests.sites import build


@pytest.fixture
def hub(transactional_db: None, settings: Any) -> Iterator[Hub]:
    """Another thread answers: it sees what is committed."""
    with Hub() as running:
        settings.PUBLIC_URL = running.url
        yield running


@pytest.fixture
def desk(hub: Hub) -> Desk:
    return Desk(hub, build.outlet(NAME, channel="feed", url="http://jinglan.example/"))
