"""An account's pages at the desk: anybody signed in may look, whoever runs outlets may change, everything is logged."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from wagtail.models import ModelLogEntry

from channels.models import Outlet
from channels.sandbox.config import AccountKind
from channels.sandbox.running import RunningSandbox, running_sandbox
from channels.wechat.models import Follower, Greeting, Interest, KeywordReply, Menu, Scene
from tests.channels.builders import NOW
from tests.cms.desk import admin, place
from tests.factories import make_outlet, make_unit

pytestmark = pytest.mark.django_db
APPID = "wxdemo000000000001"
DESK = "/admin/desk/wechat/pinzhi/"
TABS = ("menu/", "replies/", "interests/", "scenes/")
OUTLETS = "syndication.change_outlet"


@pytest.fixture(scope="module")
def platform() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        running.set_account(APPID, kind=AccountKind.SERVICE)
        yield running


@pytest.fixture
def account(platform: RunningSandbox) -> Outlet:
    options = {"appid": APPID, "api_base": platform.url, "account_name": "品质城中", "kind": "service"}
    return make_outlet(
        "wechat_mp",
        slug="pinzhi",
        name="公众号“品质城中”",
        options=options,
        secrets={"secret": "demo-secret-placeholder"},
    )


@pytest.fixture
def operator() -> Client:
    return admin(OUTLETS)


def do(client: Client, where: str, verb: str, **fields: Any) -> str:
    response = client.post(f"{DESK}{where}", {"do": verb, **fields}, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def logged() -> list[str]:
    return list(ModelLogEntry.objects.values_list("action", flat=True))


@pytest.mark.parametrize("where", [*TABS, "replies/new/"])
def test_anybody_at_the_desk_may_look_and_only_operators_change(account: Outlet, where: str) -> None:
    looker = admin()
    page = looker.get(f"{DESK}{where}").content.decode()

    assert "公众号“品质城中”" in page
    assert 'name="do"' not in page
    for verb in ("keep", "publish", "import", "greet", "remove", "seed", "add", "settle", "make", "save"):
        response = looker.post(f"{DESK}{where}", {"do": verb})
        assert (response.status_code, response["Location"]) == (302, "/admin/")
    assert logged() == []


@pytest.mark.parametrize("where", TABS)
def test_an_outlet_of_another_channel_has_no_such_pages(where: str) -> None:
    make_outlet("hosted", slug="pinzhi")

    assert admin(OUTLETS).get(f"{DESK}{where}").status_code == 404


def test_strangers_are_sent_to_sign_in(account: Outlet, client: Client) -> None:
    for where in TABS:
        assert "/login/" in client.get(f"{DESK}{where}")["Location"]


class TestReplies:
    def test_a_keyword_is_set_changed_and_removed(self, account: Outlet, operator: Client) -> None:
        do(operator, "replies/new/", "save", words="办事，政务", text="请到大厅", rank=1)
        row = KeywordReply.objects.get()
        do(operator, f"replies/{row.pk}/", "save", words="办事", text="请到新大厅", rank=1)
        assert "请到新大厅" in operator.get(f"{DESK}replies/").content.decode()
        assert "请到新大厅" in operator.get(f"{DESK}replies/?try=办事").content.decode()
        do(operator, "replies/", "remove", pk=row.pk)

        assert not KeywordReply.objects.exists()
        assert logged() == ["wechat.replies"] * 3

    @pytest.mark.parametrize(
        ("fields", "word"),
        [
            ({"words": "办事", "text": "", "rank": 1}, "请选择稿件，或填写回复文字"),
            ({"words": "停水", "text": "好", "rank": 1}, "已有回复"),
        ],
    )
    def test_an_incomplete_one_is_refused(
        self, account: Outlet, operator: Client, fields: dict[str, Any], word: str
    ) -> None:
        KeywordReply.objects.create(outlet=account, words="停水", text="x")

        assert word in do(operator, "replies/new/", "save", **fields)
        assert KeywordReply.objects.count() == 1

    def test_the_welcome_is_kept(self, account: Outlet, operator: Client) -> None:
        do(operator, "replies/", "greet", welcome="您好，{account_name}", default="")

        assert Greeting.objects.get().welcome == "您好，{account_name}"

    def test_trying_out_changes_nothing(self, account: Outlet) -> None:
        Interest.objects.create(outlet=account, code="tz", name="潭中街道")
        page = admin().get(f"{DESK}replies/?try=订阅潭中街道").content.decode()

        assert "已为您订阅“潭中街道”" in page
        assert not Follower.objects.exists()

    def test_the_address_to_enter_at_the_platform_is_shown(self, account: Outlet) -> None:
        page = admin().get(f"{DESK}replies/").content.decode()

        assert "尚未接收关注者消息" in page
        assert "http://hub.example/wechat/pinzhi/" in page


class TestInterests:
    def test_streets_come_from_the_units(self, account: Outlet, operator: Client) -> None:
        make_unit("tanzhong", name="柳州市城中区潭中街道办事处", short_name="潭中街道", kind="street")
        make_unit("rsj", kind="department")
        do(operator, "interests/", "seed")
        do(operator, "interests/", "seed")

        assert list(Interest.objects.values_list("code", "name")) == [("tanzhong", "潭中街道")]

    def test_one_is_added_and_removed_with_whoever_chose_it_told(
        self, account: Outlet, operator: Client
    ) -> None:
        do(operator, "interests/", "add", kind="topic", name="教育", code="jy", rank=1)
        follower = Follower.objects.create(outlet=account, openid="o1", since=NOW, unsettled=False)
        follower.interests.add(Interest.objects.get())
        do(operator, "interests/", "remove", pk=Interest.objects.get().pk)

        assert not Interest.objects.exists()
        assert Follower.objects.get().unsettled

    @pytest.mark.parametrize(
        ("name", "code", "word"),
        [
            ("潭中街道", "x", "同名"),
            ("新", "tz", "代码已在使用"),
            ("a" * 11, "y", "10"),
            ("", "z", "d-errors"),
        ],
    )
    def test_what_the_platform_has_no_room_for_is_refused(
        self, account: Outlet, operator: Client, name: str, code: str, word: str
    ) -> None:
        Interest.objects.create(outlet=account, code="tz", name="潭中街道")

        assert word in do(operator, "interests/", "add", kind="street", name=name, code=code, rank=1)
        assert Interest.objects.count() == 1


class TestScenes:
    def test_codes_are_offered_only_where_the_platform_makes_them(
        self, account: Outlet, operator: Client
    ) -> None:
        item = place(account, headline="停水通知")
        Outlet.objects.filter(pk=account.pk).update(options={**account.options, "verified": "no"})
        assert "扫码关注这条通知" not in operator.get(f"/admin/desk/items/{item.pk}/").content.decode()
        page = operator.get(f"{DESK}scenes/").content.decode()
        assert "已认证的服务号" in page
        assert "生成二维码</h2>" not in page

    def test_a_code_for_an_item_is_made_from_its_page(self, account: Outlet, operator: Client) -> None:
        item = place(account, headline="停水通知")
        page = operator.get(f"/admin/desk/items/{item.pk}/").content.decode()
        assert "扫码关注这条通知" in page
        assert "扫码关注这条通知" not in admin().get(f"/admin/desk/items/{item.pk}/").content.decode()
        Outlet.objects.update(options={**account.options, "kind": "subscription"})
        assert "扫码关注这条通知" not in operator.get(f"/admin/desk/items/{item.pk}/").content.decode()
        Outlet.objects.update(options=account.options)

        response = operator.post(f"{DESK}scenes/items/{item.pk}/", {"permanent": "0"}, follow=True)
        page = response.content.decode()
        assert "<svg" in page
        assert "并查看这条通知" in page
        assert Scene.objects.get().content_id == item.pk
        assert logged() == ["wechat.scene"]

    def test_nobody_else_makes_one(self, account: Outlet) -> None:
        item = place(account)
        response = admin().post(f"{DESK}scenes/items/{item.pk}/", {"permanent": "0"})

        assert (response.status_code, Scene.objects.count()) == (302, 0)

    def test_a_general_code(self, account: Outlet, operator: Client) -> None:
        page = do(operator, "scenes/", "make", kind="streets", title="大厅", permanent="on")

        assert "并选择所在街道" in page
        assert Scene.objects.get().permanent

    def test_a_refusal_of_the_platform_is_told(
        self, account: Outlet, operator: Client, platform: RunningSandbox
    ) -> None:
        platform.set_account(APPID, kind=AccountKind.SUBSCRIPTION)
        page = do(operator, "scenes/", "make", kind="streets", title="大厅")
        platform.set_account(APPID, kind=AccountKind.SERVICE)

        assert "没有调用此接口的权限" in page
        assert not Scene.objects.exists()

    def test_one_that_has_expired_says_so(self, account: Outlet) -> None:
        scene = Scene.objects.create(
            outlet=account, title="旧", made_at=NOW, url="http://x", expires_at=NOW.replace(year=2020)
        )

        assert "二维码已过期" in admin().get(f"{DESK}scenes/{scene.pk}/").content.decode()
        assert admin().get(f"{DESK}scenes/{scene.pk + 1}/").status_code == 404


MENU = {
    "m1-name": "通知",
    "m1-1-name": "最新",
    "m1-1-kind": "newest",
    "m1-2-name": "停水",
    "m1-2-kind": "find",
    "m1-2-value": "停水",
    "m2-name": "街道",
    "m2-kind": "interest",
    "m3-name": "网站",
    "m3-kind": "view",
    "m3-value": "https://hub.example/",
}


class TestMenu:
    def test_is_published_read_back_and_imported(self, account: Outlet, operator: Client) -> None:
        assert "已核对一致" in do(operator, "menu/", "publish", **MENU)
        menu = Menu.objects.get()
        assert menu.draft == menu.published
        assert menu.draft[0]["sub_button"][1] == {"type": "click", "name": "停水", "key": "find:停水"}

        do(operator, "menu/", "keep", **{**MENU, "m2-name": "我的街道"})
        page = operator.get(f"{DESK}menu/").content.decode()
        assert "草稿有改动，尚未发布" in page
        do(operator, "menu/", "import")
        menu.refresh_from_db()
        assert menu.draft == menu.published
        assert logged() == ["wechat.menu"] * 2

    def test_one_that_the_platform_would_refuse_is_kept_and_not_published(
        self, account: Outlet, operator: Client
    ) -> None:
        page = do(operator, "menu/", "publish", **{**MENU, "m2-name": "名字超过五个字"})

        assert "占 21 字节，超过 16 字节" in page
        assert 'value="名字超过五个字"' in page
        menu = Menu.objects.get()
        assert (menu.published_at, menu.draft[1]["name"]) == (None, "名字超过五个字")

    def test_a_refusal_of_the_platform_is_told(
        self, account: Outlet, operator: Client, platform: RunningSandbox
    ) -> None:
        platform.set_account(APPID, kind=AccountKind.SUBSCRIPTION, verified=False)
        page = do(operator, "menu/", "publish", **MENU)
        platform.set_account(APPID, kind=AccountKind.SERVICE, verified=True)

        assert "没有调用此接口的权限" in page
        assert Menu.objects.get().published_at is None

    def test_any_form_is_answered(self, account: Outlet, operator: Client) -> None:
        do(operator, "menu/", "keep", **{"m1-kind": "nonsense", "m1-1-name": " ", "m9-name": "x"})

        assert Menu.objects.get().draft == []
        assert operator.post(f"{DESK}menu/", {"do": str(uuid.uuid4())}).status_code == 302
