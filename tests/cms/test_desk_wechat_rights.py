"""Every address of the accounts' pages: what it lets people without the rights do, and what it shows of secrets.

The addresses are taken from the table of addresses itself, so that a new one is covered on its first day.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from django.core import serializers
from django.urls import URLPattern, URLResolver, reverse

from channels.models import Outlet
from channels.wechat import models
from channels.wechat.models import OutsidePush, Push
from channels.wechat.push import verbs
from cms.dashboard.wechat import urls
from cms.dashboard.wechat.push.editor import VERBS
from tests.channels.builders import NOW
from tests.cms.desk import admin, place
from tests.factories import make_outlet

pytestmark = pytest.mark.django_db
SECRETS = {
    "secret": "appsecret-placeholder-1",
    "callback_token": "callbacktoken2",
    "callback_key": "placeholder3aeskeyplaceholder3aeskeyplaceho",
}
LOOKING_ONLY = {
    "wechat_account", "wechat_accounts", "wechat_figures", "wechat_figures_csv", "wechat_pushes",
    "wechat_pushes_home", "wechat_push_phone", "wechat_push_compare",
}  # fmt: skip


@pytest.fixture
def account() -> Outlet:
    # Nobody listens there: a view that asked the platform before it looked at the rights would fail.
    options = {"appid": "wxdemo000000000001", "api_base": "http://127.0.0.1:9"}
    return make_outlet("wechat_mp", slug="pinzhi", name="品质城中", options=options, secrets=SECRETS)


@pytest.fixture
def push(account: Outlet) -> Push:
    push = verbs.create(account, by="bianji", now=NOW)
    verbs.add(push.pk, [place(account).pk], by="bianji", now=NOW)
    return push


def names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns)
        else:
            yield str(pattern.name)


NAMES = sorted(set(names(urls.urlpatterns)))


def addresses(name: str, push: Push) -> list[str]:
    """All that the name stands for, about things that there are."""
    outside = OutsidePush.objects.create(outlet=push.outlet, day=NOW.date(), by="bianji", at=NOW)
    scene = models.Scene.objects.create(outlet=push.outlet, title="大厅", made_at=NOW)
    reply = models.KeywordReply.objects.create(outlet=push.outlet, words="停水", text="请查看通知")
    article = push.articles.get()
    pk = {"wechat_push_outside_forget": outside.pk, "wechat_scene": scene.pk, "wechat_reply": reply.pk}
    found = {
        "slug": "pinzhi",
        "pk": pk.get(name, push.pk),
        "article": article.pk,
        "content_id": article.item_id,
    }
    every = [{**found, "verb": verb} for verb in VERBS] if name == "wechat_push_act" else [found]
    resolver = _parameters(name)
    return [
        reverse(f"desk:{name}", kwargs={key: value for key, value in one.items() if key in resolver})
        for one in every
    ]


def _parameters(name: str) -> set[str]:
    """The parts of an address, its parents' included."""
    found: set[str] = set()

    def look(patterns: list[URLPattern | URLResolver], above: set[str]) -> None:
        for pattern in patterns:
            here = above | set(pattern.pattern.converters)
            if isinstance(pattern, URLResolver):
                look(pattern.url_patterns, here)
            elif pattern.name == name:
                found.update(here)

    look(urls.urlpatterns, set())
    return found


def everything() -> str:
    rows = [
        row for model in vars(models).values() if hasattr(model, "objects") for row in model.objects.all()
    ]
    return str(serializers.serialize("json", [*rows, *Outlet.objects.all()]))


@pytest.mark.parametrize("name", NAMES)
def test_who_has_no_right_changes_nothing(push: Push, name: str) -> None:
    reader = admin()
    where = addresses(name, push)
    before = everything()
    for address in where:
        for verb in ("", "greet", "remove", "publish", "seed", "make", "save", "settle", "renew"):
            fields = {"do": verb, "names": "wx-li", "pk": "1", "day": "2026-11-27", "seen": "x"}
            response = reader.post(address, fields)
            refused = response.status_code == 302 and response["Location"] == "/admin/"
            assert refused or (name in LOOKING_ONLY and response.status_code in {200, 302, 405}), address
    assert everything() == before


@pytest.mark.parametrize("name", NAMES)
def test_looking_changes_nothing_and_shows_no_secret(push: Push, name: str) -> None:
    where = addresses(name, push)
    before = everything()
    for address in where:
        response = admin(superuser=True).get(address, follow=True)
        shown = response.content.decode()
        assert response.status_code in {200, 405}
        assert not [secret for secret in SECRETS.values() if secret in shown]
    assert everything() == before


def test_another_accounts_things_are_not_found_below_this_one(push: Push) -> None:
    make_outlet("wechat_mp", slug="other", name="另一个", secrets=SECRETS)
    operator = admin(superuser=True)
    article = push.articles.get()
    for name, more in (
        ("wechat_push", {"pk": push.pk}),
        ("wechat_push_confirm", {"pk": push.pk}),
        ("wechat_push_check", {"pk": push.pk}),
        ("wechat_push_phone", {"pk": push.pk}),
        ("wechat_push_compare", {"pk": push.pk, "article": article.pk}),
    ):
        address = reverse(f"desk:{name}", kwargs={"slug": "other", **more})
        assert operator.get(address).status_code == 404, name
    made = reverse("desk:wechat_item_code", kwargs={"slug": "pinzhi", "content_id": uuid.uuid4()})
    assert operator.post(made).status_code == 404
