"""Reading figures in the sandbox: the fields, ranges and days of the platform's /datacube/ calls."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import pytest

from channels.sandbox.clock import day_of
from channels.sandbox.running import RunningSandbox, running_sandbox
from tests.channels.test_sandbox import Caller, article

DAY = 86_400
_numbers = count(940_000_000_001)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def appid() -> str:
    return f"wxdemo{next(_numbers)}"


def today(sandbox: RunningSandbox) -> date:
    return day_of(sandbox.now())


def on(caller: Caller, name: str, first: date, last: date | None = None) -> dict[str, Any]:
    return caller.figures(name, first.isoformat(), (last or first).isoformat())


@pytest.fixture
def published(sandbox: RunningSandbox, appid: str) -> tuple[date, int]:
    """An article published three days ago: (its day, its msg_data_id)."""
    number = Caller(sandbox, appid).publish()["msg_data_id"]
    day = today(sandbox)
    sandbox.advance(3 * DAY)
    return day, number


def test_an_article_has_a_cumulative_row_a_day(
    sandbox: RunningSandbox, appid: str, published: tuple[date, int]
) -> None:
    day, number = published
    answer = on(Caller(sandbox, appid), "getarticletotaldetail", day)
    assert answer["is_delay"] is False
    (found,) = answer["list"]
    assert (found["ref_date"], found["msgid"], found["publish_type"], found["title"]) == (
        day.isoformat(),
        f"{number}_1",
        1,
        "标题",
    )
    assert found["content_url"].startswith(f"{sandbox.url}/s/")
    rows = found["detail_list"]
    assert [row["stat_date"] for row in rows] == [(day + timedelta(days=n)).isoformat() for n in range(3)]
    assert rows[0]["read_user"] < rows[1]["read_user"] < rows[2]["read_user"]
    assert rows[0]["read_user_source"][0] == {"user_count": rows[0]["read_user"], "scene_desc": "全部"}
    assert 0 < rows[0]["read_finish_rate"] < 1
    assert {"share_user", "zaikan_user", "like_user", "comment_count", "collection_user"} < set(rows[0])
    assert on(Caller(sandbox, appid), "getarticletotaldetail", day) == answer


def test_a_day_is_the_difference_of_two_sums(
    sandbox: RunningSandbox, appid: str, published: tuple[date, int]
) -> None:
    day, number = published
    caller, second = Caller(sandbox, appid), day + timedelta(days=1)
    rows = on(caller, "getarticletotaldetail", day)["list"][0]["detail_list"]
    (read,) = on(caller, "getarticleread", second)["list"]
    assert (read["ref_date"], read["msgid"]) == (second.isoformat(), f"{number}_1")
    assert read["detail"]["read_user"] == rows[1]["read_user"] - rows[0]["read_user"]
    (share,) = on(caller, "getarticleshare", second)["list"]
    assert set(share["detail"]) == {"share_user"}
    summary = on(caller, "getbizsummary", day, second)["list"]
    assert [row["detail"]["send_page_count"] for row in summary] == [1, 0]
    assert summary[1]["detail"]["read_user"] == read["detail"]["read_user"]


def test_pushed_articles_are_there_and_say_that_they_were_notified(
    sandbox: RunningSandbox, appid: str
) -> None:
    caller = Caller(sandbox, appid)
    cover = caller.cover()
    media_id = caller.json("draft/add", articles=[article(cover)] * 2)["media_id"]
    push = {"filter": {"is_to_all": True}, "msgtype": "mpnews", "mpnews": {"media_id": media_id}}
    number = caller.json("message/mass/sendall", clientmsgid=uuid4().hex, **push)["msg_data_id"]
    day = today(sandbox)
    sandbox.advance(DAY)
    found = on(Caller(sandbox, appid), "getarticletotaldetail", day)["list"]
    assert [(row["msgid"], row["publish_type"]) for row in found] == [(f"{number}_1", 0), (f"{number}_2", 0)]


def test_days_that_cannot_be_asked_for_are_refused(sandbox: RunningSandbox, appid: str) -> None:
    caller, now = Caller(sandbox, appid), today(sandbox)
    before = now - timedelta(days=1)
    assert on(caller, "getarticleread", now)["errcode"] == 61501
    assert on(caller, "getarticleread", before - timedelta(days=1), before)["errcode"] == 61501
    assert on(caller, "getbizsummary", before - timedelta(days=30), before)["errcode"] == 61501
    assert on(caller, "getbizsummary", before, before - timedelta(days=1))["errcode"] == 61501
    assert len(on(caller, "getbizsummary", before - timedelta(days=29), before)["list"]) == 30
    assert caller.figures("getarticleread", "yesterday", "")["errcode"] == 61500


def test_late_figures_say_so(sandbox: RunningSandbox, appid: str, published: tuple[date, int]) -> None:
    day, _ = published
    sandbox.set_account(appid, figures_delayed=True)
    answer = on(Caller(sandbox, appid), "getarticletotaldetail", day)
    assert answer["is_delay"] is True
    assert len(answer["list"][0]["detail_list"]) == 2


def test_an_unverified_account_has_no_figures(sandbox: RunningSandbox, appid: str) -> None:
    sandbox.set_account(appid, verified=False)
    caller = Caller(sandbox, appid)
    assert on(caller, "getbizsummary", today(sandbox) - timedelta(days=1))["errcode"] == 48001
