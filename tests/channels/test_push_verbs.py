"""What people may do with a push, what the calendar has room for, and what the database itself refuses."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from channels import assets, drills, outbox
from channels.assets import freeze
from channels.models import AssetFile
from channels.wechat.models import OutsidePush, Push, PushArticle, PushState
from channels.wechat.push import calendar, content, verbs
from tests.channels.pushes import Hub, fresh, state
from tests.factories import picture_bytes

pytestmark = pytest.mark.django_db
CHINA = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def hub() -> Hub:
    return Hub("http://127.0.0.1:9")


def own(push: Push, **changes: str) -> list[verbs.Own]:
    return [verbs.Own(pk=article.pk, **changes) for article in push.articles.all()]


def evening(hub: Hub, days: int = 1) -> datetime:
    return (hub.clock().astimezone(CHINA) + timedelta(days=days)).replace(
        hour=18, minute=0, second=0, microsecond=0
    )


def test_who_proposes_cannot_confirm(hub: Hub) -> None:
    push = verbs.propose(hub.push(hub.item()).pk, by="admin", now=hub.clock())
    with pytest.raises(ValueError, match="另一人"):
        verbs.confirm(push.pk, seen=push.fingerprint, by="admin", now=hub.clock())
    assert state(push) is PushState.PROPOSED
    with pytest.raises(IntegrityError), transaction.atomic():
        Push.objects.filter(pk=push.pk).update(confirmed_by="admin")


def test_the_second_person_confirms_what_he_has_seen(hub: Hub) -> None:
    push = verbs.propose(hub.push(hub.item()).pk, by="bianji", now=hub.clock())
    for seen in ("", "0" * 64):
        with pytest.raises(ValueError, match="内容已经变化"):
            verbs.confirm(push.pk, seen=seen, by="shenhe", now=hub.clock())


@pytest.mark.parametrize("change", ["headline", "order", "audience", "time"])
def test_the_fingerprint_covers_everything_that_is_confirmed(hub: Hub, change: str) -> None:
    push = hub.push(hub.item("甲"), hub.item("乙"))
    before = content.fingerprint_now(push)
    plan, articles = verbs.Plan(at=None), own(push)
    if change == "headline":
        articles = own(push, headline="另一个标题")
    elif change == "order":
        articles = articles[::-1]
    elif change == "audience":
        plan = verbs.Plan(at=None, tag=(7, "潭中街道"))
    else:
        plan = verbs.Plan(at=evening(hub))
    push = verbs.arrange(push.pk, plan, articles, by="bianji", now=hub.clock())
    assert content.fingerprint_now(push) != before


def test_own_texts_and_cover_survive_later_editions(hub: Hub) -> None:
    item = hub.item()
    push = hub.push(item)
    cover = freeze(picture_bytes("PNG"), content_type="image/png", name="封面.png", width=320, height=180)
    (article,) = push.articles.all()
    texts = verbs.Own(pk=article.pk, headline="紧急：停水", cover=cover)
    verbs.arrange(push.pk, verbs.Plan(at=None), [texts], by="bianji", now=hub.clock())
    hub.item("停水通知（更新）", item=item, version=2, summary="新的摘要")
    (article,) = push.articles.select_related("item__current", "edition")
    assert content.source_updated(article)
    verbs.adopt(article.pk, by="bianji", now=hub.clock())
    (piece,) = content.pieces(push)
    assert (piece.edition.version, piece.title) == (2, "紧急：停水")
    assert piece.edition.summary == "新的摘要"
    assert piece.edition.cover.asset == cover


def test_an_older_edition_may_be_kept_until_there_is_another_one(hub: Hub) -> None:
    item = hub.item()
    push = hub.push(item)
    hub.item("停水通知（更新）", item=item, version=2)
    with pytest.raises(ValueError, match="来源已更新"):
        verbs.propose(push.pk, by="bianji", now=hub.clock())
    verbs.keep(push.articles.get().pk, by="bianji", now=hub.clock())
    verbs.propose(push.pk, by="bianji", now=hub.clock())
    verbs.reopen(push.pk, reason="", by="bianji", now=hub.clock())
    hub.item("停水通知（再更新）", item=item, version=3)
    with pytest.raises(ValueError, match="来源已更新"):
        verbs.propose(push.pk, by="bianji", now=hub.clock())


def test_a_withdrawn_item_can_neither_be_put_in_nor_forward(hub: Hub) -> None:
    item, other = hub.item("甲"), hub.item("乙")
    push = hub.push(item)
    hub.withdraw(item)
    hub.withdraw(other)
    with pytest.raises(ValueError, match="已撤稿"):
        verbs.propose(push.pk, by="bianji", now=hub.clock())
    with pytest.raises(ValueError, match="没有投放"):
        verbs.add(push.pk, [other.pk], by="bianji", now=hub.clock())


def test_a_push_has_one_to_eight_articles_each_item_once(hub: Hub) -> None:
    with pytest.raises(ValueError, match="还没有稿件"):
        verbs.propose(hub.push().pk, by="bianji", now=hub.clock())
    items = [hub.item(f"第{n}篇") for n in range(9)]
    push = hub.push(*items[:8])
    with pytest.raises(ValueError, match="最多 8 篇"):
        verbs.add(push.pk, [items[8].pk], by="bianji", now=hub.clock())
    assert verbs.add(push.pk, [items[0].pk], by="bianji", now=hub.clock()) == []
    for clash in (
        {"item": items[0], "position": 2},
        {"item": items[8], "position": 1},
        {"item": items[8], "position": 9},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            PushArticle.objects.create(push=push, edition=items[0].current, **clash)


def test_a_title_over_the_limit_stands_in_the_way_until_it_has_an_own_one(hub: Hub) -> None:
    push = hub.push(hub.item("长" * 33))
    with pytest.raises(ValueError, match="33"):
        verbs.propose(push.pk, by="bianji", now=hub.clock())
    verbs.arrange(push.pk, verbs.Plan(at=None), own(push, headline="短标题"), by="bianji", now=hub.clock())
    assert verbs.propose(push.pk, by="bianji", now=hub.clock()).fingerprint


def test_a_full_day_is_refused_at_save_with_the_next_free_one(hub: Hub) -> None:
    at = evening(hub)
    hub.push(hub.item(), at=at)
    OutsidePush.objects.create(
        outlet=hub.outlet, day=(at + timedelta(days=1)).date(), by="bianji", at=hub.clock()
    )
    second = hub.push(hub.item())
    with pytest.raises(ValueError, match=f"{(at + timedelta(days=2)):%Y-%m-%d} 18:00"):
        verbs.arrange(second.pk, verbs.Plan(at=at), own(second), by="bianji", now=hub.clock())
    assert fresh(second).scheduled_at is None


def test_a_service_account_has_four_a_follower_and_month(hub: Hub) -> None:
    hub.outlet.options["kind"] = "service"
    hub.outlet.save()
    at = datetime(2099, 3, 10, 18, 0, tzinfo=CHINA)
    for day in range(3):
        hub.push(hub.item(), at=at + timedelta(days=day))
    hub.push(hub.item(), at=at + timedelta(days=3), tag=(7, "潭中街道"))
    assert "2099-04-01 18:00" in calendar.refusal(hub.outlet, at, tag=7)
    assert calendar.refusal(hub.outlet, at, tag=8) == ""
    # One to all would be the fifth for who lives in that street.
    assert "2099-04-01 18:00" in calendar.refusal(hub.outlet, at, tag=None)
    assert calendar.month(hub.outlet, date(2099, 3, 1), today=date(2099, 3, 1)).left == 0


def test_the_month_shows_used_planned_and_left_in_four_queries(hub: Hub, django_assert_num_queries) -> None:
    at = evening(hub)
    hub.push(hub.item(), at=at)
    with django_assert_num_queries(2):
        month = calendar.month(
            hub.outlet, at.date().replace(day=1), today=hub.clock().astimezone(CHINA).date()
        )
    days = {day.date: day for week in month.weeks for day in week}
    assert (days[at.date()].planned, days[at.date()].used, days[at.date()].left) == (1, 0, 0)


def test_a_day_in_china_is_not_a_day_in_utc(hub: Hub) -> None:
    early = datetime(2099, 3, 10, 1, 0, tzinfo=CHINA)
    hub.push(hub.item(), at=early)
    assert calendar.refusal(hub.outlet, early.replace(hour=23), tag=None)
    assert calendar.refusal(hub.outlet, early - timedelta(hours=2), tag=None) == ""


def test_a_time_in_the_past_is_refused(hub: Hub) -> None:
    push = hub.push(hub.item())
    with pytest.raises(ValueError, match="已过"):
        verbs.arrange(push.pk, verbs.Plan(at=hub.clock()), own(push), by="bianji", now=hub.clock())


def test_nothing_moves_once_it_is_on_its_way(hub: Hub) -> None:
    push = hub.confirmed()
    for made in (PushState.SENDING, PushState.ACCEPTED, PushState.UNKNOWN, PushState.SENT, PushState.CLOSED):
        Push.objects.filter(pk=push.pk).update(state=made)
        for verb in (verbs.cancel, verbs.propose):
            with pytest.raises(ValueError, match="状态已经变化"):
                verb(push.pk, by="bianji", now=hub.clock())
        with pytest.raises(ValueError, match="状态已经变化"):
            verbs.reopen(push.pk, reason="", by="bianji", now=hub.clock())


def test_the_database_counts_attempts_and_keeps_one_push_of_an_account_under_way(hub: Hub) -> None:
    first, second = hub.confirmed(), hub.push(hub.item())
    with pytest.raises(IntegrityError), transaction.atomic():
        Push.objects.filter(pk=first.pk).update(attempts=2)
    Push.objects.filter(pk=first.pk).update(state=PushState.UNKNOWN)
    with pytest.raises(IntegrityError), transaction.atomic():
        Push.objects.filter(pk=second.pk).update(state=PushState.SENDING)


def test_the_cover_of_a_push_is_not_swept_away(hub: Hub) -> None:
    cover = freeze(picture_bytes("PNG"), content_type="image/png", name="封面.png", width=320, height=180)
    push = hub.push(hub.item())
    verbs.arrange(
        push.pk,
        verbs.Plan(at=None),
        [verbs.Own(pk=push.articles.get().pk, cover=cover)],
        by="b",
        now=hub.clock(),
    )
    assets.forget_unused(before=hub.clock() + timedelta(days=3))
    assert AssetFile.objects.filter(pk=cover.sha256).exists()


def test_a_clientmsgid_has_thirty_two_hex_characters(hub: Hub) -> None:
    assert len(bytes.fromhex(hub.confirmed().clientmsgid)) == 16


def test_a_push_of_an_account_in_a_drill_is_not_put_forward(hub: Hub, settings) -> None:
    push = hub.push(hub.item())
    twin = drills.start(hub.outlet, sandbox_url=settings.SANDBOX_URL, now=hub.clock())
    with pytest.raises(ValueError, match="演练"):
        verbs.propose(push.pk, by="bianji", now=hub.clock())
    assert verbs.create(twin, by="bianji", now=hub.clock()).outlet == twin


def test_a_confirmed_push_waits_while_its_account_is_paused(hub: Hub) -> None:
    push = hub.confirmed()
    outbox.pause(hub.outlet, reason="检修", now=hub.clock())
    hub.work()
    assert state(push) is PushState.CONFIRMED
    assert "暂停" in fresh(push).outcome
