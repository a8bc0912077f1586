"""Search: all words, anywhere in a sentence, titles first, only what holds and has an address of ours."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from channels import finding, outbox
from channels.edition import Organisation, Paragraph, ServiceFacts, Table
from channels.models import Item, Outlet, Placement, State, WithdrawalKind
from tests.channels.builders import NOW, edition, outlet, targets

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def site() -> Outlet:
    return outlet("portal", "hosted")


def sign(site: Outlet, headline: str, **changes: Any) -> UUID:
    value = edition(headline=headline, **{"summary": "", "body": (), **changes})
    outbox.plan(value, targets(site), now=NOW)
    return value.content_id


def titles(text: str, **how: Any) -> list[str]:
    return [hit.title for hit in finding.find(text, **{"limit": 10, "now": NOW, **how})]


def test_all_words_have_to_occur(site: Outlet) -> None:
    sign(site, "文昌路片区停水通知")
    sign(site, "文昌路片区停电通知")

    assert titles("停水 文昌") == ["文昌路片区停水通知"]
    assert titles("停水 河东") == []
    assert titles("   ") == []


def test_titles_come_before_summaries_before_text_and_the_newest_first(site: Outlet) -> None:
    sign(site, "正文", body=(Paragraph(html="今日<strong>社保</strong>缴费"),), first_created=NOW - HOUR)
    sign(site, "摘要", summary="社保缴费须知", first_created=NOW - 2 * HOUR)
    sign(site, "社保（旧）", first_created=NOW - 4 * HOUR)
    sign(site, "社保（新）", first_created=NOW - 3 * HOUR)

    assert titles("社保") == ["社保（新）", "社保（旧）", "摘要", "正文"]


def test_the_middle_of_a_sentence_a_table_and_the_facts_count(site: Outlet) -> None:
    sign(
        site,
        "甲",
        body=(
            Table(
                rows=(("路段", "时间"), ("文昌路东段", "八时")),
            ),
        ),
    )
    sign(site, "乙", service=ServiceFacts(area="河东街道滨江社区", contact="0000000"))

    assert titles("昌路东") == ["甲"]
    assert titles("滨江") == ["乙"]


def test_words_of_two_parts_together_count(site: Outlet) -> None:
    sign(site, "停水通知", body=(Paragraph(html="涉及滨江社区"),))

    assert titles("停水 滨江") == ["停水通知"]


def test_letters_of_either_case_and_marks_are_found(site: Outlet) -> None:
    sign(site, "甲", body=(Paragraph(html="关于 5G 与 A&amp;B “试点”"),))

    assert titles("5g") == ["甲"]
    assert titles("a&b") == ["甲"]
    assert titles("“试点”") == ["甲"]


@pytest.mark.parametrize("word", ["paragraph", "html", "canonical_url", "sha256", "100%", "%", "_"])
def test_the_words_of_our_own_format_are_not_found(site: Outlet, word: str) -> None:
    sign(site, "停水通知", body=(Paragraph(html="请储水"),))

    assert titles(word) == []


def test_what_is_withdrawn_over_or_has_no_page_is_not_found(site: Outlet) -> None:
    withdrawn = sign(site, "停水一")
    outbox.recall(withdrawn, kind=WithdrawalKind.GONE, reason="误", now=NOW)
    sign(site, "停水二", expires=NOW)
    sign(outlet("neikan", "handoff"), "停水三")
    sign(site, "停水四", expires=NOW + HOUR)

    assert titles("停水") == ["停水四"]
    assert [hit.title for hit in finding.newest(limit=5, now=NOW)] == ["停水四"]


def test_a_correction_is_searched_as_it_reads_now(site: Outlet) -> None:
    content_id = sign(site, "停水通知（八时）")
    outbox.plan(edition(content_id, headline="停水通知（九时）", summary="", body=()), targets(site), now=NOW)

    assert titles("八时") == []
    assert titles("九时") == ["停水通知（九时）"]


def test_an_item_that_the_asking_account_shows_leads_to_its_article(site: Outlet) -> None:
    account = outlet("pinzhi", "wechat_mp")
    value = edition(headline="停水通知")
    outbox.plan(value, targets(site, account), now=NOW)
    article = "https://mp.weixin.qq.com/s/x"
    rows = Placement.objects.filter(outlet=account)
    rows.update(remote_url=article, state=State.ACCEPTED)
    permalink = f"http://hub.example/i/{value.content_id}/"

    assert [hit.url for hit in finding.find("停水", limit=1, outlet=account, now=NOW)] == [permalink]
    rows.update(state=State.SETTLED)
    assert [hit.url for hit in finding.find("停水", limit=1, outlet=account, now=NOW)] == [article]
    assert [hit.url for hit in finding.find("停水", limit=1, now=NOW)] == [permalink]
    assert finding.address_of(Item.objects.get(), account) == article


def test_the_excerpt_shows_where_the_word_is(site: Outlet) -> None:
    sign(site, "甲", body=(Paragraph(html=f"{'前' * 200}关键所在{'后' * 200}"),))

    (hit,) = finding.find("关键所在", limit=1, now=NOW)
    assert "关键所在" in hit.excerpt
    assert len(hit.excerpt) < 70


def test_work_is_bounded(site: Outlet, django_assert_max_num_queries: Any) -> None:
    for number in range(15):
        sign(site, f"停水{number}", issuer=Organisation(code="a", name="甲"))

    with django_assert_max_num_queries(9):  # on SQLite 3; on PostgreSQL the time limit takes six more
        assert len(finding.find("停水", limit=5, now=NOW)) == 5
    assert finding.words_of(" ".join(f"w{n}" for n in range(50)) + "\x00") == tuple(f"w{n}" for n in range(8))
    assert len(finding.words_of("水" * 5000)[0]) == 40
