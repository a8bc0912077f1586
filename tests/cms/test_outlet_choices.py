"""The field of outlets in the editor's form: what is ticked, what is stored, what is refused."""

import pytest
from bs4 import BeautifulSoup
from wagtail.models import Page
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from cms.models import Column, ContentPage, NoticePage
from tests.factories import (
    make_column,
    make_column_page,
    make_outlet,
    make_page,
    make_rule,
    make_site,
    make_unit,
    sign,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    """A column page with an outlet by rule, a must-carry one, and a free one."""
    column = make_column()
    page = make_column_page(make_site(unit=make_unit("rsj")), column)
    make_rule(make_outlet(slug="by-rule", name="按规则"), columns=[column])
    make_rule(make_outlet(slug="must", name="必转终端"), columns=[column], hours=12)
    make_outlet(slug="free", name="自选")
    return page


def boxes(html):
    """{slug: (ticked, what the rules say)} of the tick boxes on the screen."""
    soup = BeautifulSoup(html, "html.parser")
    found = {}
    for shown in soup.select('input[name="outlet_choices-shown"]'):
        slug = shown["value"]
        box = soup.select_one(f'input[name="outlet_choices-{slug}-wanted"]')
        default = soup.select_one(f'input[name="outlet_choices-{slug}-default"]')
        found[slug] = (box.has_attr("checked"), default["value"] == "1")
    return found


def post(client, url, *, ticked, reasons=None, shown=None, action="action-publish", column=None, **fields):
    data = {
        "title": "关于放假的通知",
        "summary": "",
        "column": (column or Column.objects.earliest("pk")).pk,
        "unit": make_unit("rsj").pk,
        "lane": "2",
        "body": streamfield([("paragraph", rich_text("<p>正文</p>"))]),
        "wagtail_admin_comments-TOTAL_FORMS": "0",
        "wagtail_admin_comments-INITIAL_FORMS": "0",
        "outlet_choices-shown": ["by-rule", "must", "free"] if shown is None else list(shown),
        "outlet_choices-by-rule-default": "1",
        "outlet_choices-must-default": "1",
        "outlet_choices-free-default": "0",
        **fields,
    }
    for name in (
        "cover",
        "source",
        "origin_url",
        "author",
        "editor",
        "keywords",
        "desk_note",
        "doc_number",
        "index_number",
        "issued_on",
    ):
        data.setdefault(name, "")
    encoded = nested_form_data({key: value for key, value in data.items() if key != "outlet_choices-shown"})
    encoded["outlet_choices-shown"] = data["outlet_choices-shown"]
    encoded.update({f"outlet_choices-{slug}-wanted": "1" for slug in ticked})
    encoded.update({f"outlet_choices-{slug}-reason": text for slug, text in (reasons or {}).items()})
    encoded[action] = "1"
    return client.post(url, encoded)


def add_url(place):
    return f"/admin/pages/add/cms/noticepage/{place.pk}/"


def test_a_new_item_shows_what_the_rules_say(admin_client, place):
    found = boxes(admin_client.get(add_url(place)).content)
    own = place.get_parent().specific.outlet.slug
    assert found == {"by-rule": (True, True), "must": (True, True), "free": (False, False), own: (True, True)}


def test_what_agrees_with_the_rules_is_not_stored(admin_client, place):
    post(admin_client, add_url(place), ticked=["by-rule", "must"])
    page = NoticePage.objects.get()
    assert page.live
    assert page.outlet_choices == {}


def test_what_the_editor_decided_is_stored_and_shown_again(admin_client, place):
    post(admin_client, add_url(place), ticked=["must", "free"], reasons={"free": "来电要求"})
    page = NoticePage.objects.get()
    assert page.outlet_choices == {
        "by-rule": {"wanted": False, "reason": ""},
        "free": {"wanted": True, "reason": "来电要求"},
    }
    html = admin_client.get(f"/admin/pages/{page.pk}/edit/").content.decode()
    assert boxes(html)["by-rule"] == (False, True)
    assert boxes(html)["free"] == (True, False)
    assert "编辑加投：来电要求" in html


def test_a_must_carry_outlet_is_left_out_with_a_reason_only(admin_client, place):
    answer = post(admin_client, add_url(place), ticked=["by-rule"])
    assert "“必转终端”为必转终端，取消投放须填写理由" in answer.content.decode()
    assert not NoticePage.objects.exists()
    post(admin_client, add_url(place), ticked=["by-rule"], reasons={"must": "版面已定"})
    assert NoticePage.objects.get().outlet_choices == {"must": {"wanted": False, "reason": "版面已定"}}


def test_a_draft_may_lack_the_reason(admin_client, place):
    post(admin_client, add_url(place), ticked=["by-rule"], action="action-save")
    page = NoticePage.objects.get()
    assert not page.live
    assert page.outlet_choices == {"must": {"wanted": False, "reason": ""}}


def test_boxes_that_nobody_touched_follow_a_new_column(admin_client, place):
    """The screen was drawn for one column, the editor chose another: its rules apply."""
    other = make_column()
    post(admin_client, add_url(place), ticked=["by-rule", "must"], column=other)
    assert NoticePage.objects.get().outlet_choices == {}


def test_an_own_site_cannot_be_left_out(admin_client, place):
    own = place.get_parent().specific.outlet.slug
    fields = {f"outlet_choices-{own}-default": "1"}
    post(
        admin_client,
        add_url(place),
        ticked=["by-rule", "must"],
        shown=[own, "by-rule", "must", "free"],
        **fields,
    )
    page = NoticePage.objects.get()
    assert page.outlet_choices == {}
    assert sign(page).item.placements.filter(outlet__slug=own).exclude(desired=None).exists()


def test_a_form_without_the_field_keeps_what_is_stored(admin_client, place):
    page = make_page("notice", parent=Page.objects.get(pk=place.pk).specific, unit=make_unit("rsj"))
    chosen = {"free": {"wanted": True, "reason": "加投"}}
    ContentPage.objects.filter(pk=page.pk).update(outlet_choices=chosen)
    page.refresh_from_db()
    page.save_revision()
    post(admin_client, f"/admin/pages/{page.pk}/edit/", ticked=[], shown=())
    assert NoticePage.objects.get().outlet_choices == chosen


def test_the_number_of_a_document_is_put_right_in_the_form(admin_client, place):
    post(admin_client, add_url(place), ticked=["by-rule", "must"], doc_number="城政办发[2026]3号")
    assert NoticePage.objects.get().doc_number == "城政办发〔2026〕3号"


def test_an_empty_body_is_refused_when_publishing_and_kept_as_a_draft(admin_client, place):
    empty = {"body": streamfield([])}
    answer = post(admin_client, add_url(place), ticked=["by-rule", "must"], **empty)
    assert answer.context["form"].errors["body"] == ["正文为空，请填写正文后再签发"]
    post(admin_client, add_url(place), ticked=["by-rule", "must"], action="action-save", **empty)
    assert NoticePage.objects.get().live is False
