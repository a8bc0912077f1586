"""Did you mean: by sound, as people of Liuzhou tell sounds apart, and by spelling; only words of public titles."""

from __future__ import annotations

import pytest

from channels import outbox
from channels.models import Outlet, WithdrawalKind
from channels.search import asking, entries
from channels.search.guessing import guess, titled
from channels.search.sounds import sounds_of, typed
from channels.search.words import words_of
from tests.channels.builders import NOW, edition, outlet, targets

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Outlet:
    return outlet("portal", "hosted")


def sign(site: Outlet, headline: str) -> None:
    outbox.plan(edition(headline=headline), targets(site), now=NOW)
    entries.spell(limit=10)


def meant(text: str) -> str:
    return guess(text, words_of(text), asking.condition(asking.Filters(), NOW))


@pytest.mark.parametrize(
    ("typed_text", "word"),
    [
        ("tingshui", "停水"),
        ("ting shui", "停水"),
        ("tinsui", "停水"),
        ("挺水", "停水"),
        ("听税通知", "停水通知"),
        ("文昌璐", "文昌路"),
        ("停水公通知", "停水通知"),
        ("文昌路 挺水", "文昌路 停水"),
    ],
)
def test_a_word_of_the_same_sound_or_nearly_the_same_spelling_is_meant(
    site: Outlet, typed_text: str, word: str
) -> None:
    sign(site, "文昌路片区停水通知")

    assert meant(typed_text) == word


@pytest.mark.parametrize("text", ["停水", "hello", "招聘", "x", "t", "1234567", "ting"])
def test_nothing_is_proposed_for_what_is_found_or_near_nothing(site: Outlet, text: str) -> None:
    sign(site, "文昌路片区停水通知")

    assert meant(text) == ""


def test_a_withdrawn_title_is_never_proposed(site: Outlet) -> None:
    value = edition(headline="文昌路片区停水通知")
    outbox.plan(value, targets(site), now=NOW)
    entries.spell(limit=10)
    outbox.recall(value.content_id, kind=WithdrawalKind.GONE, reason="误", now=NOW)

    assert meant("tingshui") == meant("挺水") == meant("停水公通知") == ""


def test_a_corrected_title_is_proposed_as_it_reads_now(site: Outlet) -> None:
    value = edition(headline="文昌路片区停水通知")
    outbox.plan(value, targets(site), now=NOW)
    entries.spell(limit=10)
    outbox.plan(edition(value.content_id, headline="文昌路片区停电通知"), targets(site), now=NOW)
    entries.spell(limit=10)

    assert meant("tingshui") == ""
    assert meant("tingdian") == "停电"


def test_titles_are_proposed_while_somebody_types(site: Outlet) -> None:
    sign(site, "文昌路片区停水通知")
    condition = asking.condition(asking.Filters(), NOW)

    assert titled(("停水",), condition, limit=5) == titled(("tingshui",), condition, limit=5)
    assert titled(("停水",), condition, limit=5) == ["文昌路片区停水通知"]
    assert titled((), condition, limit=5) == []


def test_readings_depend_on_the_word() -> None:
    assert sounds_of("银行长江路") == ["yin", "han", "can", "jian", "lu"]
    assert sounds_of("5G、カ") == ["5g", "カ"]
    assert typed("xian") == [["xi", "an"]]
    assert len(typed("a" * 5000)) == 1
    assert typed("<b>") == typed("停水") == []
