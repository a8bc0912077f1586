"""The index: exact with every signature and withdrawal, mended when it is not, found in any part of an item."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection

from channels import finding, outbox
from channels.edition import AltId, Image, ItemType, Paragraph, Subject
from channels.models import Item, Outlet, WithdrawalKind
from channels.search import entries
from channels.search.asking import TooCostly
from channels.search.models import Entry
from channels.search.store import index
from channels.search.words import Phrase, hits, phrase_of, segmented, words_of
from tests.channels.builders import NOW, edition, outlet, targets

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Outlet:
    return outlet("portal", "hosted")


def sign(site: Outlet, headline: str, **changes: Any) -> UUID:
    value = edition(headline=headline, **{"summary": "", "body": (), **changes})
    outbox.plan(value, targets(site), now=NOW)
    return value.content_id


def titles(text: str, **how: Any) -> list[str]:
    return [hit.title for hit in finding.find(text, limit=10, now=NOW, **how)]


def empty_index() -> None:
    index().clear()
    Entry.objects.all().delete()


def test_text_is_cut_into_pairs_and_a_word_is_a_phrase_of_them() -> None:
    assert segmented("停水，通知５Ｇ网络 ABC/2") == "停水 水 通知 知5g 5g网 网络 络abc abc 2"
    assert phrase_of("停水通知") == Phrase(("停水", "水通", "通知"))
    assert phrase_of("办理5g") == Phrase(("办理", "理5g"), is_open=True)
    assert phrase_of("第9期刊") == Phrase(("第9", "9期", "期刊"))
    assert phrase_of("第9期") == Phrase(("第9", "9期"))
    assert phrase_of("2026〕3") == Phrase(("2026", "3"), is_open=True)
    assert phrase_of("停，水") == Phrase(("停", "水"), is_open=True)
    assert phrase_of("5g") == Phrase(("5g",), is_open=True)
    assert phrase_of("路") == Phrase(("路",), is_open=True)
    assert words_of("“停水” （通知） * OR 停水") == ("停水", "通知", "or")


@pytest.mark.parametrize(
    "word", ["第9期", "9期", "年第9", "第9期刊", "9", "期", "刊", "a第", "a第9期刊物b", "b"]
)
def test_words_of_both_scripts_are_found_where_they_meet(site: Outlet, word: str) -> None:
    """One character behind a number is no prefix of anything: it stands with the number."""
    sign(site, "甲", summary="2026年第9期刊", body=(Paragraph(html="甲a第9期刊物b"),))

    assert titles(word) == ["甲"]


@pytest.mark.parametrize("word", ["第19期", "19期", "9年", "期9", "026年", "第期", "9刊", "年9"])
def test_words_of_both_scripts_are_not_found_where_they_do_not(site: Outlet, word: str) -> None:
    sign(site, "甲", summary="2026年第9期刊", body=(Paragraph(html="第119期"),))

    assert titles(word) == []


def test_marks_stand_where_the_text_has_the_word_however_it_is_written() -> None:
    text = "关于５Ｇ网络和ﬁ停水"
    assert [text[begin:end] for begin, end in hits(text, ["5g", "停水"])] == ["５Ｇ", "停水"]
    assert hits("停水停水通知", ["停水", "水通"]) == [(0, 5)]
    assert hits("停，水", ["停水"]) == []


def test_words_count_in_every_part_and_not_across_marks(site: Outlet) -> None:
    sign(
        site,
        "甲",
        alt_ids=(AltId(role="doc_number", value="城中政规〔2026〕3号"),),
        keywords=("义务教育",),
        subjects=(Subject(scheme="street", code="zn", name="中南街道"),),
        body=(Paragraph(html="先停，水再来。文<strong>昌</strong>路"),),
    )

    for word in ("政规", "城中政规〔2026〕3号", "义务教育", "中南街道", "文昌路", "２０２６"):
        assert titles(word) == ["甲"], word
    for word in ("停水", "附件", "图片", "务教中"):
        assert titles(word) == [], word


def test_a_caption_is_text_and_our_word_for_pictures_is_not(site: Outlet) -> None:
    from tests.sites.build import picture

    sign(site, "甲", body=(Image(asset=picture(), alt="巡逻", caption="夜间值守"),))

    assert titles("夜间值守") == titles("巡逻") == ["甲"]
    assert titles("图片") == []


def test_an_item_is_found_again_when_it_is_signed_again(site: Outlet) -> None:
    content_id = sign(site, "停水通知")
    outbox.recall(content_id, kind=WithdrawalKind.GONE, reason="误", now=NOW)
    assert (Entry.objects.count(), titles("停水")) == (0, [])

    outbox.plan(edition(content_id, headline="停水通知", summary="", body=()), targets(site), now=NOW)
    assert titles("停水") == ["停水通知"]


def test_an_entry_of_an_older_edition_is_not_believed_and_is_mended(site: Outlet) -> None:
    content_id = sign(site, "停水通知")
    first = Entry.objects.get()
    outbox.plan(edition(content_id, headline="停电通知", summary="", body=()), targets(site), now=NOW)
    Entry.objects.update(record=first.record)
    index().put(first.pk, entries.texts_of(edition(headline="停水通知", summary="", body=()), {}))

    assert titles("停水") == titles("停电") == []
    assert entries.mend(limit=10) == 1
    assert titles("停水") == []
    assert titles("停电") == ["停电通知"]
    assert entries.mend(limit=10) == 0


def test_what_is_missing_is_written_and_what_is_withdrawn_is_removed(site: Outlet) -> None:
    sign(site, "停水一")
    withdrawn = sign(site, "停水二")
    Item.objects.filter(pk=withdrawn).update(withdrawn_at=NOW)
    Entry.objects.exclude(item=withdrawn).delete()

    assert titles("停水") == []
    assert entries.mend(limit=10) == 2
    assert titles("停水") == ["停水一"]
    assert Entry.objects.count() == 1


def test_the_whole_index_can_be_made_anew(site: Outlet, capsys: pytest.CaptureFixture[str]) -> None:
    sign(site, "停水一")
    sign(site, "停水二")
    empty_index()

    call_command("reindex")
    assert sorted(titles("停水")) == ["停水一", "停水二"]
    assert "稿件 2 篇" in capsys.readouterr().out
    assert not Entry.objects.filter(spelled=False).exists()


def test_items_of_one_second_have_places_of_their_own(site: Outlet) -> None:
    base = edition()
    for number in range(3):
        uri = f"urn:uuid:{UUID(int=1024 * (number + 1))}"
        value = replace(base, uri=uri, slug=f"s{number}", headline=f"停水{number}")
        outbox.plan(value, targets(site), now=NOW)

    places = list(Entry.objects.order_by("pk").values_list("pk", flat=True))
    assert places == [places[0], places[0] + 1, places[0] + 2]
    assert sorted(titles("停水")) == ["停水0", "停水1", "停水2"]


def test_a_place_that_somebody_takes_meanwhile_is_left_to_him(
    site: Outlet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two who sign in one second look for a place before the other has written: the later one moves on."""
    sign(site, "停水一")
    taken = Entry.objects.get().pk
    looks = iter([(taken, False)])
    real = entries._place
    monkeypatch.setattr(entries, "_place", lambda item: next(looks, None) or real(item))
    sign(site, "停水二")

    assert sorted(titles("停水")) == ["停水一", "停水二"]
    assert Entry.objects.get(title="停水一").pk == taken


def test_a_text_longer_than_any_limit_is_found_at_its_end(site: Outlet) -> None:
    """PostgreSQL counts to 16,383 positions, and keeps 255 of one token."""
    long = "".join(chr(0x4E00 + n % 5000) + chr(0x4E00 + n % 4999) for n in range(12_000))
    sign(site, "甲", body=(Paragraph(html=f"{long}。末尾有一句特别的话"),))

    assert titles("一句特别的话") == ["甲"]


def test_filters_are_compared_as_they_are(site: Outlet) -> None:
    sign(site, "停水", type=ItemType.NOTICE)

    assert titles("停水", filters=finding.Filters(item_type="notice")) == ["停水"]
    for foreign in ("%", "notice' OR '1'='1", "NOTICE"):
        assert titles("停水", filters=finding.Filters(item_type=foreign)) == []


def test_a_statement_that_takes_too_long_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TooCostly, "SECONDS", 0.02)
    slow = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 90000000) SELECT max(i) FROM n"
    with pytest.raises(TooCostly), index().hurried(), connection.cursor() as cursor:
        cursor.execute(slow)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def test_signing_costs_five_statements_more_for_the_index(
    site: Outlet, django_assert_num_queries: Any
) -> None:
    content_id = sign(site, "停水")
    item = Item.objects.select_related("current").get(pk=content_id)
    assert item.current is not None
    with django_assert_num_queries(6 if connection.vendor == "sqlite" else 5):  # a savepoint takes two
        entries.write(item, item.current, item.current.edition())
