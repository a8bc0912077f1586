"""dedecms, phpcms, empirecms: the rules on their pages, read as these systems read them, through an item's life."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.feedcheck.legacy import collected, listed
from tests.samples.collectors import (
    Collector,
    Rules,
    between,
    dede_json,
    matched,
    page_of,
    pc_json,
    rules,
    template,
)
from tests.samples.hub import NAME, Desk, Hub
from tests.samples.using import DIRECT, SAMPLES, fetch, titles

ADDRESSES: dict[str, dict[str, str]] = {
    "utf-8": {},
    "gbk": {".legacy.rss": ".gbk.rss", ".list.html": ".list.gbk.html"},
}


def in_encoding(typed: Rules, encoding: str) -> Rules:
    """As the pages say for the GBK edition: another address, the same rules."""
    changed = dict(typed)
    for written, other in ADDRESSES[encoding].items():
        changed = {name: rule.replace(written, other) for name, rule in changed.items()}
    return changed


@dataclass(frozen=True)
class System:
    """`fields`: the names of title and text in its form; `links`: what it takes from the list."""

    name: str
    fields: tuple[str, str]
    links: Callable[[Rules, str], Iterator[str]]
    cut: Callable[[str, str], str]


def dede_links(typed: Rules, encoding: str) -> Iterator[str]:
    with DIRECT.open(typed["RSS网址"]) as answer:
        yield from (item.link for item in collected(answer.read()) if "#" not in item.link)


def phpcms_links(typed: Rules, encoding: str) -> Iterator[str]:
    page = page_of(typed["网址配置"], encoding)
    area = between(page, f"{typed['获取网址，从']}[内容]{typed['获取网址，到']}")
    assert area
    yield from (link for link, _ in listed(page))


def empire_links(typed: Rules, encoding: str) -> Iterator[str]:
    [area] = matched(page_of(typed["采集页面地址"], encoding), typed["信息链接区域正则"])
    yield from matched(area, typed["信息页链接正则"])


def empire_cut(page: str, rule: str) -> str:
    return matched(page, rule)[0]


SYSTEMS = [
    System("dedecms", ("文章标题", "文章内容"), dede_links, between),
    System("phpcms", ("标题", "内容"), phpcms_links, between),
    System("empirecms", ("标题正则", "新闻正文正则"), empire_links, empire_cut),
]


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
def test_a_collector_takes_each_item_once_and_whole(
    hub: Hub, desk: Desk, system: System, encoding: str
) -> None:
    typed = in_encoding(rules(system.name, hub.url), encoding)
    cut = {
        name: rule for name, rule in typed.items() if re.search(r"\[内容\]|\[!--(?!smallurl|newsurl)", rule)
    }
    collector = Collector(encoding, lambda: system.links(typed, encoding), system.cut)
    title, text = system.fields

    first = desk.sign("停水通知（文昌路片区）")
    desk.sign("A & B <市> 囍—€")
    found = {html.unescape(article[title]): article for article in collector.run(cut)}
    assert set(found) == {"停水通知（文昌路片区）", "A & B <市> 囍—€"}
    assert "A &amp; B &lt;市&gt;" in str(found)
    article = found["停水通知（文昌路片区）"]
    assert "活动现场<strong>热烈有序</strong>" in article[text]
    assert "查看原文" in article[text]
    assert len(article) == 5
    assert all(article.values())

    links = list(system.links(typed, encoding))
    corrected = desk.correct(first, "更正后的标题")
    assert collector.run(cut) == [], "a correction is no new article"
    [link] = [link for link in links if str(first.content_id) in link]
    assert system.cut(page_of(link, encoding), typed[title]) == "更正后的标题"

    desk.withdraw(corrected)
    assert link not in list(system.links(typed, encoding))
    assert fetch(link)[0] == 410

    desk.restore(corrected)
    assert collector.run(cut) == [], "what has come back has its old address"
    hub.stop()
    assert len(collector.articles) == 2


@pytest.mark.parametrize(("system", "shown"), [("dedecms", dede_json), ("phpcms", pc_json)])
def test_a_template_tag_shows_what_is_there_now(
    hub: Hub, desk: Desk, system: str, shown: Callable[[str], str]
) -> None:
    lines = template(system, hub.url)
    item = desk.sign('A & B <市> "引号"')
    assert titles(shown(lines)) == ['A & B <市> "引号"']
    assert item.canonical_url in shown(lines)
    corrected = desk.correct(item, "更正后的标题")
    assert titles(shown(lines)) == ["更正后的标题"]
    desk.withdraw(corrected)
    assert titles(shown(lines)) == []
    desk.restore(corrected)
    assert titles(shown(lines)) == ["更正后的标题"]


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
def test_the_page_names_the_address_for_the_gbk_edition(system: System) -> None:
    text = (SAMPLES / system.name / "README.md").read_text()
    assert any(f"/feeds/{NAME}{other}" in text for other in ADDRESSES["gbk"].values())
