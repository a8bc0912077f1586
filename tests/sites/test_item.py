"""The item page: from the edition that is wanted at the site, never from the live page."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from channels.edition import (
    AltId,
    Correction,
    Heading,
    Image,
    ItemType,
    Organisation,
    Paragraph,
    ServiceFacts,
    Subject,
    Table,
)
from channels.markup import mark_of
from channels.models import Placement
from cms.models import ContentPage
from sites.models import ColumnIndex, SiteHome
from tests import factories
from tests.sites import build
from tests.sites.reading import content, soup, strange_scripts, tags, words

SERVICE = ServiceFacts(
    area="桂中大道",
    start=build.NOW,
    end=build.NOW + timedelta(hours=12),
    contact="0772-0000000",
    deadline=None,
)


def test_an_item_wanted_at_the_site_is_read_in_its_column(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    value = build.edition(by="信息员甲", editor="责编乙")
    build.place(value, portal.outlet)
    answer = reader.get(f"/news/{value.slug}/")
    assert words(answer, "h1") == value.headline
    assert words(answer, ".body strong") == "热烈有序"
    byline = words(answer, ".byline")
    assert byline == "发布时间： 2026-11-20 09:30 来源：城中区融媒体中心 作者：信息员甲 责任编辑：责编乙"


def test_the_page_shows_the_wanted_edition_and_not_the_newest(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    first = build.edition(headline="第一版")
    build.place(first, portal.outlet)
    build.place(
        replace(first, headline="第二版")
    )  # the portal is not among the targets of the second edition
    assert words(reader.get(f"/news/{first.slug}/"), "h1") == "第一版"


def test_a_live_page_without_a_placement_is_not_found(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    page = factories.make_page(parent=news)
    ContentPage.objects.filter(pk=page.pk).update(live=True)
    answer = reader.get(f"/news/{page.slug}/")
    assert answer.status_code == 404
    assert "页面不存在" in answer.content.decode()
    assert page.title not in answer.content.decode()


@pytest.mark.parametrize("path", ["/news/none/", "/news/a/b/", "/item/no-uuid/", f"/item/{build.NOBODY}/"])
def test_what_is_not_there_is_not_found(
    reader: Client, portal: SiteHome, news: ColumnIndex, path: str
) -> None:
    assert reader.get(path).status_code == 404


def test_the_address_by_id_leads_to_the_column(reader: Client, portal: SiteHome, news: ColumnIndex) -> None:
    value = build.edition()
    build.place(value, portal.outlet)
    answer = reader.get(f"/item/{value.content_id}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/news/{value.slug}/")


def test_an_item_without_a_column_page_is_read_by_its_id(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    value = build.edition(column="elsewhere")
    build.place(value, portal.outlet)
    assert words(reader.get(f"/item/{value.content_id}/"), "h1") == value.headline
    answer = reader.get(f"/news/{value.slug}/")
    assert answer["Location"] == f"/item/{value.content_id}/"


def test_an_item_is_read_in_the_first_column_that_collects_it(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    build.column_page(portal, "ywdt", slug="all", title="全部")
    value = build.edition()
    build.place(value, portal.outlet)
    assert reader.get(f"/all/{value.slug}/")["Location"] == f"/news/{value.slug}/"


def test_the_hubs_read_back_finds_the_mark_of_the_edition(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    value = build.edition()
    build.place(value, portal.outlet)
    build.place(replace(value, headline="更正后的标题"), portal.outlet)
    mark = mark_of(reader.get(f"/item/{value.content_id}/", follow=True).content)
    assert mark is not None
    assert (mark.uri, mark.version) == (value.uri, 2)


def test_a_service_notice_tells_where_when_and_whom_to_call(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    value = build.edition(type=ItemType.SERVICE_NOTICE, service=SERVICE)
    build.place(value, portal.outlet)
    facts = words(reader.get(f"/news/{value.slug}/"), ".facts dl")
    assert facts == (
        "影响区域 桂中大道 开始时间 2026-11-20 09:30 结束时间 2026-11-20 21:30 联系方式 0772-0000000"
    )


def test_a_service_notice_that_is_over_says_so_and_stays_readable(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    over = replace(SERVICE, end=timezone.now() - timedelta(minutes=1))
    value = build.edition(type=ItemType.SERVICE_NOTICE, service=over, expires=over.end)
    build.place(value, portal.outlet)
    answer = reader.get(f"/news/{value.slug}/")
    assert answer.status_code == 200
    assert words(answer, ".state") == "已过期"


def test_a_notice_shows_its_numbers(reader: Client, portal: SiteHome, news: ColumnIndex) -> None:
    numbers = (
        AltId(role="doc_number", value="城政办演示〔2026〕0号"),
        AltId(role="index_number", value="演示-0000"),
    )
    value = build.edition(
        type=ItemType.NOTICE,
        alt_ids=numbers,
        issued_on="2026-11-18",
        issuer=Organisation(code="zfb", name="城中区政府办公室"),
    )
    build.place(value, portal.outlet)
    facts = words(reader.get(f"/news/{value.slug}/"), ".facts dl")
    assert "发文字号 城政办演示〔2026〕0号" in facts
    assert "索引号 演示-0000" in facts
    assert "发文机关 城中区政府办公室" in facts
    assert "成文日期 2026-11-18" in facts
    assert "发布日期 2026-11-20 09:30" in facts


def test_a_corrected_item_shows_the_note_with_its_time(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    note = Correction(note="原稿时间有误，现予更正。", major=True, at=build.NOW + timedelta(hours=2))
    value = build.edition(correction=note)
    build.place(value, portal.outlet)
    shown = words(reader.get(f"/news/{value.slug}/"), ".correction")
    assert shown == "更正说明 （2026-11-20 11:30）：原稿时间有误，现予更正。"


def test_attachments_are_listed_below_the_text_with_type_and_size(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    attachment = build.attachment("岗位表.xlsx", title="附件1 岗位一览表")
    value = build.edition(body=(attachment, Paragraph(html="正文在此。")))
    build.place(value, portal.outlet)
    answer = reader.get(f"/news/{value.slug}/")
    link = soup(answer).select_one(".attachments a")
    assert link is not None
    assert (link.text, link["href"]) == ("附件1 岗位一览表", f"/{attachment.asset.path}")
    assert "XLSX" in words(answer, ".attachments")
    assert "字节" in words(answer, ".attachments")
    assert "附件" not in words(answer, ".body")


def test_a_table_scrolls_by_itself_and_has_header_cells(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    table = Table(rows=(("岗位", "人数"), ("网格员", "2")), caption="岗位表")
    value = build.edition(body=(Heading(text="岗位"), table))
    build.place(value, portal.outlet)
    page = soup(reader.get(f"/news/{value.slug}/"))
    frame = page.select_one(".body .scroll[tabindex='0']")
    assert frame is not None
    assert [cell.text for cell in frame.select("th[scope=col]")] == ["岗位", "人数"]
    assert frame.select_one("caption") is not None


def test_a_picture_of_the_text_has_its_words_and_a_local_address(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    picture = build.picture()
    value = build.edition(body=(Image(asset=picture, alt="志愿者", caption="图为活动现场"),))
    build.place(value, portal.outlet)
    image = soup(reader.get(f"/news/{value.slug}/")).select_one(".body img")
    assert image is not None
    assert (image["src"], image["alt"]) == (f"/{picture.path}", "志愿者")
    assert content(reader.get(image["src"])).startswith(b"\xff\xd8")


def test_hostile_text_stays_text(reader: Client, portal: SiteHome, news: ColumnIndex) -> None:
    evil = "<script>alert(1)</script>"
    value = build.edition(
        headline=evil,
        summary=evil,
        source=evil,
        keywords=(evil,),
        subjects=(Subject(scheme="column", code="ywdt", name=evil),),
        body=(Paragraph(html=f"正文{evil}<a href='javascript:alert(1)'>链接</a>"),),
        correction=Correction(note=evil, major=False, at=build.NOW),
    )
    build.place(value, portal.outlet)
    answer = reader.get(f"/news/{value.slug}/")
    assert strange_scripts(answer) == soup(answer).select("[href^='javascript:']") == []
    assert words(answer, "h1") == evil
    listed = reader.get("/news/")
    assert strange_scripts(listed) == []


def test_a_shared_item_names_its_source_and_its_owners_page(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    office = build.site("tanzhong", parent=portal)
    build.column_page(office, "ywdt", slug="dt", title="动态")
    value = build.edition(canonical_url="http://portal.example/news/20261120-abcdef/")
    build.place(value, portal.outlet, office.outlet)
    shared = reader.get(f"/tanzhong/dt/{value.slug}/")
    canonical = soup(shared).select_one("link[rel=canonical]")
    assert canonical is not None
    assert canonical["href"] == value.canonical_url
    assert "城中区融媒体中心" in words(shared, ".owner")
    assert words(reader.get(f"/news/{value.slug}/"), ".owner") == ""


def test_a_reprint_links_its_original(reader: Client, portal: SiteHome, news: ColumnIndex) -> None:
    value = build.edition(origin_url="https://www.example.gov.cn/a.html", source="某某网")
    build.place(value, portal.outlet)
    link = soup(reader.get(f"/news/{value.slug}/")).select_one(".byline a")
    assert link is not None
    assert (link.text, link["href"]) == ("某某网", value.origin_url)


def test_an_item_page_names_all_tags_and_none_is_empty(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    picture = build.cover()
    value = build.edition(cover=picture, keywords=("志愿服务", "环境卫生"), by="信息员甲")
    build.place(value, portal.outlet)
    found = tags(reader.get(f"/news/{value.slug}/"))
    assert found | {"viewport": ""} == found | {
        "viewport": "",
        "SiteName": "portal 网站全称",
        "SiteDomain": "portal.example",
        "SiteIDCode": "0000000000",
        "ColumnName": "新闻",
        "ColumnType": "工作动态",
        "ArticleTitle": value.headline,
        "PubDate": "2026-11-20 09:30",
        "ContentSource": "城中区融媒体中心",
        "Keywords": "志愿服务,环境卫生",
        "Author": "信息员甲",
        "Description": value.summary,
        "Image": f"http://hub.example/{picture.asset.path}",
        "Url": value.canonical_url,
        "tongsheng:item": value.uri,
        "tongsheng:version": "1",
    }
    assert {"ColumnDescription", "ColumnKeywords"} <= found.keys()
    assert all(content.strip() for content in found.values())


def test_optional_tags_without_a_value_are_left_out(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    value = build.edition(summary="", source="")
    build.place(value, portal.outlet)
    found = tags(reader.get(f"/news/{value.slug}/"))
    assert found["ContentSource"] == value.issuer.name
    assert {"Keywords", "Author", "Image"}.isdisjoint(found)
    assert found["Description"] == "活动现场热烈有序。"


def test_an_item_with_many_files_costs_as_many_queries_as_a_bare_one(
    reader: Client,
    portal: SiteHome,
    news: ColumnIndex,
    django_assert_num_queries: build.QueryCount,
) -> None:
    bare = build.edition()
    rich = build.edition(
        cover=build.cover(), body=(build.attachment("一.pdf"), build.attachment("二.pdf"), build.cover())
    )
    for value in (bare, rich):
        build.place(value, portal.outlet)
    reader.get(f"/news/{bare.slug}/")
    for n in range(4):
        build.column_page(portal, f"c{n}", slug=f"c{n}")
    for value in (bare, rich):
        with django_assert_num_queries(ITEM_QUERIES):
            assert reader.get(f"/news/{value.slug}/").status_code == 200


ITEM_QUERIES = 10
"""Twelve, and the savepoint of the request inside the test's transaction."""


def test_a_paused_site_shows_what_is_wanted_all_the_same(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    value = build.edition()
    build.place(value, portal.outlet)
    portal.outlet.paused_at = build.NOW
    portal.outlet.save()
    assert reader.get(f"/news/{value.slug}/").status_code == 200
    assert Placement.objects.get().actual is None
