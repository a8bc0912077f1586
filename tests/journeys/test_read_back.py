"""The adapters of what this hub serves itself, reading the real pages and feeds over HTTP."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from channels import assets, outbox
from channels.checkpoints import DatabaseCheckpoint
from channels.contract import Observation, Presence, Receipt
from channels.http import HttpClient
from channels.models import Outlet, WithdrawalKind
from channels.registry import adapter_for
from tests.sites import build

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hub(live_server: Any, settings: Any) -> str:
    """The public address of a hub that runs."""
    settings.PUBLIC_URL = live_server.url
    settings.WAGTAILADMIN_BASE_URL = live_server.url
    return str(live_server.url)


@pytest.mark.parametrize("channel", ["hosted", "feed"])
def test_a_placed_item_is_proven_until_it_is_taken_back(hub: str, channel: str) -> None:
    home = build.site("portal", hostname="localhost", is_default=True)
    build.column_page(home)
    outlet = home.outlet if channel == "hosted" else build.outlet("czjd", channel="feed")
    outlet.options = {"base_url": f"{hub}/"} if channel == "hosted" else {}
    outlet.save()
    first = build.edition()

    build.place(first, home.outlet, outlet)
    receipt = Receipt(token="0" * 32, uri=first.uri, version=1)

    seen = look(outlet, receipt)
    assert (seen.presence, seen.version) == (Presence.PRESENT, 1)
    build.place(first, home.outlet, outlet)
    assert look(outlet, receipt).version == 2
    outbox.recall(first.content_id, kind=WithdrawalKind.GONE, reason="内容有误", now=build.NOW)
    assert look(outlet, receipt).presence is Presence.ABSENT


def look(outlet: Outlet, receipt: Receipt) -> Observation:
    async def once() -> Observation:
        async with HttpClient(allowed_networks=["127.0.0.0/8", "::1/128"]) as http:
            adapter = adapter_for(outlet, http=http, assets=assets.StoredAssets())
            return await adapter.verify(receipt, checkpoint=DatabaseCheckpoint(outlet.pk, "", _never))

    return asyncio.run(once())


async def _never(work: Any) -> Any:
    raise AssertionError("a look needs no memory")
