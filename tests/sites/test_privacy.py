"""Personal numbers are found before anything is published; numbers of offices are left alone. All numbers are made up."""

from __future__ import annotations

import pytest

from sites.enquiries import privacy

IDENTITY = "110101190001010008"
"""A made-up number: valid by its check digit, of a day in 1900."""


def valid(body: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(body, privacy.WEIGHTS, strict=True))
    return body + privacy.CHECK[total % 11]


NUMBER = valid("45020219000101000")


@pytest.mark.parametrize(
    "text",
    [
        "请致电13800000000",
        "电话：138 0000 0000。",
        "+86 138-0000-0000",
        "１３８００００００００",
        f"证号{NUMBER}，谢谢",
        f"{NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]}",
        "450202000101001",
    ],
)
def test_personal_numbers_are_found_however_they_are_written(text: str) -> None:
    (found,) = privacy.find(text)
    assert "*" in found.masked
    assert privacy.find(privacy.mask(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "办公电话0772-0000000",
        "热线12345、12333",
        "统一社会信用代码11450202007280420Y",
        f"{NUMBER[:-1]}{'0' if NUMBER[-1] != '0' else '1'}",
        "20261120-153000",
        "索引号000014349/2017-00110",
        "收费128元，2026年11月20日至2026年12月20日",
        "",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert privacy.find(text) == []
    assert privacy.mask(text) == text
