"""Reading figures: fetched once, again when the platform is late, caught up, matched to items, one account at a time."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from channels.adapters.wechat_mp.api import figures as api
from channels.adapters.wechat_mp.api.quotas import CHINA
from channels.contract import Receipt
from channels.models import Delivery, Item, Operation, Outcome, Outlet, Placement
from channels.outbox import plan
from channels.sandbox.running import RunningSandbox, running_sandbox
from channels.wechat import figures, reading
from channels.wechat.models import ArticleFigures, FiguresDay
from tests.channels.builders import edition, targets
from tests.channels.loopback import Loopback
from tests.channels.wechat_account import new_account

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 26)
MORNING = datetime(2026, 11, 26, 0, 35, tzinfo=UTC)
"""8:35 in China."""
YESTERDAY = TODAY - timedelta(days=1)


def article(
    msgid: str, day: date, *counts: tuple[int, int], title: str = "停水通知", **extra: Any
) -> dict[str, Any]:
    """An entry of the answer: `counts` are (readers, sharers) of each day since publication."""
    return {
        "ref_date": day.isoformat(),
        "msgid": msgid,
        "publish_type": 1,
        "title": title,
        "content_url": f"https://mp.weixin.qq.com/s/{msgid}",
        "detail_list": [
            {
                "stat_date": (day + timedelta(days=number)).isoformat(),
                "read_user": reads,
                "share_user": shares,
                "collection_user": 3,
                "comment_count": 0,
                "read_finish_rate": 0.42,
                "read_user_source": [{"scene_desc": "朋友圈", "user_count": reads // 2}],
            }
            for number, (reads, shares) in enumerate(counts)
        ],
        **extra,
    }


class Statistics(Loopback):
    """The platform's statistics: `days` are the articles by day of publication, `late` those not finished."""

    def __init__(self) -> None:
        self.days: dict[date, list[dict[str, Any]]] = {}
        self.late: set[date] = set()
        self.asked: list[date] = []
        self.refusal = 0
        super().__init__()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path.endswith("/stable_token"):
            return web.json_response({"access_token": f"token-{uuid.uuid4()}", "expires_in": 7200})
        assert request.path == "/datacube/getarticletotaldetail"
        body = await request.json()
        assert body["begin_date"] == body["end_date"]
        day = date.fromisoformat(body["begin_date"])
        self.asked.append(day)
        if self.refusal:
            return web.json_response({"errcode": self.refusal, "errmsg": "api unauthorized"})
        return web.json_response({"list": self.days.get(day, []), "is_delay": day in self.late})


@pytest.fixture(scope="module")
def running() -> Iterator[Statistics]:
    with Statistics() as server:
        yield server


@pytest.fixture
def platform(running: Statistics) -> Statistics:
    running.days, running.late, running.asked, running.refusal = {}, set(), [], 0
    return running


@pytest.fixture
def outlet(platform: Statistics) -> Outlet:
    return account(platform)


def account(platform: Statistics) -> Outlet:
    return new_account(platform)  # type: ignore[arg-type]  # anything with an address


def known(outlet: Outlet) -> None:
    """Asked for everything before, so that a test sees only what it makes due."""
    figures.fetch(now=MORNING - timedelta(days=1))
    assert FiguresDay.objects.filter(outlet=outlet).count() == api.KEPT_DAYS


def placed(outlet: Outlet, **raw: Any) -> Item:
    content_id = uuid.uuid4()
    plan(edition(content_id), targets(outlet), now=MORNING)
    receipt = Receipt(token="0" * 32, uri=f"urn:uuid:{content_id}", version=1, raw=raw)
    Placement.objects.filter(item=content_id).update(receipt=receipt.to_json(), delivered_at=MORNING)
    return Item.objects.get(content_id=content_id)


def test_nothing_is_asked_before_the_platform_has_counted(outlet: Outlet, platform: Statistics) -> None:
    assert figures.fetch(now=datetime(2026, 11, 26, 0, 20, tzinfo=UTC)) == 0
    assert platform.asked == []


def test_a_new_account_is_caught_up_for_thirty_days(outlet: Outlet, platform: Statistics) -> None:
    assert figures.fetch(now=MORNING) == 30
    assert platform.asked == [YESTERDAY - timedelta(days=number) for number in range(30)]


def test_a_day_without_articles_is_asked_once(outlet: Outlet, platform: Statistics) -> None:
    known(outlet)
    platform.asked.clear()
    figures.fetch(now=MORNING)
    assert platform.asked == [YESTERDAY]


def test_articles_are_followed_for_thirty_days_and_no_longer(outlet: Outlet, platform: Statistics) -> None:
    oldest, too_old = TODAY - timedelta(days=30), TODAY - timedelta(days=31)
    platform.days = {oldest: [article("1_1", oldest, (5, 1))], too_old: [article("2_1", too_old, (5, 1))]}
    figures.fetch(now=MORNING - timedelta(days=1))
    platform.asked.clear()
    figures.fetch(now=MORNING)
    assert platform.asked == [YESTERDAY, oldest]


def test_the_same_answer_twice_leaves_the_same_rows(outlet: Outlet, platform: Statistics) -> None:
    platform.days = {YESTERDAY: [article("100_1", YESTERDAY, (7, 1)), article("100_2", YESTERDAY, (3, 0))]}
    figures.fetch(now=MORNING)
    before = list(ArticleFigures.objects.values_list("pk", "reads"))
    FiguresDay.objects.all().delete()
    figures.fetch(now=MORNING)
    assert list(ArticleFigures.objects.values_list("pk", "reads")) == before
    assert len(before) == 2


def test_a_later_answer_replaces_the_earlier_one(outlet: Outlet, platform: Statistics) -> None:
    platform.days = {YESTERDAY: [article("100_1", YESTERDAY, (7, 1))]}
    figures.fetch(now=MORNING)
    platform.days = {YESTERDAY: [article("100_1", YESTERDAY, (9, 2), (30, 4))]}
    figures.fetch(now=MORNING + timedelta(days=1))
    rows = ArticleFigures.objects.order_by("stat_date").values_list("reads", "shares", "finish_rate")
    assert list(rows) == [(9, 2, 0.42), (30, 4, 0.42)]


def test_a_platform_that_is_late_is_asked_again_after_two_hours(outlet: Outlet, platform: Statistics) -> None:
    known(outlet)
    platform.late, platform.asked = {YESTERDAY}, []
    platform.days = {YESTERDAY: [article("100_1", YESTERDAY, (7, 1))]}
    figures.fetch(now=MORNING)
    figures.fetch(now=MORNING + timedelta(hours=1))
    assert platform.asked == [YESTERDAY]
    assert ArticleFigures.objects.count() == 1
    platform.late = set()
    figures.fetch(now=MORNING + timedelta(hours=2))
    figures.fetch(now=MORNING + timedelta(hours=5))
    assert platform.asked == [YESTERDAY, YESTERDAY]


def test_one_failing_account_stops_no_other(platform: Statistics) -> None:
    with Statistics() as refusing:
        refusing.refusal = 48001
        bad, good = account(refusing), account(platform)
        assert figures.fetch(now=MORNING) == 30
        assert FiguresDay.objects.filter(outlet=good).count() == 30
        assert "没有调用此接口的权限" in FiguresDay.objects.get(outlet=bad).problem
        refusing.asked.clear()
        figures.fetch(now=MORNING + timedelta(hours=1))
        assert refusing.asked == []
        refusing.refusal = 0
        assert figures.fetch(now=MORNING + timedelta(days=1)) >= 30


def test_an_account_whose_platform_is_down_is_asked_again_in_an_hour(
    outlet: Outlet, platform: Statistics
) -> None:
    platform.refusal = -1
    assert figures.fetch(now=MORNING) == 0
    assert not FiguresDay.objects.exists()
    platform.refusal = 0
    assert figures.fetch(now=MORNING + timedelta(hours=1)) == 30


def test_an_article_belongs_to_the_item_whose_receipt_names_it(outlet: Outlet, platform: Statistics) -> None:
    mine, second = placed(outlet, msg_data_id="100"), placed(outlet, msg_data_id="200", idx=2)
    platform.days = {
        YESTERDAY: [article(name, YESTERDAY, (1, 0)) for name in ("100_1", "100_2", "200_2", "300_1")]
    }
    figures.fetch(now=MORNING)
    rows = ArticleFigures.objects.values_list("msg_data_id", "idx", "item_id")
    assert set(rows) == {
        ("100", 1, mine.pk),
        ("100", 2, None),
        ("200", 2, second.pk),
        ("300", 1, None),
    }


def test_an_article_that_was_replaced_is_known_by_its_delivery(outlet: Outlet, platform: Statistics) -> None:
    item = placed(outlet, msg_data_id="101")
    placement = Placement.objects.get(item=item)
    Delivery.objects.create(
        placement=placement,
        generation=1,
        operation=Operation.DELIVER,
        token="1" * 32,
        started_at=MORNING,
        finished_at=MORNING,
        outcome=Outcome.SETTLED,
        receipt={**(placement.receipt or {}), "raw": {"msg_data_id": "100"}},
    )
    platform.days = {YESTERDAY: [article("100_1", YESTERDAY, (20, 2)), article("101_1", YESTERDAY, (5, 1))]}
    figures.fetch(now=MORNING)
    (found,) = reading.of_item(item.pk)
    assert (found.reads, found.shares, found.articles) == (25, 3, 2)


def test_the_receipts_of_another_account_name_nothing_here(outlet: Outlet, platform: Statistics) -> None:
    placed(account(platform), msg_data_id="100")
    platform.days = {YESTERDAY: [article("100_1", YESTERDAY, (1, 0))]}
    figures.fetch(now=MORNING)
    assert ArticleFigures.objects.get(outlet=outlet).item_id is None


def test_what_is_not_said_is_unknown_and_not_nought(outlet: Outlet, platform: Statistics) -> None:
    bare = article("100_1", YESTERDAY)
    bare["detail_list"] = [{"stat_date": YESTERDAY.isoformat(), "read_user": 4, "read_finish_rate": 42.0}]
    platform.days = {YESTERDAY: [bare, {"msgid": "garbage"}, {"msgid": "5_x"}, "nothing"]}  # type: ignore[list-item]
    figures.fetch(now=MORNING)
    row = ArticleFigures.objects.get()
    assert (row.reads, row.shares, row.finish_rate) == (4, None, 0.42)


def test_the_sandbox_answers_for_each_day() -> None:
    with running_sandbox() as sandbox:
        outlet = new_account(sandbox)
        assert figures.fetch(now=datetime.now(CHINA).replace(hour=12)) == 30
        assert not ArticleFigures.objects.filter(outlet=outlet).exists()


class TestReading:
    def test_totals_become_gains_and_gaps_noughts(self, outlet: Outlet, platform: Statistics) -> None:
        begin = TODAY - timedelta(days=4)
        entry = article("100_1", begin, (10, 1), (25, 2), (26, 2), (26, 2))
        del entry["detail_list"][1]
        platform.days = {begin: [entry]}
        figures.fetch(now=MORNING)
        month = reading.of_account(outlet, now=MORNING)
        gains = dict(month.reads)
        assert [gains[begin + timedelta(days=number)] for number in range(4)] == [10, 0, 16, 0]
        assert (len(month.reads), sum(gains.values())) == (30, 26)

    def test_the_most_read_comes_first(self, outlet: Outlet, platform: Statistics) -> None:
        platform.days = {
            YESTERDAY: [article("1_1", YESTERDAY, (5, 0)), article("2_1", YESTERDAY, (50, 0))],
        }
        figures.fetch(now=MORNING)
        assert [one.reads for one in reading.of_account(outlet, now=MORNING).articles] == [50, 5]


def test_a_sandbox_article_has_figures_the_next_day() -> None:
    """Through the client: what the sandbox publishes comes back as rows."""
    with running_sandbox() as sandbox:
        outlet = new_account(sandbox)
        _publish(sandbox, outlet)
        sandbox.advance(86_400)
        figures.fetch(now=datetime.now(CHINA).replace(hour=12) + timedelta(days=1))
        row = ArticleFigures.objects.get(outlet=outlet)
        assert row.reads
        assert row.finish_rate is not None
        assert 0 < row.finish_rate <= 1


def _publish(sandbox: RunningSandbox, outlet: Outlet) -> None:
    from channels.adapters.wechat_mp.api.calls import Upload
    from channels.adapters.wechat_mp.api.line import Line
    from channels.wechat.accounts import talk
    from tests.factories import picture_bytes

    async def publish(line: Line) -> None:
        picture = Upload("a.png", "image/png", picture_bytes("PNG", size=(900, 383)))
        cover = await line.call("material/add_material", params={"type": "image"}, upload=picture)
        draft = {"title": "停水通知", "content": "<p>文昌路</p>", "thumb_media_id": cover["media_id"]}
        media_id = (await line.call("draft/add", {"articles": [draft]}))["media_id"]
        job = await line.call("freepublish/submit", {"media_id": media_id}, write=True)
        await line.call("freepublish/get", {"publish_id": job["publish_id"]})

    talk(outlet, publish)
