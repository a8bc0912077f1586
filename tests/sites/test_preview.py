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
    assert str(draft.article) == str(public.article)


def test_a_draft_outside_every_site_is_shown_in_the_sites_that_there_are(portal: SiteHome) -> None:
    draft = build.edition(version=0)
    assert words(preview(replace(draft, canonical_url=draft.permalink)), "h1") == draft.headline


def test_without_any_site_the_preview_says_what_to_do() -> None:
    answer = preview(build.edition(version=0))
    assert "请先" in answer.content.decode()
