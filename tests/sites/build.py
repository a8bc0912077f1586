"""Sites, columns and placed items, made directly: what the public side reads, without the desk and the engine."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from PIL import Image as Picture
from wagtail.models import Locale, Page, Site

from channels import assets
from channels.edition import (
    Asset,
    Attachment,
    Edition,
    Image,
    ItemType,
    Organisation,
    Paragraph,
    Subject,
)
from channels.models import AssetFile, EditionRecord, Item, Outlet, Placement
from channels.search import entries
from cms.models import Column, Unit
from sites.models import ColumnIndex, SiteHome

QueryCount = Callable[[int], AbstractContextManager[Any]]
"""pytest-django's `django_assert_num_queries`."""
NOBODY = UUID("00000000-0000-4000-8000-000000000000")
NOW = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
"""09:30 in Liuzhou."""


def root() -> Page:
    """The tree's root; made anew where a test with real transactions has emptied the tables."""
    Locale.objects.get_or_create(language_code="zh-hans")
    return Page.get_first_root_node() or Page.add_root(title="Root", slug="root")


def outlet(slug: str = "portal", *, channel: str = "hosted", **fields: object) -> Outlet:
    return Outlet.objects.create(slug=slug, name=f"{slug} 站", channel=channel, **fields)


def column(code: str = "ywdt", name: str = "要闻动态") -> Column:
    return Column.objects.get_or_create(code=code, defaults={"name": name})[0]


def site(
    slug: str = "portal",
    *,
    parent: Page | None = None,
    hostname: str = "",
    is_default: bool = False,
    **fields: object,
) -> SiteHome:
    """A live SiteHome with its hosted outlet; with `hostname`, a Site row rooted at it."""
    above = parent or root()
    unit = Unit.objects.get_or_create(code="gxj", defaults={"name": "城中区演示单位"})[0]
    values = {"full_name": f"{slug} 网站全称", "unit": unit, "outlet": outlet(slug), **fields}
    home = above.add_child(instance=SiteHome(title=slug, slug=slug, show_in_menus=True, **values))
    if hostname:
        Site.objects.update_or_create(
            hostname=hostname, port=80, defaults={"root_page": home, "is_default_site": is_default}
        )
    return home


def column_page(
    home: SiteHome, *codes: str, slug: str = "news", title: str = "新闻", **fields: object
) -> ColumnIndex:
    page = ColumnIndex(title=title, slug=slug, show_in_menus=True, **fields)
    home.add_child(instance=page)
    page.columns = [column(code) for code in codes]
    page.save()
    return page


_SLUGS = (f"20261120-{number:06x}" for number in count(0x5A0001))
"""As real ones look; random digits would collide once in a few hundred runs."""


def edition(**fields: object) -> Edition:
    """A news item of column `ywdt`; `column` overrides its code."""
    content_id, slug = uuid4(), next(_SLUGS)
    code = str(fields.pop("column", "ywdt"))
    values = {
        "uri": f"urn:uuid:{content_id}",
        "version": 1,
        "type": ItemType.NEWS,
        "slug": slug,
        "headline": "城中区开展清洁家园志愿服务活动",
        "canonical_url": f"http://portal.example/news/{slug}/",
        "permalink": f"http://hub.example/i/{content_id}/",
        "issuer": Organisation(code="xcb", name="城中区委宣传部"),
        "source": "城中区融媒体中心",
        "first_created": NOW,
        "version_created": NOW,
        "summary": "各社区同步行动。",
        "body": (Paragraph(html="活动现场<strong>热烈有序</strong>。"),),
        "subjects": (Subject(scheme="column", code=code, name="要闻动态"),),
    }
    return Edition(**{**values, **fields})  # type: ignore[arg-type]


def place(value: Edition, *outlets: Outlet, at: datetime | None = None, rank: int = 0) -> Item:
    """The item wanted at `outlets` as this edition; an item placed before gets a further edition."""
    column_code = value.column.code if value.column else ""
    item, _ = Item.objects.get_or_create(
        content_id=value.content_id,
        defaults={
            "slug": value.slug,
            "headline": value.headline,
            "item_type": value.type,
            "column_code": column_code,
            "changed_at": NOW,
            "first_published_at": value.first_created,
        },
    )
    number = item.current.number + 1 if item.current else 1
    numbered = replace(value, version=number)
    record = EditionRecord.objects.create(
        item=item, number=number, checksum=numbered.checksum, document=numbered.to_json(), signed_at=NOW
    )
    record.assets.set(AssetFile.objects.filter(pk__in=[asset.sha256 for asset in value.assets]))
    Item.objects.filter(pk=item.pk).update(current=record)
    item.current = record
    entries.write(item, record, numbered)
    for target in outlets:
        Placement.objects.update_or_create(
            item=item,
            outlet=target,
            defaults={
                "desired": record,
                "slug": value.slug,
                "column_code": column_code,
                "published_at": at or value.first_created,
                "desired_at": NOW,
                "rank": rank,
                "visible_until": value.expires,
            },
        )
    return item


def places(count: int, *outlets: Outlet, **fields: object) -> list[Item]:
    """`count` items, a minute apart, the last one newest."""
    items = []
    for n in range(count):
        moment = NOW + timedelta(minutes=n)
        value = edition(headline=f"第{n + 1}条信息", first_created=moment, **fields)
        items.append(place(value, *outlets))
    return items


def picture(width: int = 64, height: int = 40, colour: str = "#336699") -> Asset:
    """A frozen JPEG."""
    stream = BytesIO()
    Picture.new("RGB", (width, height), colour).save(stream, "JPEG")
    return assets.freeze(
        stream.getvalue(), content_type="image/jpeg", name="现场.jpg", width=width, height=height
    )


def document(name: str = "报名表.pdf") -> Asset:
    return assets.freeze(b"%PDF-1.4 " + name.encode(), content_type="application/pdf", name=name)


def cover(alt: str = "志愿者清扫街道") -> Image:
    return Image(asset=picture(), alt=alt)


def attachment(name: str = "报名表.pdf", title: str = "报名表") -> Attachment:
    return Attachment(asset=document(name), title=title)
