"""An operator makes a site in the admin: it is live at once, whole or not at all, and what is taken is said in Chinese."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils.http import urlencode
from wagtail.models import PageLogEntry, Site

from channels.models import Outlet
from cms.models import RoutingRule, Unit
from sites import theme
from sites.making import addresses
from sites.making.forms import Columns, SiteForm, drafts
from sites.making.outline import COLOURS, KINDS
from sites.models import Closure, ColumnIndex, SiteHome
from tests.cms.desk import admin
from tests.factories import make_rule, sign
from tests.sites import build
from tests.sites.reading import soup

pytestmark = pytest.mark.django_db
MAKE = "/admin/hosted/new/street/"
MARKUP = "<script>alert(1)</script>"


@pytest.fixture
def desk(portal: SiteHome) -> Client:
    (
        build.column("yaowen", "城中要闻"),
        build.column("gonggao", "通知公告"),
        build.column("bianmin", "便民服务"),
    )
    return admin(superuser=True)


TYPED = {
    "title": "静兰街道",
    "full_name": "柳州市城中区静兰街道办事处",
    "slug": "jinglan",
    "unit_name": "静兰街道办事处",
    "unit_code": "jinglan",
    "contact": "0772-0000000",
}


def rendered(desk: Client) -> dict[str, Any]:
    """What a browser would send of the form as it is first shown."""
    page = soup(desk.get(MAKE)).select_one("form.e-site")
    data: dict[str, Any] = {}
    for field in page.select("input, select"):  # type: ignore[union-attr]
        name, kind = str(field.get("name", "")), field.get("type", "")
        if field.name == "select":
            chosen = field.select_one("option[selected]") or field.select_one("option")
            data[name] = str(chosen.get("value", "")) if chosen else ""
        elif kind not in ("radio", "checkbox"):
            data[name] = str(field.get("value", ""))
        elif field.has_attr("checked"):
            data[name] = [*data.get(name, []), str(field.get("value", "on"))]
    return data


def filled(portal: SiteHome, **changes: str) -> dict[str, Any]:
    """The same without the page."""
    rows = drafts("street")
    data: dict[str, Any] = {"parent": portal.pk, "colour": "#1d6b4f", "own_rule": "on"}
    data |= {"columns-TOTAL_FORMS": len(rows), "columns-INITIAL_FORMS": len(rows)}
    for number, row in enumerate(rows):
        data |= {f"columns-{number}-{name}": value for name, value in row.items()}
    return {**data, **TYPED, **changes}


def counts() -> list[int]:
    return [model.objects.count() for model in (SiteHome, ColumnIndex, Outlet, Unit, Site, RoutingRule)]


def test_a_site_is_made_in_one_step_and_is_live(portal: SiteHome, desk: Client, reader: Client) -> None:
    carried = make_rule(build.site("tanzhong", parent=portal).outlet, hours=12, name="城中要闻必转")
    free = make_rule(portal.outlet, name="其他规则")
    made = desk.post(MAKE, rendered(desk) | TYPED, follow=True)
    assert "已建立并上线：http://portal.example/jinglan/" in made.text
    home = SiteHome.objects.get(slug="jinglan")
    assert (home.unit.code, home.unit.kind, home.outlet.group) == ("jinglan", "street", "街道")
    assert home.outlet.options == {"base_url": "http://portal.example/jinglan/"}
    page = soup(reader.get("/jinglan/"))
    assert [link.text for link in page.select(".menu a")] == ["首页", "工作动态", "通知公告", "便民服务"]
    assert "0772-0000000" in page.select_one(".colophon").text  # type: ignore[union-attr]
    assert reader.get("/jinglan/gonggao/").status_code == 200
    assert "工作动态" in reader.get("/jinglan/sitemap/").text
    own = RoutingRule.objects.get(name="静兰街道稿件进静兰街道")
    assert [own.units.get(), own.outlets.get()] == [home.unit, home.outlet]
    assert home.outlet in carried.outlets.all()
    assert home.outlet not in free.outlets.all()
    assert PageLogEntry.objects.filter(page=home.pk, action="site.make").count() == 1
    assert "柳州市城中区静兰街道办事处" in desk.get("/admin/hosted/").text


def test_what_the_new_unit_and_the_district_publish_appears_there(
    portal: SiteHome, desk: Client, reader: Client
) -> None:
    from tests.factories import make_page

    build.site("tanzhong", parent=portal)
    make_rule(SiteHome.objects.get(slug="tanzhong").outlet, hours=12, columns=[build.column("yaowen")])
    parent = build.column_page(portal, "yaowen", slug="yaowen")
    for title, code in (("早先的要闻一条", "yaowen"), ("早先的公告一条", "gonggao")):
        sign(make_page(parent=parent, title=title, column=build.column(code)))
    desk.post(MAKE, rendered(desk) | TYPED)
    sign(make_page(parent=parent, title="后来的要闻一条", column=build.column("yaowen")))
    home = reader.get("/jinglan/").text
    assert "早先的要闻一条" in home
    assert "后来的要闻一条" in home
    assert "早先的公告一条" not in home


def test_a_site_with_a_host_of_its_own_answers_there(portal: SiteHome, desk: Client) -> None:
    desk.post(MAKE, filled(portal, host="jinglan.example.gov.cn"))
    home = SiteHome.objects.get(slug="jinglan")
    assert home.outlet.url == "http://jinglan.example.gov.cn/"
    there = Client(headers={"host": "jinglan.example.gov.cn"})
    assert "静兰街道办事处" in soup(there.get("/")).select_one(".masthead .name").text  # type: ignore[union-attr]
    assert there.get("/gonggao/").status_code == 200
    assert "静兰街道办事处" in there.get("/messages/").text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"slug": "tanzhong"}, "下已有代码为“tanzhong”的页面"),
        ({"slug": "egov"}, "已被已停用的发布终端“egov 站”使用"),
        ({"slug": "feeds"}, "“feeds”是系统保留的网址"),
        ({"slug": "messages"}, "“messages”是系统保留的网址"),
        ({"slug": "admin"}, "“admin”是系统保留的网址"),
        ({"slug": "Jing Lan"}, "代码为 2 到 40 个小写字母"),
        ({"host": "portal.example"}, "已是站点“portal”的域名"),
        ({"host": "hub.example"}, "是本平台自己的域名"),
        ({"host": "http://x.example/"}, "不带 http:// 和斜杠"),
        ({"host": "127.0.0.1"}, "域名应为"),
        ({"full_name": "portal 网站全称"}, "已有全称为“portal 网站全称”的站点"),
        ({"unit_name": "城中区演示单位"}, "请在“主办单位”中选择"),
        ({"unit_code": "gxj"}, "单位代码“gxj”已被使用"),
        ({"unit_name": ""}, "请选择主办单位，或者填写新单位全称"),
        ({"colour": "#ffff00"}, "请从列出的颜色中选择"),
        ({"site_id_code": "123"}, "网站标识码为 10 位数字"),
        ({"columns-1-slug": "dongtai"}, "栏目代码“dongtai”重复"),
        ({"columns-0-slug": "sitemap"}, "“sitemap”是系统保留的网址"),
        ({"columns-0-codes": "nothing"}, "nothing"),
        ({"columns-0-title": "", "columns-1-title": "", "columns-2-title": ""}, "请至少保留一个栏目"),
        ({"title": ""}, "请填写站点简称"),
    ],
)
def test_what_is_taken_or_wrong_is_said(portal: SiteHome, changes: dict[str, str], said: str) -> None:
    build.column("yaowen", "城中要闻")
    build.column("gonggao", "通知公告")
    build.column("bianmin", "便民服务")
    build.site("tanzhong", parent=portal)
    retired = build.outlet("egov")
    Outlet.objects.filter(pk=retired.pk).update(retired_at=build.NOW)
    data = QueryDict(urlencode(filled(portal, **changes), doseq=True))
    form = SiteForm(data, kind="street", parents=SiteHome.objects.all())
    columns = Columns(data, prefix="columns")
    refused = [*form.errors.values(), *columns.non_form_errors().data]
    refused += [error for row in columns for error in row.errors.values()]
    assert said in str(refused)


def test_a_refused_form_keeps_what_was_typed_and_makes_nothing(portal: SiteHome, desk: Client) -> None:
    before = counts()
    answer = desk.post(MAKE, filled(portal, slug="feeds"))
    assert answer.status_code == 422
    assert "“feeds”是系统保留的网址" in answer.text
    assert "柳州市城中区静兰街道办事处" in answer.text
    assert counts() == before


def test_a_preview_shows_the_site_and_leaves_nothing(portal: SiteHome, desk: Client, reader: Client) -> None:
    before = counts()
    shown = desk.post(MAKE, {**filled(portal), "preview": "1"})
    assert [link.text for link in soup(shown).select(".menu a")] == [
        "首页",
        "工作动态",
        "通知公告",
        "便民服务",
    ]
    assert counts() == before
    assert reader.get("/jinglan/").status_code == 404
    assert reader.get("/").status_code == 200


def test_two_operators_at_once_make_one_site(
    portal: SiteHome, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = filled(portal)
    desk.post(MAKE, data)
    before = counts()
    monkeypatch.setattr(addresses, "slug_problem", lambda *_, **__: "")
    late = desk.post(
        MAKE, {**data, "full_name": "另一个名称", "unit_name": "另一个单位", "unit_code": "other"}
    )
    assert late.status_code in {409, 422}
    assert counts() == before


def test_markup_in_every_field_stays_text(portal: SiteHome, desk: Client, reader: Client) -> None:
    marked = dict.fromkeys(
        ("title", "full_name", "unit_name", "contact", "address", "icp", "police_record"), MARKUP
    )
    desk.post(MAKE, filled(portal, **marked, **{"columns-0-title": MARKUP}))
    assert SiteHome.objects.get(slug="jinglan").title == MARKUP
    for answer in (
        reader.get("/jinglan/"),
        reader.get("/jinglan/sitemap/"),
        reader.get("/"),
        reader.get("/jinglan/dongtai/"),
    ):
        assert MARKUP not in answer.text
        assert "alert(1)" in answer.text
    for address in ("/admin/hosted/", f"/admin/hosted/{SiteHome.objects.get(slug='jinglan').pk}/closing/"):
        assert MARKUP not in desk.get(address).text


def test_closing_asks_for_a_month_and_once_a_year(portal: SiteHome, desk: Client) -> None:
    from datetime import timedelta

    from django.utils import timezone

    office = build.site("tanzhong", parent=portal)
    address = f"/admin/hosted/{office.pk}/closing/"
    soon, later = timezone.localdate() + timedelta(days=5), timezone.localdate() + timedelta(days=31)

    def act(name: str, **values: str) -> Any:
        return desk.post(
            address, {"act": name, **{f"{name}-{key}": value for key, value in values.items()}}, follow=True
        )

    assert "公告期不足 30 天" in act("announce", until=str(soon), note="停办").text
    assert "关停日期应晚于今天" in act("announce", until=str(timezone.localdate()), note="停办").text
    act("announce", until=str(later), note="停办")
    assert Closure.objects.get().until == later
    desk.post(f"/admin/hosted/{office.pk}/reopen/")
    assert "恢复日期应在明天到 30 天之内" in act("suspend", until=str(later), note="升级").text
    act("suspend", until=str(soon), note="升级")
    assert "状态已经变化" in act("close", note="停办", sure="on").text
    desk.post(f"/admin/hosted/{office.pk}/reopen/")
    assert "最近一年已临时关闭 1 次" in act("suspend", until=str(soon), note="升级").text
    assert "请勾选确认" in act("close", note="停办").text
    act("close", note="停办", sure="on")
    assert Outlet.objects.get(pk=office.outlet_id).retired_at is not None
    assert "已关停" in desk.get("/admin/hosted/").text
    desk.post(f"/admin/hosted/{office.pk}/reopen/")
    assert Outlet.objects.get(pk=office.outlet_id).retired_at is None


def test_only_operators_make_and_close_sites(portal: SiteHome) -> None:
    somebody = admin("cms.operate_desk")
    for address in ("/admin/hosted/", "/admin/hosted/new/", MAKE, f"/admin/hosted/{portal.pk}/closing/"):
        assert somebody.get(address).status_code == 302
    somebody.post(
        f"/admin/hosted/{portal.pk}/closing/", {"act": "close", "close-note": "x", "close-sure": "on"}
    )
    somebody.post(f"/admin/hosted/{portal.pk}/reopen/")
    assert not Closure.objects.exists()


def test_every_offered_colour_is_readable() -> None:
    for code in [code for code, _ in COLOURS] + [kind.colour for kind in KINDS.values()]:
        theme.check_colour(code)
