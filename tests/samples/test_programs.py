"""php/tongsheng.php, python/poll.py, node/poll.mjs: what their page shows through an item's life, and without the hub."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import pytest
from django.utils import timezone

from channels.models import Outlet, Placement
from sites.feeds.selection import Selection
from sites.models import SavedFeed
from tests.samples.hub import NAME, WRITTEN, Desk, Hub
from tests.samples.using import SAMPLES, PhpSite, install, run, titles

AWKWARD = 'A & B <市> "引号" <script>alert(1)</script>'


class Reader(Protocol):
    """A sample in use: `page` polls once and gives the list that it shows then."""

    def page(self) -> str: ...


class Php:
    path = f"/feeds/{NAME}.json"

    def __init__(self, hub: Hub, folder: Path, refresh: int = 0) -> None:
        changes = {WRITTEN: hub.url, "TONGSHENG_REFRESH = 300": f"TONGSHENG_REFRESH = {refresh}"}
        install("php/tongsheng.php", folder, changes)
        self.site = PhpSite(folder)

    def page(self) -> str:
        status, page = self.site.get("tongsheng.php")
        assert status == 200
        return page


class Script:
    """A program that a timer runs; it leaves list.html."""

    def __init__(self, interpreter: str, sample: str, end: str, hub: Hub, folder: Path) -> None:
        self.path = f"/feeds/{NAME}.{end}"
        self.program = install(sample, folder, {WRITTEN: hub.url})
        self.interpreter = interpreter
        self.said = ""

    def page(self, *arguments: str) -> str:
        self.said = run(self.interpreter, self.program, *arguments)
        return (self.program.parent / "list.html").read_text()


def python(hub: Hub, folder: Path) -> Script:
    return Script(sys.executable, "python/poll.py", "atom", hub, folder)


def node(hub: Hub, folder: Path) -> Script:
    return Script("node", "node/poll.mjs", "json", hub, folder)


PHP, NODE = (
    pytest.param(Php, id="php", marks=pytest.mark.php),
    pytest.param(node, id="node", marks=pytest.mark.node),
)
SCRIPTS = pytest.mark.parametrize("make", [pytest.param(python, id="python"), NODE])
ALL = pytest.mark.parametrize("make", [PHP, pytest.param(python, id="python"), NODE])
Make = Callable[[Hub, Path], Reader]


@pytest.fixture
def reader(make: Make, hub: Hub, tmp_path: Path) -> Iterator[Reader]:
    made = make(hub, tmp_path)
    yield made
    if isinstance(made, Php):
        made.site.__exit__()


@ALL
def test_the_page_follows_an_item_through_its_life(hub: Hub, desk: Desk, reader: Reader) -> None:
    assert titles(reader.page()) == []
    first = desk.sign(AWKWARD)
    assert titles(reader.page()) == [AWKWARD]
    assert "<script>" not in reader.page()

    desk.sign("第二条")
    assert titles(reader.page()) == ["第二条", AWKWARD]

    corrected = desk.correct(first, "更正后的标题")
    assert titles(reader.page()) == ["第二条", "更正后的标题"]

    desk.withdraw(corrected)
    assert titles(reader.page()) == ["第二条"]

    desk.restore(corrected)
    assert titles(reader.page()) == ["第二条", "更正后的标题"]

    hub.stop()
    assert titles(reader.page()) == ["第二条", "更正后的标题"]


@ALL
def test_what_has_not_changed_is_not_fetched_again(hub: Hub, desk: Desk, reader: Php | Script) -> None:
    desk.sign("第一条")
    for _ in range(3):
        assert titles(reader.page()) == ["第一条"]
    assert (hub.answers[reader.path, 200], hub.answers[reader.path, 304]) == (1, 2)


@ALL
def test_an_item_whose_validity_ends_leaves(hub: Hub, desk: Desk, reader: Reader) -> None:
    """It leaves without a tombstone: older than all that is listed, or between what is listed."""
    soon = timezone.now() + timedelta(days=1)
    old = desk.sign("停水通知", expires=soon)
    desk.sign("长期有效")
    late = desk.sign("停电通知", expires=soon)
    assert titles(reader.page()) == ["停电通知", "长期有效", "停水通知"]
    ended = Placement.objects.filter(item__in=[old.content_id, late.content_id])
    ended.update(visible_until=timezone.now())
    desk.sign("第四条")
    assert titles(reader.page()) == ["第四条", "长期有效"]


@ALL
def test_a_feed_that_is_closed_empties_the_page(hub: Hub, desk: Desk, reader: Reader) -> None:
    desk.sign("第一条")
    assert titles(reader.page()) == ["第一条"]
    outlet = Outlet.objects.get(slug=NAME)
    outlet.retired_at = timezone.now()
    outlet.save()
    assert titles(reader.page()) == []


@ALL
def test_nonsense_instead_of_the_feed_changes_nothing(
    hub: Hub, desk: Desk, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.sign("第一条")
    assert titles(reader.page()) == ["第一条"]

    def portal(environ, start_response):  # type: ignore[no-untyped-def]
        start_response("200 OK", [("Content-Type", "text/html")])
        return [b"<html><p>please sign in to this network"]

    monkeypatch.setattr(hub, "_layer", portal)
    assert titles(reader.page()) == ["第一条"]


def small_feed() -> str:
    """The name of a feed of the same outlet, three items a page."""
    chosen = Selection(outlet=NAME, size=3)
    SavedFeed.objects.create(key=chosen.key, selection=chosen.to_json(), made_at=timezone.now())
    return f"saved/{chosen.key}"


def follow(program: Path, name: str) -> None:
    """Let it read the feed of another name."""
    program.write_text(program.read_text().replace(f"/feeds/{NAME}.", f"/feeds/{name}."))


@SCRIPTS
def test_a_program_reads_on_until_it_knows_the_rest(make: Make, hub: Hub, desk: Desk, tmp_path: Path) -> None:
    """More than a page at the first run and after a long pause, one page otherwise."""
    reader = make(hub, tmp_path)
    assert isinstance(reader, Script)
    follow(reader.program, small_feed())
    old = [desk.sign(f"第{n}条") for n in range(7)]
    assert len(titles(reader.page())) == 7
    assert sum(hub.answers.values()) == 3

    desk.sign("又一条")
    assert len(titles(reader.page())) == 8
    assert sum(hub.answers.values()) == 3 + 1

    for edition in old[:4]:
        desk.correct(edition, f"{edition.headline}（更正）")
    assert sum("更正" in title for title in titles(reader.page())) == 4

    desk.withdraw(old[6])
    left = titles(reader.page())
    assert ("第6条" not in left, len(left)) == (True, 7)
    assert titles(reader.page("--all")) == left


@pytest.mark.php
def test_php_shows_the_text_and_says_gone_when_it_is_withdrawn(hub: Hub, desk: Desk, tmp_path: Path) -> None:
    item = desk.sign(AWKWARD)
    reader = Php(hub, tmp_path)
    with reader.site as site:
        reader.page()
        path = f"tongsheng.php?id={item.uri}"
        status, page = site.get(path)
        assert (status, "活动现场<strong>热烈有序</strong>" in page, "<script>" in page) == (200, True, False)
        desk.correct(item, "更正后的标题")
        assert "更正说明" in site.get(path)[1]
        desk.withdraw(item)
        status, page = site.get(path)
        assert (status, "撤回" in page, "更正后的标题" in page) == (410, True, False)
        assert site.get("tongsheng.php?id=../../etc/passwd")[0] == 404
        store = (tmp_path / "tongsheng-store.json").read_text()
        assert "热烈有序" not in store


@pytest.mark.php
def test_php_takes_down_what_is_withdrawn_behind_the_first_page(hub: Hub, desk: Desk, tmp_path: Path) -> None:
    reader = Php(hub, tmp_path)
    follow(tmp_path / "tongsheng.php", small_feed())
    with reader.site:
        items = []
        for n in range(5):
            items.append(desk.sign(f"第{n}条"))
            assert len(titles(reader.page())) == n + 1, (
                "older ones stay when newer ones push them off the page"
            )
        desk.withdraw(items[0])
        assert titles(reader.page()) == ["第4条", "第3条", "第2条", "第1条"]


@pytest.mark.php
def test_php_asks_once_in_five_minutes_and_can_be_included(hub: Hub, desk: Desk, tmp_path: Path) -> None:
    desk.sign("第一条")
    reader = Php(hub, tmp_path, refresh=300)
    (tmp_path / "index.php").write_text("<div><?php include 'tongsheng.php'; ?></div>")
    with reader.site as site:
        for _ in range(3):
            status, page = site.get("index.php")
            assert (status, titles(page), "<html" in page) == (200, ["第一条"], False)
    assert sum(hub.answers.values()) == 1


@pytest.mark.parametrize("path", sorted(SAMPLES.rglob("*.php")), ids=lambda path: path.name)
def test_php_samples_use_nothing_that_came_after_7_4(path: Path) -> None:
    """The oldest PHP that is about cannot be had everywhere; these are what one reaches for without thinking."""
    newer = r"str_contains|str_starts_with|str_ends_with|array_is_list|\bmatch\s*\(|\?->|\bmixed\b|\breadonly\b|\benum\b"
    assert re.findall(newer, path.read_text()) == []
