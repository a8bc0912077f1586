"""微信公众号 at the desk: the list, one account, the probe's button, figures as chart, table and file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from channels.adapters.wechat_mp.api.quotas import CHINA, day_of
from channels.models import CallCount, Item, Outlet, Placement
from channels.rendering import channel_options
from channels.sandbox.running import RunningSandbox, running_sandbox
from channels.wechat.models import AccountProbe, ArticleFigures, FiguresDay
from cms.dashboard import charts
from tests.channels.wechat_account import new_account
from tests.cms.desk import admin, move, place
from tests.factories import make_outlet

OUTLETS = "syndication.change_outlet"
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def outlet() -> Outlet:
    options = {"appid": "wxdemo000000000001", "kind": "service", "verified": "yes", "publishing": "draft"}
    return make_outlet(
        "wechat_mp",
        slug="pinzhi",
        name="品质城中",
        options=options,
        secrets={"secret": "s3cr3t", "callback_token": "t0k-placeholder"},
    )


def page(outlet: Outlet, name: str = "wechat_account", **rights: Any) -> str:
    answer = admin(superuser=True).get(reverse(f"desk:{name}", args=[outlet.slug]))
    assert answer.status_code == 200
    return str(answer.content.decode())


def figure(
    outlet: Outlet, reads: int, *, item: Item | None = None, back: int = 2, **values: Any
) -> ArticleFigures:
    today = datetime.now(CHINA).date()
    return ArticleFigures.objects.create(
        **{
            "outlet": outlet,
            "msg_data_id": "100",
            "idx": 1,
            "published_on": today - timedelta(days=3),
            "stat_date": today - timedelta(days=back),
            "title": "停水通知",
            "reads": reads,
            "shares": 3,
            "finish_rate": 0.42,
            "item": item,
            **values,
        }
    )


class TestAccount:
    def test_it_shows_how_the_account_is_set_up(self, outlet: Outlet) -> None:
        text = page(outlet)
        for word in (
            "服务号",
            "只建草稿，由值班人员在公众号后台发表",
            "删除重发",
            "http://hub.example/wechat/pinzhi/",
            "尚未检测",
        ):
            assert word in text
        assert "s3cr3t" not in text
        assert "t0k-placeholder" not in text

    def test_it_shows_what_is_used_and_left_of_the_day(self, outlet: Outlet) -> None:
        day = day_of(timezone.now().timestamp())
        CallCount.objects.create(outlet=outlet, call="freepublish/delete", day=day, used=9)
        CallCount.objects.create(outlet=outlet, call="freepublish/submit", day=day, used=40, limit=500)
        text = "".join(page(outlet).split())
        assert (
            '<tdclass="d-num">9</td><tdclass="d-num"><bclass="d-low">1</b></td><tdclass="d-num">10</td>'
            in text
        )
        assert '<tdclass="d-num">40</td><tdclass="d-num">460</td><tdclass="d-num">500<span' in text

    def test_it_shows_what_is_open_and_what_went_out_today(self, outlet: Outlet) -> None:
        move(place(outlet, headline="等待中的稿件"), outlet, "waiting")
        move(place(outlet, headline="今天发出的稿件"), outlet, "settled", delivered_at=timezone.now())
        text = page(outlet)
        assert "等待中的稿件" in text.partition("今日发表")[0]
        assert "今天发出的稿件" in text.partition("今日发表")[2]

    def test_each_missing_right_says_what_to_do(self, outlet: Outlet) -> None:
        findings = [
            {"capability": "token", "standing": "denied", "code": "40164", "address": "203.0.113.9"},
            *({"capability": one, "standing": "skipped"} for one in ("draft", "publish", "mass", "menu")),
            {"capability": "statistics", "standing": "skipped"},
        ]
        AccountProbe.objects.create(outlet=outlet, at=timezone.now(), by="admin", findings=findings)
        text = page(outlet)
        assert "203.0.113.9" in text
        assert "IP 白名单" in text
        assert "取得令牌后才能检测" in text

    def test_another_channel_has_no_such_page(self) -> None:
        feed = make_outlet("feed")
        assert admin(superuser=True).get(reverse("desk:wechat_account", args=[feed.slug])).status_code == 404

    def test_the_outlets_form_leads_to_it(self, outlet: Outlet) -> None:
        answer = admin(superuser=True).get(reverse("outlets:edit", args=[outlet.pk]))
        assert reverse("desk:wechat_account", args=["pinzhi"]) in answer.content.decode()


class TestList:
    def test_it_names_every_account_with_what_is_left(self, outlet: Outlet) -> None:
        day = day_of(timezone.now().timestamp())
        CallCount.objects.create(outlet=outlet, call="freepublish/delete", day=day, used=9)
        make_outlet("feed", name="不是公众号")
        text = admin().get(reverse("desk:wechat_accounts")).content.decode()
        assert "品质城中" in text
        assert "不是公众号" not in text
        assert '删除文章 9 / <b class="d-low">1</b>' in text

    def test_it_costs_the_same_for_many(self, outlet: Outlet) -> None:
        client = admin()
        client.get(reverse("desk:wechat_accounts"))
        with CaptureQueriesContext(connection) as one:
            client.get(reverse("desk:wechat_accounts"))
        for _ in range(5):
            make_outlet("wechat_mp")
        with CaptureQueriesContext(connection) as six:
            client.get(reverse("desk:wechat_accounts"))
        assert len(six) == len(one)

    def test_none_says_how_to_add_one(self) -> None:
        assert "还没有公众号" in admin(OUTLETS).get(reverse("desk:wechat_accounts")).content.decode()


class TestProbe:
    def test_the_button_probes_and_the_page_shows_it(self, sandbox: RunningSandbox) -> None:
        outlet = new_account(sandbox)
        client = admin(OUTLETS)
        answer = client.post(reverse("desk:wechat_probe", args=[outlet.slug]), follow=True)
        assert "可自动发表" in answer.content.decode()
        assert AccountProbe.objects.get(outlet=outlet).level == "publish"

    def test_it_needs_the_right_to_run_outlets(self, outlet: Outlet) -> None:
        admin("cms.operate_desk").post(reverse("desk:wechat_probe", args=["pinzhi"]))
        assert not AccountProbe.objects.exists()

    def test_it_is_not_done_by_looking(self, outlet: Outlet) -> None:
        assert admin(OUTLETS).get(reverse("desk:wechat_probe", args=["pinzhi"])).status_code == 405

    @pytest.mark.django_db(transaction=True)
    def test_no_transaction_is_open_meanwhile(self, outlet: Outlet, monkeypatch: pytest.MonkeyPatch) -> None:
        seen: list[bool] = []

        def ask(outlet: Outlet, **_: Any) -> AccountProbe:
            seen.append(connection.in_atomic_block)
            return AccountProbe(outlet=outlet, at=timezone.now(), by="x", findings=[])

        monkeypatch.setattr("channels.wechat.probing.probe", ask)
        admin(OUTLETS).post(reverse("desk:wechat_probe", args=["pinzhi"]))
        assert seen == [False]

    def test_a_new_account_is_sent_to_it(self) -> None:
        values = {
            "name": "品质城中", "slug": "pzcz", "rank": "10", "contact": "甲", "max_age_hours": "72",
            "option_appid": "wx0000000000000000", "secret_secret": "x",
            **{f"option_{one.name}": one.default for one in channel_options("wechat_mp") if one.choices},
        }  # fmt: skip
        client = admin(superuser=True)
        answer = client.post("/admin/outlets/new/?channel=wechat_mp", values, follow=True)
        assert answer.redirect_chain[-1][0] == reverse("desk:wechat_account", args=["pzcz"])
        assert "请点“检测”" in answer.content.decode()


class TestFigures:
    def test_the_chart_has_a_table_beside_it(self, outlet: Outlet) -> None:
        figure(outlet, 10, back=3)
        figure(outlet, 34, back=2)
        text = page(outlet, "wechat_figures")
        assert "<svg" in text
        assert "阅读 <b>34</b>" in text
        assert '<td class="d-num">24</td>' in text
        assert "42%" in text

    def test_without_figures_it_says_when_they_come(self, outlet: Outlet) -> None:
        assert "还没有阅读数据" in page(outlet, "wechat_figures")

    def test_a_reason_for_none_is_said(self, outlet: Outlet) -> None:
        FiguresDay.objects.create(
            outlet=outlet, day=datetime.now(CHINA).date(), asked_at=timezone.now(), problem="没有权限"
        )
        assert "没有权限" in page(outlet, "wechat_figures")

    def test_it_costs_the_same_for_many_articles(self, outlet: Outlet) -> None:
        client, url = admin(), reverse("desk:wechat_figures", args=["pinzhi"])
        figure(outlet, 10)
        client.get(url)
        with CaptureQueriesContext(connection) as one:
            client.get(url)
        for number in range(5):
            figure(outlet, 10, msg_data_id=str(number), item=place(outlet))
        with CaptureQueriesContext(connection) as six:
            client.get(url)
        assert len(six) == len(one)

    def test_the_file_opens_in_a_spreadsheet_and_runs_no_formula(self, outlet: Outlet) -> None:
        item = place(outlet)
        figure(outlet, 34, title='=HYPERLINK("http://evil.example")', item=item, comments=None)
        answer = admin().get(reverse("desk:wechat_figures_csv", args=["pinzhi"]))
        assert answer.content.startswith(b"\xef\xbb\xbf")
        assert "attachment" in answer.headers["Content-Disposition"]
        header, row = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
        line = dict(zip(header, row, strict=True))
        assert line["标题"].startswith("'=")
        assert (line["阅读人数"], line["留言条数"], line["读完率（%）"]) == ("34", "", "42")
        assert line["稿件标识"] == str(item.pk)

    def test_an_items_page_and_placement_show_its_figures(self, outlet: Outlet) -> None:
        other = make_outlet("feed")
        item = place(outlet, other)
        figure(outlet, 10, item=item, back=3)
        figure(outlet, 34, item=item, back=2)
        client = admin()
        of_item = client.get(reverse("desk:item", args=[item.pk])).content.decode()
        assert "阅读 <b>34</b> · 分享 <b>3</b> · 读完率 <b>42%</b>" in of_item
        assert "<polyline" in of_item
        pages = [
            client.get(reverse("desk:placement", args=[Placement.objects.get(item=item, outlet=one).pk]))
            for one in (outlet, other)
        ]
        assert ["阅读数据" in one.content.decode() for one in pages] == [True, False]


class TestCharts:
    DAYS = [(datetime(2026, 11, day).date(), reads) for day, reads in ((1, 0), (2, 200), (3, 1))]

    def test_a_day_with_readers_is_never_drawn_as_nothing(self) -> None:
        drawn = charts.bars(self.DAYS, title="每日阅读")
        assert [drawn.count(f'height="{tall}"') for tall in ("0.0", "140.0", "2.0")] == [1, 1, 1]

    @pytest.mark.parametrize("days", [[], DAYS[:1]])
    def test_too_few_days_make_no_line(self, days: list[Any]) -> None:
        assert charts.sparkline(days) == ""

    def test_nothing_read_is_a_flat_line(self) -> None:
        flat = [(day, 0) for day, _ in self.DAYS]
        assert "19.0" in charts.sparkline(flat)
        assert "最高 0" in charts.bars(flat, title="每日阅读")
