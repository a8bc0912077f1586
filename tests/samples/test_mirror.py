"""The sample mirror against the hub on loopback: it follows, can be killed anywhere, and a replay gives the same bytes."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from channels import changes, outbox
from channels.edition import Asset, Edition, Image
from channels.models import Change, Outlet, WithdrawalKind
from sites.api import log
from tests.channels.builders import edition, outlet
from tests.samples.hub import Hub

pytestmark = pytest.mark.django_db(transaction=True)
SCRIPT = Path(__file__).resolve().parents[2] / "docs/samples/mirror/mirror.py"
KILLED = """
import os, runpy, signal, sys
calls, replace, at = 0, os.replace, int(sys.argv.pop(1))
def dying(*names):
    global calls
    calls += 1
    if calls == at:
        os.kill(os.getpid(), signal.SIGKILL)
    replace(*names)
os.replace = dying
runpy.run_path(sys.argv.pop(1), run_name="__main__")
"""
"""Runs the mirror and kills it instead of its nth write."""
SHORT = 5
PICTURE = Image(
    asset=Asset(sha256="ab" * 32, content_type="image/jpeg", name="a.jpg", size=1, width=1, height=1),
    alt="现场",
)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(log, "SIZE", SHORT)
    monkeypatch.setattr("sites.api.changes.SIZE", SHORT)
    with Hub() as serving:
        yield serving.url


@pytest.fixture
def school(hub: str) -> Outlet:
    return outlet("school", "feed")


def signed(value: Edition, *outlets: Outlet) -> Edition:
    outbox.plan(
        value, [outbox.Target(outlet_id=one.pk, reason="测试") for one in outlets], now=timezone.now()
    )
    return value


def recall(value: Edition) -> None:
    outbox.recall(value.content_id, kind=WithdrawalKind.GONE, reason="有误", now=timezone.now())


def mirror(*arguments: object, killed_at: int = 0) -> subprocess.CompletedProcess[str]:
    command = ["-c", KILLED, str(killed_at), str(SCRIPT)] if killed_at else [str(SCRIPT)]
    return subprocess.run(
        [sys.executable, *command, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"PYTHONUTF8": "1"},
    )


def synced(hub: str, folder: Path, *arguments: str) -> dict[str, bytes]:
    """What the folder holds after one run."""
    done = mirror(hub, folder, *arguments)
    assert done.returncode == 0, done.stderr
    assert [path.name for path in folder.iterdir()] == ["items"]
    return held(folder)


def held(folder: Path) -> dict[str, bytes]:
    return {path.stem: path.read_bytes() for path in folder.glob("items/*.json")}


def afresh(hub: str, *values: Edition) -> dict[str, bytes]:
    """Every item read at its own address."""
    found = {}
    for value in values:
        with urllib.request.urlopen(f"{hub}/api/items/{value.content_id}", timeout=10) as answer:
            found[str(value.content_id)] = answer.read()
    return found


def test_a_mirror_follows_whatever_happens(hub: str, school: Outlet, tmp_path: Path) -> None:
    values = [signed(edition(headline=f"第{n}篇"), school) for n in range(12)]
    assert synced(hub, tmp_path / "m") == afresh(hub, *values)
    values[0] = signed(replace(values[0], headline="更正后"), school)
    recall(values[1])
    recall(values[2])
    signed(values[2], school)
    signed(edition(), outlet("account", "wechat_mp"))
    now = synced(hub, tmp_path / "m")
    assert now == afresh(hub, values[0], *values[2:])
    assert json.loads(now[str(values[0].content_id)])["headlines"][0]["value"] == "更正后"
    assert synced(hub, tmp_path / "anew") == now


def test_a_mirror_that_is_killed_at_any_write_goes_on(hub: str, school: Outlet, tmp_path: Path) -> None:
    values = [signed(edition(), school) for _ in range(12)]
    recall(values[3])
    for at in (1, 2, 6, 7, 13):
        folder = tmp_path / str(at)
        assert mirror(hub, folder, killed_at=at).returncode == -9
        assert not (folder / "items").exists(), "a mirror that is not complete must not be seen"
        signed(replace(values[0], headline=f"第{at}次更正"), school)
        now = synced(hub, folder)
        assert now == afresh(hub, *values[:3], *values[4:])
        signed(replace(values[1], headline=f"第{at}次更正"), school)
        assert mirror(hub, folder, killed_at=1).returncode == -9
        assert held(folder) == now
        assert synced(hub, folder) == synced(hub, tmp_path / f"{at} anew")


def test_a_mirror_of_one_feed_holds_what_that_feed_shows(hub: str, school: Outlet, tmp_path: Path) -> None:
    other = outlet("other", "feed")
    here, moved = signed(edition(), school), signed(edition(), school)
    there = signed(edition(), other)
    assert synced(hub, tmp_path, "--feed", "school") == afresh(hub, here, moved)
    signed(moved, other)
    assert synced(hub, tmp_path, "--feed", "school") == afresh(hub, here)
    assert synced(hub, tmp_path, "--feed", "other") == afresh(hub, there, moved)


def test_after_a_restore_or_a_move_of_the_hub_the_mirror_is_built_anew(
    hub: str, school: Outlet, tmp_path: Path, settings: Any
) -> None:
    kept, lost = signed(edition(), school), signed(edition(), school)
    before = synced(hub, tmp_path)
    assert str(lost.content_id) in before
    # The backup did not know of the second item; a third gets its number.
    Change.objects.filter(item=lost.content_id).delete()
    changes.Counter.objects.filter(name=changes.CHANGES).update(value=1)
    new = signed(edition(cover=PICTURE), school)
    changes.restart(now=timezone.now())
    assert synced(hub, tmp_path) == afresh(hub, kept, new)
    settings.PUBLIC_URL = "http://new.example"
    changes.touch()  # a hub at a new address is a new process, which has no document in its memory
    now = synced(hub, tmp_path)
    assert now == afresh(hub, kept, new)
    assert b"http://new.example/assets/" in now[str(new.content_id)]


def test_a_cursor_that_the_hub_does_not_know_leads_to_a_new_mirror(
    hub: str, school: Outlet, tmp_path: Path
) -> None:
    value = signed(edition(), school)
    synced(hub, tmp_path)
    cursor = tmp_path / "items/.cursor"
    cursor.write_text(json.dumps({**json.loads(cursor.read_text()), "next": 99}))
    (tmp_path / "items/00000000-0000-4000-8000-000000000000.json").write_text("{}")
    assert synced(hub, tmp_path) == afresh(hub, value)


def test_what_the_operator_has_to_know_is_said_in_chinese(hub: str, school: Outlet, tmp_path: Path) -> None:
    unknown = mirror(hub, tmp_path, "--feed", "nobody")
    assert unknown.returncode == 2
    assert "没有这个发布终端或订阅" in unknown.stderr
    nobody = mirror("http://127.0.0.1:1", tmp_path)
    assert nobody.returncode == 1
    assert "下次再试" in nobody.stderr
