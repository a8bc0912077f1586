"""Where the name of a site may break."""

from __future__ import annotations

import pytest

from sites.templatetags.site_name import phrased


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("柳州市城中区人民政府门户网站", ["柳州市", "城中区", "人民政府", "门户网站"]),
        ("柳州市城中区潭中街道办事处", ["柳州市", "城中区", "潭中街道", "办事处"]),
        ("城中新华网", ["城中新华网"]),
        ("某区<b>", ["某区", "&lt;b&gt;"]),
        ("某区", ["某区"]),
    ],
)
def test_a_name_breaks_between_its_parts(name: str, parts: list[str]) -> None:
    assert phrased(name).split("<wbr>") == parts
