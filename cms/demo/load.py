"""Loads the demo district through the real paths: pages are created, revised and published as an editor would.

May run again: what is there is left alone, only addresses follow the settings (ports may have changed).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, UUID, uuid5

from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import LogContext
from wagtail.models import Page, Site

from channels.models import Item, Outlet
from channels.pulling import keys
from channels.pulling.models import PullKey
from channels.wechat import interests
from cms.demo import accounts, district, documents, pictures, wechat
from cms.demo.guides import GUIDES
from cms.demo.items import ITEMS
from cms.demo.outages import OUTAGES
from cms.demo.papers import PAPERS
from cms.demo.writing import Answer, Day, DemoItem, Paper, Policy
from cms.models import (
    Column,
    ContentPage,
    DistrictDocument,
    DistrictImage,
    InterpretationPage,
    InterpretedDocument,
    NewsPage,
    NoticePage,
    PolicyPage,
    PublicNoticePage,
    RoutingRule,
    ServiceGuidePage,
    ServiceNoticePage,
    Topic,
    Unit,
)

PAGE_TYPES: dict[str, type[ContentPage]] = {
    page.item_type.value: page
    for page in (
        NewsPage,
        NoticePage,
        ServiceNoticePage,
        PolicyPage,
        InterpretationPage,
        PublicNoticePage,
        ServiceGuidePage,
    )
}
NOTICE_DAY = re.compile(r"\{day([+-]\d+)\}")
FORM = (
    "公开招聘报名表（演示）",
    "姓名：",
    "报考岗位：",
    "联系电话：",
    "学习和工作经历：",
    "本人承诺以上信息属实。",
)
APPLICATION = (
    "申请人：",
    "联系电话：",
    "申请事项：",
    "本人承诺以上信息属实。",
    "申请人签字：      年  月  日",
)


def load(*, sandbox_url: str) -> int:
    """The whole district; returns how many items were published now."""
    terms()
    outlets(sandbox_url)
    portal = sites()
    rules()
    followed = Outlet.objects.get(slug=district.FOLLOWED)
    interests.seed(followed, district.STREETS)
    accounts.load(portal)
    published = sum(publish(item) for item in (*ITEMS, *OUTAGES, *PAPERS, *GUIDES))
    subscription_key()
    wechat.load(followed, [identity(key) for key in district.PUSHED], by="bianji")
    return published


@transaction.atomic
def terms() -> None:
    for rank, (code, name, short, kind) in enumerate(district.UNITS):
        values = {"name": name, "short_name": short, "kind": kind, "phone": "0772-0000000", "rank": rank * 10}
        Unit.objects.get_or_create(code=code, defaults=values)
    for rank, (code, name, description) in enumerate(district.COLUMNS):
        values = {"name": name, "description": description, "rank": rank * 10}
        Column.objects.get_or_create(code=code, defaults=values)
    for rank, (code, name, description) in enumerate(district.TOPICS):
        values = {"name": name, "description": description, "rank": rank * 10}
        Topic.objects.get_or_create(code=code, defaults=values)


@transaction.atomic
def outlets(sandbox_url: str) -> None:
    """Addresses are set again each time; names, secrets and everything else belong to the operator afterwards."""

    def placed(text: str) -> str:
        return text.format(public=settings.PUBLIC_URL, sandbox=sandbox_url)

    for rank, demo in enumerate(district.OUTLETS):
        outlet = Outlet.objects.filter(slug=demo.slug).first()
        if outlet is None:
            outlet = Outlet(
                slug=demo.slug, name=demo.name, channel=demo.channel, group=demo.group, rank=rank * 10
            )
            outlet.contact, outlet.phone = "值班编辑（演示）", "0772-0000000"
            outlet.set_secrets(demo.secrets)
        outlet.url = placed(demo.url)
        addresses = {name: placed(value) for name, value in demo.options.items()}
        if demo.channel == "hosted":
            addresses["base_url"] = outlet.url
        outlet.options = {**outlet.options, **addresses}
        outlet.save()


@transaction.atomic
def subscription_key() -> None:
    """A key whose text is public, so that a newcomer can prove a fetch by pasting an address."""
    outlet = Outlet.objects.get(slug=district.SUBSCRIBER)
    if not PullKey.objects.filter(digest=keys.digest(district.DEMO_KEY)).exists():
        keys.make(outlet, name="演示密钥", by="演示数据", now=timezone.now(), text=district.DEMO_KEY)


@transaction.atomic
def sites() -> Page:
    """The tree: the portal is the default Site's home, the others live below its path. Returns the portal's home."""
    portal: Page | None = None
    for demo in district.SITES:
        home = _home(demo, portal)
        portal = portal or home
        for slug, title, kind, codes in demo.pages:
            _column_page(home, slug, title, kind, codes)
    assert portal is not None
    _topic_pages(portal)
    address = urlsplit(settings.PUBLIC_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
    site.hostname, site.port, site.root_page, site.site_name = address.hostname, port, portal, "城中区门户网"
    site.save()
    _drop_welcome_page()
    return portal


@transaction.atomic
def rules() -> None:
    for rank, demo in enumerate(district.RULES):
        if RoutingRule.objects.filter(name=demo.name).exists():
            continue
        rule = RoutingRule(name=demo.name, item_types=list(demo.item_types), rank=rank * 10)
        rule.must_carry, rule.must_carry_hours = demo.hours is not None, demo.hours or 24
        rule.save()
        rule.outlets.set(Outlet.objects.filter(slug__in=demo.outlets))
        rule.columns.set(Column.objects.filter(code__in=demo.columns))
        rule.units.set(Unit.objects.filter(code__in=demo.units))
        rule.save()


@transaction.atomic
def publish(demo: DemoItem) -> bool:
    """Write the item as the demo editor and sign it as the demo reviewer; False when it was there already."""
    content_id = identity(demo.key)
    if (
        ContentPage.objects.filter(content_id=content_id).exists()
        or Item.objects.filter(pk=content_id).exists()
    ):
        return False
    writer, reviewer = accounts.user("bianji"), accounts.user("shenhe")
    page = PAGE_TYPES[demo.item_type](
        content_id=content_id,
        title=demo.title,
        summary=demo.summary,
        column=Column.objects.get(code=demo.column),
        unit=Unit.objects.get(code=demo.unit),
        author="城中发布" if demo.item_type == "news" else "",
        editor="值班编辑（演示）",
        keywords=demo.keywords,
        body=_body(demo),
        cover=_picture(demo.cover) if demo.cover is not None else None,
        live=False,
        owner=writer,
        first_published_at=min(_moment(-demo.days_ago, 9) + timedelta(minutes=37), timezone.now()),
        **{name: _fact(value) for name, value in demo.facts.items()},
    )
    page.streets = Unit.objects.filter(code__in=demo.streets)
    page.topics = Topic.objects.filter(code__in=demo.topics)
    if isinstance(page, InterpretationPage):
        page.documents = [InterpretedDocument(document=_policy(key)) for key in demo.interprets]
    home, slug = demo.place
    _column_page_of(home, slug).add_child(instance=page)
    with LogContext(user=reviewer):
        page.save_revision(user=writer).publish(user=reviewer, skip_permission_checks=True)
    return True


def identity(key: str) -> UUID:
    """The content_id of a demo item: the same in every installation, so that loading twice makes no second one."""
    return uuid5(NAMESPACE_URL, f"tongsheng-demo/{key}")


def _home(demo: district.DemoSite, portal: Page | None) -> Page:
    model: Any = apps.get_model("hosted_sites", "SiteHome")
    found: Page | None = model.objects.filter(outlet__slug=demo.outlet).first()
    if found:
        return found
    home: Page = model(
        title=demo.title,
        slug=demo.slug,
        outlet=Outlet.objects.get(slug=demo.outlet),
        full_name=demo.full_name,
        slogan=demo.slogan,
        kind=demo.kind,
        colour=demo.colour,
        unit=Unit.objects.get(code=demo.unit),
        address="广西壮族自治区柳州市城中区（演示）",
        contact="0772-0000000（演示）",
        show_in_menus=True,
    )
    (portal or Page.get_first_root_node()).add_child(instance=home)
    home.save_revision().publish()
    return home


def _column_page(home: Page, slug: str, title: str, kind: str, codes: tuple[str, ...]) -> None:
    if home.get_children().filter(slug=slug).exists():
        return
    model: Any = apps.get_model("hosted_sites", "ColumnIndex")
    page = model(
        title=title,
        slug=slug,
        column_type=kind,
        description=f"{home.title}{title}",
        layout="excerpts" if title in district.EXCERPTS else "lines",
        show_in_menus=True,
    )
    home.add_child(instance=page)
    page.columns.set(Column.objects.filter(code__in=codes))
    page.save()
    page.save_revision().publish()


def _topic_pages(portal: Page) -> None:
    """The portal has a page for each topic of the district."""
    model: Any = apps.get_model("hosted_sites", "TopicPage")
    for topic in Topic.objects.all():
        if not model.objects.child_of(portal).filter(topic=topic).exists():
            page = model(title=topic.name, slug=f"zt-{topic.code}", topic=topic)
            portal.add_child(instance=page)
            page.save_revision().publish()


def _column_page_of(home: str, slug: str) -> Page:
    """`home` is the slug of a demo site."""
    outlet = next(site.outlet for site in district.SITES if site.slug == home)
    model: Any = apps.get_model("hosted_sites", "SiteHome")
    page: Page = model.objects.get(outlet__slug=outlet).get_children().get(slug=slug)
    return page


def _drop_welcome_page() -> None:
    """Wagtail's own first page would be a second home beside the portal."""
    welcome = Page.objects.filter(depth=2, slug="home", numchild=0, content_type__model="page").first()
    if welcome and not Site.objects.filter(root_page=welcome).exists():
        welcome.delete()


def _body(demo: DemoItem) -> str:
    stored = [{"type": kind, "value": value} for kind, value in map(_stored, demo.blocks)]
    return json.dumps(stored, ensure_ascii=False)


def _stored(block: tuple[str, Any]) -> tuple[str, Any]:
    kind, value = block
    if kind == "paragraph":
        return kind, _dated(value)
    if kind == "heading":
        return kind, {"text": value, "level": "2"}
    if kind == "list":
        return kind, {"items": list(value[0]), "ordered": value[1]}
    if kind == "quote":
        return kind, {"text": value[0], "attribution": value[1]}
    if kind == "document":
        return "attachment", {"document": _document(value[0]).pk, "title": value[1]}
    if kind == "picture":
        seed, alt, caption = value
        image = {"image": _picture(seed).pk, "alt_text": alt, "decorative": False}
        return "figure", {"image": image, "caption": caption}
    caption, rows = value
    return kind, {
        "data": [[_dated(cell) for cell in row] for row in rows],
        "cell": [],
        "table_caption": caption,
        "table_header_choice": "row",
        "first_row_is_table_header": True,
        "first_col_is_header": False,
    }


def _dated(text: str) -> str:
    return NOTICE_DAY.sub(lambda match: _chinese_day(int(match[1])), text)


def _picture(seed: int) -> DistrictImage:
    title = f"演示配图 {seed}"
    found = DistrictImage.objects.filter(title=title).first()
    if found:
        return found
    file = ContentFile(pictures.river_town(seed), name=f"demo-{seed}.jpg")
    return DistrictImage.objects.create(
        title=title, file=file, description="城区与江面的示意图", credit="程序绘制"
    )


def _document(name: str, lines: Sequence[str] = FORM) -> DistrictDocument:
    found = DistrictDocument.objects.filter(title=name).first()
    if found:
        return found
    file = ContentFile(documents.docx(lines), name="biaoge.docx")
    return DistrictDocument.objects.create(title=name, file=file)


def _policy(key: str) -> PolicyPage:
    return PolicyPage.objects.get(content_id=identity(key))


def _fact(value: Any) -> Any:
    match value:
        case Day(offset=offset):
            return _day(offset)
        case Policy(key=key):
            return _policy(key)
        case [Paper(), *_]:
            return _stream("material", [_paper(paper) for paper in value])
        case [Answer(), *_]:
            return _stream("question", [{"question": one.question, "answer": one.answer} for one in value])
        case (int(days), int(hour)):
            return _moment(days, hour)
    return value


def _stream(kind: str, values: list[dict[str, Any]]) -> str:
    return json.dumps([{"type": kind, "value": value} for value in values], ensure_ascii=False)


def _paper(paper: Paper) -> dict[str, Any]:
    form = _document(paper.form, (paper.form, *APPLICATION)).pk if paper.form else None
    return {"name": paper.name, "kind": paper.kind, "copies": paper.copies, "form": form, "note": paper.note}


def _moment(days: int, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(_day(days), time(hour)))


def _day(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def _chinese_day(days: int) -> str:
    day = _day(days)
    return f"{day.month}月{day.day}日"
