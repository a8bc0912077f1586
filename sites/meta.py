"""The page tags of 《政府网站发展指引》 (国办发〔2017〕47号): three on every page, seven on a list, ten and more on an item.

Made in one place and never empty: what is not set is visibly a placeholder, an optional tag without a value is left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.utils import timezone

from channels.edition import Edition
from cms.models import Column
from sites.frame import ColumnLink, Frame

Tag = tuple[str, str]
UNSET_CODE = "0000000000"
"""网站标识码 of a site that has none yet; no real code looks like it."""


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


def item_tags(edition: Edition) -> list[Tag]:
    cover = picture_url(edition)
    optional = [
        ("Keywords", ",".join(edition.keywords)),
        ("Author", edition.by or edition.editor),
        ("Description", edition.summary),
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


def open_graph(edition: Edition, frame: Frame) -> list[Tag]:
    """What chat programs show of a shared link."""

    def tags() -> Iterator[Tag]:
        yield "og:type", "article"
        yield "og:locale", "zh_CN"
        yield "og:site_name", frame.home.full_name
        yield "og:title", edition.headline
        yield "og:url", edition.canonical_url
        yield "og:description", edition.summary
        yield "og:image", picture_url(edition)

    return [(name, value) for name, value in tags() if value]


def pub_date(edition: Edition) -> str:
    """First publication, local, as the rule wants it: `YYYY-MM-DD HH:MM`."""
    return timezone.localtime(edition.first_created).strftime("%Y-%m-%d %H:%M")


def picture_url(edition: Edition) -> str:
    """Absolute address of the cover, or of the first picture; empty for none."""
    picture = edition.cover.asset if edition.cover else None
    picture = picture or next((asset for asset in edition.assets if asset.is_image), None)
    return f"{settings.PUBLIC_URL}/{picture.path}" if picture else ""


def column_names(column: ColumnLink) -> list[str]:
    return list(Column.objects.filter(code__in=column.codes).values_list("name", flat=True))
