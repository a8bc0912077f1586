"""A WeChat article on a narrow phone, at the usual size and in large print: nothing sticks out, nothing overlaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from channels.adapters.wechat_mp.article.links import Policy
from channels.adapters.wechat_mp.article.render import Style, render
from channels.edition import Attachment, Block, Heading, Image, ItemList, Paragraph, Quote, Table
from tests.channels.stage import picture, sample

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

WIDTH, PADDING = 390, 16
ADDRESS = "https://www.example/" + "abcdefghij" * 25
ARABIC = "\u0645\u0631\u062d\u0628\u0627 \u0628\u0643\u0645 \u0641\u064a \u0627\u0644\u0645\u062f\u064a\u0646\u0629"
BODY: tuple[Block, ...] = (
    Heading(text="一、Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"),
    Paragraph(html=f'{ADDRESS}，<a href="{ADDRESS}">点此</a>。' + "停水范围包括文昌路东段。" * 6),
    Image(asset=picture(1), alt="图", caption="说明，" * 20),
    Table(
        rows=(
            ("路段名称", "停水时间", "联系电话", "备注"),
            ("文昌路东段", "8时至18时", "0000-0000000", ADDRESS),
        )
    ),
    Table(
        rows=(tuple(f"项目{n}" for n in range(40)), tuple(ADDRESS if n == 3 else f"值{n}" for n in range(40)))
    ),
    ItemList(items=("申请<br>· 身份证", ADDRESS), ordered=True),
    Quote(text="请互相转告。" * 10, attribution="供水公司"),
    Paragraph(html=f"{ARABIC} 2026。" * 6),
    Attachment(asset=picture(2), title="很长的附件名称" * 10 + ADDRESS),
)
# A picture of our own name has no pixels here: give it the width of a camera's.
WIDE = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='3000' height='400'/%3E"
OUTSIDE = """([width, padding]) => [...document.querySelectorAll('article *')].filter(e => {
  const box = e.getBoundingClientRect();
  return box.left < padding - 1 || box.right > width - padding + 1;
}).map(e => e.outerHTML.slice(0, 80))"""
OVERLAPS = """() => [...document.querySelectorAll('article *')].filter(e => {
  const before = e.previousElementSibling;
  if (!before || [e, before].some(x => getComputedStyle(x).display === 'inline')) return false;
  const [a, b] = [before.getBoundingClientRect(), e.getBoundingClientRect()];
  return b.top < a.bottom - 1 && b.left < a.right - 1 && a.left < b.right - 1;
}).map(e => e.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize("size", [17, 17 * 1.4])
@pytest.mark.parametrize("links", [Policy.FOOTNOTE, Policy.QR])
def test_an_article_fits_a_phone_in_any_size_of_print(browser: Browser, links: Policy, size: float) -> None:
    html = str(render(sample(body=BODY, origin_url=ADDRESS), Style(links=links)).payload["content"])
    html = html.replace('src="asset:', f'src="{WIDE}" title="').replace('src="qr:', f'src="{WIDE}" title="')
    page = browser.new_page(viewport={"width": WIDTH, "height": 844})
    page.set_content(
        f"<style>body{{margin:0;font:{size}px sans-serif}}article{{padding:{PADDING}px}}</style><article>{html}</article>"
    )
    assert page.evaluate(OUTSIDE, [WIDTH, PADDING]) == []
    assert page.evaluate(OVERLAPS) == []
    page.close()
