"""The desk of the message box: the clock, answering, handing over, and whose messages a sub-office sees."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.utils import timezone
from wagtail.models import GroupPagePermission

from cms import holidays
from cms.models import DayKind, Holiday, Unit
from sites.enquiries import verbs
from sites.enquiries.clock import clock
from sites.enquiries.models import Act, Enquiry, Reason, State, Step
from sites.models import SiteHome
from tests.cms.desk import admin
from tests.factories import make_user
from tests.sites import build
from tests.sites.reading import soup
from tests.sites.test_enquiries import MARKUP, received

pytestmark = pytest.mark.django_db
LIST = "/admin/enquiries/"


def handler(home: SiteHome) -> Client:
    """Somebody who may edit `home` and what is below it, and handle messages."""
    group = Group.objects.create(name=f"办理 {home.slug}")
    for name in ("wagtailadmin.access_admin", "enquiries.handle_enquiry"):
        app, _, codename = name.partition(".")
        group.permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    change = Permission.objects.get(content_type__app_label="wagtailcore", codename="change_page")
    GroupPagePermission.objects.create(group=group, page=home, permission=change)
    user = make_user()
    user.groups.add(group)
    client = Client()
    client.force_login(user)
    return client


def act(client: Client, enquiry: Enquiry, name: str, **values: str) -> Any:
    data = {f"{name}-{key}": value for key, value in values.items()}
    return client.post(f"{LIST}{enquiry.pk}/", {"act": name, **data}, follow=True)


def test_the_clock_counts_working_days_and_says_when_it_has_run_out(portal: SiteHome) -> None:
    enquiry = received(portal, at=datetime(2026, 11, 20, 1, tzinfo=UTC))
    calendar = holidays.around(date(2026, 11, 20))

    def words(day: date) -> str:
        return clock(enquiry, today=day, calendar=calendar).words

    assert words(date(2026, 11, 21)) == "剩余 3 个工作日"
    assert words(date(2026, 11, 24)) == "剩余 1 个工作日"
    assert words(date(2026, 11, 25)) == "今天到期"
    assert words(date(2026, 11, 30)) == "已超时 3 个工作日"


def test_the_list_shows_the_most_urgent_first_and_the_menu_how_many_wait(portal: SiteHome) -> None:
    now = timezone.now()
    received(portal, at=now, text="刚刚收到的留言")
    received(portal, at=now - timedelta(days=30), text="早就超时的留言")
    done = received(portal, at=now, text="已经答复的留言")
    verbs.answer(done.pk, text="答复", by="甲", now=now)
    desk = admin(superuser=True)
    listed = [row.text.strip() for row in soup(desk.get(LIST)).select("tbody tr")]
    assert ["早就超时" in listed[0], "刚刚收到" in listed[1], "已经答复" in listed[2]] == [True, True, True]
    assert "已超时" in listed[0]
    home = desk.get("/admin/").text
    assert "\\u7559\\u8a00\\uff082\\uff09" in home  # 留言（2）, as the sidebar's JSON has it
    assert "2 件待办理，其中 1 件已超时" in home


def test_answering_in_public_is_stopped_by_personal_numbers(portal: SiteHome) -> None:
    enquiry = received(portal, text="请回电13800000000，谢谢")
    desk = admin(superuser=True)
    page = soup(desk.get(f"{LIST}{enquiry.pk}/"))
    assert "13800000000" not in page.select_one("[name=answer-public_text]").text  # type: ignore[union-attr]
    refused = act(desk, enquiry, "answer", text="已回电13800000000", publish="on", public_text=enquiry.text)
    assert refused.text.count("含有个人信息（手机号码 138****0000）") == 2
    enquiry.refresh_from_db()
    assert enquiry.state == State.OPEN
    act(desk, enquiry, "answer", text="已回电13800000000", public_text=enquiry.text)
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.published_at, enquiry.public_text) == (State.ANSWERED, None, "")
    act(desk, enquiry, "answer", text="已回电", publish="on", public_text="请回电")
    enquiry.refresh_from_db()
    assert enquiry.published_at is not None


def test_handing_over_closing_and_reopening_leave_their_lines(portal: SiteHome) -> None:
    enquiry = received(portal)
    unit = Unit.objects.create(code="ybj", name="城中区医保局")
    desk = admin(superuser=True)
    act(desk, enquiry, "transfer", unit=str(unit.pk), note="归口办理")
    assert "请选择不予受理的原因" in act(desk, enquiry, "close").text
    act(desk, enquiry, "close", reason="out_of_scope", note="应向市级部门反映")
    assert "状态已经变化" in act(desk, enquiry, "answer", text="晚了").text
    act(desk, enquiry, "reopen", note="属于本区")
    page = soup(desk.get(f"{LIST}{enquiry.pk}/")).select_one(".d-history").text  # type: ignore[union-attr]
    for words in (
        "城中区演示单位 → 城中区医保局。归口办理。",
        "不属本网站受理范围。应向市级部门反映。",
        "属于本区",
    ):
        assert words in page
    assert [step.act for step in Step.objects.all()] == [
        Act.RECEIVED,
        Act.TRANSFERRED,
        Act.CLOSED,
        Act.REOPENED,
    ]


def test_a_sub_office_sees_its_own_messages_and_those_handed_to_it(portal: SiteHome) -> None:
    unit = Unit.objects.create(code="tanzhong", name="潭中街道办事处")
    office = build.site("tanzhong", parent=portal, unit=unit)
    own, other = received(office, text="写给街道的留言"), received(portal, text="写给门户的留言")
    street, district = handler(office), handler(portal)
    assert "写给街道" in street.get(LIST).text
    assert "写给门户" not in street.get(LIST).text
    assert street.get(f"{LIST}{other.pk}/").status_code == 404
    assert act(street, other, "answer", text="越权").status_code == 404
    assert district.get(f"{LIST}{own.pk}/").status_code == 200
    verbs.transfer(other.pk, unit, note="", by="甲", now=timezone.now())
    assert street.get(f"{LIST}{other.pk}/").status_code == 200


@pytest.mark.parametrize(
    "address", [LIST, f"{LIST}results/", f"{LIST}calendar/", f"{LIST}1/", "/admin/holidays/"]
)
def test_nobody_else_gets_in(address: str) -> None:
    answer = admin().get(address, follow=True)
    assert answer.redirect_chain
    assert "没有" in answer.text or "权限" in answer.text


def test_markup_stays_text_at_the_desk_and_no_address_is_a_script(portal: SiteHome) -> None:
    enquiry = received(
        portal,
        text=MARKUP,
        name=MARKUP[:30],
        contact=MARKUP[:100],
        kind="correction",
        page="http://portal.example/",
    )
    verbs.reopen(
        verbs.close(enquiry.pk, Reason.SPAM, note=MARKUP, by=MARKUP, now=timezone.now()).pk,
        note=MARKUP,
        by=MARKUP,
        now=timezone.now(),
    )
    desk = admin(superuser=True)
    for address in (LIST, f"{LIST}{enquiry.pk}/", "/admin/"):
        page = soup(desk.get(address))
        assert not page.select("img[onerror]")
        assert not [
            tag for tag in page.select("script") if "alert(1)" in tag.text and "<script>" not in tag.text
        ]
        assert not page.select("a[href^='javascript:']")


def test_a_new_holiday_moves_the_open_clocks(portal: SiteHome) -> None:
    enquiry = received(portal, at=datetime(2026, 11, 20, 1, tzinfo=UTC))
    desk = admin(superuser=True)
    added = desk.post(
        "/admin/holidays/new/", {"date": "2026-11-24", "kind": DayKind.OFF, "name": "地方假日"}, follow=True
    )
    assert added.status_code == 200
    assert Holiday.objects.count() == 1
    enquiry.refresh_from_db()
    assert enquiry.due_on == date(2026, 11, 26)
    assert "地方假日" in desk.get(f"{LIST}calendar/").text
    desk.post(f"/admin/holidays/delete/{Holiday.objects.get().pk}/")
    enquiry.refresh_from_db()
    assert enquiry.due_on == date(2026, 11, 25)


def test_a_message_at_night_begins_its_clock_on_the_day_in_liuzhou() -> None:
    late = datetime(2026, 11, 19, 16, 30, tzinfo=UTC)  # 00:30 on Friday
    assert verbs.due_on(late) == date(2026, 11, 25)
