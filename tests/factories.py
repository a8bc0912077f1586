"""Small makers of real rows for the tests of every package: a unit, a column, a site, an outlet, an item, a signature."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any, cast

from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Pillow
from wagtail.log_actions import LogContext
from wagtail.models import Collection, Locale, Page, Site

from channels.models import EditionRecord, Outlet
from cms.models import (
    Column,
    ContentPage,
    DistrictDocument,
    DistrictImage,
    InterpretationPage,
    NewsPage,
    NoticePage,
    PolicyPage,
    PublicNoticePage,
    RoutingRule,
    ServiceGuidePage,
    ServiceNoticePage,
    Unit,
)
from sites.models import ColumnIndex, SiteHome

PAGE_TYPES: dict[str, type[ContentPage]] = {
    "news": NewsPage,
    "notice": NoticePage,
    "service_notice": ServiceNoticePage,
    "policy_doc": PolicyPage,
    "interpretation": InterpretationPage,
    "public_notice": PublicNoticePage,
    "service_guide": ServiceGuidePage,
}
COMPLETE: dict[str, dict[str, Any]] = {
    "service_notice": {"area": "潭中街道文昌社区"},
    "policy_doc": {"category": "城乡建设", "issued_on": date(2026, 11, 1)},
    "public_notice": {
        "start_on": date(2026, 11, 2),
        "end_on": date(2026, 11, 9),
        "objection_phone": "0772-0000000",
    },
    "service_guide": {"department": "城中区演示单位"},
}
"""What an item of a type cannot be signed without, beside the fields of all items."""

_numbers = itertools.count(1)


def make_unit(code: str = "", **fields: Any) -> Unit:
    """A unit; the one of that code if there is one already."""
    code = code or f"unit-{next(_numbers)}"
    unit, _ = Unit.objects.get_or_create(code=code, defaults={"name": f"单位{code}", **fields})
    return unit


def make_column(code: str = "", **fields: Any) -> Column:
    """A column; the one of that code if there is one already."""
    code = code or f"column-{next(_numbers)}"
    column, _ = Column.objects.get_or_create(code=code, defaults={"name": f"栏目{code}", **fields})
    return column


def make_outlet(
    channel: str = "feed", *, slug: str = "", secrets: dict[str, str] | None = None, **fields: Any
) -> Outlet:
    """An outlet of any channel; `options=` are the channel's settings, `secrets=` its secrets."""
    number = next(_numbers)
    outlet = Outlet(
        slug=slug or f"outlet-{number:06}", channel=channel, **{"name": f"终端{number}", **fields}
    )
    outlet.set_secrets(secrets or {})
    outlet.save()
    return outlet


def make_site(
    slug: str = "", *, outlet: Outlet | None = None, parent: Page | None = None, **fields: Any
) -> SiteHome:
    """A hosted site with its outlet. Without `parent` it is below the root and the default Site's home."""
    slug = slug or f"site-{next(_numbers)}"
    outlet = outlet or make_outlet("hosted", slug=f"hosted-{slug}")
    home = SiteHome(
        **{"title": f"站点{slug}", "full_name": f"站点{slug}", "slug": slug, "outlet": outlet, **fields}
    )
    if parent is not None:
        return cast("SiteHome", parent.add_child(instance=home))
    _root().add_child(instance=home)
    Site.objects.all().delete()
    Site.objects.create(hostname="hub.example", port=80, root_page=home, is_default_site=True)
    return home


def make_column_page(site: SiteHome, *columns: Column, slug: str = "") -> ColumnIndex:
    """A column page of `site` that shows `columns` (a new one if none is given)."""
    columns = columns or (make_column(),)
    slug = slug or f"list-{next(_numbers)}"
    page = ColumnIndex(title=columns[0].name, slug=slug)
    site.add_child(instance=page)
    page.columns.set(columns)
    page.save()
    return page


def make_rule(*outlets: Outlet, hours: int | None = None, **fields: Any) -> RoutingRule:
    """A routing rule; `hours` makes its outlets must-carry. `columns=`, `units=`, `item_types=` are its conditions."""
    columns, units = fields.pop("columns", ()), fields.pop("units", ())
    rule = RoutingRule(
        **{
            "name": f"规则{next(_numbers)}",
            "must_carry": hours is not None,
            "must_carry_hours": hours or 24,
            **fields,
        }
    )
    rule.save()
    rule.outlets.set(outlets)
    rule.columns.set(columns)
    rule.units.set(units)
    rule.save()
    return rule


def make_body(*blocks: tuple[str, Any]) -> str:
    """StreamField JSON of `(block type, stored value)` pairs; one paragraph when there are none."""
    blocks = blocks or (("paragraph", "<p>为方便群众办事，现将有关事项公告如下。</p>"),)
    return json.dumps([{"type": kind, "value": value} for kind, value in blocks], ensure_ascii=False)


def make_page(
    item_type: str = "news",
    *,
    parent: Page | None = None,
    blocks: Sequence[tuple[str, Any]] = (),
    **fields: Any,
) -> ContentPage:
    """A complete draft; below a column page of a new site unless `parent` is given. Sign it with `sign`."""
    page_type = PAGE_TYPES[item_type]
    parent = parent or make_column_page(make_site())
    defaults: dict[str, Any] = {
        "title": "城中区召开城市更新工作会议",
        "summary": "会议部署年度城市更新重点任务。",
        "column": _first_column(parent) or make_column(),
        "unit": fields.get("unit") or make_unit("qwxcb", name="中共柳州市城中区委宣传部"),
        "live": False,
    }
    page = page_type(**{**defaults, **COMPLETE.get(item_type, {}), "body": make_body(*blocks), **fields})
    parent.add_child(instance=page)
    page.save_revision()
    return cast("ContentPage", page_type.objects.get(pk=page.pk))


def sign(page: Page, user: Any = None) -> EditionRecord:
    """Publish what the page object holds, as the last approval does, and return the newest edition."""
    item = cast("ContentPage", page)
    with LogContext(user=user):
        item.save_revision(user=user).publish(user=user, skip_permission_checks=True)
    item.refresh_from_db()
    return EditionRecord.objects.filter(item_id=item.content_id).latest("number")


def make_user(username: str = "", *, superuser: bool = False, **fields: Any) -> Any:
    username = username or f"user-{next(_numbers)}"
    model: Any = get_user_model()
    make = model.objects.create_superuser if superuser else model.objects.create_user
    return make(username=username, password="correct horse battery staple", **fields)


def picture_bytes(fmt: str = "JPEG", *, size: tuple[int, int] = (320, 180), **save: Any) -> bytes:
    """A plain picture as a file of format `fmt`."""
    buffer = BytesIO()
    Pillow.new("RGB", size, (40, 90, 140)).save(buffer, fmt, **save)
    return buffer.getvalue()


def make_image(name: str = "photo.jpg", data: bytes | None = None, **fields: Any) -> DistrictImage:
    """A library picture; its format follows the name."""
    formats = {"jpg": "JPEG", "png": "PNG", "gif": "GIF", "webp": "WEBP", "heic": "HEIF"}
    file = SimpleUploadedFile(name, data or picture_bytes(formats[name.rpartition(".")[2]]))
    values = {"title": name, "collection": _library(), **fields}
    return cast("DistrictImage", DistrictImage.objects.create(**values, file=file))


def make_document(name: str = "报名表.docx", data: bytes = b"a form", **fields: Any) -> DistrictDocument:
    file = SimpleUploadedFile(name, data)
    values = {"title": name, "collection": _library(), **fields}
    return cast("DistrictDocument", DistrictDocument.objects.create(**values, file=file))


def _library() -> Collection:
    """The root collection; made anew where a test with real transactions has emptied the tables."""
    return Collection.get_first_root_node() or Collection.add_root(name="Root")


def _root() -> Page:
    """The tree's root; made anew where a test with real transactions has emptied the tables."""
    Locale.objects.get_or_create(language_code="zh-hans")
    root = Page.get_first_root_node()
    return root or Page.add_root(title="Root", slug="root")


def _first_column(parent: Page) -> Column | None:
    columns = getattr(parent.specific, "columns", None)
    return columns.first() if columns else None
