"""The desk's preview is the public template, fed with an edition that nobody has signed."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.test import RequestFactory
from django.utils.module_loading import import_string

from channels.edition import Edition
from sites.models import ColumnIndex, SiteHome
from tests.sites import build
from tests.sites.reading import soup, words


def preview(edition: Edition) -> HttpResponse:
    from django.conf import settings

    request = RequestFactory().get("/admin/preview/", headers={"host": "portal.example"})
    answer: HttpResponse = import_string(settings.ITEM_PREVIEW)(request, edition)
    return answer.render() if isinstance(answer, TemplateResponse) else answer


def test_a_draft_is_previewed_as_its_owners_site_would_show_it(portal: SiteHome, news: ColumnIndex) -> None:
    office = build.site("tanzhong", parent=portal, full_name="潭中街道办事处")
    build.column_page(office, "ywdt", slug="dt", title="街道动态")
    draft = build.edition(version=0, canonical_url="http://portal.example/tanzhong/dt/x/")
    answer = preview(draft)
    assert answer.status_code == 200
    assert words(answer, ".masthead .name") == "潭中街道办事处"
    assert words(answer, "h1") == draft.headline
    assert "街道动态" in words(answer, ".crumbs")
    assert "尚未签发" in words(answer, ".preview")
    assert soup(answer).select_one("meta[name=robots][content=noindex]") is not None


def test_the_preview_is_the_page_that_readers_get_but_for_its_banner(
    reader: object, portal: SiteHome, news: ColumnIndex
) -> None:
    value = build.edition(cover=build.cover(), body=(build.cover(), build.attachment()))
    build.place(value, portal.outlet)
    public = soup(reader.get(f"/news/{value.slug}/"))  # type: ignore[attr-defined]
    draft = soup(preview(replace(value, version=0)))
    for page in (public, draft):  # where the reader's own choice of a size leads back to
        page.select_one("article input[name=from]").decompose()
    assert str(draft.article) == str(public.article)


def test_a_draft_outside_every_site_is_shown_in_the_sites_that_there_are(portal: SiteHome) -> None:
    draft = build.edition(version=0)
    assert words(preview(replace(draft, canonical_url=draft.permalink)), "h1") == draft.headline


def test_without_any_site_the_preview_says_what_to_do() -> None:
    answer = preview(build.edition(version=0))
    assert "请先" in answer.content.decode()


def test_a_site_that_is_not_saved_yet_can_be_previewed(portal: SiteHome) -> None:
    draft = SiteHome(title="河东", slug="hedong", full_name="河东街道办事处", outlet=build.outlet("hedong"))
    draft.path, draft.depth = f"{portal.path}0009", portal.depth + 1
    answer = draft.make_preview_request()
    assert words(answer.render(), ".masthead .name") == "河东街道办事处"
    assert words(answer, ".switches .upper") == "portal 网站全称"


def test_a_changed_colour_shows_in_the_preview_before_it_is_saved(portal: SiteHome) -> None:
    portal.colour = "#0b5394"
    answer = portal.make_preview_request()
    assert soup(answer.render()).select_one("link[href='/theme/0b5394.css']") is not None


def test_a_draft_column_is_previewed_with_the_columns_ticked(portal: SiteHome) -> None:
    build.places(1, portal.outlet)
    page = build.column_page(portal, "jcdt", slug="jc", title="基层")
    page.live = False
    page.save()
    page.columns = [build.column("ywdt")]
    answer = page.make_preview_request()
    assert words(answer.render(), ".rows a") == "第1条信息"
