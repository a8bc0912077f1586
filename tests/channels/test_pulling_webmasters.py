"""Webmasters: an invitation works once, for seven days, for one outlet, and for whom it was meant."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from channels.models import Outlet
from channels.pulling import webmasters
from channels.pulling.models import Invitation
from channels.pulling.webmasters import VALID, NotValid
from tests.channels.builders import NOW, outlet

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Outlet:
    return outlet("jinglan", "feed")


@pytest.fixture
def user() -> User:
    return User.objects.create_user("jinglan", password="correct horse battery staple")


def invite(office: Outlet, user: User | None = None) -> tuple[Invitation, str]:
    return webmasters.invite(office, person="张三", by="admin", now=NOW, user=user)


def test_an_invitation_binds_to_its_outlet(office: Outlet, user: User) -> None:
    outlet("hedong", "feed")
    invitation, token = invite(office)
    assert token not in str(Invitation.objects.values().get())
    webmasters.accept(token, user, now=NOW)
    assert list(webmasters.outlets_of(user)) == [office]
    assert webmasters.take_back(invitation, now=NOW) is False


def test_it_works_once(office: Outlet, user: User) -> None:
    _, token = invite(office)
    webmasters.accept(token, user, now=NOW)
    with pytest.raises(NotValid, match="已经使用"):
        webmasters.accept(token, user, now=NOW)


def test_it_ends_after_seven_days(office: Outlet) -> None:
    _, token = invite(office)
    webmasters.open_invitation(token, now=NOW + VALID - timedelta(seconds=1))
    with pytest.raises(NotValid, match="失效"):
        webmasters.open_invitation(token, now=NOW + VALID)


def test_it_can_be_taken_back(office: Outlet) -> None:
    invitation, token = invite(office)
    assert webmasters.take_back(invitation, now=NOW)
    with pytest.raises(NotValid, match="失效"):
        webmasters.open_invitation(token, now=NOW)


def test_a_guess_opens_nothing(office: Outlet) -> None:
    invite(office)
    with pytest.raises(NotValid, match="不正确"):
        webmasters.open_invitation("guess", now=NOW)


def test_a_link_for_one_person_is_not_anothers(office: Outlet, user: User) -> None:
    _, token = invite(office, user)
    other = User.objects.create_user("other")
    with pytest.raises(NotValid, match="不是发给您"):
        webmasters.accept(token, other, now=NOW)
    webmasters.accept(token, user, now=NOW)


def test_an_outlet_out_of_service_is_nobodys(office: Outlet, user: User) -> None:
    webmasters.join(office, user, now=NOW)
    Outlet.objects.update(retired_at=NOW)
    assert not webmasters.outlets_of(user)
