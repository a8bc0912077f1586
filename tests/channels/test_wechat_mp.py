"""wechat_mp against the strict stand-in of the platform: the suite, and what only this channel has."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from channels.adapters.wechat_mp.adapter import WeChatAdapter
from channels.adapters.wechat_mp.api import codes
from channels.adapters.wechat_mp.article.uploads import compare
from channels.adapters.wechat_mp.progress import Journal, Mark
from channels.adapters.wechat_mp.progress import Stage as Step
from channels.contract import AssetReader, Http, Presence, Receipt
from channels.edition import Attachment, Image
from channels.errors import (
    ChannelError,
    ConfigError,
    ContentError,
    Misbehaved,
    OutcomeUnknown,
    Refused,
    Remedy,
    Throttled,
    Unreachable,
)
from channels.sandbox.config import SandboxConfig
from tests.channels.conformance import WRITE_REMEDIES, AdapterConformance, failure, hearing
from tests.channels.loopback import Fault
from tests.channels.stage import URI, Killed, Memory, Stage, picture, sample
from tests.channels.wechat_stage import (
    APPID,
    WeChatRemote,
    adapter_for,
    provisional,
    sandbox_of,
    staged,
)


class TestWeChat(AdapterConformance):
    def make_remote(self) -> WeChatRemote:
        return WeChatRemote()

    def make_adapter(self, remote: WeChatRemote, *, http: Http, assets: AssetReader) -> WeChatAdapter:
        return adapter_for(remote, http, assets)

    @pytest.mark.parametrize("fault", list(WRITE_REMEDIES))
    def test_no_secret_is_told_after_a_fault(self, fault: Fault) -> None:
        """A lost submit ends every further delivery with its token, so each fault has a stage of its own."""
        with self.stage() as stage, hearing() as ear:
            stage.remote.fail_next(fault)
            error = failure(lambda: stage.deliver(self.edition()))
            texts = [
                repr(error),
                error.message,
                error.detail,
                repr(error.__cause__),
                *stage.texts,
                *ear.texts,
            ]
            assert [secret for secret in stage.remote.secrets if secret in "\n".join(texts)] == []
            assert len(stage.remote.secrets) > 1

    def test_no_secret_is_ever_told(self) -> None:
        with self.stage() as stage, hearing() as ear:
            stage.withdraw(stage.place(self.edition()))
            texts = [repr(stage.adapter.outlet), *stage.texts, *ear.texts]
            assert any("access_token=***" in text for text in texts)
            assert [secret for secret in stage.remote.secrets if secret in "\n".join(texts)] == []


@pytest.fixture
def stage() -> Iterator[Stage]:
    yield from staged(WeChatRemote())


class TestUnknownOutcome:
    def test_a_lost_answer_is_found_by_the_key_and_never_sent_again(self, stage: Stage) -> None:
        sandbox_of(stage).fault("freepublish/submit", "drop_after_commit")
        with pytest.raises(OutcomeUnknown):
            stage.deliver(sample())
        with pytest.raises(OutcomeUnknown):
            stage.deliver(sample())
        seen = stage.verify(provisional(sample()))
        assert (seen.presence, seen.version) == (Presence.PRESENT, 1)
        assert seen.receipt is not None
        assert seen.receipt.remote_id.startswith("article:")
        assert seen.remote_url.startswith(f"{sandbox_of(stage).url}/s/")
        assert sandbox_of(stage).calls("freepublish/submit") == 1

    def test_before_the_wait_is_over_nothing_is_concluded(self) -> None:
        for stage in staged(WeChatRemote(SandboxConfig(publish_seconds=600)), unknown_wait="900"):
            sandbox_of(stage).fault("freepublish/submit", "drop_after_commit")
            with pytest.raises(OutcomeUnknown):
                stage.deliver(sample())
            assert stage.verify(provisional(sample())).presence is Presence.PENDING
            stage.remote.advance(601)
            assert stage.verify(provisional(sample())).presence is Presence.PRESENT

    def test_a_lost_submit_is_not_withdrawn_before_it_is_known(self) -> None:
        for stage in staged(WeChatRemote(SandboxConfig(publish_seconds=600)), unknown_wait="900"):
            sandbox_of(stage).fault("freepublish/submit", "drop_after_commit")
            with pytest.raises(OutcomeUnknown):
                stage.deliver(sample())
            with pytest.raises(Throttled):
                stage.withdraw(provisional(sample()))
            stage.remote.advance(601)
            stage.settle(stage.withdraw(provisional(sample())), version=None)
            assert stage.remote.copies(URI) == []

    def test_an_article_that_others_deleted_can_be_sent_again(self, stage: Stage) -> None:
        receipt = stage.place(sample())
        stage.remote.forget(URI)
        assert stage.verify(receipt).presence is Presence.ABSENT
        stage.settle(stage.deliver(sample()), version=1)
        assert stage.remote.copies(URI) == [1]

    def test_a_submit_that_never_arrived_is_sent_again(self, stage: Stage) -> None:
        sandbox_of(stage).fault("freepublish/submit", "drop_before")
        with pytest.raises(OutcomeUnknown):
            stage.deliver(sample())
        assert stage.verify(provisional(sample())).presence is Presence.ABSENT
        stage.settle(stage.deliver(sample()), version=1)
        assert stage.remote.copies(URI) == [1]

    def test_a_draft_that_is_gone_without_an_article_goes_to_a_person(self, stage: Stage) -> None:
        sandbox_of(stage).fault("freepublish/submit", "drop_before")
        with pytest.raises(OutcomeUnknown):
            stage.deliver(sample())
        sandbox_of(stage).drop_drafts(APPID)
        seen = stage.verify(provisional(sample()))
        assert seen.presence is Presence.UNKNOWN
        assert "公众号后台" in seen.note

    def test_a_lost_memory_makes_no_second_article(self, stage: Stage) -> None:
        stage.place(sample())
        stage.memory = Memory()
        receipt = stage.deliver(sample())
        assert receipt.settled
        assert stage.remote.copies(URI) == [1]
        assert sandbox_of(stage).calls("freepublish/submit") == 1

    def test_a_second_draft_is_not_made_when_the_first_answer_got_lost(self, stage: Stage) -> None:
        sandbox_of(stage).fault("draft/add", "drop_after_commit")
        with pytest.raises(Unreachable):
            stage.deliver(sample())
        stage.settle(stage.deliver(sample()), version=1)
        assert sandbox_of(stage).calls("draft/add") == 1
        assert sandbox_of(stage).count(f"draft:{APPID}") == 0

    def test_a_draft_that_staff_deleted_is_made_again(self, stage: Stage) -> None:
        sandbox_of(stage).fault("freepublish/submit", "errcode", errcode=45011)
        with pytest.raises(Throttled):
            stage.deliver(sample())
        sandbox_of(stage).drop_drafts(APPID)
        stage.settle(stage.deliver(sample()), version=1)
        assert stage.remote.copies(URI) == [1]

    def test_a_busy_platform_after_submit_means_to_look(self, stage: Stage) -> None:
        sandbox_of(stage).fault("freepublish/submit", "errcode", errcode=-1)
        with pytest.raises(OutcomeUnknown):
            stage.deliver(sample())

    def test_a_consumed_draft_at_submit_means_to_look(self, stage: Stage) -> None:
        sandbox_of(stage).fault("freepublish/submit", "errcode", errcode=40007)
        with pytest.raises(OutcomeUnknown):
            stage.deliver(sample())


class TestReplacing:
    def test_the_old_article_is_gone_before_the_new_one_is_submitted(self, stage: Stage) -> None:
        first = stage.place(sample(1))
        sandbox_of(stage).fault("freepublish/submit", "errcode", errcode=45009)
        with pytest.raises(Throttled):
            stage.deliver(sample(2), previous=first)
        assert stage.remote.copies(URI) == []

    def test_a_spent_submit_quota_leaves_the_old_article_until_midnight(self, stage: Stage) -> None:
        first = stage.place(sample(1))
        sandbox_of(stage).spend(APPID, "freepublish/submit", 99)
        with pytest.raises(Throttled) as caught:
            stage.deliver(sample(2), previous=first)
        assert caught.value.retry_after is not None
        assert "今日发表次数已用完" in caught.value.message
        assert stage.remote.copies(URI) == [1]
        stage.remote.advance(86_400)
        stage.settle(stage.deliver(sample(2), previous=first), version=2)
        assert stage.remote.copies(URI) == [2]

    def test_an_account_that_may_not_ask_for_quotas_goes_on(self, stage: Stage) -> None:
        first = stage.place(sample(1))
        sandbox_of(stage).fault("openapi/quota/get", "errcode", errcode=48001)
        stage.place(sample(2), previous=first)
        assert stage.remote.copies(URI) == [2]

    def test_a_spent_delete_quota_holds_the_new_one_back(self, stage: Stage) -> None:
        first = stage.place(sample(1))
        sandbox_of(stage).fault("freepublish/delete", "errcode", errcode=45009)
        with pytest.raises(Throttled) as caught:
            stage.deliver(sample(2), previous=first)
        assert "10 次" in caught.value.message
        assert stage.remote.copies(URI) == [1]
        stage.remote.advance(86_400)
        stage.settle(stage.deliver(sample(2), previous=first), version=2)
        assert stage.remote.copies(URI) == [2]

    @pytest.mark.parametrize("death", range(1, 9))
    def test_a_kill_while_replacing_never_leaves_two(self, stage: Stage, death: int) -> None:
        first = stage.place(sample(1))
        stage.memory = Memory(stage.memory.entries, kill_after=death)
        try:
            receipt = stage.deliver(sample(2), previous=first)
        except Killed:
            receipt = self.resumed(stage)
        assert len(stage.remote.copies(URI)) <= 1
        stage.settle(receipt, version=2)
        assert stage.remote.copies(URI) == [2]

    @pytest.mark.parametrize("kind", ["drop_before", "drop_after_commit", "500_after"])
    def test_any_call_of_a_replacement_may_fail_and_there_are_never_two(
        self, stage: Stage, kind: str
    ) -> None:
        first = stage.place(sample(1))
        for nth in range(9):
            stage.memory.calls.clear()  # a day has ten deletions
            version = nth + 2
            sandbox_of(stage).fault("/cgi-bin/", kind, skip=nth)
            following = sample(version, pictures=3)
            for _ in range(6):
                try:
                    receipt = stage.deliver(following, previous=first)
                except ChannelError as error:
                    assert len(stage.remote.copies(URI)) <= 1, nth
                    if error.remedy is not Remedy.VERIFY:
                        continue
                    receipt = provisional(following)
                sandbox_of(stage).clear_faults()
                settled = self.settled(stage, receipt, version)
                if settled is not None:
                    break
            assert settled is not None
            first = settled
            assert stage.remote.copies(URI) == [version], nth

    def settled(self, stage: Stage, receipt: Receipt, version: int) -> Receipt | None:
        """What the engine makes of a look: the article, or None to deliver again."""
        seen = stage.verify(receipt)
        return seen.receipt if seen.presence is Presence.PRESENT and seen.version == version else None

    def resumed(self, stage: Stage) -> Receipt:
        """As the engine goes on: it looks, and delivers over what the look found."""
        stage.memory.kill_after = None
        seen = stage.verify(provisional(sample(2)))
        if seen.presence is Presence.PRESENT and seen.version == 2:
            assert seen.receipt is not None
            return seen.receipt
        if seen.presence is Presence.PENDING:
            return provisional(sample(2))
        return stage.deliver(sample(2), previous=seen.receipt)

    def test_a_look_after_a_lost_replacement_finds_the_article_before_it(self, stage: Stage) -> None:
        first = stage.place(sample(1))
        seen = stage.verify(provisional(sample(2)))
        assert (seen.presence, seen.version) == (Presence.PRESENT, 1)
        assert seen.receipt is not None
        assert seen.receipt.remote_id == first.remote_id
        stage.settle(stage.withdraw(seen.receipt), version=None)
        assert stage.remote.copies(URI) == []

    def test_without_receipt_and_memory_the_old_article_goes_all_the_same(self, stage: Stage) -> None:
        stage.place(sample(1))
        stage.memory = Memory()
        stage.place(sample(2))
        assert stage.remote.copies(URI) == [2]

    def test_a_deleted_article_with_our_mark_is_no_article(self, stage: Stage) -> None:
        stage.place(sample(1))
        stage.remote.forget(URI)
        stage.memory = Memory()
        assert stage.verify(provisional(sample(1))).presence is Presence.ABSENT
        stage.settle(stage.deliver(sample(1)), version=1)
        assert stage.remote.copies(URI) == [1]

    def test_a_look_waits_for_the_predecessors_review(self) -> None:
        for stage in staged(WeChatRemote(SandboxConfig(publish_seconds=60))):
            first = stage.deliver(sample(1))
            with pytest.raises(Throttled):
                stage.deliver(sample(2), previous=first)
            assert stage.verify(provisional(sample(2))).presence is Presence.PENDING
            stage.remote.advance(61)
            seen = stage.verify(provisional(sample(2)))
            assert (seen.presence, seen.version) == (Presence.PRESENT, 1)

    def test_a_predecessor_still_in_review_is_waited_for(self) -> None:
        for stage in staged(WeChatRemote(SandboxConfig(publish_seconds=60))):
            first = stage.deliver(sample(1))
            with pytest.raises(Throttled):
                stage.deliver(sample(2), previous=first)
            stage.remote.advance(61)
            second = stage.deliver(sample(2), previous=first)
            stage.remote.advance(61)
            stage.settle(second, version=2)
            assert stage.remote.copies(URI) == [2]

    def test_pictures_that_are_there_are_not_uploaded_again(self, stage: Stage) -> None:
        first = stage.place(sample(1))
        uploads = stage.remote.uploads
        stage.place(sample(2), previous=first)
        assert stage.remote.uploads == uploads


class TestReview:
    @pytest.mark.parametrize("status", [2, 3, 4])
    def test_a_failed_review_is_the_editors_and_the_draft_is_used_again(
        self, stage: Stage, status: int
    ) -> None:
        sandbox_of(stage).fault("freepublish/submit", "publish_status", status=status)
        receipt = stage.deliver(sample())
        with pytest.raises(Refused) as caught:
            stage.verify(receipt)
        assert caught.value.code == f"publish_status={status}"
        stage.settle(stage.deliver(sample()), version=1)
        assert stage.remote.copies(URI) == [1]
        assert sandbox_of(stage).calls("draft/add") == 1

    def test_a_failed_review_can_be_withdrawn_and_leaves_no_draft(self, stage: Stage) -> None:
        sandbox_of(stage).fault("freepublish/submit", "publish_status", status=4)
        receipt = stage.deliver(sample())
        stage.settle(stage.withdraw(receipt), version=None)
        assert sandbox_of(stage).count(f"draft:{APPID}") == 0

    def test_a_withdrawal_waits_for_the_end_of_the_review(self) -> None:
        for stage in staged(WeChatRemote(SandboxConfig(publish_seconds=60))):
            receipt = stage.deliver(sample())
            assert stage.verify(receipt).presence is Presence.PENDING
            with pytest.raises(Throttled):
                stage.withdraw(receipt)
            stage.remote.advance(61)
            stage.settle(stage.withdraw(receipt), version=None)
            assert stage.remote.copies(URI) == []

    def test_a_deletion_in_the_back_office_is_seen_through_the_job(self, stage: Stage) -> None:
        receipt = stage.deliver(sample())
        stage.remote.forget(URI)
        assert stage.verify(receipt).presence is Presence.ABSENT

    def test_a_forgotten_job_is_looked_up_by_the_mark(self, stage: Stage) -> None:
        receipt = stage.deliver(sample())
        sandbox_of(stage).fault("freepublish/get$", "errcode", errcode=40007, times=2)
        assert stage.verify(receipt).presence is Presence.PRESENT
        stage.settle(stage.withdraw(receipt), version=None)
        assert stage.remote.copies(URI) == []


class TestTokens:
    def test_all_calls_share_one_token(self, stage: Stage) -> None:
        first = stage.place(sample(1))
        stage.place(sample(2), previous=first)
        assert sandbox_of(stage).calls("stable_token") == 1

    def test_a_revoked_token_is_renewed_once_and_the_file_is_sent_whole(self, stage: Stage) -> None:
        stage.place(sample(1))
        sandbox_of(stage).revoke_tokens()
        stage.memory = Memory()
        other = sample(1, uri="urn:uuid:00000000-0000-4000-8000-000000000001")
        stage.settle(stage.deliver(other), version=1)
        assert sandbox_of(stage).calls("stable_token") == 2

    def test_an_ever_refused_token_is_asked_for_twice_at_most(self, stage: Stage) -> None:
        sandbox_of(stage).fault("freepublish/batchget", "errcode", errcode=40001, times=1000)
        with pytest.raises(ConfigError):
            stage.deliver(sample())
        assert sandbox_of(stage).calls("stable_token") <= 2
        assert sandbox_of(stage).calls("freepublish/batchget") <= 2

    def test_a_wrong_secret_is_the_admins(self) -> None:
        for stage in staged(WeChatRemote(), secret="wrong"):
            with pytest.raises(ConfigError) as caught:
                stage.deliver(sample())
            assert caught.value.code == "40125"
            assert sandbox_of(stage).calls("stable_token") == 1

    def test_a_missing_secret_is_said_without_a_call(self) -> None:
        for stage in staged(WeChatRemote(), secret=""):
            with pytest.raises(ConfigError):
                stage.deliver(sample())
            assert sandbox_of(stage).calls("") == 0

    def test_the_secret_never_travels_in_the_clear(self) -> None:
        for stage in staged(WeChatRemote(), api_base="http://api.weixin.example"):
            with pytest.raises(ConfigError) as caught:
                stage.deliver(sample())
            assert "https" in caught.value.message


class TestAnswers:
    @pytest.mark.parametrize(
        ("code", "remedy"),
        [
            (40164, Remedy.ADMIN),
            (48004, Remedy.ADMIN),
            (45002, Remedy.EDITOR),
            (45166, Remedy.EDITOR),
            (45011, Remedy.WAIT),
            (53501, Remedy.WAIT),
            (-1, Remedy.RETRY),
            (41005, Remedy.DEVELOPER),
            (123456, Remedy.DEVELOPER),
        ],
    )
    def test_each_code_has_its_remedy_and_keeps_its_words(
        self, stage: Stage, code: int, remedy: Remedy
    ) -> None:
        sandbox_of(stage).fault("draft/add", "errcode", errcode=code, errmsg="verbatim")
        error = failure(lambda: stage.deliver(sample()))
        assert error.remedy is remedy
        assert error.code == str(code)
        assert "verbatim rid: 0-fault-0" in error.detail

    def test_the_daily_quota_lasts_until_midnight_in_china(self) -> None:
        at_23h_in_china = 15 * 3600.0
        error = codes.failure(45009, endpoint="draft/add", write=False, now=at_23h_in_china, detail="")
        assert isinstance(error, Throttled)
        assert error.retry_after == 3600 + 60

    def test_real_quotas_stop_the_eleventh_deletion(self, stage: Stage) -> None:
        sandbox_of(stage).spend(APPID, "freepublish/delete", 10)
        receipt = stage.place(sample())
        error = failure(lambda: stage.withdraw(receipt))
        assert isinstance(error, Throttled)
        assert error.retry_after is not None
        assert 0 < error.retry_after <= 86_460

    def test_a_cover_that_the_platform_lost_is_uploaded_again(self, stage: Stage) -> None:
        first = stage.place(sample(1))
        sandbox_of(stage).drop_materials(APPID)
        stage.place(sample(2), previous=first)
        assert sandbox_of(stage).calls("add_material") == 2

    def test_a_page_instead_of_an_answer_to_a_look_is_tried_again(self, stage: Stage) -> None:
        sandbox_of(stage).fault("draft/get", "html")
        with pytest.raises(Unreachable) as caught:
            stage.deliver(sample())
        assert "502 Bad Gateway" in caught.value.detail
        stage.settle(stage.deliver(sample()), version=1)
        assert sandbox_of(stage).calls("draft/add") == 1

    def test_a_draft_that_lost_our_mark_or_a_picture_stops_the_delivery(self) -> None:
        sent = {"content_source_url": "http://hub.example/i/x/?wx=1", "content": "<img><img>"}
        compare(sent, sent)
        for kept in ({**sent, "content_source_url": "http://hub.example/i/x/"}, {**sent, "content": "<img>"}):
            with pytest.raises(Misbehaved):
                compare(sent, kept)

    def test_a_picture_that_the_platform_drops_stops_the_delivery(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("channels.sandbox.articles.cleaned", lambda content, image_base: "<p>正文</p>")
        with pytest.raises(Misbehaved) as caught:
            stage.deliver(sample())
        assert "2 张图片" in caught.value.message
        assert sandbox_of(stage).calls("freepublish/submit") == 0

    def test_a_hanging_platform_is_left_in_time(self, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("channels.adapters.wechat_mp.api.publishing.LONG_TIMEOUT", (1.0, 1.0))
        sandbox_of(stage).fault("freepublish/submit", "slow", seconds=3.0)
        with pytest.raises(OutcomeUnknown) as caught:
            stage.deliver(sample())
        assert caught.value.code == "ReadTimeoutError"


class TestContent:
    def test_no_picture_or_link_of_another_host_gets_out(self, stage: Stage) -> None:
        stage.place(sample())
        article = sandbox_of(stage).documents(f"article:{APPID}")[0]["articles"][0]
        assert article["content"].count("<img") == 2
        assert article["content"].count(f'src="{sandbox_of(stage).url}/mmbiz/') == 2
        assert "href" not in article["content"]

    def test_a_foreign_picture_in_a_rendering_stops_before_the_draft(self, stage: Stage) -> None:
        rendering = stage.adapter.render(sample())
        foreign = {**rendering.payload, "content": '<p><img alt="" src="https://foreign.example/1.png"></p>'}
        sending = stage.adapter.deliver(
            replace(rendering, payload=foreign), previous=None, token="0" * 32, checkpoint=stage.memory
        )
        with pytest.raises(Misbehaved) as caught:
            stage.run(sending)
        assert "foreign.example" in caught.value.detail
        assert sandbox_of(stage).calls("draft/add") == 0

    def test_the_mark_stays_out_of_the_rendering(self, stage: Stage) -> None:
        payload = stage.adapter.render(sample()).payload
        assert payload["content_source_url"] == sample().permalink
        assert "wx=" not in json.dumps(dict(payload))

    def test_a_corrupt_picture_is_the_editors_and_says_which(self, stage: Stage) -> None:
        class Broken:
            async def read(self, asset: object) -> bytes:
                return b"\x89PNG\r\n\x1a\nrubbish"

        stage.adapter.assets = Broken()
        with pytest.raises(ContentError) as caught:
            stage.deliver(sample())
        assert "示意图0.png" in caught.value.message
        assert sandbox_of(stage).calls("draft/add") == 0

    def test_an_article_without_pictures_gets_the_default_cover(self, stage: Stage) -> None:
        first = stage.place(sample(1, pictures=0))
        stage.place(sample(2, pictures=0), previous=first)
        assert sandbox_of(stage).calls("add_material") == 1

    def test_attachments_are_not_uploaded(self, stage: Stage) -> None:
        paper = Attachment(asset=picture(1), title="附件一")
        body = (*(block for block in sample().body if not isinstance(block, Image)), paper)
        stage.settle(stage.deliver(sample(body=body, cover=None)), version=1)
        assert sandbox_of(stage).calls("uploadimg") == 0


def test_a_journal_can_be_read_back() -> None:
    async def write_and_read() -> None:
        journal = Journal(Memory(), "a" * 32)
        written = await journal.move(await journal.load(), stage=Step.DRAFTED, media_id="m")
        assert await journal.load() == written
        await journal.forget()
        assert (await journal.load()).stage is Step.NEW

    import asyncio

    asyncio.run(write_and_read())


def test_a_mark_is_read_only_at_the_end_of_an_address() -> None:
    mark = Mark.of("0123456789abcdef" * 2, 3)
    assert Mark.read(mark.on("http://hub.example/i/x/")) == mark
    assert Mark.read(mark.on("http://hub.example/i/x/?a=1")) == mark
    assert Mark.read(mark.on("http://hub.example/i/x/") + "&utm=1") is None
    assert Mark.read("http://hub.example/i/x/") is None


def test_an_unknown_status_of_a_review_goes_to_a_person(stage: Stage) -> None:
    sandbox_of(stage).fault("freepublish/submit", "publish_status", status=9)
    receipt = stage.deliver(sample())
    with pytest.raises(Misbehaved) as caught:
        stage.verify(receipt)
    assert caught.value.code == "publish_status=9"
