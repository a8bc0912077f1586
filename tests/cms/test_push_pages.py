"""The pages of pushes: who may do what, what they say, and that their cost does not grow with their length."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from channels.wechat.models import OutsidePush, Push, PushPreview, PushState
from channels.wechat.push import content, verbs
from cms.dashboard.wechat.push.comparing import compare
from tests.channels.pushes import Hub, fresh, state
from tests.channels.stage import sample
from tests.cms.desk import admin
from tests.factories import make_image

pytestmark = pytest.mark.django_db
WRITER, REVIEWER = "cms.push_wechat", "cms.confirm_wechat_push"


@pytest.fixture
def hub() -> Hub:
    return Hub("http://127.0.0.1:9")


def at(name: str, push: Push, *more: Any) -> str:
    return reverse(f"desk:wechat_{name}", args=[push.outlet.slug, push.pk, *more])


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def fields(push: Push, **changes: str) -> dict[str, str]:
    """The editor's form as it stands."""
    values = {"when": "now", "at": "", "tag": "", "note": ""}
    for article in push.articles.all():
        own = {"position": article.position, "headline": article.headline, "summary": article.summary}
        values |= {f"a{article.pk}-{name}": str(value) for name, value in own.items()}
    return values | changes


def proposed(hub: Hub, by: str = "bianji", **plan: Any) -> Push:
    return verbs.propose(hub.push(hub.item(), **plan).pk, by=by, now=hub.clock())


def test_the_first_account_is_the_menus_way_in(hub: Hub) -> None:
    client = admin()
    assert client.get("/admin/desk/wechat/pushes/").url == "/admin/desk/wechat/pinzhi/pushes/"
    assert "还没有推送" in text(client.get("/admin/desk/wechat/pinzhi/pushes/"))
    assert client.get("/admin/desk/wechat/nowhere/pushes/").status_code == 404


def test_without_the_permission_one_may_look_and_nothing_else(hub: Hub) -> None:
    push = hub.push(hub.item())
    client = admin()
    html = text(client.get(at("push", push)))
    assert "保存并提交复核" not in html
    for address in (
        reverse("desk:wechat_push_new", args=["pinzhi"]),
        reverse("desk:wechat_push_outside", args=["pinzhi"]),
        at("push", push),
        at("push_pick", push),
        at("push_confirm", push),
        at("push_check", push),
        at("push_tags", push),
        at("push_act", push, "propose"),
        at("push_act", push, "cancel"),
    ):
        assert client.post(address).status_code == 302
    assert Push.objects.count() == 1
    assert state(push) is PushState.EDITING


def test_a_push_is_made_filled_ordered_and_proposed(hub: Hub) -> None:
    first, second = hub.item("甲"), hub.item("乙")
    client = admin(WRITER)
    client.post(reverse("desk:wechat_push_new", args=["pinzhi"]))
    push = Push.objects.get()
    assert "还没有稿件" in text(client.get(at("push", push)))
    assert "甲" in text(client.get(at("push_pick", push)))
    client.post(at("push_pick", push), {"item": [str(first.pk), str(second.pk)]})
    a, b = push.articles.all()
    swapped = {f"a{a.pk}-position": "2", f"a{b.pk}-position": "1", f"a{b.pk}-headline": "自定标题"}
    client.post(at("push", push), fields(push, **swapped, propose=""))
    assert [article.item_id for article in push.articles.all()] == [second.pk, first.pk]
    assert push.articles.first().headline == "自定标题"
    assert state(push) is PushState.PROPOSED


def test_an_article_is_taken_out_by_its_box(hub: Hub) -> None:
    push = hub.push(hub.item("甲"), hub.item("乙"))
    first = push.articles.first()
    admin(WRITER).post(at("push", push), fields(push, **{f"a{first.pk}-out": "on"}))
    assert [article.position for article in push.articles.all()] == [1]
    assert not push.articles.filter(pk=first.pk).exists()


def test_an_own_cover_is_frozen_with_its_own_focal_point(hub: Hub) -> None:
    push = hub.push(hub.item())
    pk = push.articles.get().pk
    image = make_image()
    cover = {f"a{pk}-cover": str(image.pk), f"a{pk}-focal_x": "20", f"a{pk}-focal_y": "80"}
    client = admin(WRITER)
    client.post(at("push", push), fields(push, **cover))
    held = push.articles.get().cover
    assert (held["focal"], held["picture"]) == ([0.2, 0.8], image.pk)
    image.delete()
    assert content.pieces(push)[0].edition.cover.asset.sha256 == held["sha256"]
    text(client.get(at("push", push)))


def test_a_full_day_is_refused_with_the_next_slot_and_nothing_is_lost(hub: Hub) -> None:
    soon = timezone.localtime(hub.clock() + timedelta(days=1)).replace(second=0, microsecond=0)
    hub.push(hub.item(), at=soon)
    push = hub.push(hub.item())
    wanted = {"when": "later", "at": f"{soon:%Y-%m-%dT%H:%M}", "note": "记得核对"}
    html = text(admin(WRITER).post(at("push", push), fields(push, **wanted)))
    assert f"最近的空档：{soon + timedelta(days=1):%Y-%m-%d %H:%M}" in html
    assert "记得核对" in html
    assert fresh(push).scheduled_at is None


@pytest.mark.parametrize("wrong", [{"when": "later"}, {"at": "morgen"}, {"when": "never"}, {"tag": "99"}])
def test_a_wrong_form_comes_back_with_its_reason(hub: Hub, wrong: dict[str, str]) -> None:
    push = hub.push(hub.item())
    answer = admin(WRITER).post(at("push", push), fields(push, **wrong))
    assert "d-errors" in text(answer)


def test_what_could_not_be_saved_comes_back_in_the_order_that_was_given(hub: Hub) -> None:
    push = hub.push(hub.item("甲"), hub.item("乙"))
    first, second = push.articles.all()
    moved = {f"a{first.pk}-position": "2", f"a{second.pk}-position": "1"}
    page = text(admin(WRITER).post(at("push", push), fields(push, **moved, when="later")))
    assert "未保存" in page
    assert page.index(f"a{second.pk}-headline") < page.index(f"a{first.pk}-headline")


def test_the_limits_of_own_texts_are_the_platforms(hub: Hub) -> None:
    push = hub.push(hub.item())
    pk = push.articles.get().pk
    client = admin(WRITER)
    for name, length in (("headline", 32), ("summary", 128)):
        assert "d-errors" in text(
            client.post(at("push", push), fields(push, **{f"a{pk}-{name}": "字" * (length + 1)}))
        )
        assert (
            client.post(at("push", push), fields(push, **{f"a{pk}-{name}": "字" * length})).status_code == 302
        )


def test_the_proposer_sees_that_another_person_has_to_confirm(hub: Hub) -> None:
    client = admin(superuser=True)
    user = client.session["_auth_user_id"]
    from django.contrib.auth import get_user_model

    push = proposed(hub, by=get_user_model().objects.get(pk=user).get_username())
    assert "须由另一人复核" in text(client.get(at("push_confirm", push)))
    client.post(at("push_confirm", push), {"seen": push.fingerprint})
    assert state(push) is PushState.PROPOSED


def test_a_reviewer_confirms_exactly_what_he_saw(hub: Hub) -> None:
    push = proposed(hub)
    client = admin(REVIEWER)
    html = text(client.get(at("push_confirm", push)))
    assert push.fingerprint in html
    assert "还没有发送过手机预览" in html
    client.post(at("push_confirm", push), {"seen": "0" * 64})
    assert state(push) is PushState.PROPOSED
    client.post(at("push_confirm", push), {"seen": push.fingerprint})
    assert state(push) is PushState.CONFIRMED


def test_the_reviewer_finds_it_on_his_home_page_and_may_send_a_preview_first(hub: Hub) -> None:
    push = proposed(hub)
    client = admin(REVIEWER)
    assert at("push_confirm", push) in text(client.get("/admin/"))
    assert 'name="names"' in text(client.get(at("push_confirm", push)))


def test_the_confirmation_tells_of_a_preview_of_this_very_content(hub: Hub) -> None:
    push = proposed(hub)
    digest = content.digest(content.renderings(push, content.pieces(push)))
    values = {"push": push, "asked_by": "bianji", "asked_at": hub.clock(), "sent_at": hub.clock()}
    PushPreview.objects.create(name="old-one", digest="0" * 64, **values)
    assert "还没有发送过手机预览" in text(admin(REVIEWER).get(at("push_confirm", push)))
    PushPreview.objects.create(name="laowang", digest=digest, **values)
    html = text(admin(REVIEWER).get(at("push_confirm", push)))
    assert "完全一致的预览已发送：laowang" in html


def test_a_newer_edition_is_shown_beside_the_adopted_one_and_chosen(hub: Hub) -> None:
    item = hub.item("停水通知")
    push = hub.push(item)
    hub.item("停水通知（改期）", item=item, version=2)
    client = admin(WRITER)
    assert "来源已更新" in text(client.get(at("push", push)))
    html = text(client.get(at("push_compare", push, push.articles.get().pk)))
    assert "停水通知（改期）" in html
    client.post(at("push_act", push, "adopt"), {"article": push.articles.get().pk})
    assert push.articles.get().edition.number == 2
    assert "来源已更新" not in text(client.get(at("push", push)))


def test_the_difference_names_what_changed_only() -> None:
    assert [part.lines for part in compare(sample(1), sample(1))] == [[], [], []]
    title, _, body = compare(sample(1), sample(2))
    assert ("-", sample(1).headline) in title.lines
    assert any(sign == "+" and "第2次停水" in line for sign, line in body.lines)


def test_the_phone_shows_the_message_and_every_article(hub: Hub) -> None:
    push = hub.push(hub.item("甲标题", pictures=1), hub.item("乙标题"))
    answer = admin().get(at("push_phone", push))
    html = text(answer)
    assert html.count("<article") == 2
    assert "asset:" not in html
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert "<script" not in html


def test_an_unclear_push_shows_its_evidence_and_takes_a_persons_word(hub: Hub) -> None:
    push = hub.confirmed()
    Push.objects.filter(pk=push.pk).update(
        state=PushState.UNKNOWN,
        attempts=1,
        attempted_at=hub.clock(),
        evidence={"draft": {"at": "2026-11-26T10:00:00+00:00", "there": True, "says": "草稿仍在草稿箱"}},
    )
    client = admin(REVIEWER)
    page = text(client.get(at("push_check", push)))
    assert "草稿仍在草稿箱" in page
    assert "11-26 18:00" in page, "China time"
    assert at("push_check", push) in text(client.get("/admin/"))
    client.post(at("push_check", push), {"not_sent-note": "后台没有"})
    assert state(push) is PushState.UNKNOWN, "without the tick nothing happens"
    client.post(at("push_check", push), {"not_sent-note": "后台没有", "not_sent-looked": "on"})
    assert (state(push), fresh(push).allowed) == (PushState.CONFIRMED, 2)


def test_a_person_says_that_it_went_out_with_the_address(hub: Hub) -> None:
    push = hub.confirmed()
    Push.objects.filter(pk=push.pk).update(state=PushState.UNKNOWN, attempts=1, attempted_at=hub.clock())
    said = {
        "addresses": "1",
        "sent-looked": "on",
        "sent-note": "手机上看到",
        "sent-url1": "https://mp.example/s/1",
    }
    admin(REVIEWER).post(at("push_check", push), said)
    assert state(push) is PushState.SENT
    assert push.articles.get().url == "https://mp.example/s/1"


def test_a_push_from_the_back_office_is_noted_and_taken_back(hub: Hub) -> None:
    client = admin(WRITER)
    address = reverse("desk:wechat_push_outside", args=["pinzhi"])
    client.post(address, {"day": timezone.localdate().isoformat(), "note": "节日问候"})
    row = OutsidePush.objects.get()
    assert "后台群发" in text(client.get("/admin/desk/wechat/pinzhi/pushes/"))
    client.post(address, {"day": "gestern"})
    client.post(reverse("desk:wechat_push_outside_forget", args=["pinzhi", row.pk]))
    assert not OutsidePush.objects.exists()


def test_the_desk_says_which_copies_will_be_deleted(hub: Hub) -> None:
    item = hub.item()
    push = hub.push(item)
    hub.settled(item, "older")
    assert "已有文章：推送发出后，系统删除旧的一篇" in text(admin(WRITER).get(at("push", push)))


def test_what_was_pushed_before_is_marked_in_the_picker(hub: Hub) -> None:
    item = hub.item()
    before = hub.confirmed(item)
    Push.objects.filter(pk=before.pk).update(state=PushState.SENT, attempted_at=hub.clock())
    push = verbs.create(hub.outlet, by="bianji", now=hub.clock())
    assert "已推送过" in text(admin(WRITER).get(at("push_pick", push)))


def test_a_month_that_is_none_is_this_one(hub: Hub) -> None:
    for month in ("2026-13", "x", "9999-01"):
        html = text(admin().get(f"/admin/desk/wechat/pinzhi/pushes/?month={month}"))
        assert f"{timezone.localdate().year} 年" in html


@pytest.mark.parametrize("name", ["push", "push_pick", "push_confirm", "push_phone"])
def test_a_page_costs_the_same_for_one_article_and_for_six(hub: Hub, name: str) -> None:
    short, long = hub.push(hub.item()), hub.push(*(hub.item(f"第{n}篇") for n in range(6)))
    if name == "push_confirm":
        verbs.arrange(
            short.pk,
            verbs.Plan(at=hub.clock() + timedelta(days=1)),
            [verbs.Own(pk=short.articles.get().pk)],
            by="b",
            now=hub.clock(),
        )
        verbs.propose(short.pk, by="b", now=hub.clock())
        verbs.propose(long.pk, by="b", now=hub.clock())
    client = admin(WRITER, REVIEWER)
    client.get(at(name, short))
    assert queries(client, at(name, short)) == queries(client, at(name, long))


def test_the_list_costs_the_same_for_one_push_and_for_five(hub: Hub) -> None:
    client, address = admin(WRITER), "/admin/desk/wechat/pinzhi/pushes/"
    hub.push(hub.item())
    client.get(address)
    before = queries(client, address)
    for number in range(4):
        hub.push(hub.item(f"第{number}篇"), hub.item(f"又{number}篇"))
    assert queries(client, address) == before


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_an_unknown_verb_and_another_accounts_push_are_not_found(hub: Hub) -> None:
    push = hub.push(hub.item())
    client = admin(WRITER)
    assert client.post(at("push_act", push, "explode")).status_code == 404
    assert client.get(reverse("desk:wechat_push", args=["other", push.pk])).status_code == 404
    assert client.get(at("push_act", push, "cancel")).status_code == 405


def test_tags_are_asked_for_outside_a_transaction(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    from cms.dashboard.wechat.push.pushes import refresh_tags

    assert refresh_tags._non_atomic_requests == {"default"}
    push = hub.push(hub.item())
    html = text(admin(WRITER).post(at("push_tags", push), follow=True))
    assert "没有取得标签" in html
