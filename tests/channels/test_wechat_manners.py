"""How accounts differ: drafts for a person, items for a push, and three ways to correct what is out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from channels.adapters.wechat_mp.api.line import line_of
from channels.adapters.wechat_mp.api.massing import Massing
from channels.adapters.wechat_mp.progress import Mark
from channels.contract import Answer, Presence, Receipt
from channels.edition import Correction, Paragraph
from channels.errors import Throttled
from channels.sandbox.config import AccountConfig, SandboxConfig
from tests.channels.stage import SIGNED, URI, Killed, Stage, sample
from tests.channels.wechat_stage import (
    APPID,
    WeChatRemote,
    by_hand,
    provisional,
    replace_memory,
    sandbox_of,
    staged,
)


class Elsewhere:
    """An HTTP client that ends at a page of somebody else's, which shows the title."""

    def __init__(self, *, allowed: bool) -> None:
        self._allowed = allowed

    async def request(self, *_: Any, **__: Any) -> Answer:
        assert self._allowed, "nobody may be asked"
        body = sample().headline.encode()
        return Answer(status=200, url="https://elsewhere.example/", headers={}, body=body)


@pytest.fixture
def stage() -> Iterator[Stage]:
    yield from staged(WeChatRemote())


class TestDraftsOnly:
    """An account that may not publish by itself: a person does it in the back office."""

    @pytest.fixture
    def stage(self) -> Iterator[Stage]:
        config = SandboxConfig(accounts=(AccountConfig(appid=APPID, name="无权账号", may_publish=False),))
        yield from staged(WeChatRemote(config))

    def test_a_person_is_asked_to_publish_the_draft(self, stage: Stage) -> None:
        receipt = stage.deliver(sample())
        assert (receipt.settled, receipt.awaits_person, receipt.watched) == (False, True, True)
        assert sample().headline in receipt.note
        assert sandbox_of(stage).count(f"draft:{APPID}") == 1
        assert stage.remote.copies(URI) == []

    def test_the_right_is_asked_for_once(self, stage: Stage) -> None:
        stage.deliver(sample())
        stage.deliver(sample(2), token="f" * 32)
        assert sandbox_of(stage).calls("freepublish") == 1

    def test_a_later_edition_changes_the_draft_that_is_there(self, stage: Stage) -> None:
        stage.deliver(sample(1))
        stage.deliver(sample(2), token="f" * 32)
        (draft,) = sandbox_of(stage).documents(f"draft:{APPID}")
        assert draft["articles"][0]["title"] == sample(2).headline
        assert Mark.read(draft["articles"][0]["content_source_url"]) == Mark.of("f" * 32, 2)

    def test_a_draft_in_the_box_is_waited_for(self, stage: Stage) -> None:
        assert stage.verify(stage.deliver(sample())).presence is Presence.PENDING

    def test_a_later_edition_of_a_draft_that_is_gone_warns_of_two_copies(self, stage: Stage) -> None:
        """The person had published the first one when the correction was signed."""
        first = stage.deliver(sample(1))
        assert "旧文" not in first.note
        by_hand(stage, first)
        stage.memory = stage.memory.next_generation()
        assert "已发表的请删除旧文" in stage.deliver(sample(2)).note

    def test_a_later_edition_of_a_draft_in_the_box_changes_the_draft(self, stage: Stage) -> None:
        first = stage.deliver(sample(1))
        stage.memory = stage.memory.next_generation()
        second = stage.deliver(sample(2))
        assert second.raw["media_id"] == first.raw["media_id"]
        assert "旧文" not in second.note

    def test_a_draft_that_is_gone_asks_for_the_address(self, stage: Stage) -> None:
        receipt = stage.deliver(sample())
        sandbox_of(stage).drop_drafts(APPID)
        seen = stage.verify(receipt)
        assert seen.presence is Presence.UNKNOWN
        assert "填写文章网址" in seen.note

    def test_the_address_that_a_person_gives_is_read(self, stage: Stage) -> None:
        receipt = stage.deliver(sample())
        url = by_hand(stage, receipt)
        seen = stage.verify(replace(receipt, remote_url=url, awaits_person=False))
        assert (seen.presence, seen.version, seen.remote_url) == (Presence.PRESENT, 1, url)

    def test_the_address_of_another_article_is_not_taken(self, stage: Stage) -> None:
        other = stage.deliver(sample(2), token="f" * 32)
        url = by_hand(stage, other)
        receipt = stage.deliver(sample(1))
        seen = stage.verify(replace(receipt, remote_url=url, awaits_person=False))
        assert (seen.presence, "标题" in seen.note) == (Presence.UNKNOWN, True)

    @pytest.mark.parametrize(
        "url",
        [
            "http://elsewhere.example/",
            "http://mp.weixin.qq.com@elsewhere.example/",
            "http://mp.weixin.qq.com:80@elsewhere.example/s/1",
            "http://mp.weixin.qq.com\\@elsewhere.example/",
            "http://mp.weixin.qq.com.elsewhere.example/",
            "http://elsewhere.example/?mp.weixin.qq.com",
            "http://[",
            "file:///etc/passwd",
            "javascript:alert(1)",
        ],
    )
    def test_an_address_elsewhere_is_not_even_asked(self, stage: Stage, url: str) -> None:
        receipt = stage.deliver(sample())
        stage.adapter.http = Elsewhere(allowed=False)
        seen = stage.verify(replace(receipt, remote_url=url))
        assert (seen.presence, "网址" in seen.note) == (Presence.UNKNOWN, True)

    def test_a_page_to_which_the_platform_leads_proves_nothing(self, stage: Stage) -> None:
        """An open redirect of the platform, and the right title at the end of it."""
        receipt = stage.deliver(sample())
        stage.adapter.http = Elsewhere(allowed=True)
        seen = stage.verify(replace(receipt, remote_url="https://mp.weixin.qq.com/redirect?to=elsewhere"))
        assert (seen.presence, "网址" in seen.note) == (Presence.UNKNOWN, True)

    def test_withdrawing_before_anybody_published_drops_the_draft(self, stage: Stage) -> None:
        receipt = stage.withdraw(stage.deliver(sample()))
        assert receipt.settled
        assert sandbox_of(stage).count(f"draft:{APPID}") == 0

    def test_withdrawing_afterwards_asks_the_person_and_looks(self, stage: Stage) -> None:
        receipt = stage.deliver(sample())
        url = by_hand(stage, receipt)
        asked = stage.withdraw(replace(receipt, remote_url=url, awaits_person=False, settled=True))
        assert (asked.settled, asked.awaits_person) == (False, True)
        stage.remote.forget(URI)
        assert stage.verify(replace(asked, awaits_person=False)).presence is Presence.ABSENT

    def test_a_correction_remembers_the_article_that_only_a_person_can_delete(self, stage: Stage) -> None:
        first = stage.deliver(sample(1))
        url = by_hand(stage, first)
        out = replace(first, remote_url=url, awaits_person=False, settled=True)
        second = stage.deliver(sample(2), previous=out, token="f" * 32)
        assert "删除旧文" in second.note
        asked = stage.withdraw(second)
        assert (asked.settled, asked.awaits_person, asked.remote_url) == (False, True, url)
        assert sandbox_of(stage).count(f"draft:{APPID}") == 0, "the correction's draft is gone at once"
        stage.remote.forget(URI)
        assert stage.verify(replace(asked, awaits_person=False)).presence is Presence.ABSENT


def test_a_draft_that_the_platform_wants_saved_by_hand_is_handed_over(stage: Stage) -> None:
    sandbox_of(stage).fault("freepublish/submit", "errcode", errcode=53504)
    receipt = stage.deliver(sample())
    assert (receipt.awaits_person, receipt.remote_id[:6]) == (True, "draft:")
    by_hand(stage, receipt)
    assert stage.verify(receipt).presence is Presence.PRESENT


def test_a_draft_that_a_person_published_meanwhile_is_not_published_again(stage: Stage) -> None:
    sandbox_of(stage).fault("freepublish/submit", "errcode", errcode=45009)
    with pytest.raises(Throttled):
        stage.deliver(sample())
    (draft,) = sandbox_of(stage).documents(f"draft:{APPID}")
    sandbox_of(stage).publish_by_hand(APPID, draft["media_id"])
    stage.remote.advance(86_400)
    stage.settle(stage.deliver(sample()), version=1)
    assert stage.remote.copies(URI) == [1]


class TestChosenToDraft:
    """An account that may publish, set to drafts: the list tells what a person did."""

    @pytest.fixture
    def stage(self) -> Iterator[Stage]:
        yield from staged(WeChatRemote(), publishing="draft")

    def test_the_read_back_finds_the_article_by_itself(self, stage: Stage) -> None:
        receipt = stage.deliver(sample())
        url = by_hand(stage, receipt)
        seen = stage.verify(receipt)
        assert (seen.presence, seen.version, seen.remote_url) == (Presence.PRESENT, 1, url)
        assert seen.receipt is not None
        assert (seen.receipt.awaits_person, seen.receipt.remote_id[:8]) == (False, "article:")
        assert sandbox_of(stage).calls("freepublish/submit") == 0


class TestUnverified:
    """Accounts without verification may not publish: nothing is even tried."""

    @pytest.fixture
    def stage(self) -> Iterator[Stage]:
        yield from staged(WeChatRemote(), verified="no")

    def test_a_person_publishes(self, stage: Stage) -> None:
        assert stage.deliver(sample()).awaits_person
        assert sandbox_of(stage).calls("freepublish") == 0


class TestForAPush:
    @pytest.fixture
    def stage(self) -> Iterator[Stage]:
        yield from staged(WeChatRemote(), publishing="push")

    def test_nothing_is_sent_and_the_desk_is_asked(self, stage: Stage) -> None:
        receipt = stage.deliver(sample())
        assert (receipt.awaits_person, "推送" in receipt.note) == (True, True)
        assert sandbox_of(stage).calls("/cgi-bin/") == 0

    def test_withdrawing_it_needs_nothing_either(self, stage: Stage) -> None:
        assert stage.withdraw(stage.deliver(sample())).settled


CORRECTED = Correction(note="停水时间应为八时至二十时。", major=True, at=SIGNED)


class TestCorrectingByNotice:
    @pytest.fixture
    def stage(self) -> Iterator[Stage]:
        yield from staged(WeChatRemote(), correction="notice")

    def test_the_old_article_stays_and_a_notice_says_what_was_wrong(self, stage: Stage) -> None:
        first = stage.place(sample(1))
        stage.place(sample(2, correction=CORRECTED), previous=first)
        titles = sorted(copy.title for copy in sandbox_of(stage).copies(URI))
        assert titles == sorted([sample(1).headline, f"更正：{sample(2).headline}"[:32]])

    def test_withdrawing_takes_both_down(self, stage: Stage) -> None:
        first = stage.place(sample(1))
        second = stage.place(sample(2, correction=CORRECTED), previous=first)
        stage.settle(stage.withdraw(second), version=None)
        assert stage.remote.copies(URI) == []

    def test_a_second_notice_keeps_the_first(self, stage: Stage) -> None:
        first = stage.place(sample(1))
        second = stage.place(sample(2, correction=CORRECTED), previous=first)
        third = stage.place(sample(3, correction=CORRECTED), previous=second)
        assert len(stage.remote.copies(URI)) == 3
        stage.settle(stage.withdraw(third), version=None)
        assert stage.remote.copies(URI) == []

    def test_an_edition_without_a_note_takes_the_place(self, stage: Stage) -> None:
        first = stage.place(sample(1))
        stage.place(sample(2), previous=first)
        assert stage.remote.copies(URI) == [2]

    @pytest.mark.parametrize("death", range(1, 10))
    def test_a_kill_leaves_one_notice(self, stage: Stage, death: int) -> None:
        first = stage.place(sample(1))
        second = sample(2, correction=CORRECTED)
        stage.memory = replace_memory(stage.memory, kill_after=death)
        try:
            receipt = stage.deliver(second, previous=first)
        except Killed:
            stage.memory.kill_after = None
            seen = stage.verify(provisional(second))
            if seen.presence is Presence.PRESENT and seen.version == 2:
                receipt = seen.receipt
            else:
                receipt = stage.deliver(second, previous=seen.receipt or first)
        stage.settle(receipt, version=2)
        assert sorted(stage.remote.copies(URI)) == [1, 2]


class TestCorrectingByHand:
    @pytest.fixture
    def stage(self) -> Iterator[Stage]:
        yield from staged(WeChatRemote(), correction="manual")

    def test_the_article_is_left_alone_and_a_person_is_asked(self, stage: Stage) -> None:
        first = stage.place(sample(1))
        asked = stage.deliver(sample(2), previous=first)
        assert (asked.awaits_person, asked.remote_id) == (True, first.remote_id)
        assert stage.remote.copies(URI) == [1]
        assert stage.verify(asked).presence is Presence.PENDING

    def test_withdrawing_meanwhile_takes_the_article_down(self, stage: Stage) -> None:
        asked = stage.deliver(sample(2), previous=stage.place(sample(1)))
        gone = stage.withdraw(asked)
        assert not gone.awaits_person
        assert stage.verify(gone).presence is Presence.ABSENT
        assert stage.remote.copies(URI) == []

    def test_the_look_compares_word_by_word(self, stage: Stage) -> None:
        body = (Paragraph(html="停水时间为八时至十八时。"),)
        first = stage.place(sample(1, body=body))
        changed = (Paragraph(html="停水时间为八时至二十时。"),)
        second = sample(2, headline=sample(1).headline, body=changed, correction=CORRECTED)
        asked = stage.deliver(second, previous=first)
        sandbox_of(stage).edit_by_hand(APPID, first.remote_id.partition(":")[2], "十八时", "二十时")
        seen = stage.verify(asked)
        assert (seen.presence, seen.version) == (Presence.PRESENT, 2)
        assert seen.receipt is not None
        assert not seen.receipt.awaits_person


class TestDraftsCorrectedByHand:
    """An account that may not publish by itself, whose articles a person changes."""

    @pytest.fixture
    def stage(self) -> Iterator[Stage]:
        config = SandboxConfig(accounts=(AccountConfig(appid=APPID, name="无权账号", may_publish=False),))
        yield from staged(WeChatRemote(config), correction="manual")

    def test_the_page_at_the_given_address_is_compared(self, stage: Stage) -> None:
        body = (Paragraph(html="停水时间为八时至十八时。"),)
        first = stage.deliver(sample(1, body=body))
        url = by_hand(stage, first)
        out = replace(first, remote_url=url, awaits_person=False, watched=False, settled=True)
        changed = (Paragraph(html="停水时间为八时至二十时。"),)
        second = sample(2, headline=sample(1).headline, body=changed, correction=CORRECTED)
        asked = stage.deliver(second, previous=out, token="f" * 32)
        assert (asked.awaits_person, asked.watched, asked.remote_url) == (True, True, url)
        assert stage.verify(asked).presence is Presence.PENDING
        sandbox_of(stage).edit_by_hand(APPID, sandbox_of(stage).copies(URI)[0].remote_id, "十八时", "二十时")
        seen = stage.verify(asked)
        assert (seen.presence, seen.version, seen.remote_url) == (Presence.PRESENT, 2, url)


class TestPushed:
    """An article that went out with a push: the platform tells of the push, and deletes one article of it."""

    def pushed(self, stage: Stage) -> Receipt:
        """A push of one article, sent by the platform's own calls."""
        draft = stage.deliver(sample())
        sent = replace(draft, remote_id="", awaits_person=False)
        line = line_of(stage.adapter.outlet, stage.memory, clock=stage.remote.clock)
        started = stage.run(Massing(line).sendall(draft.raw["media_id"], tag_id=None, clientmsgid="a" * 32))
        copy = sandbox_of(stage).copies(URI)[0]
        return replace(sent, remote_id=f"sent:{started.msg_id}.1", remote_url=copy.url, settled=True)

    @pytest.fixture
    def stage(self) -> Iterator[Stage]:
        yield from staged(WeChatRemote(), publishing="draft")

    def test_it_is_there(self, stage: Stage) -> None:
        seen = stage.verify(self.pushed(stage))
        assert (seen.presence, seen.version) == (Presence.PRESENT, 1)

    def test_its_withdrawal_deletes_the_article(self, stage: Stage) -> None:
        gone = stage.withdraw(self.pushed(stage))
        assert gone.settled
        assert stage.remote.copies(URI) == []

    def test_a_push_that_nobody_knows_is_no_proof(self, stage: Stage) -> None:
        receipt = replace(self.pushed(stage), remote_id="sent:999.1")
        assert stage.verify(receipt).presence is Presence.UNKNOWN

    def test_a_push_without_a_number_is_a_persons(self, stage: Stage) -> None:
        receipt = replace(self.pushed(stage), remote_id="sent:.1")
        assert stage.verify(receipt).presence is Presence.UNKNOWN
        asked = stage.withdraw(receipt)
        assert (asked.settled, asked.awaits_person) == (False, True)
        assert len(sandbox_of(stage).copies(URI)) == 1
