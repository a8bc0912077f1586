"""A publish that fails behind the form ends in a sentence and changes nothing."""

import pytest
from django.core.exceptions import ValidationError

from channels.errors import ContentError
from channels.models import Item
from cms import publishing
from cms.middleware import explain
from cms.models import ContentPage
from tests.factories import make_image, make_page, make_user, sign

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def client(client, settings):
    client.force_login(make_user("admin", superuser=True))
    client.raise_request_exception = False
    return client


@pytest.fixture(autouse=True)
def requests_are_transactions(settings):
    from django.db import connection

    before = connection.settings_dict["ATOMIC_REQUESTS"]
    connection.settings_dict["ATOMIC_REQUESTS"] = True
    yield
    connection.settings_dict["ATOMIC_REQUESTS"] = before


def bulk_publish(client, page, **headers):
    return client.post(f"/admin/bulk/wagtailcore/page/publish/?id={page.pk}", follow=True, headers=headers)


def test_a_broken_file_found_while_publishing_is_told_and_nothing_is_live(client):
    image = make_image(title="合影")
    page = make_page(cover=image)
    image.file.storage.delete(image.file.name)
    answer = bulk_publish(client, page, referer="http://testserver/admin/account/")
    assert answer.redirect_chain == [("http://testserver/admin/account/", 302)]
    assert "未签发：图片“合影”无法读取或已损坏" in told(answer)
    assert not ContentPage.objects.get(pk=page.pk).live
    assert not Item.objects.exists()


def test_a_failure_after_the_page_went_live_takes_it_back(client, monkeypatch):
    page = make_page()

    def broken(*args, **kwargs):
        raise ContentError("附件“报名表”的文件缺失")

    monkeypatch.setattr(publishing, "capture", broken)
    answer = bulk_publish(client, page)
    assert "未签发：附件“报名表”的文件缺失" in told(answer)
    assert not ContentPage.objects.get(pk=page.pk).live


def test_a_script_gets_the_sentence_as_json(client, monkeypatch):
    page = make_page()
    monkeypatch.setattr(publishing, "capture", _fail)
    answer = client.post(
        f"/admin/bulk/wagtailcore/page/publish/?id={page.pk}", headers={"accept": "application/json"}
    )
    assert answer.status_code == 400
    assert answer.json() == {"success": False, "error_code": "invalid", "error_message": "未签发：图片坏了"}


def test_other_failures_stay_failures(client, monkeypatch):
    def bug(*args, **kwargs):
        raise KeyError("a bug")

    page = make_page()
    monkeypatch.setattr(publishing, "capture", bug)
    assert client.post(f"/admin/bulk/wagtailcore/page/publish/?id={page.pk}").status_code == 500


def test_several_problems_make_one_sentence():
    assert (
        explain(ValidationError({"body": "正文为空", "unit": "请选择发布单位"}))
        == "未签发：正文为空；请选择发布单位"
    )


def test_publishing_works_with_requests_as_transactions(client):
    page = make_page()
    sign(page)
    assert Item.objects.count() == 1


def _fail(*args, **kwargs):
    raise ContentError("图片坏了")


def told(answer):
    return "".join(str(message) for message in answer.context["messages"])
