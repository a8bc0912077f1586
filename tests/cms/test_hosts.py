"""Unknown host names get 400, the names of the sites an answer."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from wagtail.models import Page, Site

from cms.hosts import LOOK_SECONDS, Hosts
from tests.sites.build import QueryCount

pytestmark = pytest.mark.django_db


@pytest.fixture
def hosts(settings: Any) -> Hosts:
    settings.ALLOWED_HOSTS = Hosts("hub.example", "hub.example")
    return settings.ALLOWED_HOSTS  # type: ignore[no-any-return]


def status(host: str) -> int:
    return Client(headers={"host": host}).get("/find/").status_code


def test_only_names_of_the_settings_and_of_sites_are_answered(hosts: Hosts) -> None:
    Site.objects.create(hostname="office.example", port=80, root_page=Page.objects.get(depth=1))
    assert [status(host) for host in ("hub.example", "office.example", "office.example:8000")] == [200] * 3
    assert [status(host) for host in ("evil.example", "x.office.example", "office.example.evil.example")] == [
        400
    ] * 3


def test_a_new_site_is_answered_at_once_and_a_deleted_one_no_more(hosts: Hosts) -> None:
    assert status("new.example") == 400
    site = Site.objects.create(hostname="new.example", port=80, root_page=Page.objects.get(depth=1))
    assert status("new.example") == 200
    site.delete()
    assert status("new.example") == 400


def test_what_another_process_changes_is_seen_within_seconds(
    hosts: Hosts, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: QueryCount
) -> None:
    clock = [100.0]
    monkeypatch.setattr("cms.hosts.time.monotonic", lambda: clock[0])
    assert "new.example" not in list(hosts)
    Site.objects.bulk_create([Site(hostname="new.example", port=80, root_page=Page.objects.get(depth=1))])
    with django_assert_num_queries(0):  # however many unknown names are tried
        assert "new.example" not in list(hosts)
    clock[0] += LOOK_SECONDS
    assert "new.example" in list(hosts)


def test_a_name_of_the_settings_costs_no_look(hosts: Hosts, django_assert_num_queries: QueryCount) -> None:
    with django_assert_num_queries(0):
        assert next(iter(hosts)) == "hub.example"
