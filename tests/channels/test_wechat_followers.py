"""Followers from end to end: the sandbox's people follow, write, choose and leave; the platform's tags follow them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction

from channels import outbox
from channels.adapters.wechat_mp.api.audience import TAG_TRIES, Audience, Marked
from channels.adapters.wechat_mp.api.callback import NewsReply, TextReply
from channels.errors import ConfigError
from channels.models import Item, Outlet, WithdrawalKind
from channels.sandbox.config import AccountKind, SandboxConfig
from channels.sandbox.running import RunningSandbox, running_sandbox
from channels.wechat import accounts, interests, menus, scenes
from channels.wechat.models import Follower, Interest, InterestKind, Menu, Scene, SceneKind
from channels.wechat.push import tags
from tests.channels.builders import NOW, edition, outlet, targets
from tests.channels.platform_calls import APPID, KEY, TOKEN

LI, WANG = "oDEMO_li", "oDEMO_wang"


@pytest.fixture(scope="module")
def platform() -> Iterator[RunningSandbox]:
    with running_sandbox(SandboxConfig(callback_seconds=60)) as running:
        yield running


@pytest.fixture
def sandbox(platform: RunningSandbox) -> RunningSandbox:
    platform._do(platform._platform.reset)
    platform.clear_faults()
    platform.set_account(APPID, kind=AccountKind.SERVICE, verified=True)
    return platform


@pytest.fixture
def account(sandbox: RunningSandbox, db: None) -> Outlet:
    made = Outlet(
        slug="pinzhi", name="品质城中", channel="wechat_mp", options={"appid": APPID, "api_base": sandbox.url}
    )
    made.set_secrets({"secret": "demo-secret-placeholder", "callback_token": TOKEN, "callback_key": KEY})
    made.save()
    return made


@pytest.fixture
def streets(account: Outlet) -> list[Interest]:
    interests.seed(account, [("tz", "潭中街道"), ("hd", "河东街道")])
    Interest.objects.create(outlet=account, code="jy", name="教育", kind=InterestKind.TOPIC)
    return interests.offered(account)


def choose(account: Outlet, openid: str, *codes: str) -> None:
    for code in codes:
        interests.choose(account, openid, Interest.objects.get(code=code), now=NOW)


def tags_of(sandbox: RunningSandbox, openid: str) -> list[str]:
    names = {tag["id"]: tag["name"] for tag in sandbox.documents(f"tag:{APPID}")}
    people = [who for who in sandbox.documents(f"follower:{APPID}") if who["openid"] == openid]
    return sorted(names[tag] for tag in people[0]["tagid_list"])


class TestTags:
    def test_follow_the_choice(
        self, sandbox: RunningSandbox, account: Outlet, streets: list[Interest]
    ) -> None:
        sandbox.follow(APPID, LI)
        choose(account, LI, "tz", "jy")
        assert interests.settle(account) == 1
        assert tags_of(sandbox, LI) == ["教育", "潭中街道"]

        choose(account, LI, "hd")
        interests.settle(account)
        assert tags_of(sandbox, LI) == ["教育", "河东街道"]
        assert interests.settle(account) == 0

    def test_are_the_audiences_of_pushes(
        self, sandbox: RunningSandbox, account: Outlet, streets: list[Interest]
    ) -> None:
        for openid in (LI, WANG):
            sandbox.follow(APPID, openid)
            choose(account, openid, "tz")
        interests.settle(account)

        (offered,) = tags.known(account)
        assert (offered.name, offered.count) == ("潭中街道", 2)
        assert offered.id == sandbox.documents(f"tag:{APPID}")[0]["id"]

        tags.refresh(account)
        assert [tag.name for tag in tags.known(account)] == ["潭中街道", "星标组"], (
            "the platform's own tag comes after, none twice"
        )

    def test_one_that_the_platform_has_already_is_used(
        self, sandbox: RunningSandbox, account: Outlet, streets: list[Interest]
    ) -> None:
        sandbox.follow(APPID, LI)
        choose(account, LI, "tz")
        interests.settle(account)
        before = Interest.objects.get(code="tz").tag_id
        Interest.objects.update(tag_id=None)
        choose(account, LI, "tz")
        interests.settle(account)

        assert Interest.objects.get(code="tz").tag_id == before
        assert sandbox.count(f"tag:{APPID}") == 1

    def test_one_follower_whom_the_platform_refuses_holds_up_nobody(
        self, sandbox: RunningSandbox, account: Outlet, streets: list[Interest]
    ) -> None:
        """Too many tags of the back office's, for instance."""
        for openid in (LI, WANG):
            sandbox.follow(APPID, openid)
            choose(account, openid, "tz")
        sandbox.fault("batchtagging", "errcode", errcode=45059)
        assert interests.settle(account) == 1
        assert Follower.objects.get(unsettled=True).openid in {LI, WANG}
        assert interests.settle(account) == 1

    def test_one_that_somebody_deleted_is_made_anew(
        self,
        sandbox: RunningSandbox,
        account: Outlet,
        streets: list[Interest],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("channels.adapters.wechat_mp.api.audience.TAG_PAUSE", 0)
        sandbox.follow(APPID, LI)
        Interest.objects.filter(code="tz").update(tag_id=999)
        choose(account, LI, "tz")
        interests.settle(account)
        assert Follower.objects.get().unsettled
        interests.settle(account)

        assert tags_of(sandbox, LI) == ["潭中街道"]

    def test_a_follower_who_takes_all_back_loses_tags_and_row(
        self, sandbox: RunningSandbox, account: Outlet, streets: list[Interest]
    ) -> None:
        sandbox.follow(APPID, LI)
        choose(account, LI, "tz", "jy")
        interests.settle(account)
        interests.take_back(account, LI)
        interests.settle(account)

        assert tags_of(sandbox, LI) == []
        assert not Follower.objects.exists()

    def test_somebody_who_has_left_is_forgotten(
        self, sandbox: RunningSandbox, account: Outlet, streets: list[Interest]
    ) -> None:
        choose(account, "oDEMO_nobody", "tz")
        interests.settle(account)

        assert not Follower.objects.exists()

    def test_wait_while_the_platform_is_away_or_forbids(
        self, sandbox: RunningSandbox, account: Outlet, streets: list[Interest]
    ) -> None:
        sandbox.follow(APPID, LI)
        sandbox.set_account(APPID, verified=False)
        choose(account, LI, "tz")
        assert interests.settle(account) == 0
        assert Follower.objects.get().unsettled

        sandbox.set_account(APPID, verified=True)
        assert interests.settle(account) == 1

    def test_an_interest_that_is_offered_no_more_is_taken_from_everybody(
        self, sandbox: RunningSandbox, account: Outlet, streets: list[Interest]
    ) -> None:
        sandbox.follow(APPID, LI)
        choose(account, LI, "tz", "jy")
        interests.settle(account)
        interests.remove(Interest.objects.get(code="jy"))
        interests.settle(account)

        assert tags_of(sandbox, LI) == ["潭中街道"]


class CrossedLine:
    """Answers 45159, as the platform does when two calls cross, `times` times."""

    def __init__(self, times: int) -> None:
        self.times = times
        self.calls = 0

    async def call(self, endpoint: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
        self.calls += 1
        return {"errcode": 45159 if self.calls <= self.times else 0}


@pytest.mark.parametrize(("times", "marked"), [(0, Marked.DONE), (2, Marked.DONE), (3, Marked.NO_TAG)])
def test_a_tag_that_seems_unknown_is_tried_three_times(times: int, marked: Marked) -> None:
    import asyncio

    line, waits = CrossedLine(times), []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    audience = Audience(line, sleep=sleep)  # type: ignore[arg-type]
    assert asyncio.run(audience.mark(LI, 100, on=True)) is marked
    assert line.calls == min(times + 1, TAG_TRIES)
    assert waits == [1.0, 2.0][:times]


class TestCodes:
    @pytest.fixture
    def item(self, account: Outlet) -> Item:
        value = edition(headline="停水通知")
        outbox.plan(value, targets(outlet("portal", "hosted")), now=NOW)
        return Item.objects.get()

    def test_one_for_an_item_is_made_once(self, sandbox: RunningSandbox, account: Outlet, item: Item) -> None:
        first = scenes.scene_for(account, item, permanent=False, now=NOW)
        again = scenes.scene_for(account, item, permanent=False, now=NOW)
        forever = scenes.scene_for(account, item, permanent=True, now=NOW)

        assert first.pk == again.pk
        assert sandbox.count("qrcode") == 2
        assert (forever.expires_at, scenes.holds(forever, now=NOW.replace(year=2100))) == (None, True)
        assert "<svg" in scenes.drawing(first)
        assert first.expires_at
        assert not scenes.holds(first, now=first.expires_at)

    def test_two_that_are_asked_for_at_once_are_one(
        self, sandbox: RunningSandbox, account: Outlet, item: Item, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        talk, made = accounts.talk, []

        def slow(outlet: Outlet, conversation: Any) -> Any:
            if not made:
                made.append(True)
                made.append(scenes.scene_for(account, item, permanent=False, now=NOW))
            return talk(outlet, conversation)

        monkeypatch.setattr(accounts, "talk", slow)
        assert scenes.scene_for(account, item, permanent=False, now=NOW) == made[1]
        assert Scene.objects.count() == 1

    def test_an_old_one_is_renewed_with_its_counts(
        self, sandbox: RunningSandbox, account: Outlet, item: Item
    ) -> None:
        first = scenes.scene_for(account, item, permanent=False, now=NOW)
        Scene.objects.update(scans=7)
        later = NOW.replace(year=2027)
        renewed = scenes.scene_for(account, item, permanent=False, now=later)

        assert (renewed.pk, renewed.scans, renewed.scene) == (first.pk, 7, first.scene)
        assert renewed.url != first.url
        assert scenes.holds(renewed, now=later)

    def test_an_account_that_may_not_make_codes_says_so(
        self, sandbox: RunningSandbox, account: Outlet, item: Item
    ) -> None:
        sandbox.set_account(APPID, kind=AccountKind.SUBSCRIPTION)

        with pytest.raises(ConfigError):
            scenes.scene_for(account, item, permanent=False, now=NOW)
        assert not Scene.objects.exists()

    @pytest.mark.parametrize("stage", ["signed", "corrected", "withdrawn"])
    def test_a_scan_shows_the_item_as_it_is_now(self, account: Outlet, item: Item, stage: str) -> None:
        from channels.wechat.answering import answer
        from tests.channels.test_wechat_replies import scanned

        scene = Scene.objects.create(
            outlet=account, kind=SceneKind.ITEM, content_id=item.pk, title="停水", made_at=NOW
        )
        if stage == "corrected":
            value = replace(edition(item.pk), headline="停水通知（改期）")
            outbox.plan(value, targets(Outlet.objects.get(slug="portal")), now=NOW)
        if stage == "withdrawn":
            outbox.recall(
                item.pk,
                kind=WithdrawalKind.REDIRECT,
                reason="改期",
                replacement_url="https://hub.example/new/",
                now=NOW,
            )
        reply = answer(account, scanned(scene.scene), now=NOW).reply

        if stage == "withdrawn":
            assert isinstance(reply, TextReply)
            assert "已由发布单位撤回" in reply.text
            assert "https://hub.example/new/" in reply.text
        else:
            assert isinstance(reply, NewsReply)
            assert reply.title == {"signed": "停水通知", "corrected": "停水通知（改期）"}[stage]


class TestMenus:
    MENU = (
        menus.Button("通知", below=(menus.Button("最新", menus.Kind.CLICK, "newest"),)),
        menus.Button("街道", menus.Kind.CLICK, "interest"),
        menus.Button("网站", menus.Kind.VIEW, "https://hub.example/"),
    )

    def test_are_published_and_read_back(self, sandbox: RunningSandbox, account: Outlet) -> None:
        assert menus.publish(account, self.MENU, by="admin", now=NOW) == menus.SAME
        assert menus.bring_in(account).buttons == self.MENU
        assert menus.draft_of(Menu.objects.get()) == list(self.MENU)

    def test_a_difference_is_named(
        self, sandbox: RunningSandbox, account: Outlet, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        menus.publish(account, self.MENU, by="admin", now=NOW)

        async def nothing(*args: Any) -> None:
            """The platform took it and changed nothing."""

        monkeypatch.setattr("channels.adapters.wechat_mp.api.menus.Menus.publish", nothing)
        changed = [self.MENU[0], self.MENU[1], menus.Button("门户", menus.Kind.VIEW, "https://hub.example/")]

        assert menus.publish(account, changed, by="admin", now=NOW) == "不一致：“门户”在微信上是“网站”"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "form", [{"mode": "safe", "format": "xml"}, {"mode": "compatible", "format": "json"}], ids=str
)
def test_a_follower_from_the_first_to_the_last_day(
    sandbox: RunningSandbox, account: Outlet, live_server: Any, form: dict[str, str]
) -> None:
    """Every event comes three times; nobody sees a fault; the platform finds nothing wrong with the replies."""
    interests.seed(account, [("tz", "潭中街道")])
    with transaction.atomic():
        outbox.plan(edition(headline="停水通知"), targets(outlet("portal", "hosted")), now=NOW)
    Scene.objects.create(outlet=account, scene="ting", kind=SceneKind.STREETS, title="大厅", made_at=NOW)
    sandbox.set_callback(
        APPID, url=f"{live_server.url}/wechat/pinzhi/", token=TOKEN, aes_key=KEY, times=3, **form
    )

    assert sandbox.verify_callback(APPID) == ""
    assert "潭中街道" in sandbox.follow(APPID, LI, "ting").text
    assert sandbox.say(APPID, LI, "停水").articles[0].title == "停水通知"
    assert "已为您订阅“潭中街道”" in sandbox.say(APPID, LI, "订阅潭中街道").text
    assert "没有找到" in sandbox.say(APPID, LI, "无此事").text
    assert "简短的关键词" in sandbox.say(APPID, LI, "水" * 6800).text
    assert (Scene.objects.get().scans, Scene.objects.get().follows) == (1, 1)
    assert Follower.objects.get().changes == 1
    sandbox.unfollow(APPID, LI)
    assert not Follower.objects.exists()
    assert {status for parcel in sandbox.callbacks(APPID) for status in parcel.answers} == {200}
    assert sandbox.violations() == []
