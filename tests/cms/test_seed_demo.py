"""The demo district loads through the real paths, twice without a trace, and holds nothing real."""

import re
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from wagtail.models import Page, Site

from channels.adapters.wechat_mp.api.callback import Clicked
from channels.contract import Severity
from channels.edition import ItemType
from channels.models import EditionRecord, Item, Outlet, Placement
from channels.wechat import answering, menus
from channels.wechat.models import KeywordReply, Push
from channels.wechat.push import verbs
from cms import proofing, sweeping
from cms.demo.accounts import ACCOUNTS
from cms.models import ContentPage
from cms.preflight import preflight

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The district, loaded once for all tests here; each of them falls back to it."""
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        override_settings(SANDBOX_URL="http://127.0.0.1:8999", PUBLIC_URL="http://127.0.0.1:8930"),
    ):
        out = StringIO()
        call_command("seed_demo", stdout=out)
        yield out.getvalue()
        transaction.set_rollback(True)


@pytest.fixture
def district(loaded, db):
    return loaded


def counts():
    return [model.objects.count() for model in (Page, Outlet, Item, EditionRecord, Placement)]


def test_it_loads_once(district):
    before = counts()
    assert re.search(r"本次发布稿件 29 篇", district)
    assert before[2] == before[3] >= 12
    out = StringIO()
    call_command("seed_demo", stdout=out)
    assert counts() == before
    assert "本次发布稿件 0 篇" in out.getvalue()
    assert sweeping.sweep() == 0


@pytest.mark.usefixtures("district")
def test_every_type_and_channel_is_there():
    types = set(Item.objects.values_list("item_type", flat=True))
    assert types == {kind.value for kind in ItemType}
    channels = set(Outlet.objects.values_list("channel", flat=True))
    assert channels == {"hosted", "feed", "wechat_mp", "wordpress", "web_post", "handoff"}
    assert Outlet.objects.filter(channel="hosted").count() >= 6
    kinds = {block.kind for record in EditionRecord.objects.all() for block in record.edition().body}
    assert kinds == {"paragraph", "heading", "image", "table", "list", "quote", "attachment"}
    assert Placement.objects.filter(must_carry=True).exists()


@pytest.mark.usefixtures("district")
def test_every_item_is_complete_and_fits_its_outlets():
    for page in ContentPage.objects.all().specific():
        assert proofing.problems(page) == {}
        assert not [finding for _, finding in preflight(page) if finding.severity is Severity.BLOCK]


@pytest.mark.usefixtures("district")
def test_items_were_written_by_the_editor_and_signed_by_the_reviewer():
    assert set(EditionRecord.objects.values_list("signed_by", flat=True)) == {"shenhe"}
    assert {page.owner.username for page in ContentPage.objects.all()} == {"bianji"}
    for account in ACCOUNTS:
        assert authenticate(username=account.username, password=account.password)


@pytest.mark.usefixtures("district")
def test_the_portal_is_the_default_site_and_the_others_live_below_it():
    site = Site.objects.get()
    assert (site.hostname, site.port, site.is_default_site) == ("127.0.0.1", 8930, True)
    assert site.root_page.specific.outlet.slug == "menhu"
    addresses = {page.full_url for page in ContentPage.objects.all()}
    assert any(address.startswith("http://127.0.0.1:8930/tanzhong/") for address in addresses)


def test_addresses_follow_the_settings(district, settings):
    settings.SANDBOX_URL, settings.PUBLIC_URL = "http://127.0.0.1:8801", "http://127.0.0.1:8802"
    call_command("seed_demo", stdout=StringIO())
    assert Outlet.objects.get(slug="pinzhi").options["api_base"] == "http://127.0.0.1:8801"
    assert Outlet.objects.get(slug="tanzhong").options["base_url"] == "http://127.0.0.1:8802/tanzhong/"
    assert Site.objects.get().port == 8802


@pytest.mark.usefixtures("district")
def test_nothing_in_it_is_real():
    texts = [record.document for record in EditionRecord.objects.all()]
    numbers = {
        number
        for text in texts
        for number in re.findall(r"\d{3,4}-\d{7,8}|(?<![0-9a-f])1\d{10}(?![0-9a-f])", text)
    }
    assert numbers == {"0772-0000000"}
    assert not any(
        re.search(r"\d{15,18}[\dXx]", re.sub(r'"(sha256|uri|permalink|canonical_url)":"[^"]*"', "", text))
        for text in texts
    )


@pytest.mark.usefixtures("district")
def test_the_account_has_a_menu_replies_and_a_push_to_go_on_with_and_loading_again_brings_none_back():
    account = Outlet.objects.get(slug="pinzhi")
    buttons = menus.draft_of(menus.menu_of(account))
    assert len(buttons) == 3
    assert menus.problems(buttons) == []
    answers = {entry.name: tapped(account, entry.value) for button in buttons for entry in button.below}
    assert "0772-0000000" in answers["办事时间"]
    assert "0772-0000000" in answers["投诉建议"]
    assert not [name for name, said in answers.items() if "没有找到" in said]
    push = Push.objects.get()
    assert push.state == "editing"
    assert [article.headline != "" for article in push.articles.all()] == [False, True, False]
    assert verbs.obstacles(push, now=timezone.now()) == []

    menus.keep(account, [])
    KeywordReply.objects.filter(words__startswith="投诉").delete()
    verbs.cancel(push.pk, by="bianji", now=timezone.now())
    call_command("seed_demo", stdout=StringIO())
    assert menus.draft_of(menus.menu_of(account)) == []
    assert KeywordReply.objects.count() == 1
    assert Push.objects.get().state == "cancelled"


def tapped(account, button):
    message = Clicked(openid="o1", account="demo", at=0, key="1", button=button)
    return str(answering.answer(account, message, now=timezone.now()).reply)


def test_it_stays_out_of_production(settings):
    settings.DEMO_DISTRICT = False
    before = counts()
    with pytest.raises(CommandError, match="--force"):
        call_command("seed_demo", stdout=StringIO())
    assert counts() == before
