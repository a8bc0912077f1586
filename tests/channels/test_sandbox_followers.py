"""Followers, tags, menus and QR codes in the sandbox: limits and codes as the platform has them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from channels.sandbox.running import RunningSandbox, running_sandbox
from tests.channels.test_sandbox import Caller, http

_numbers = count(930_000_000_001)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def appid() -> str:
    return f"wxdemo{next(_numbers)}"


@pytest.fixture
def caller(sandbox: RunningSandbox, appid: str) -> Caller:
    return Caller(sandbox, appid)


def tag(caller: Caller, name: str = "城中街道") -> int:
    return int(caller.json("tags/create", tag={"name": name})["tag"]["id"])


class TestPeople:
    def test_followers_are_listed_in_order(self, sandbox: RunningSandbox, appid: str, caller: Caller) -> None:
        assert caller.get("user/get") == {"total": 0, "count": 0, "next_openid": ""}
        for openid in ("oDEMO_1", "oDEMO_2", "oDEMO_3"):
            sandbox.follow(appid, openid)
        sandbox.unfollow(appid, "oDEMO_2")
        listed = caller.get("user/get")
        assert (listed["total"], listed["data"]["openid"]) == (2, ["oDEMO_1", "oDEMO_3"])
        assert caller.get("user/get", next_openid="oDEMO_1")["data"]["openid"] == ["oDEMO_3"]
        assert caller.get("user/get", next_openid="nobody")["errcode"] == 40003

    def test_a_follower_is_shown_with_the_scene_and_without_a_name(
        self, sandbox: RunningSandbox, appid: str, caller: Caller
    ) -> None:
        sandbox.follow(appid, "oDEMO_1", "7")
        shown = caller.get("user/info", openid="oDEMO_1")
        assert (shown["subscribe"], shown["qr_scene"], shown["subscribe_scene"]) == (
            1,
            7,
            "ADD_SCENE_QR_CODE",
        )
        assert "nickname" not in shown
        sandbox.unfollow(appid, "oDEMO_1")
        assert caller.get("user/info", openid="oDEMO_1")["subscribe"] == 0
        assert caller.get("user/info", openid="oDEMO_9")["errcode"] == 40003

    def test_at_most_a_hundred_are_asked_at_once(
        self, sandbox: RunningSandbox, appid: str, caller: Caller
    ) -> None:
        sandbox.follow(appid, "oDEMO_1", "notice")
        one = {"openid": "oDEMO_1"}
        found = caller.json("user/info/batchget", user_list=[one] * 100)["user_info_list"]
        assert (len(found), found[0]["qr_scene_str"]) == (100, "notice")
        assert caller.json("user/info/batchget", user_list=[one] * 101)["errcode"] == 40032


class TestTags:
    def test_a_tag_is_made_renamed_counted_and_removed(
        self, sandbox: RunningSandbox, appid: str, caller: Caller
    ) -> None:
        sandbox.follow(appid, "oDEMO_1")
        number = tag(caller)
        assert caller.json("tags/members/batchtagging", openid_list=["oDEMO_1"], tagid=number)["errcode"] == 0
        assert caller.json("tags/update", tag={"id": number, "name": "中南街道"})["errcode"] == 0
        assert {"id": number, "name": "中南街道", "count": 1} in caller.get("tags/get")["tags"]
        assert caller.json("user/tag/get", tagid=number)["data"]["openid"] == ["oDEMO_1"]
        assert caller.json("tags/getidlist", openid="oDEMO_1") == {"tagid_list": [number]}
        assert (
            caller.json("tags/members/batchuntagging", openid_list=["oDEMO_1"], tagid=number)["errcode"] == 0
        )
        assert caller.json("user/tag/get", tagid=number) == {"count": 0}
        caller.json("tags/members/batchtagging", openid_list=["oDEMO_1"], tagid=number)
        assert caller.json("tags/delete", tag={"id": number})["errcode"] == 0
        assert caller.json("tags/getidlist", openid="oDEMO_1") == {"tagid_list": []}

    @pytest.mark.parametrize(
        ("name", "code"), [("", 45157), ("街" * 11, 45158), ("星标组", 45157), (5, 45157)]
    )
    def test_a_bad_name_is_refused(self, caller: Caller, name: Any, code: int) -> None:
        assert caller.json("tags/create", tag={"name": name})["errcode"] == code

    def test_a_name_counts_once_and_at_its_limit(self, caller: Caller) -> None:
        assert tag(caller, "街" * 10)
        assert caller.json("tags/create", tag={"name": "街" * 10})["errcode"] == 45157

    def test_there_are_a_hundred_tags(self, caller: Caller) -> None:
        codes = [caller.json("tags/create", tag={"name": f"标签{n}"}).get("errcode", 0) for n in range(101)]
        assert codes == [0] * 100 + [45056]

    @pytest.mark.parametrize("number", [0, 1, 2])
    def test_reserved_tags_cannot_be_changed(self, caller: Caller, number: int) -> None:
        assert caller.json("tags/delete", tag={"id": number})["errcode"] == 45058
        assert caller.json("tags/update", tag={"id": number, "name": "甲"})["errcode"] == 45058

    def test_a_follower_carries_twenty_tags(
        self, sandbox: RunningSandbox, appid: str, caller: Caller
    ) -> None:
        sandbox.follow(appid, "oDEMO_1")
        codes = [
            caller.json("tags/members/batchtagging", openid_list=["oDEMO_1"], tagid=tag(caller, f"标签{n}"))
            for n in range(21)
        ]
        assert [answer["errcode"] for answer in codes] == [0] * 20 + [45059]

    def test_tagging_takes_fifty_known_followers_or_nobody(
        self, sandbox: RunningSandbox, appid: str, caller: Caller
    ) -> None:
        sandbox.follow(appid, "oDEMO_1")
        number = tag(caller)

        def code(openids: list[str], tagid: int = number) -> int:
            answer = caller.json("tags/members/batchtagging", openid_list=openids, tagid=tagid)
            return int(answer["errcode"])

        assert code(["oDEMO_1"] * 51) == 40032
        assert code([]) == 40032
        assert code(["oDEMO_1", "stranger"]) == 40003
        assert code(["oDEMO_1"], 999) == 45159
        assert caller.json("tags/getidlist", openid="oDEMO_1") == {"tagid_list": []}

    def test_tagging_at_the_same_time_is_refused(
        self, sandbox: RunningSandbox, appid: str, caller: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("channels.sandbox.wechat.api.TAGGING_SECONDS", 0.5)
        sandbox.follow(appid, "oDEMO_1")
        number, codes, start = tag(caller), [], threading.Barrier(4)

        def mark() -> None:
            start.wait(5)
            answer = caller.json("tags/members/batchtagging", openid_list=["oDEMO_1"], tagid=number)
            codes.append(answer["errcode"])

        threads = [threading.Thread(target=mark) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert 0 in codes
        assert 45159 in codes


CLICK = {"type": "click", "name": "办事", "key": "SERVICE"}


class TestMenu:
    def test_a_menu_is_kept_read_back_and_removed(self, caller: Caller) -> None:
        assert caller.get("menu/get")["errcode"] == 46003
        assert caller.get("get_current_selfmenu_info")["is_menu_open"] == 0
        view = {"type": "view", "name": "门户网", "url": "https://portal.example/"}
        assert (
            caller.json("menu/create", button=[CLICK, {"name": "街道", "sub_button": [view]}])["errcode"] == 0
        )
        first, second = caller.get("menu/get")["menu"]["button"]
        assert first == {**CLICK, "sub_button": []}
        assert second == {"name": "街道", "sub_button": [{**view, "sub_button": []}]}
        current = caller.get("get_current_selfmenu_info")
        assert current["is_menu_open"] == 1
        assert current["selfmenu_info"]["button"][1] == {"name": "街道", "sub_button": {"list": [view]}}
        assert caller.get("menu/delete")["errcode"] == 0
        assert caller.get("menu/get")["errcode"] == 46003

    @pytest.mark.parametrize(
        ("buttons", "code"),
        [
            ([], 40016),
            ([CLICK] * 4, 40016),
            ([{**CLICK, "name": "城中区办事"[:5] + "啊"}], 40018),
            ([{**CLICK, "name": ""}], 40018),
            ([{**CLICK, "key": "k" * 129}], 40019),
            ([{"type": "view", "name": "甲", "url": "http://x.example/" + "a" * 1010}], 40020),
            ([{"type": "view", "name": "甲", "url": "portal.example"}], 40055),
            ([{**CLICK, "type": "dance"}], 40017),
            ([{"name": "甲", "sub_button": [CLICK] * 6}], 40023),
            ([{"name": "甲", "sub_button": [{**CLICK, "name": "字" * 21}]}], 40025),
            ([{"name": "甲", "sub_button": [{**CLICK, "key": ""}]}], 40026),
            ([{"name": "甲", "sub_button": [{"name": "乙", "sub_button": [CLICK]}]}], 40022),
            ([5], 47001),
        ],
    )
    def test_what_the_platform_refuses_is_refused(
        self, caller: Caller, buttons: list[Any], code: int
    ) -> None:
        assert caller.json("menu/create", button=buttons)["errcode"] == code

    def test_names_are_counted_in_bytes(self, caller: Caller) -> None:
        subs = [{**CLICK, "name": "字" * 20}] * 5
        top = {"name": "字" * 5, "sub_button": subs}
        assert caller.json("menu/create", button=[top] * 3)["errcode"] == 0

    def test_links_lead_to_three_foreign_domains_at_most(self, caller: Caller) -> None:
        hosts = ("a.example", "b.example", "c.example", "mp.weixin.qq.com", "d.example")
        views = [{"type": "view", "name": "甲", "url": f"https://{host}/"} for host in hosts]
        assert caller.json("menu/create", button=[{"name": "甲", "sub_button": views[:4]}])["errcode"] == 0
        assert caller.json("menu/create", button=[{"name": "甲", "sub_button": views}])["errcode"] == 65316

    def test_replies_of_the_back_office_can_be_imported(self, caller: Caller) -> None:
        found = caller.get("get_current_autoreply_info")
        assert found["add_friend_autoreply_info"]["type"] == "text"
        assert found["keyword_autoreply_info"]["list"][0]["keyword_list_info"][0]["content"] == "办事"


class TestQrCodes:
    @pytest.fixture
    def service(self, sandbox: RunningSandbox, appid: str) -> Caller:
        sandbox.set_account(appid, kind="service")
        return Caller(sandbox, appid)

    @pytest.mark.parametrize(
        ("action", "scene"),
        [
            ("QR_SCENE", {"scene_id": 4_000_000_000}),
            ("QR_STR_SCENE", {"scene_str": "通知" * 32}),
            ("QR_LIMIT_SCENE", {"scene_id": 100_000}),
            ("QR_LIMIT_STR_SCENE", {"scene_str": "a"}),
        ],
    )
    def test_a_code_has_a_picture(
        self, sandbox: RunningSandbox, service: Caller, action: str, scene: dict[str, Any]
    ) -> None:
        made = service.json("qrcode/create", action_name=action, action_info={"scene": scene})
        assert ("expire_seconds" in made) == ("LIMIT" not in action)
        status, picture = http(f"{sandbox.url}/cgi-bin/showqrcode?ticket={made['ticket']}")
        assert (status, picture[:4]) == (200, b"\x89PNG")
        assert http(f"{sandbox.url}/cgi-bin/showqrcode?ticket=none")[0] == 404

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ({"action_name": "QR"}, 40099),
            ({"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "a" * 65}}}, 40053),
            ({"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": ""}}}, 40053),
            ({"action_name": "QR_LIMIT_SCENE", "action_info": {"scene": {"scene_id": 100_001}}}, 40053),
            ({"action_name": "QR_SCENE", "action_info": {"scene": {"scene_id": 0}}}, 40053),
            (
                {
                    "action_name": "QR_SCENE",
                    "action_info": {"scene": {"scene_id": 1}},
                    "expire_seconds": 2_592_001,
                },
                40052,
            ),
        ],
    )
    def test_scenes_and_times_have_limits(self, service: Caller, body: dict[str, Any], code: int) -> None:
        assert service.json("qrcode/create", **body)["errcode"] == code

    def test_a_temporary_code_ends(self, sandbox: RunningSandbox, service: Caller) -> None:
        body = {"action_name": "QR_SCENE", "action_info": {"scene": {"scene_id": 1}}, "expire_seconds": 60}
        ticket = service.json("qrcode/create", **body)["ticket"]
        sandbox.advance(61)
        assert http(f"{sandbox.url}/cgi-bin/showqrcode?ticket={ticket}")[0] == 404

    def test_only_a_verified_service_account_makes_them(
        self, sandbox: RunningSandbox, appid: str, caller: Caller
    ) -> None:
        assert caller.json("qrcode/create", action_name="QR_SCENE")["errcode"] == 48001
        sandbox.set_account(appid, kind="service", verified=False)
        assert caller.json("qrcode/create", action_name="QR_SCENE")["errcode"] == 48001


def test_a_call_is_made_the_way_the_platform_has_it(caller: Caller) -> None:
    assert caller.json("tags/get")["errcode"] == 43001
    assert caller.get("tags/create")["errcode"] == 43002
    assert caller.json("no/such")["errcode"] == 40066
