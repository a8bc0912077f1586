"""docs/samples/websub/subscriber.py, a process of its own, against the hub on loopback."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from channels import outbox
from channels.models import Outlet
from sites.models import Subscription
from sites.serving import documents
from tests.ops.processes import ROOT, eventually
from tests.ports import free_port
from tests.sites import build
from tests.sites.subscribers import Hub, sign, withdraw

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hub(live_server: Any, settings: Any) -> Iterator[Hub]:
    settings.PUBLIC_URL = live_server.url
    documents.shelf.forget()
    yield Hub()
    documents.shelf.forget()


@pytest.fixture
def outlet() -> Outlet:
    return build.outlet("school", channel="feed", url="http://school.example/")


@pytest.fixture
def sample(tmp_path: Path, hub: Hub, outlet: Outlet, live_server: Any) -> Iterator[Path]:
    """The file in which it keeps its items."""
    store = tmp_path / "items.json"
    command = [
        sys.executable, str(ROOT / "docs/samples/websub/subscriber.py"), f"{live_server.url}/feeds/school.atom",
        "--callback", f"http://127.0.0.1:{free_port()}", "--store", str(store),
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield store
        process.kill()
        out, _ = process.communicate()
        assert "订阅已生效" in out


def titles(store: Path) -> set[str]:
    return {item["title"] for item in json.loads(store.read_text()).values()}


def test_it_gets_what_is_signed_corrected_and_withdrawn(hub: Hub, outlet: Outlet, request: Any) -> None:
    before = sign(outlet, headline="开学通知")
    store: Path = request.getfixturevalue("sample")
    eventually(lambda: bool(hub.work()) and Subscription.objects.exists(), "it subscribes")
    eventually(lambda: store.exists() and titles(store) == {"开学通知"}, "it has read the feed")

    value = sign(outlet, headline="停水通知")
    hub.work()
    eventually(lambda: titles(store) == {"开学通知", "停水通知"}, "the new item is there")

    changed = replace(value, headline="停水通知（更正）", version=2)
    outbox.plan(changed, [outbox.Target(outlet_id=outlet.pk, reason="测试")], now=timezone.now())
    hub.work()
    eventually(lambda: titles(store) == {"开学通知", "停水通知（更正）"}, "the correction is there")

    withdraw(before)
    hub.work()
    eventually(lambda: titles(store) == {"停水通知（更正）"}, "the withdrawn item is gone")
    assert Subscription.objects.get().failures == 0
