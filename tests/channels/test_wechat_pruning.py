"""The nightly forgetting: what still reconciles an article stays, what says nothing goes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from channels import outbox
from channels.adapters.wechat_mp.article.uploads import RECIPE
from channels.adapters.wechat_mp.progress import Progress
from channels.models import CallCount, CheckpointEntry, Outlet, Placement, State
from channels.wechat.models import ArticleFigures, FiguresDay, Follower
from channels.wechat.pruning import KEPT, prune
from channels.work import token_of
from tests.channels.builders import NOW, edition, outlet, targets

pytestmark = pytest.mark.django_db
LATER = NOW + KEPT + timedelta(days=1)


@pytest.fixture
def account() -> Outlet:
    return outlet("pinzhi", "wechat_mp")


def entry(
    account: Outlet, name: str, value: str = "something", *, scope: str = "shared", days: float = 0
) -> None:
    row = CheckpointEntry.objects.create(outlet=account, scope=scope, name=name, value=value)
    CheckpointEntry.objects.filter(pk=row.pk).update(written_at=NOW + timedelta(days=days))


def names() -> set[str]:
    return set(CheckpointEntry.objects.values_list("name", flat=True))


def placed(account: Outlet, **changes: Any) -> Placement:
    record = outbox.plan(edition(), targets(account), now=NOW)
    rows = Placement.objects.filter(item=record.item_id)
    rows.update(**changes)
    return rows.get()


OLD = ("article.0123456789abcdef", "publish.1", "out.aa", "draft.aa", "text.bb")


def test_what_found_an_article_again_goes_after_a_year_and_a_month(account: Outlet) -> None:
    for name in OLD:
        entry(account, name)
    entry(account, "article.fedcba9876543210", days=2)
    prune(now=NOW + KEPT)
    assert names() == {*OLD, "article.fedcba9876543210"}
    prune(now=LATER)
    assert names() == {"article.fedcba9876543210"}


@pytest.mark.parametrize(
    ("changes", "stays"),
    [
        ({"state": State.ASKING}, True),
        ({"state": State.SETTLED, "pending": "deliver"}, True),
        ({"state": State.SETTLED, "pending": ""}, False),
    ],
)
def test_what_an_open_placement_is_reconciled_by_stays_whatever_its_age(
    account: Outlet, changes: dict[str, Any], stays: bool
) -> None:
    receipt = {"token": "c" * 32, "remote_id": "publish:77", "raw": {"publish_id": "78"}}
    placement = placed(account, receipt=receipt, **changes)
    current = token_of(placement.item_id, account.pk, placement.generation, placement.desired_at)
    hexed = placement.item_id.hex
    needed = {f"article.{'c' * 16}", f"text.{'c' * 32}", f"article.{current[:16]}"}
    needed |= {f"out.{hexed}", f"draft.{hexed}", "publish.77", "publish.78"}
    for name in needed:
        entry(account, name)
    prune(now=LATER)
    assert names() == (needed if stays else set())


def test_uploads_settings_and_the_list_are_kept(account: Outlet) -> None:
    kept = {f"image.{RECIPE}.{'a' * 64}", f"cover.{RECIPE}.default", f"qr.{RECIPE}.b", "level", "listing"}
    for name in (*kept, f"image.{RECIPE - 1}.{'a' * 64}", f"cover.{RECIPE - 1}.default"):
        entry(account, name)
    prune(now=LATER)
    assert names() == kept


def test_what_says_nothing_goes_after_a_day(account: Outlet) -> None:
    entry(account, "draft.aa", "")
    entry(account, f"cover.{RECIPE}.x", "")
    entry(account, "article.0123456789abcdef", Progress().to_json())
    prune(now=NOW + timedelta(hours=23))
    assert len(names()) == 3
    assert prune(now=NOW + timedelta(hours=25)) == 3
    assert names() == set()


def test_other_channels_and_leases_are_not_touched(account: Outlet) -> None:
    other = outlet("site", "web_post")
    entry(other, "article.0123456789abcdef")
    entry(account, "tagging", "", scope="lease")
    prune(now=LATER)
    assert len(names()) == 2


def test_tokens_counts_and_asked_days_that_are_over_go(account: Outlet) -> None:
    entry(account, "token.old", scope="sealed")
    entry(account, "token.used", scope="sealed", days=20)
    for day in (NOW.date(), LATER.date()):
        CallCount.objects.create(outlet=account, call="draft/add", day=day, used=1)
        FiguresDay.objects.create(outlet=account, day=day, asked_at=NOW)
    prune(now=NOW + timedelta(days=31))
    assert names() == {"token.used"}
    prune(now=LATER)
    assert CallCount.objects.get().day == LATER.date()
    assert FiguresDay.objects.get().day == LATER.date()


def test_of_an_old_articles_figures_the_last_ones_are_kept(account: Outlet) -> None:
    for idx in (1, 2):
        for day in range(3):
            at = (NOW + timedelta(days=day)).date()
            ArticleFigures.objects.create(
                outlet=account, msg_data_id="9", idx=idx, stat_date=at, published_on=NOW.date(), reads=day
            )
    prune(now=NOW + KEPT)
    assert ArticleFigures.objects.count() == 6
    prune(now=LATER)
    assert list(ArticleFigures.objects.order_by("idx").values_list("idx", "reads")) == [(1, 2), (2, 2)]


def test_nobody_is_kept_whose_account_is_out_of_service(account: Outlet) -> None:
    """No call-back can tell us any more that he has left."""
    Follower.objects.create(outlet=account, openid="oDEMO_li", since=NOW)
    prune(now=NOW)
    assert Follower.objects.exists()
    Outlet.objects.filter(pk=account.pk).update(retired_at=NOW)
    prune(now=NOW)
    assert not Follower.objects.exists()
