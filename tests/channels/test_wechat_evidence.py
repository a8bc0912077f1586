"""What the platform's call-backs tell is believed once, kept, and looked at by the engine without a call."""

from __future__ import annotations

import json
from typing import Any

import pytest

from channels.models import CheckpointEntry, Outlet, Placement
from channels.wechat import evidence
from tests.channels.builders import NOW, edition, outlet, targets

pytestmark = pytest.mark.django_db

DONE = {"publish_id": "100", "status": 0, "article_id": "A1", "url": "http://mp.weixin.qq.com/s/x"}


@pytest.fixture
def account() -> Outlet:
    return outlet("pinzhi", "wechat_mp")


@pytest.fixture
def placement(account: Outlet) -> Placement:
    from channels import outbox

    outbox.plan(edition(), targets(account), now=NOW)
    Placement.objects.update(due_at=None, receipt={"token": "t", "remote_id": "publish:100"})
    return Placement.objects.get()


def tell(account: Outlet, **changes: Any) -> int:
    return evidence.published(account, **{**DONE, **changes}, now=NOW)


def told() -> dict[str, Any]:
    return json.loads(CheckpointEntry.objects.get().value)


def test_the_placement_of_the_review_is_looked_at_now(account: Outlet, placement: Placement) -> None:
    assert tell(account) == 1
    placement.refresh_from_db()
    assert placement.due_at == NOW
    assert told() == {"status": 0, "article_id": "A1", "url": "http://mp.weixin.qq.com/s/x"}


def test_the_placement_of_the_article_is_looked_at_when_it_is_banned_later(
    account: Outlet, placement: Placement
) -> None:
    tell(account)
    Placement.objects.update(due_at=None, receipt={"token": "t", "remote_id": "article:A1"})
    assert tell(account, status=6) == 1
    assert told()["status"] == 6


def test_told_three_times_it_is_looked_at_once(account: Outlet, placement: Placement) -> None:
    assert [tell(account) for _ in range(3)] == [1, 0, 0]


@pytest.mark.parametrize(("first", "late"), [(0, 1), (6, 0), (4, 1), (5, 1)])
def test_what_comes_late_takes_nothing_back(account: Outlet, first: int, late: int) -> None:
    tell(account, status=first)
    tell(account, status=late)
    assert told()["status"] == first


def test_other_accounts_and_other_articles_are_left_alone(account: Outlet, placement: Placement) -> None:
    assert tell(outlet("other", "wechat_mp")) == 0
    assert tell(account, publish_id="101", article_id="A2") == 0
