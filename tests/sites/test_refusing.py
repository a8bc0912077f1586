"""拒用 by a sub-office: for its own site, with a reason, for good; never a must-carry, never for somebody else's site."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupPagePermission

from channels.models import Outlet, Placement
from sites.models import ColumnIndex, SiteHome
from tests.factories import make_page, make_rule, make_user, sign
from tests.sites import build
from tests.sites.reading import soup

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(portal: SiteHome, news: ColumnIndex) -> SiteHome:
    office = build.site("tanzhong", parent=portal)
    build.column_page(office, "ywdt", slug="dongtai")
    return office


@pytest.fixture
def street(office: SiteHome) -> Client:
    """Somebody of the sub-office: may edit what is below its home, and has no right at the desk."""
    group = Group.objects.create(name="潭中街道")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    change = Permission.objects.get(content_type__app_label="wagtailcore", codename="change_page")
    GroupPagePermission.objects.create(group=group, page=office, permission=change)
    user = make_user()
    user.groups.add(group)
    client = Client()
    client.force_login(user)
    return client


def placed(outlet: Outlet | None) -> Placement:
    return Placement.objects.select_related("item").get(outlet=outlet)


def refuse(client: Client, placement: Placement, reason: str = "与本街道无关") -> str:
    address = reverse("desk:act", args=[placement.pk, "refuse"])
    answer = client.post(address, {"text": reason}, follow=True)
    return answer.text


def test_a_sub_office_refuses_for_its_own_site_and_it_sticks(
    news: ColumnIndex, office: SiteHome, street: Client, reader: Client
) -> None:
    make_rule(office.outlet)
    page = make_page(parent=news)
    sign(page)
    placement = placed(office.outlet)
    assert page.title in reader.get("/tanzhong/").text
    shown = soup(street.get(reverse("desk:placement", args=[placement.pk])))
    assert [form["action"] for form in shown.select("form[action*='/act/'], form[action$='refuse/']")]
    assert not shown.select("form[action$='retry/'], form[action$='check/']")
    assert "请填写原因" in refuse(street, placement, "")
    refuse(street, placement)
    assert page.title not in reader.get("/tanzhong/").text
    assert page.title in reader.get("/").text
    page.title = "改过标题的更正版"
    sign(page)
    placement = placed(office.outlet)
    assert (placement.desired, placement.refused_reason) == (None, "与本街道无关")
    assert "改过标题的更正版" not in reader.get("/tanzhong/").text


def test_a_must_carry_cannot_be_refused_and_says_why(
    news: ColumnIndex, office: SiteHome, street: Client, reader: Client
) -> None:
    make_rule(office.outlet, hours=12)
    page = make_page(parent=news)
    sign(page)
    placement = placed(office.outlet)
    assert placement.must_carry_by is not None
    assert placement.must_carry_by <= timezone.now() + timedelta(hours=12)
    assert "必转稿件不能拒用，请与宣传部联系" in refuse(street, placement)
    assert page.title in reader.get("/tanzhong/").text
    assert "必转稿件不能拒用" in street.get(reverse("desk:placement", args=[placement.pk])).text


def test_nobody_refuses_for_another_site_or_does_more_than_refuse(
    portal: SiteHome, news: ColumnIndex, office: SiteHome, street: Client
) -> None:
    make_rule(office.outlet)
    sign(make_page(parent=news))
    there, here = placed(portal.outlet), placed(office.outlet)
    refuse(street, there)
    street.post(reverse("desk:act", args=[here.pk, "retry"]))
    there.refresh_from_db()
    assert there.refused_at is None
    assert "要求重试" not in placed(office.outlet).message
