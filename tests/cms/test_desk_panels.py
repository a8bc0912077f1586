"""The desk where people already are: beside the editor, on the home page, in the previews."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from channels.models import Item, Outlet, Placement
from channels.wechat.models import ArticleFigures
from cms.models import ContentPage
from tests.cms.desk import admin, move, place
from tests.factories import make_body, make_image, make_outlet, make_page, make_rule, picture_bytes, sign

pytestmark = pytest.mark.django_db


@pytest.fixture
def feed() -> Outlet:
    feed = make_outlet("feed", name="街道订阅源")
    make_rule(feed)
    return feed


@pytest.fixture
def page(feed) -> ContentPage:
    page = make_page()
    sign(page)
    return page


def editor(client: Client, page: ContentPage) -> str:
    return client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()


def preview(page: ContentPage, mode: str) -> str:
    answer = page.make_preview_request(preview_mode=mode)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_editor_shows_every_outlet_of_the_item_with_its_state(page, feed):
    placement = move(Item.objects.get(), feed, "asking", message="标题太长，请缩短")
    html = editor(admin(superuser=True), page)
    assert 'data-side-panel="outlets"' in html
    assert "街道订阅源" in html
    assert "标题太长，请缩短" in html
    assert reverse("desk:placement", args=[placement.pk]) in html


def test_the_panels_counter_counts_what_waits_for_a_person(page, feed):
    from cms.dashboard.side_panel import OutletsSidePanel

    def count() -> int:
        return OutletsSidePanel(page, None).toggle.get_context_data({})["count"]

    assert count() == 0
    move(Item.objects.get(), feed, "asking")
    assert count() == 1


def test_the_panel_costs_three_queries_whatever_the_number_of_outlets(page, django_assert_num_queries):
    from cms.dashboard.side_panel import OutletsSidePanel

    make_rule(*(make_outlet("feed") for _ in range(12)))
    sign(page)
    with django_assert_num_queries(3):
        panel = OutletsSidePanel(page, None)
        panel.render_html({"csrf_token": ""})
    assert len(panel.lines) == 14


def test_the_panel_shows_how_often_an_article_was_read(page, feed):
    from cms.dashboard.side_panel import OutletsSidePanel

    sign(page)
    day = date(2026, 11, 25)
    ArticleFigures.objects.create(
        outlet=feed,
        msg_data_id="100",
        idx=1,
        published_on=day,
        stat_date=day,
        title="停水通知",
        reads=1234,
        item_id=page.content_id,
    )
    assert "1234" in OutletsSidePanel(page, None).render_html({"csrf_token": ""})


def test_an_unsigned_item_says_so(feed):
    assert "尚未签发" in editor(admin(superuser=True), make_page())


def test_saving_in_the_background_does_not_pay_for_the_panel(page):
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    form = {
        "title": "改过的标题",
        "slug": page.slug,
        "column": page.column_id,
        "unit": page.unit_id,
        "lane": 2,
    }
    form |= {"body-count": 0, "comments-TOTAL_FORMS": 0, "comments-INITIAL_FORMS": 0}
    with CaptureQueriesContext(connection) as queries:
        answer = admin(superuser=True).post(url, form, headers={"Accept": "application/json"})
    assert answer.json()["success"]
    assert not [query for query in queries.captured_queries if "syndication_placement" in query["sql"]]


def test_the_preflight_names_the_outlet_and_the_mend(page):
    make_rule(make_outlet("wechat_mp", name="品质城中"))
    page.title = "标题" * 40
    page.save_revision()
    html = admin(superuser=True).get(reverse("desk:preflight", args=[page.pk])).content.decode()
    assert "品质城中" in html
    assert "不能投递" in html
    assert "标题 80 字" in html


def test_a_draft_without_problems_says_so(page):
    html = admin(superuser=True).get(reverse("desk:preflight", args=[page.pk])).content.decode()
    assert "均无问题" in html


def test_a_draft_is_examined_only_for_those_who_may_edit_it(page):
    assert admin("cms.operate_desk").get(reverse("desk:preflight", args=[page.pk])).status_code == 302


def test_the_home_page_puts_open_work_first(feed):
    move(place(feed), feed, "asking")
    Outlet.objects.filter(pk=feed.pk).update(paused_at=timezone.now(), paused_reason="网站改版")
    html = admin().get("/admin/").content.decode()
    assert "需人工处理<b>1</b>" in html
    assert "网站改版" in html


def test_the_home_page_of_a_quiet_day_says_that_all_is_well():
    html = admin().get("/admin/").content.decode()
    assert "没有待办" in html
    assert "全部落实" in html


def test_the_list_of_what_waits_has_the_oldest_first_and_the_owner(feed):
    Outlet.objects.filter(pk=feed.pk).update(contact="值班员甲", phone="0772-0000000")
    for headline, age in (("新的", 1), ("旧的", 600)):
        move(place(feed, headline=headline, at=age), feed, "asking")
    html = admin().get("/admin/desk/asking/").content.decode()
    assert html.index("旧的") < html.index("新的")
    assert "值班员甲 0772-0000000" in html


def test_the_hand_off_desk_lists_hand_offs_only(feed):
    post = make_outlet("handoff", name="政务平台")
    item = place(feed, post)
    move(item, post, "asking")
    html = admin("cms.operate_desk").get("/admin/desk/handoff/").content.decode()
    assert "政务平台" in html
    assert "街道订阅源" not in html
    assert reverse("desk:package", args=[Placement.objects.get(outlet=post).pk]) in html
    assert reverse("desk:act", args=[Placement.objects.get(outlet=post).pk, "confirm"]) in html


def test_the_portal_preview_is_the_sites_own_page_of_the_draft(page):
    page.title = "草稿里的新标题"
    html = preview(page, "portal")
    assert "草稿里的新标题" in html
    assert Item.objects.get().headline != "草稿里的新标题"


def test_the_wechat_preview_shows_the_rendering_in_a_phone_with_the_hubs_pictures(page):
    make_outlet("wechat_mp", name="品质城中")
    picture = make_image()
    figure = {"image": {"image": picture.pk, "alt_text": "会场", "decorative": False}, "caption": "会场"}
    page.body = ContentPage.body.field.to_python(
        make_body(("paragraph", "<p>正文一段。</p>"), ("figure", figure))
    )
    html = preview(page, "wechat_mp")
    assert "品质城中" in html
    assert "正文一段。" in html
    assert "asset:" not in html
    assert 'src="/assets/' in html
    assert f"标题 {len(page.title)}/32 字" in html


def test_the_wechat_preview_lists_what_is_altered_and_draws_the_codes(page):
    make_outlet("wechat_mp", options={"links": "qr"})
    page.body = make_body(("paragraph", '<p>见<a href="https://a.example/plan">计划</a></p>'))
    html = preview(page, "wechat_mp")
    assert "微信版改动" in html
    assert "1 处链接改为编号，文末附二维码" in html
    assert 'src="data:image/svg+xml' in html
    assert "qr:" not in html


def test_an_article_without_alterations_says_so(page):
    make_outlet("wechat_mp")
    page.summary, page.author = "摘要", "甲"
    page.cover = make_image(data=picture_bytes(size=(1200, 600)))
    page.body = make_body(("paragraph", "<p>正文</p>"))
    html = preview(page, "wechat_mp")
    assert "原样呈现" in html


def test_a_title_over_the_limit_is_told_in_the_preview(page):
    make_outlet("wechat_mp")
    page.title = "题" * 40
    html = preview(page, "wechat_mp")
    assert "<b>40</b>/32 字" in html
    assert "不能投递" in html


def test_a_preview_without_an_outlet_of_that_channel_says_what_to_do(page):
    assert "还没有这一渠道的发布终端" in preview(page, "wechat_mp")


def test_the_hand_off_preview_shows_text_and_checklist(page):
    make_outlet("handoff", name="政务平台", options={"instructions": "登录政务平台"})
    html = preview(page, "handoff")
    assert "登录政务平台" in html
    assert page.title in html


def test_markup_in_a_draft_is_text_in_every_preview(page):
    make_outlet("wechat_mp")
    make_outlet("handoff")
    page.title = "<script>alert(1)</script>"
    page.summary = "<img src=x onerror=alert(2)>"
    for mode, _ in page.preview_modes:
        html = preview(page, mode)
        assert "<script>alert" not in html
        assert "<img src=x" not in html


def test_a_picture_that_cannot_be_read_is_a_sentence_not_a_crash(page):
    make_outlet("wechat_mp")
    page.cover = make_image("a.jpg")
    page.cover.file.storage.delete(page.cover.file.name)
    html = preview(page, "wechat_mp")
    assert "无法预览" in html


def test_previews_allow_the_inline_styles_of_an_article_and_no_foreign_script(page):
    policy = page.make_preview_request(preview_mode="wechat_mp")["Content-Security-Policy"]
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "script-src 'self';" in policy
