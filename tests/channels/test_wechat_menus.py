"""The platform's limits on a menu, counted as it counts them, and its several shapes read as one."""

from __future__ import annotations

import pytest

from channels.adapters.wechat_mp.api.menus import Button, Kind, differences, problems, shown

VIEW = Kind.VIEW
URL = "https://hub.example/"


def button(name: str = "通知", **changes: object) -> Button:
    return Button(**{"name": name, "kind": VIEW, "value": URL, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "buttons",
    [
        [button("五个汉字名")],
        [button("a" * 16)],
        [button("上", kind=None, value="", below=(button("二" * 20), *([button()] * 4)))],
        [button(kind=Kind.CLICK, value="k" * 128), button(kind=Kind.ARTICLE, value="id")],
        [button(value=f"https://a{n}.example/") for n in range(3)],
        [button(value="https://hub.example/" + "x" * (1024 - 20))],
    ],
)
def test_what_fits_has_no_problem(buttons: list[Button]) -> None:
    assert problems(buttons) == []


@pytest.mark.parametrize(
    ("buttons", "word"),
    [
        ([], "菜单是空的"),
        ([button()] * 4, "一级菜单最多 3 个"),
        ([button("六个汉字名称")], "占 18 字节，超过 16 字节"),
        ([button("")], "没有名称"),
        ([button("上", kind=None, value="", below=(button("二" * 21),))], "占 63 字节，超过 60 字节"),
        ([button("上", kind=None, value="", below=(button(),) * 6)], "超过 5 个"),
        ([button("上", kind=None, value="")], "没有填写内容"),
        ([button(kind=Kind.CLICK, value="k" * 129)], "超过 128 字节"),
        ([button(value="https://hub.example/" + "x" * 1024)], "超过 1024 字节"),
        ([button(value="hub.example")], "网址不正确"),
        ([button(value="javascript:alert(1)")], "网址不正确"),
        ([button(value="https://[")], "网址不正确"),
        (
            [
                button(
                    "上",
                    kind=None,
                    value="",
                    below=tuple(button(value=f"https://a{n}.example/") for n in range(4)),
                )
            ],
            "超过 3 个域名",
        ),
    ],
)
def test_what_does_not_fit_is_said_in_words(buttons: list[Button], word: str) -> None:
    (found,) = problems(buttons)
    assert word in found


def test_a_menu_of_the_console_is_read_with_what_it_cannot_bring() -> None:
    seen = shown(
        [
            {"name": "通知", "sub_button": {"list": [{"type": "view", "name": "网站", "url": URL}]}},
            {"type": "click", "name": "街道", "key": "interest"},
            {"type": "img", "name": "图片", "value": "media"},
            {"name": "更多", "sub_button": {"list": [{"type": "text", "name": "电话", "value": "1"}]}},
        ]
    )

    assert seen.buttons[:2] == (
        Button("通知", below=(Button("网站", VIEW, URL),)),
        Button("街道", Kind.CLICK, "interest"),
    )
    assert set(seen.strange) >= {"图片", "电话"}


def test_buttons_survive_their_document() -> None:
    whole = Button("通知", below=(button("网站"), Button("文章", Kind.ARTICLE, "id")))

    assert Button.read(whole.to_json()) == whole


@pytest.mark.parametrize(
    ("seen", "word"),
    [
        ([], "应有 1 个菜单"),
        ([Button("上", below=(button("网"),))], "“上”下：“网站”在微信上是“网”"),
        (
            [Button("上", below=(button("网站", value="https://x.example/"),))],
            "“上”下：“网站”在微信上的内容不同",
        ),
    ],
)
def test_differences_are_named(seen: list[Button], word: str) -> None:
    assert word in differences([Button("上", below=(button("网站"),))], seen)[0]
