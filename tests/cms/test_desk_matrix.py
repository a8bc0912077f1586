"""The matrix: right rows, right cells, a fixed number of queries, and nothing of what others wrote taken for markup."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from channels import outbox
from channels.edition import ItemType
from channels.models import Item, Outlet, Placement, State, WithdrawalKind
from cms.dashboard import matrix, summary
from cms.dashboard.filters import MatrixFilter
from tests.cms.desk import admin, move, place
from tests.factories import make_outlet, make_page, make_rule, sign

pytestmark = pytest.mark.django_db
MATRIX = "/admin/desk/"


def rows(**query: str) -> list[str]:
    """The titles that the matrix shows for a query string, in order."""
    found = matrix.read(MatrixFilter.read(query), now=timezone.now())
    return [row.item.headline for row in found.rows]


def count_queries(client, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_the_number_of_queries_does_not_grow_with_items_or_outlets():
    client = admin(superuser=True)
    few = [make_outlet("feed") for _ in range(2)]
    place(*few)
    client.get(MATRIX)
    small = count_queries(client, f"{MATRIX}?size=200")
    many = few + [make_outlet("feed") for _ in range(8)]
    for number in range(60):
        item = place(*many, at=number)
        move(item, many[number % 10], "asking", message="请处理")
    assert count_queries(client, f"{MATRIX}?size=200") == small


def test_an_item_that_changed_last_comes_first():
    outlet = make_outlet("feed")
    place(outlet, headline="昨天的", at=1440)
    place(outlet, headline="刚才的")
    assert rows() == ["刚才的", "昨天的"]


def test_paging_by_key_shows_every_item_once_even_when_many_changed_at_the_same_moment():
    outlet = make_outlet("feed")
    for number in range(130):
        place(outlet, headline=f"第{number}篇", at=number)
    Item.objects.filter(headline__in=[f"第{n}篇" for n in range(20, 110)]).update(changed_at=timezone.now())
    client, seen, url = admin(), [], MATRIX
    while url:
        page = client.get(url).context
        seen.append([row.item.headline for row in page["matrix"].rows])
        url = MATRIX + page["older"] if page["older"] else ""
    assert [len(page) for page in seen] == [50, 50, 30]
    assert len({title for page in seen for title in page}) == 130


def test_going_back_shows_the_page_that_was_left():
    outlet = make_outlet("feed")
    for number in range(120):
        place(outlet, headline=f"第{number}篇", at=number)
    client = admin()
    first = client.get(MATRIX).context
    second = client.get(MATRIX + first["older"]).context
    back = client.get(MATRIX + second["newer"]).context
    assert [row.item for row in back["matrix"].rows] == [row.item for row in first["matrix"].rows]
    assert not back["newer"]
    assert back["older"] == first["older"]


@pytest.fixture
def varied() -> dict[str, Outlet]:
    feed, post = make_outlet("feed", slug="jd-feed"), make_outlet("web_post", slug="jd-post")
    settled = place(feed, headline="停水通知", at=1)
    move(settled, feed, "settled")
    asking = place(feed, post, headline="招生公告", at=2, column="zsgg", unit="jyj", type=ItemType.NEWS)
    move(asking, post, "asking")
    move(asking, feed, "settled")
    gone = place(post, headline="撤下的稿", at=3)
    outbox.recall(
        gone.content_id, kind=WithdrawalKind.GONE, reason="有误", now=timezone.now() - timedelta(minutes=3)
    )
    return {"feed": feed, "post": post}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"state": "asking"}, ["招生公告"]),
        ({"state": "open"}, ["招生公告", "撤下的稿"]),
        ({"state": "due"}, ["撤下的稿"]),
        ({"state": "asking", "outlet": "jd-feed"}, []),
        ({"outlet": "jd-feed"}, ["停水通知", "招生公告"]),
        ({"channel": "web_post"}, ["招生公告", "撤下的稿"]),
        ({"column": "zsgg"}, ["招生公告"]),
        ({"unit": "jyj"}, ["招生公告"]),
        ({"type": "news"}, ["招生公告"]),
        ({"q": "停水"}, ["停水通知"]),
        ({"withdrawn": "yes"}, ["撤下的稿"]),
        ({"withdrawn": "no"}, ["停水通知", "招生公告"]),
        ({"column": "zsgg", "q": "停水"}, []),
    ],
)
def test_each_filter_narrows_the_rows(varied, query, expected):
    assert rows(**query) == expected


def test_the_overdue_filter_finds_must_carry_items_past_their_time(varied):
    late, early = place(varied["feed"], headline="超时"), place(varied["feed"], headline="未超时")
    now = timezone.now()
    move(late, varied["feed"], "waiting", must_carry=True, must_carry_by=now - timedelta(hours=1))
    move(early, varied["feed"], "waiting", must_carry=True, must_carry_by=now + timedelta(hours=1))
    assert rows(state="overdue") == ["超时"]


def test_an_outlet_filter_narrows_the_columns_too(varied):
    found = matrix.read(MatrixFilter.read({"outlet": "jd-post"}), now=timezone.now())
    assert [outlet.slug for outlet in found.outlets] == ["jd-post"]


def test_a_retired_outlet_is_no_column(varied):
    Outlet.objects.filter(slug="jd-post").update(retired_at=timezone.now())
    found = matrix.read(MatrixFilter.read({}), now=timezone.now())
    assert [outlet.slug for outlet in found.outlets] == ["jd-feed"]


@pytest.mark.parametrize(
    "query",
    [
        "state=nonsense&type=x&size=9999&withdrawn=maybe",
        "before=yesterday&after=_",
        "before=2026-11-23T08:00:00_not-a-uuid",
        "before=2026-11-23T08:00:00_7f0c1a52-3a54-4d0e-9f5c-0c6a1d2e3f40",
        "q=%00&outlet=%27%3B--",
    ],
)
def test_nonsense_in_the_address_is_no_condition_and_no_error(query):
    assert admin().get(f"{MATRIX}?{query}").status_code == 200


def test_a_size_that_is_not_offered_is_the_usual_one():
    assert MatrixFilter.read({"size": "5000"}).size == 50


def test_groups_stand_together_whatever_the_rank_of_their_outlets():
    for rank, group in enumerate(["街道", "部门", "街道"]):
        make_outlet("feed", group=group, rank=rank)
    found = matrix.read(MatrixFilter.read({}), now=timezone.now())
    assert [(group.name, len(group.outlets)) for group in found.groups] == [("街道", 2), ("部门", 1)]


def test_a_group_is_a_filter_of_rows_and_columns():
    street, school = make_outlet("feed", group="街道"), make_outlet("feed", group="学校")
    place(street, headline="街道的")
    place(school, headline="学校的")
    found = matrix.read(MatrixFilter.read({"group": "学校"}), now=timezone.now())
    assert [row.item.headline for row in found.rows] == ["学校的"]
    assert list(found.outlets) == [school]


def test_what_is_too_wide_to_read_is_cut_and_said():
    Outlet.objects.bulk_create(
        Outlet(slug=f"o{n}", name=f"终端{n}", channel="feed", rank=n) for n in range(65)
    )
    found = matrix.read(MatrixFilter.read({}), now=timezone.now())
    assert (len(found.outlets), found.hidden) == (60, 5)
    assert "另有 5 个终端未列出" in admin().get(MATRIX).content.decode()


def test_a_cell_says_its_state_in_a_word_and_a_sign_and_links_the_live_page():
    outlet, seen_at = make_outlet("feed"), timezone.now()
    move(place(outlet), outlet, "settled", remote_url="https://street.example/a/", seen_at=seen_at)
    html = admin().get(MATRIX).content.decode()
    cell = re.search(r'<td class="d-cell d-good">.*?</td>', html)[0]
    assert "已落实" in cell
    assert "✓" in cell
    assert 'href="https://street.example/a/"' in cell
    assert f"{timezone.localtime(seen_at):%H}:" in cell


def test_markup_in_a_title_or_a_message_stays_text():
    outlet = make_outlet(
        "feed", name='"><script>alert(2)</script>', paused_at=timezone.now(), paused_reason="<b>停</b>"
    )
    move(
        place(outlet, headline="<script>alert(1)</script>"),
        outlet,
        "asking",
        message='"onmouseover="alert(3)',
    )
    client = admin(superuser=True)
    placement = Placement.objects.get()
    for url in (
        MATRIX,
        reverse("desk:item", args=[placement.item_id]),
        reverse("desk:placement", args=[placement.pk]),
    ):
        html = client.get(url).content.decode()
        assert "<script>alert" not in html
        assert "<b>停</b>" not in html
        assert '"onmouseover="' not in html


def test_an_address_that_is_no_web_address_becomes_no_link():
    outlet = make_outlet("feed")
    placement = move(place(outlet), outlet, "settled", remote_url="javascript:alert(1)")
    client = admin(superuser=True)
    for url in (
        MATRIX,
        reverse("desk:placement", args=[placement.pk]),
        reverse("desk:item", args=[placement.item_id]),
    ):
        assert 'href="javascript:' not in client.get(url).content.decode()


def test_the_strip_counts_open_placements_and_names_outlets_in_trouble():
    now = timezone.now()
    good, paused = (
        make_outlet("feed"),
        make_outlet("feed", paused_at=now, paused_reason="改版", contact="值班员甲"),
    )
    blocked = make_outlet("feed", blocked_reason="密钥不正确")
    resting = make_outlet("feed", circuit_open_until=now + timedelta(minutes=5), circuit_failures=4)
    make_outlet("feed", circuit_open_until=now - timedelta(minutes=5))
    item = place(good, paused, blocked, resting)
    move(item, good, "settled")
    move(item, paused, "held")
    found = summary.read(now=now)
    assert {(tally.key, tally.count) for tally in found.tallies} == {("held", 1), ("due", 2)}
    assert [(trouble.outlet, trouble.word, trouble.backlog) for trouble in found.troubles] == [
        (paused, "暂停", 1),
        (blocked, "配置故障", 1),
        (resting, "休整", 1),
    ]
    html = admin().get(MATRIX).content.decode()
    assert "改版" in html
    assert "值班员甲" in html


def test_open_placements_are_read_from_the_partial_index():
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL's planner scans a table this small")
    for rows_read in (summary.unsettled(), summary.unsettled().filter(state=State.ASKING)):
        assert "placement_open" in rows_read.values("outlet_id", "state").explain()


def test_only_people_of_the_admin_see_the_desk(client):
    assert client.get(MATRIX).status_code == 302


def test_a_row_offers_only_what_its_reader_may_do():
    make_rule(make_outlet("feed"))
    page = make_page()
    sign(page)
    withdraw = reverse("desk:withdraw", args=[page.content_id])
    correct = reverse("desk:correct", args=[page.content_id])
    for client, may_withdraw, may_correct in (
        (admin(), False, False),
        (admin("cms.withdraw_item"), True, False),
        (admin(superuser=True), True, True),
    ):
        html = client.get(MATRIX).content.decode()
        assert (withdraw in html) is may_withdraw
        assert (correct in html) is may_correct
