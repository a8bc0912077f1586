"""Rendering one WeChat article against BeautifulSoup(lxml) that applies the same rules to the same text."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import Any

import lxml.html
from bs4 import BeautifulSoup, Tag

from benchmarks.ground import paired, report, timed
from channels.adapters.wechat_mp.article.blocks import PHONE_COLUMNS, STYLES
from channels.adapters.wechat_mp.article.links import INLINE_TAGS, LINKABLE_HOSTS, Policy
from channels.adapters.wechat_mp.article.render import Style, render
from channels.edition import (
    Asset,
    Block,
    Edition,
    Heading,
    Image,
    ItemList,
    ItemType,
    Organisation,
    Paragraph,
    Quote,
    Table,
)

GOAL = 0.15
ROUNDS = 30
REPEATS = 20
WORDS = "因管网检修，文昌路片区将于本周三停水，请居民提前做好储水准备，恢复供水后先放水再使用。"
TAGS = INLINE_TAGS | {
    "section", "p", "h2", "h3", "h4", "blockquote", "ul", "ol", "li", "table", "tbody", "tr", "th", "td", "img",
}  # fmt: skip
ATTRIBUTES = {"class", "src", "alt", "href"}


def sample() -> Edition:
    """2,000 characters in 24 paragraphs, 10 pictures, a narrow and a wide table, 8 links."""
    body: list[Block] = []
    for number in range(24):
        link = f'<a href="https://www.example/{number}?a=1&amp;b=2">详情</a>' if number % 3 == 0 else ""
        body.append(Paragraph(html=f"{WORDS}<strong>第{number}条</strong>：{WORDS[:35]}{link}。"))
        if number % 8 == 0:
            body.append(Heading(text=f"{number // 8 + 1}、安排"))
        if number % 5 < 2:
            body.append(Image(asset=_asset(number), alt=f"示意图{number}", caption=f"图{number} 停水范围"))
    rows = tuple(tuple(f"第{r}行{c}列" for c in range(4)) for r in range(8))
    wide = tuple(tuple(f"第{r}行{c}列" if c != 4 else "" for c in range(7)) for r in range(6))
    body += [
        Table(rows=rows, caption="停水时间"),
        Table(rows=wide, caption="联系方式"),
        ItemList(items=("储水", "<b>关</b>总阀", "放水"), ordered=True),
        Quote(text="请互相转告。", attribution="供水公司"),
    ]
    signed = datetime(2026, 11, 23, tzinfo=UTC)
    return Edition(
        uri="urn:uuid:7f0c1a52-3a54-4d0e-9f5c-0c6a1d2e3f40",
        version=1,
        type=ItemType.NOTICE,
        slug="20261123-a",
        headline="停水通知",
        summary="文昌路片区停水。",
        canonical_url="http://hub.example/a/",
        permalink="http://hub.example/i/a/",
        issuer=Organisation(code="a", name="城中街道办事处"),
        source="融媒体中心",
        by="甲",
        editor="乙",
        first_created=signed,
        version_created=signed,
        body=tuple(body),
    )


def _asset(number: int) -> Asset:
    return Asset(
        sha256=f"{number:064x}",
        content_type="image/jpeg",
        name=f"{number}.jpg",
        size=1,
        width=900,
        height=600,
    )


def by_soup(edition: Edition) -> str:
    """The same article: unstyled HTML, parsed, cleaned, its links rewritten, its styles written into it."""
    soup = BeautifulSoup(
        "".join(["<section class=article>", *map(_unstyled, edition.body), "</section>"]), "lxml"
    )
    article: Any = soup.section
    _whitelist(article)
    numbers = _footnotes(soup, article)
    for table in article.find_all("table"):
        if any(len(row.find_all(["td", "th"])) > PHONE_COLUMNS for row in table.find_all("tr")):
            _cards(soup, table)
    article.append(BeautifulSoup(_closing(edition, numbers), "lxml").section)
    for tag in [article, *article.find_all(class_=True)]:
        tag["style"] = STYLES[tag["class"][0]]
        del tag["class"]
    return str(article)


def _unstyled(block: Block) -> str:
    match block:
        case Paragraph():
            return f"<p class=paragraph>{block.html}</p>"
        case Heading():
            return f"<h{block.level} class=heading>{escape(block.text)}</h{block.level}>"
        case Image():
            picture = f'<img class=image src="asset:{block.asset.sha256}" alt="{escape(block.alt)}">'
            return f"<section class=figure>{picture}<p class=caption>{escape(block.caption)}</p></section>"
        case Table():
            rows = "".join(
                "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag.split()[0]}>" for cell in row) + "</tr>"
                for row, tag in zip(
                    block.rows, ["th class=head", *["td class=cell"] * len(block.rows)], strict=False
                )
            )
            grid = f"<table class=table><tbody>{rows}</tbody></table>"
            return f"<section class=figure><p class=caption>{escape(block.caption)}</p>{grid}</section>"
        case ItemList():
            return f"<ol class=list>{''.join(f'<li>{item}</li>' for item in block.items)}</ol>"
        case Quote():
            by = f"<p class=byline>——{escape(block.attribution)}</p>"
            return f"<blockquote class=quote>{escape(block.text)}{by}</blockquote>"
    raise AssertionError(block)


def _whitelist(article: Tag) -> None:
    for tag in article.find_all(True):
        if tag.name not in TAGS:
            tag.unwrap()
        for name in list(tag.attrs):
            if name not in ATTRIBUTES:
                del tag[name]


def _footnotes(soup: BeautifulSoup, article: Tag) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for link in article.find_all("a"):
        url = str(link.get("href", ""))
        if url.split("/")[2] in LINKABLE_HOSTS:
            continue
        mark = soup.new_tag("sup")
        mark.string = f"[{numbers.setdefault(url, len(numbers) + 1)}]"
        link.append(mark)
        link.unwrap()
    return numbers


def _cards(soup: BeautifulSoup, table: Tag) -> None:
    names, *rows = [[cell.get_text() for cell in row.find_all(["td", "th"])] for row in table.find_all("tr")]
    figure: Any = table.parent
    for row in rows:
        card = soup.new_tag("section", attrs={"class": ["card"]})
        for name, text in zip(names, row, strict=True):
            if text:
                if card.contents:
                    card.append(soup.new_tag("br"))
                strong = soup.new_tag("strong")
                strong.string = name
                card.extend([strong, f"：{text}"])
        figure.insert_before(card)
    first = figure.find_previous_siblings("section", class_="card")[len(rows) - 1]
    first.insert_before(figure.p.extract())
    figure.decompose()


def _closing(edition: Edition, numbers: dict[str, int]) -> str:
    lines = [f"[{number}] {escape(url)}" for url, number in numbers.items()]
    lines = [f"<p class=address>{line}</p>" for line in lines]
    names = [f"来源：{edition.source}", f"作者：{edition.by}", f"编辑：{edition.editor}"]
    names.append(f"发布单位：{edition.issuer.name}")
    lines += [f"<p class=line>{name}</p>" for name in names]
    return f"<section class=closing>{''.join(lines)}</section>"


def tree(html: str) -> object:
    """The article as nested tuples: elements, attributes and text, whatever the spelling."""
    return _node(lxml.html.fragment_fromstring(html))


def _node(element: Any) -> object:
    text, tail = element.text or "", element.tail or ""
    return element.tag, sorted(element.attrib.items()), text, tail, [_node(child) for child in element]


def main() -> None:
    edition, style = sample(), Style(links=Policy.FOOTNOTE)
    ours = str(render(edition, style).payload["content"])
    assert tree(ours) == tree(by_soup(edition)), "the two do not apply the same rules"
    subject, other, ratio = paired(
        lambda: timed(lambda: [render(edition, style) for _ in range(REPEATS)]) / REPEATS,
        lambda: timed(lambda: by_soup(edition)),
        rounds=ROUNDS,
    )
    report("rendering one WeChat article / BeautifulSoup(lxml)", subject, other, ratio, GOAL)


if __name__ == "__main__":
    main()
