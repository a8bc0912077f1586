"""What a person may do about a placement: offered when it makes sense, checked again when it is done."""

from __future__ import annotations

import io
import zipfile
from itertools import product

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageLogEntry

from channels import outbox
from channels.contract import Capabilities, Update, Withdrawing
from channels.models import Delivery, EditionRecord, Outlet, Pending, Placement, State, WithdrawalKind
from cms.dashboard.verbs import VERBS, entered, offers
from tests.cms.desk import admin, move, place
from tests.factories import make_outlet, make_page, make_rule, make_user, sign

OPERATE = "cms.operate_desk"
AUTOMATIC = Capabilities(
    update=Update.IN_PLACE, withdrawal=Withdrawing.DELETE, repeatable=True, verifiable=True
)
BLIND = Capabilities(update=Update.IN_PLACE, withdrawal=Withdrawing.DELETE, repeatable=True, verifiable=False)
LASTING = Capabilities(update=Update.NONE, withdrawal=Withdrawing.NONE, repeatable=False, verifiable=True)
MANUAL = Capabilities(
    update=Update.IN_PLACE, withdrawal=Withdrawing.DELETE, repeatable=True, verifiable=True, manual=True
)


def offered(
    state: State, can: Capabilities, *, wanted: bool = True, must_carry: bool = True, **outlet: object
) -> list[str]:
    """Must-carry by default, so that 拒用 is not in every answer."""
    placement = Placement(
        state=state,
        desired=EditionRecord(pk=1) if wanted else None,
        must_carry=must_carry,
        outlet=Outlet(**outlet),
    )
    return [verb.key for verb in offers(placement, can)]


@pytest.mark.parametrize(
    ("state", "can", "wanted", "expected"),
    [
        (State.DUE, AUTOMATIC, True, []),
        (State.WORKING, AUTOMATIC, True, []),
        (State.WAITING, AUTOMATIC, True, ["retry"]),
        (State.ACCEPTED, AUTOMATIC, True, ["retry"]),
        (State.ACCEPTED, BLIND, True, ["retry", "sign_off"]),
        (State.UNKNOWN, AUTOMATIC, True, ["retry", "sign_off"]),
        (State.ASKING, AUTOMATIC, True, ["retry", "sign_off"]),
        (State.ASKING, MANUAL, True, ["confirm", "retry", "sign_off"]),
        (State.HELD, AUTOMATIC, True, ["release"]),
        (State.SETTLED, AUTOMATIC, True, ["check"]),
        (State.SETTLED, BLIND, True, []),
        (State.SETTLED, AUTOMATIC, False, []),
        (State.DUE, AUTOMATIC, False, []),
        (State.HELD, AUTOMATIC, False, ["retry"]),
        (State.ASKING, AUTOMATIC, False, ["retry", "sign_off"]),
        (State.ASKING, MANUAL, False, ["confirm_withdrawn", "retry", "sign_off"]),
        (State.ASKING, LASTING, False, ["confirm_withdrawn", "retry", "sign_off"]),
    ],
)
def test_a_state_offers_what_moves_it_on(state, can, wanted, expected):
    assert offered(state, can, wanted=wanted) == expected


def test_what_a_pause_holds_is_not_released_one_by_one():
    assert offered(State.HELD, AUTOMATIC, paused_at=timezone.now()) == []
    assert offered(State.HELD, AUTOMATIC, blocked_reason="密钥不正确") == []


def test_an_outlet_refuses_what_it_need_not_carry():
    assert "refuse" in offered(State.DUE, AUTOMATIC, must_carry=False)
    assert "refuse" not in offered(State.DUE, AUTOMATIC, must_carry=True)


def test_every_state_that_asks_a_person_offers_that_person_something():
    for can, wanted in product((AUTOMATIC, BLIND, LASTING, MANUAL), (True, False)):
        assert offered(State.ASKING, can, wanted=wanted)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "example.org/a",
        "javascript:alert(1)",
        "https://",
        "https://a b.example/",
        "http://[::1",
        "ftp://a/",
    ],
)
def test_only_a_full_web_address_completes_a_hand_off(text):
    with pytest.raises(ValueError, match="地址"):
        entered(VERBS["confirm"], text)


def asked_of(receipt: dict[str, object], *, wanted: bool = True) -> list[str]:
    placement = Placement(
        state=State.ASKING,
        desired=EditionRecord(pk=1) if wanted else None,
        must_carry=True,
        outlet=Outlet(),
        receipt={"token": "t", "awaits_person": True, **receipt},
    )
    return [verb.key for verb in offers(placement, LASTING)]


def test_a_person_who_was_asked_may_report_at_any_channel():
    assert asked_of({}) == ["confirm", "retry", "sign_off"]
    assert asked_of({"watched": True}) == ["confirm", "check", "sign_off"]
    assert asked_of({"watched": True, "raw": {"by_hand": True}}) == ["check", "confirm", "sign_off"]
    assert asked_of({}, wanted=False)[0] == "confirm_withdrawn"


def test_a_note_has_a_limit():
    assert entered(VERBS["sign_off"], "已" * 300)
    with pytest.raises(ValueError, match="300"):
        entered(VERBS["sign_off"], "已" * 301)


def post(client: Client, placement: Placement, verb: str, **data: str):
    return client.post(reverse("desk:act", args=[placement.pk, verb]), data, follow=True)


@pytest.fixture
def handoff(db) -> Placement:
    outlet = make_outlet("handoff")
    return move(place(outlet), outlet, "asking", due_at=None, receipt={"awaits_person": True, "token": "t"})


@pytest.fixture
def stuck(db) -> Placement:
    outlet = make_outlet("feed")
    return move(place(outlet), outlet, "asking", due_at=None, attempts=5)


def test_retry_makes_the_placement_due_now(stuck):
    post(admin(OPERATE), stuck, "retry")
    stuck.refresh_from_db()
    assert (stuck.state, stuck.attempts) == (State.DUE, 0)
    assert stuck.due_at <= timezone.now()


def test_check_makes_a_settled_placement_due_for_a_look(db):
    outlet = make_outlet("feed")
    placement = move(place(outlet), outlet, "settled")
    html = post(admin(OPERATE), placement, "check").content.decode()
    placement.refresh_from_db()
    assert placement.due_at is not None
    assert placement.actual_id == placement.desired_id
    assert "待核对" in html


def test_release_lets_a_held_item_go(db):
    outlet = make_outlet("feed")
    placement = move(place(outlet), outlet, "held", due_at=None)
    post(admin(OPERATE), placement, "release")
    placement.refresh_from_db()
    assert placement.released_at is not None
    assert placement.state == State.DUE


def test_an_address_completes_a_hand_off_and_is_looked_at(handoff):
    post(admin(OPERATE), handoff, "confirm", text=" https://gov.example/a.html ")
    handoff.refresh_from_db()
    assert handoff.remote_url == "https://gov.example/a.html"
    assert (handoff.state, handoff.pending) == (State.ACCEPTED, Pending.DELIVER)


def test_a_bad_address_changes_nothing_and_says_why(handoff):
    html = post(admin(OPERATE), handoff, "confirm", text="gov.example").content.decode()
    handoff.refresh_from_db()
    assert handoff.state == State.ASKING
    assert "http:// 或 https://" in html


def test_a_person_confirms_that_a_copy_is_down(handoff):
    outbox.recall(handoff.item_id, kind=WithdrawalKind.GONE, reason="有误", now=timezone.now())
    Placement.objects.filter(pk=handoff.pk).update(state=State.ASKING)
    post(admin(OPERATE), handoff, "confirm_withdrawn")
    handoff.refresh_from_db()
    assert (handoff.state, handoff.pending) == (State.ACCEPTED, Pending.WITHDRAW)


def test_a_person_vouches_with_a_reason_and_by_name(stuck):
    client = admin(OPERATE)
    post(client, stuck, "sign_off", text="电话核实")
    stuck.refresh_from_db()
    assert (stuck.state, stuck.actual_id) == (State.SETTLED, stuck.desired_id)
    delivery = Delivery.objects.get(placement=stuck)
    assert "电话核实" in delivery.message
    assert delivery.by.startswith("user-")


def test_vouching_without_a_reason_is_refused(stuck):
    post(admin(OPERATE), stuck, "sign_off", text="  ")
    stuck.refresh_from_db()
    assert stuck.state == State.ASKING


def test_a_refused_item_leaves_the_outlet(stuck):
    post(admin(OPERATE), stuck, "refuse", text="与本街道无关")
    stuck.refresh_from_db()
    assert stuck.desired_id is None
    assert stuck.refused_reason == "与本街道无关"


def test_a_must_carry_item_cannot_be_refused_even_by_a_forged_request(stuck):
    Placement.objects.filter(pk=stuck.pk).update(must_carry=True)
    post(admin(OPERATE), stuck, "refuse", text="不想要")
    stuck.refresh_from_db()
    assert stuck.desired_id is not None


def test_a_verb_that_makes_no_sense_any_more_says_so(stuck):
    move(stuck.item, stuck.outlet, "working")
    html = post(admin(OPERATE), stuck, "retry").content.decode()
    stuck.refresh_from_db()
    assert stuck.state == State.WORKING
    assert "状态已经变化" in html


def test_without_the_permission_nothing_happens_and_no_button_shows(stuck):
    client = admin()
    post(client, stuck, "retry")
    stuck.refresh_from_db()
    assert stuck.state == State.ASKING
    html = client.get(reverse("desk:placement", args=[stuck.pk])).content.decode()
    assert "重试</button>" not in html


def test_verbs_are_post_only(stuck):
    assert admin(OPERATE).get(reverse("desk:act", args=[stuck.pk, "retry"])).status_code == 405


def test_a_verb_without_the_csrf_token_is_refused(stuck):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user(superuser=True))
    assert client.post(reverse("desk:act", args=[stuck.pk, "retry"])).status_code == 403
    stuck.refresh_from_db()
    assert stuck.state == State.ASKING


def test_the_way_back_stays_on_this_host(stuck):
    client = admin(OPERATE)
    url = reverse("desk:act", args=[stuck.pk, "retry"])
    assert client.post(url, {"next": "https://evil.example/"}).url == reverse(
        "desk:placement", args=[stuck.pk]
    )
    move(stuck.item, stuck.outlet, "asking")
    assert client.post(url, {"next": "/admin/desk/?state=asking"}).url == "/admin/desk/?state=asking"


def test_an_unknown_verb_or_placement_is_not_found(stuck):
    client = admin(OPERATE)
    assert client.post(reverse("desk:act", args=[stuck.pk, "explode"])).status_code == 404
    assert client.post(reverse("desk:act", args=[stuck.pk + 1, "retry"])).status_code == 404


def test_a_channel_that_is_not_installed_any_more_offers_nothing_and_breaks_nothing(stuck):
    Outlet.objects.filter(pk=stuck.outlet_id).update(channel="fax")
    client = admin(OPERATE)
    assert client.get(reverse("desk:placement", args=[stuck.pk])).status_code == 200
    post(client, stuck, "retry")
    stuck.refresh_from_db()
    assert stuck.state == State.ASKING


@pytest.mark.django_db
def test_what_people_do_stands_in_the_history_of_the_item():
    outlet = make_outlet("feed", name="街道订阅源")
    make_rule(outlet)
    page = make_page()
    record = sign(page)
    placement = Placement.objects.get(item=record.item, outlet=outlet)
    move(placement.item, outlet, "asking")
    client = admin(superuser=True)
    post(client, placement, "sign_off", text="电话核实")
    assert PageLogEntry.objects.filter(page=page.pk, action="desk.sign_off").count() == 1
    history = client.get(reverse("wagtailadmin_pages:history", args=[page.pk])).content.decode()
    assert "人工确认（街道订阅源）：电话核实" in history


def test_the_drawer_is_a_fragment_of_the_same_page(stuck):
    client = admin(OPERATE)
    url = reverse("desk:placement", args=[stuck.pk])
    whole, part = (
        client.get(url).content.decode(),
        client.get(url, headers={"X-Desk": "drawer"}).content.decode(),
    )
    assert "<html" in whole
    assert "<html" not in part
    assert stuck.item.headline in part


def test_the_history_keeps_the_outlets_own_words(stuck):
    Delivery.objects.create(
        placement=stuck, edition=stuck.desired, generation=1, operation="deliver", token="t" * 32,
        started_at=timezone.now(), finished_at=timezone.now(), outcome="failed", remedy="admin", code="40164",
        message="出口地址不在白名单，请管理员添加", detail="invalid ip <10.0.0.1>", rendering_sha256="ab" * 32,
    )  # fmt: skip
    html = admin().get(reverse("desk:placement", args=[stuck.pk])).content.decode()
    assert "40164" in html
    assert "invalid ip &lt;10.0.0.1&gt;" in html
    assert "管理员处理" in html
    assert "ab" * 32 in html


def test_the_package_holds_the_signed_text(handoff):
    answer = admin(OPERATE).get(reverse("desk:package", args=[handoff.pk]))
    assert answer["Content-Disposition"].startswith("attachment")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
        text = package.read("稿件.txt").decode("utf-8-sig")
    assert handoff.item.headline in text


def test_the_detail_of_a_hand_off_tells_its_steps(handoff):
    Outlet.objects.filter(pk=handoff.outlet_id).update(options={"instructions": "登录内刊编务系统"})
    html = admin(OPERATE).get(reverse("desk:placement", args=[handoff.pk])).content.decode()
    assert "登录内刊编务系统" in html


def test_only_a_hand_off_that_is_wanted_has_a_package(handoff, stuck):
    client = admin(OPERATE)
    assert client.get(reverse("desk:package", args=[stuck.pk])).status_code == 404
    outbox.recall(handoff.item_id, kind=WithdrawalKind.GONE, reason="有误", now=timezone.now())
    assert client.get(reverse("desk:package", args=[handoff.pk])).status_code == 404
