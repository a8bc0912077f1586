"""The page tags of 《政府网站发展指引》 (国办发〔2017〕47号): three on every page, seven on a list, ten and more on an item.

Made in one place and never empty: what is not set is visibly a placeholder, an optional tag without a value is left out.
`{% page_head %}` in base.html calls `tags_of` and `social_tags` for every page, so that no view can forget them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.html import strip_tags

from channels.edition import Edition
from channels.formats import extracts
from cms.models import Column
from sites.frame import ColumnLink, Frame

Tag = tuple[str, str]
UNSET_CODE = "0000000000"
"""网站标识码 of a site that has none yet; no real code looks like it."""
ROBOTS = "robots"
DESCRIPTION_CHARS = 120
NOTHING = {"", "null", "none", "undefined", "nan"}
"""What tag checkers find in place of a value."""


def tags_of(
    frame: Frame | None,
    column: ColumnLink | None = None,
    edition: Edition | None = None,
    given: Iterable[Tag] = (),
    description: str = "",
) -> list[Tag]:
    """All named tags of a page, each once: what its view gave goes before what every page of its kind has."""
    usual = [*(site_tags(frame) if frame else ())]
    if frame and column:
        usual += column_tags(frame, column)
    elif frame and edition:
        usual += uncollected_tags(frame, edition)
    if edition:
        usual += item_tags(edition)
    usual.append(("Description", description))
    named: dict[str, str] = {}
    for name, value in [*given, *usual]:
        if tidied := tidy(value):
            named.setdefault(name, tidied)
    return list(named.items())


def site_tags(frame: Frame) -> list[Tag]:
    return [
        ("SiteName", frame.home.full_name),
        ("SiteDomain", frame.domain),
        ("SiteIDCode", frame.home.site_id_code or UNSET_CODE),
    ]


def column_tags(frame: Frame, column: ColumnLink, names: list[str] | None = None) -> list[Tag]:
    """`names`: the district columns that it collects; they and the title are its keywords."""
    keywords = dict.fromkeys([column.title, *(names or ())])
    return [
        ("ColumnName", column.title),
        ("ColumnDescription", column.page.description or f"{frame.home.full_name}“{column.title}”栏目"),
        ("ColumnKeywords", ",".join(keywords)),
        ("ColumnType", column.page.column_type),
    ]


def uncollected_tags(frame: Frame, edition: Edition) -> list[Tag]:
    """Of an item whose column has no page at this site: the district's column speaks."""
    name = edition.column.name if edition.column else "其他信息"
    return [
        ("ColumnName", name),
        ("ColumnDescription", f"{frame.home.full_name}“{name}”信息"),
        ("ColumnKeywords", name),
        ("ColumnType", "工作动态"),
    ]


def item_tags(edition: Edition) -> list[Tag]:
    cover = picture_url(edition)
    optional = [
        ("Keywords", ",".join(edition.keywords)),
        ("Author", edition.by or edition.editor),
        ("Description", shortened(extracts.opening(edition))),
        ("Image", cover),
        ("Url", edition.canonical_url),
    ]
    return [
        ("ArticleTitle", edition.headline),
        ("PubDate", pub_date(edition)),
        ("ContentSource", edition.source or edition.issuer.name),
        *((name, value) for name, value in optional if value),
        ("tongsheng:item", edition.uri),
        ("tongsheng:version", str(edition.version)),
    ]


def social_tags(
    frame: Frame | None, title: str, url: str, description: str, edition: Edition | None = None
) -> list[Tag]:
    """What chat programs show of a shared link: Open Graph, and the few names that only Twitter's cards have."""

    def tags() -> Iterator[Tag]:
        picture = picture_url(edition) if edition else ""
        yield "og:type", "article" if edition else "website"
        yield "og:locale", "zh_CN"
        yield "og:site_name", frame.home.full_name if frame else ""
        yield "og:title", edition.headline if edition else title
        yield "og:url", url
        yield "og:description", description
        yield "og:image", picture
        if edition:
            yield "article:published_time", moment(edition.first_created)
            yield "article:modified_time", moment(edition.version_created)
        yield "twitter:card", "summary_large_image" if picture else "summary"

    return [(name, tidied) for name, value in tags() if (tidied := tidy(value))]


def describe(frame: Frame | None, column: ColumnLink | None, edition: Edition | None) -> str:
    """What a search engine says below the title; empty for a hub without a site."""
    if edition:
        return shortened(extracts.opening(edition))
    if frame is None:
        return ""
    if column:
        return column.page.description or f"{frame.home.full_name}“{column.title}”栏目的最新信息"
    slogan = f"，{frame.home.slogan}" if frame.home.slogan else ""
    return f"{frame.home.full_name}{slogan}：政务动态、通知公告、便民信息和办事服务"


def tidy(value: str) -> str:
    """On one line and without markup; empty for what only looks like a value."""
    text = " ".join(strip_tags(value).split())
    return "" if text.lower() in NOTHING else text


def shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= DESCRIPTION_CHARS else f"{text[: DESCRIPTION_CHARS - 1]}…"


def pub_date(edition: Edition) -> str:
    """First publication, local, as the rule wants it: `YYYY-MM-DD HH:MM`."""
    return timezone.localtime(edition.first_created).strftime("%Y-%m-%d %H:%M")


def moment(value: datetime) -> str:
    """As programs want it: RFC 3339 in local time, to the second."""
    return timezone.localtime(value).isoformat(timespec="seconds")


def picture_url(edition: Edition) -> str:
    """Absolute address of the cover, or of the first picture; empty for none."""
    picture = edition.cover.asset if edition.cover else None
    picture = picture or next((asset for asset in edition.assets if asset.is_image), None)
    return f"{settings.PUBLIC_URL}/{picture.path}" if picture else ""


def column_names(column: ColumnLink) -> list[str]:
    return list(Column.objects.filter(code__in=column.codes).values_list("name", flat=True))
