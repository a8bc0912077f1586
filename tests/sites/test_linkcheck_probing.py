"""How foreign addresses are looked at: what each failure is taken for, and how politely it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from channels.errors import ConfigError, Unreachable
from sites.linkcheck.judging import Failure, Probe
from sites.linkcheck.probing import failure_of
from tests.ports import free_port
from tests.sites.linkserver import CHUNK, HUGE_CHUNKS, Foreign, Pauses, probe


@pytest.fixture
def site() -> Iterator[Foreign]:
    with Foreign() as server:
        yield server


@pytest.mark.parametrize("status", [200, 204, 401, 403, 404, 410, 500, 503])
def test_a_status_is_told_as_it_is(site: Foreign, status: int) -> None:
    assert probe(f"{site.url}/status/{status}") == [Probe(status=status)]


def test_a_page_is_asked_for_by_head_and_by_get_only_when_that_fails(site: Foreign) -> None:
    assert probe(f"{site.url}/", f"{site.url}/get-only") == [Probe(status=200), Probe(status=200)]
    asked = [(method, path) for method, path in site.requests if path != "/robots.txt"]
    assert asked == [("HEAD", "/"), ("HEAD", "/get-only"), ("GET", "/get-only")]


def test_a_site_that_hangs_is_given_up_after_the_limit(site: Foreign) -> None:
    assert probe(f"{site.url}/hang", limit=0.1) == [Probe(failure=Failure.TIMEOUT)]


def test_an_answer_that_comes_after_fifteen_seconds_counts_as_none(site: Foreign) -> None:
    seconds = count(0.0, 8.0)
    assert probe(f"{site.url}/status/200", clock=lambda: next(seconds)) == [Probe(failure=Failure.TIMEOUT)]


def test_redirects_are_followed_to_their_end(site: Foreign) -> None:
    site.moved = f"{site.url}/status/404"
    assert probe(f"{site.url}/moved") == [Probe(status=404, leads_to=site.moved)]
    assert probe(f"{site.url}/loop")[0].failure is Failure.LOOP


@pytest.mark.parametrize(
    "address", ["http://10.0.0.1/", "http://169.254.169.254/latest/", "http://[fd00::1]/"]
)
def test_neither_a_link_nor_a_redirect_leads_into_the_internal_network(site: Foreign, address: str) -> None:
    site.moved = address
    straight, around = probe(address, f"{site.url}/moved")
    assert straight.failure is Failure.PRIVATE
    assert (around.failure, around.leads_to) == (Failure.PRIVATE, address)


def test_a_certificate_that_does_not_hold_is_told_from_a_dead_host(site: Foreign) -> None:
    assert probe(site.url.replace("http:", "https:"))[0].failure is Failure.CERTIFICATE
    assert probe(f"http://127.0.0.1:{free_port()}/")[0].failure is Failure.UNREACHABLE


def test_of_a_huge_page_only_the_beginning_is_read(site: Foreign) -> None:
    assert probe(f"{site.url}/huge") == [Probe(status=200)]
    assert site.sent < HUGE_CHUNKS * len(CHUNK)


def test_what_is_no_address_is_not_asked_for() -> None:
    for url in ("http://", "http://a b.example/", "http://host.example:99999/", "http://[bad/"):
        assert probe(url) == [Probe(failure=Failure.MALFORMED)]


def test_requests_to_a_host_are_a_second_apart_or_as_far_as_it_asks(site: Foreign) -> None:
    pauses = Pauses()
    probe(f"{site.url}/a", f"{site.url}/b", pauses=pauses)
    assert pauses.seconds == [1.0, 1.0]
    site.robots = "User-agent: *\nCrawl-delay: 4\n"
    pauses = Pauses()
    probe(f"{site.url}/a", f"{site.url}/b", pauses=pauses)
    assert pauses.seconds == [4.0, 4.0]
    site.robots = "User-agent: *\nCrawl-delay: 3600\n"
    pauses = Pauses()
    probe(f"{site.url}/a", pauses=pauses)
    assert pauses.seconds == [10.0]


def test_what_robots_txt_forbids_is_left_alone(site: Foreign) -> None:
    site.robots = "User-agent: *\nDisallow: /private/\n"
    barred, allowed = probe(f"{site.url}/private/x", f"{site.url}/open")
    assert (barred.failure, allowed.status) == (Failure.BARRED, 200)
    assert ("HEAD", "/private/x") not in site.requests


def test_the_client_s_errors_are_told_apart() -> None:
    assert failure_of(Unreachable("x", detail="ClientConnectorDNSError")) is Failure.NO_SUCH_HOST
    assert failure_of(Unreachable("x", detail="ServerTimeoutError")) is Failure.TIMEOUT
    assert failure_of(Unreachable("x", detail="ServerDisconnectedError")) is Failure.UNREACHABLE
    assert failure_of(ConfigError("x")) is Failure.PRIVATE
