"""What an answer means for a link, and which links of a page are looked at at all."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.edition import Image, ItemList, Paragraph
from sites.linkcheck import judging, reading, watching
from sites.linkcheck.addresses import digest, host_of, is_sound, target
from sites.linkcheck.judging import Failure, Probe, State, Verdict, follow, judge
from sites.linkcheck.watching import Front, Known
from tests.sites import build

STATUSES = st.integers(200, 599).map(lambda status: Probe(status=status))
PROBES = STATUSES | st.sampled_from(Failure).map(lambda failure: Probe(failure=failure))


@pytest.mark.parametrize(
    ("probe", "own", "external"),
    [
        (Probe(status=200), "working", "working"),
        (Probe(status=302), "working", "working"),
        (Probe(status=403), "dead", "suspected"),
        (Probe(status=404), "dead", "suspected"),
        (Probe(status=410), "suspected", "suspected"),
        (Probe(status=500), "suspected", "suspected"),
        (Probe(failure=Failure.TIMEOUT), "suspected", "suspected"),
        (Probe(failure=Failure.CERTIFICATE), "suspected", "suspected"),
        (Probe(failure=Failure.BARRED), "barred", "barred"),
    ],
)
def test_only_404_and_403_of_our_own_pages_are_certain(probe: Probe, own: str, external: str) -> None:
    assert (judge(probe, is_own=True).state, judge(probe, is_own=False).state) == (own, external)


@settings(max_examples=60)
@given(PROBES)
def test_nothing_foreign_is_ever_called_dead_and_every_failure_has_words(probe: Probe) -> None:
    verdict = judge(probe, is_own=False)
    assert verdict.state is not State.DEAD
    assert bool(judging.words(verdict.code)) is (verdict.state is not State.WORKING)
    if verdict.is_failing:
        assert judging.next_step(verdict.code, is_own=False)


def test_a_foreign_link_is_reported_at_the_second_failure_an_own_one_at_once() -> None:
    assert not judging.is_reported("suspected", 1, is_own=False)
    assert judging.is_reported("suspected", 2, is_own=False)
    assert judging.is_reported("dead", 1, is_own=True)
    assert not judging.is_reported("working", 5, is_own=True)


def test_a_success_clears_the_count_and_a_plea_for_patience_changes_nothing() -> None:
    failed = follow("working", "", 0, Verdict(State.SUSPECTED, "500"))
    assert (failed.state, failed.failures, failed.is_news) == ("suspected", 1, True)
    again = follow("suspected", "500", 1, Verdict(State.SUSPECTED, "500"))
    assert (again.failures, again.is_news) == (2, False)
    assert follow("suspected", "500", 2, Verdict(State.SUSPECTED, "429")) == judging.Standing(
        State.SUSPECTED, "500", 2, is_news=False
    )
    assert follow("suspected", "500", 2, Verdict(State.WORKING, "")).failures == 0


@pytest.mark.parametrize(
    ("href", "found"),
    [
        ("/a#part", "http://site.example/a"),
        ("HTTP://Other.Example:80/X", "http://other.example/X"),
        ("//cdn.example/p.jpg", "http://cdn.example/p.jpg"),
        ("mailto:x@site.example", None),
        ("tel:0772-0000000", None),
        ("javascript:alert(1)", None),
        ("#top", None),
        ("http://[bad", "http://[bad"),
    ],
)
def test_an_address_is_kept_as_a_browser_would_fetch_it(href: str, found: str | None) -> None:
    assert target(href, "http://site.example/list/") == found


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=80))
def test_no_address_breaks_the_collector(href: str) -> None:
    found = target(href, "http://site.example/")
    if found is not None:
        host_of(found)
        is_sound(found)
        assert len(digest(found)) == 64


def test_an_edition_gives_its_links_pictures_attachments_and_origin() -> None:
    edition = build.edition(
        origin_url="http://source.example/1",
        body=(
            Paragraph(html='见<a href="http://a.example/x">通知</a>和<a href="mailto:x@a.example">邮箱</a>'),
            ItemList(items=('<a href="http://b.example/">乙</a>', '<a href="http://a.example/x">再</a>')),
        ),
    )
    found = {(one.url, one.part, one.text) for one in reading.of_edition(edition, lambda asset: asset.path)}
    assert found == {
        ("http://source.example/1", "origin", "原文链接"),
        ("http://a.example/x", "text", "通知"),
        ("http://b.example/", "text", "乙"),
    }


@pytest.mark.django_db
def test_files_of_an_edition_are_links_too() -> None:
    picture = build.picture()
    edition = build.edition(body=(Image(asset=picture, alt="现场"), build.attachment()))
    found = [(one.part, one.text) for one in reading.of_edition(edition, lambda asset: asset.path)]
    assert found == [("picture", "现场"), ("attachment", "报名表")]


@pytest.mark.parametrize(
    ("known", "front", "said"),
    [
        (Known(), Front("演示", "a.example"), ""),
        (Known("演示", "a.example"), Front("演示", "a.example"), ""),
        (Known("演示", "a.example"), Front("域名出售", "a.example"), "标题由“演示”变为“域名出售”"),
        (Known("演示", "a.example"), Front("", "a.example"), ""),
        (Known("演示", "a.example"), Front("演示", "b.example"), "跳转目标由 a.example 变为 b.example"),
        (Known(), Front("演示", "a.example", ("博彩平台",)), "页面出现警示词“博彩平台”"),
        (Known("演示", "a.example", ("博彩平台",)), Front("演示", "a.example", ("博彩平台",)), ""),
    ],
)
def test_a_domain_alarms_by_what_has_changed_since_a_person_looked(
    known: Known, front: Front, said: str
) -> None:
    assert watching.alarm(known, front) == said


def test_words_are_looked_for_in_what_readers_see_only() -> None:
    body = "<title>公园 简介</title><script>var 博彩平台</script><p>此 Domain FOR sale</p>".encode()
    assert watching.read(body, "a.example", ("博彩平台", "domain for sale")) == Front(
        "公园 简介", "a.example", ("domain for sale",)
    )
