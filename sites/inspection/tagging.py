"""What is wrong with a public page's tags and footer, read from the page as it is sent. Pure.

The tags are those of the annex of 国办发〔2017〕47号: three on every page, four more on a list, three more on an item.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from bs4 import BeautifulSoup, Tag

from sites.colophon import MARK_HOSTS

SITE_TAGS = ("SiteName", "SiteDomain", "SiteIDCode")
COLUMN_TAGS = ("ColumnName", "ColumnDescription", "ColumnKeywords", "ColumnType")
ITEM_TAGS = ("ArticleTitle", "PubDate", "ContentSource")
UNSET_CODE = re.compile(r"0{10}")
PUB_DATE = re.compile(r"\d{4}-\d{2}-\d{2} ([01]\d|2[0-3]):[0-5]\d")
SCHEME = re.compile(r"^https?://", re.IGNORECASE)


class PageKind(StrEnum):
    HOME = "home"
    COLUMN = "column"
    ITEM = "item"

    @property
    def required(self) -> tuple[str, ...]:
        return {
            PageKind.HOME: SITE_TAGS,
            PageKind.COLUMN: SITE_TAGS + COLUMN_TAGS,
            PageKind.ITEM: SITE_TAGS + COLUMN_TAGS + ITEM_TAGS,
        }[self]


def faults(html: bytes, kind: PageKind) -> tuple[str, ...]:
    """One short sentence for each tag that a checker would count."""
    soup = BeautifulSoup(html, "html.parser")
    found = {str(tag["name"]): str(tag.get("content", "")).strip() for tag in soup.select("meta[name]")}
    said = [problem for name in kind.required if (problem := _problem(name, found.get(name)))]
    if kind is PageKind.ITEM and not said and found["PubDate"] not in soup.get_text(" "):
        said.append("页面上的发布时间与 PubDate 不一致")
    return tuple(said)


def item_links(html: bytes, columns: tuple[str, ...]) -> list[str]:
    """Addresses on a page that lie one step below one of `columns`: items in their order."""
    soup = BeautifulSoup(html, "html.parser")
    hrefs = dict.fromkeys(str(tag["href"]) for tag in soup.select("main a[href]"))
    return [href for href in hrefs if any(_is_below(href, column) for column in columns)]


def footer(html: bytes, values: Mapping[str, str]) -> dict[str, str]:
    """Each element of a footer and what is wrong with it. `values`: what the site's settings say, by element."""
    soup = BeautifulSoup(html, "html.parser")
    foot = soup.select_one("footer")
    text = foot.get_text(" ") if foot else ""
    links = foot.find_all("a") if foot else []
    said = {
        "党政机关网站标识": "" if any(_leads_to_conac(tag) for tag in links) else "没有设置",
        "“我为政府网站找错”入口": "" if _has_link(links, "找错") else "没有设置",
    }
    for element, value in values.items():
        said[element] = "没有设置" if not value else "" if value in text else "已设置，但页脚没有显示"
    said["网站地图"] = "" if _has_link(links, "地图") else "页脚没有网站地图"
    return said


def _problem(name: str, value: str | None) -> str:
    if value is None:
        return f"缺少 {name}"
    if not value or value.lower() in {"null", "none", "undefined"}:
        return f"{name} 为空"
    if "<" in value or ">" in value:
        return f"{name} 含有网页代码"
    if name == "SiteIDCode" and UNSET_CODE.fullmatch(value):
        return "SiteIDCode 未设置"
    if name == "SiteDomain" and SCHEME.match(value):
        return "SiteDomain 不应带 http://"
    if name == "PubDate" and not PUB_DATE.fullmatch(value):
        return "PubDate 格式不是 YYYY-MM-DD HH:MM"
    return ""


def _is_below(href: str, column: str) -> bool:
    path = href.removeprefix(column) if href.startswith(column) else ""
    return bool(re.fullmatch(r"[^/?#]+/", path))


def _has_link(links: list[Tag], word: str) -> bool:
    return any(word in tag.get_text() or word in str(tag.get("title", "")) for tag in links)


def _leads_to_conac(tag: Tag) -> bool:
    return any(host in str(tag.get("href", "")) for host in MARK_HOSTS)
