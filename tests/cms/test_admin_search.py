"""Search in the admin: Chinese in mid-sentence, in the explorer, the choosers and Wagtail's own API, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from modelsearch.backends import get_search_backend
from modelsearch.index import insert_or_update_object
from modelsearch.query import And, Not, Or, Phrase, PlainText
from wagtail.models import Page

from cms.models import ContentPage, DistrictDocument, DistrictImage, NewsPage
from tests import factories

pytestmark = pytest.mark.django_db


def indexed(*objects: Any) -> None:
    for one in objects:
        insert_or_update_object(one)


@pytest.fixture
def page() -> ContentPage:
    page = factories.make_page(title="关于文昌路片区停水的通知（５Ｇ基站检修ＷＬＡＮ）")
    other = factories.make_page(title="招聘公告")
    indexed(page, other)
    return page


def titles(found: Any) -> list[str]:
    return [str(one.title) for one in found]


@pytest.mark.parametrize(
    "asked", ["停水", "片区", "文昌路", "停水 文昌", "通知", "5g", "wla", "５Ｇ基站", "停"]
)
@pytest.mark.parametrize("model", [Page, ContentPage, NewsPage])
def test_a_word_in_mid_sentence_is_found(page: ContentPage, model: Any, asked: str) -> None:
    assert titles(model.objects.search(asked)) == [page.title]
    assert titles(model.objects.autocomplete(asked)) == [page.title]
    assert model.objects.all().search(asked).count() == 1


@pytest.mark.parametrize(
    "asked", ["停电", "水的停", "停水 招聘", "。", "*", '"', "\\", "'", "😀", "AND", "停水" * 3000]
)
def test_other_words_are_not_found_and_no_query_fails(page: ContentPage, asked: str) -> None:
    assert titles(Page.objects.search(asked)) == []
    assert titles(Page.objects.autocomplete(asked)) == []


def test_queries_that_say_more_are_put_together(page: ContentPage) -> None:
    backend = get_search_backend()

    def found(query: Any, **how: Any) -> set[str]:
        return set(titles(backend.search(query, Page, **how)))

    assert found(PlainText("停水 招聘", operator="or")) == {page.title, "招聘公告"}
    assert found(Or([PlainText("停水"), PlainText("招聘")])) == {page.title, "招聘公告"}
    assert found(And([PlainText("停水"), Not(PlainText("招聘"))])) == {page.title}
    assert found(Phrase("片区停水")) == {page.title}
    assert found(Phrase("停水片区")) == set()


def test_a_new_title_takes_the_place_of_the_old_one(page: ContentPage) -> None:
    page.title = "停电通知"
    page.save()
    indexed(page)

    assert titles(Page.objects.search("停水")) == []
    assert titles(Page.objects.search("停电")) == ["停电通知"]
    page.delete()
    assert titles(Page.objects.search("停电")) == []


def test_pictures_and_files_are_found_by_their_titles_and_tags() -> None:
    image = factories.make_image(title="柳江夜景航拍")
    image.tags.add("城市风光")
    document = factories.make_document(title="城中区报名登记表")
    indexed(image, document)

    assert (
        titles(DistrictImage.objects.search("夜景"))
        == titles(DistrictImage.objects.search("风光"))
        == [image.title]
    )
    assert titles(DistrictDocument.objects.autocomplete("报名登记")) == [document.title]
    assert titles(DistrictImage.objects.search("景城")) == []


def test_a_page_is_written_without_reading_the_others(
    page: ContentPage, django_assert_max_num_queries: Any
) -> None:
    """modelsearch takes the average length of every title of the table after each page."""
    with django_assert_max_num_queries(4) as captured:
        indexed(page)
    assert not any("AVG(" in query["sql"].upper() for query in captured)


def test_the_explorer_and_the_chooser_find_it(page: ContentPage) -> None:
    client = Client()
    client.force_login(factories.make_user(superuser=True))

    for url in (
        "/admin/pages/search/results/?q=片区",
        "/admin/choose-page/search/?q=片区&page_type=wagtailcore.page",
    ):
        answer = client.get(url, headers={"x-requested-with": "XMLHttpRequest"})
        assert answer.status_code == 200, url
        assert page.title in answer.content.decode(), url


@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's planner")
def test_an_index_answers() -> None:
    """The very expression that is asked: with all other ways shut, a planner that knew no index for it would still scan."""
    from cms.search.postgres import ENTRIES, QueryCompiler

    with connection.cursor() as cursor:
        for way in ("seqscan", "indexscan", "indexonlyscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(
            f"EXPLAIN SELECT i.object_id FROM {ENTRIES} i WHERE {QueryCompiler.vector} @@ '停水'::tsquery"
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Bitmap Index Scan on desk_search_words" in plan
