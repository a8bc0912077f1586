"""What every channel has to keep. A channel's test is one subclass with two hooks (docs/adding-a-channel.md).

The remote is a real server on loopback. tests/channels/test_careless.py proves that each case can fail.
"""

from __future__ import annotations

import contextlib
import json
import logging
import re
import sys
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import FrameType
from typing import Any, ClassVar

import pytest

from channels.adapters import CHANNELS
from channels.contract import Adapter, AssetReader, Http, Presence, Receipt, Severity, Withdrawing
from channels.edition import Edition, Paragraph
from channels.errors import ChannelError, ContentError, Missing, Refused, Remedy
from tests.channels.loopback import RETRY_AFTER, Fault
from tests.channels.stage import (
    NOTE,
    URI,
    Ear,
    Killed,
    Memory,
    Remote,
    Stage,
    sample,
    token_for,
)

CHINESE = re.compile("[\u4e00-\u9fff]")
CLOCKS = {"time", "time_ns", "monotonic", "now", "utcnow", "today", "urandom", "random", "getrandbits"}
WRITE_REMEDIES: Mapping[Fault, frozenset[Remedy]] = {
    Fault.REFUSED: frozenset({Remedy.EDITOR}),
    Fault.UNAUTHORISED: frozenset({Remedy.ADMIN}),
    Fault.THROTTLED: frozenset({Remedy.WAIT}),
    Fault.SERVER_ERROR: frozenset({Remedy.RETRY, Remedy.VERIFY}),
    Fault.DROPPED: frozenset({Remedy.VERIFY}),
    Fault.APPLIED_THEN_DROPPED: frozenset({Remedy.VERIFY}),
    Fault.APPLIED_THEN_GARBAGE: frozenset({Remedy.VERIFY, Remedy.DEVELOPER}),
}
"""The right remedies of a failed call that changes something. Where nothing may be known, RETRY would be a lie."""

LOOK_REMEDIES: Mapping[Fault, frozenset[Remedy]] = {
    Fault.UNAUTHORISED: frozenset({Remedy.ADMIN}),
    Fault.THROTTLED: frozenset({Remedy.WAIT}),
    Fault.SERVER_ERROR: frozenset({Remedy.RETRY}),
    Fault.DROPPED: frozenset({Remedy.RETRY}),
}
"""The right remedies of a failed look: nothing can have been applied."""


class AdapterConformance:
    """Subclass it as `class TestX(AdapterConformance)`; the hooks are `make_remote` and `make_adapter`.

    `write_remedies` are empty for a channel whose `deliver` sends nothing. `opaque_looks` are faults that `verify`
    reports as UNKNOWN instead of raising, because the address belongs to one page and not to the outlet.
    """

    write_remedies: ClassVar[Mapping[Fault, frozenset[Remedy]]] = WRITE_REMEDIES
    look_remedies: ClassVar[Mapping[Fault, frozenset[Remedy]]] = LOOK_REMEDIES
    opaque_looks: ClassVar[frozenset[Fault]] = frozenset()
    registered: ClassVar[bool] = True

    @abstractmethod
    def make_remote(self) -> Remote:
        """A fresh outlet, serving."""

    @abstractmethod
    def make_adapter(self, remote: Any, *, http: Http, assets: AssetReader) -> Adapter:
        """The adapter set up for that outlet."""

    def fail_probe(self, remote: Any, fault: Fault) -> None:
        """Strike the next trial of the connection; override where it makes another call than deliveries do."""
        remote.fail_next(fault)

    def edition(self, version: int = 1, **changes: Any) -> Edition:
        """What is published; override it for a channel that cannot take the usual sample."""
        return sample(version, **changes)

    def callbacks(self, stage: Stage) -> list[tuple[Mapping[str, str], bytes]]:
        """Recorded call-backs of the outlet (headers, body), validly signed; none for a channel without."""
        return []

    @contextlib.contextmanager
    def stage(self) -> Iterator[Stage]:
        stage = Stage(self.make_remote())
        try:
            stage.adapter = self.make_adapter(stage.remote, http=stage.http, assets=stage.assets)
            yield stage
        finally:
            stage.close()

    # ---- what it is

    def test_is_registered_under_its_key(self) -> None:
        with self.stage() as stage:
            cls = type(stage.adapter)
            if self.registered:
                assert CHANNELS[cls.key] == f"{cls.__module__}.{cls.__qualname__}"
            assert CHINESE.search(cls.label)

    def test_options_are_labelled_in_chinese(self) -> None:
        with self.stage() as stage:
            assert all(CHINESE.search(option.label) for option in stage.adapter.options)
            named = {option.name for option in stage.adapter.options if option.secret}
            assert set(stage.adapter.outlet.secrets) <= named, (
                "a secret that is no secret option would be shown"
            )

    # ---- check and render: pure

    def test_render_is_the_same_for_equal_editions(self) -> None:
        with self.stage() as stage:
            first = stage.adapter.render(self.edition())
            again = stage.adapter.render(Edition.from_json(self.edition().to_json()))
            assert first == again
            assert first.sha256 == again.sha256

    def test_render_reads_no_clock_and_no_dice(self) -> None:
        with self.stage() as stage:
            assert calls_of(CLOCKS, lambda: stage.adapter.render(self.edition())) == set()

    def test_render_is_json(self) -> None:
        with self.stage() as stage:
            payload = dict(stage.adapter.render(self.edition()).payload)
            assert json.loads(json.dumps(payload)) == payload

    def test_render_leaves_the_edition_alone(self) -> None:
        with self.stage() as stage:
            edition = self.edition()
            before = edition.to_json()
            rendering = stage.adapter.render(edition)
            assert edition.to_json() == before
            assert (rendering.uri, rendering.version) == (edition.uri, edition.version)

    def test_render_shows_what_is_written(self) -> None:
        with self.stage() as stage:
            first = stage.adapter.render(self.edition(1))
            second = stage.adapter.render(self.edition(2))
            assert first.sha256 != second.sha256
            assert self.edition(2).headline in json.dumps(dict(second.payload), ensure_ascii=False)

    def test_render_hides_the_editors_note(self) -> None:
        with self.stage() as stage:
            text = json.dumps(dict(stage.adapter.render(self.edition()).payload), ensure_ascii=False)
            assert NOTE not in text

    def test_a_sound_edition_passes_the_check(self) -> None:
        with self.stage() as stage:
            assert blocking(stage.adapter, self.edition()) == []

    @pytest.mark.parametrize(
        "place", ["headline_max_chars", "summary_max_chars", "images_max", "body_max_bytes"]
    )
    def test_the_limit_passes_and_one_more_does_not(self, place: str) -> None:
        with self.stage() as stage:
            limit = getattr(stage.adapter.capabilities, place)
            if limit is None:
                return
            at, over = self.at_limit(place, limit)
            if at is not None:
                assert blocking(stage.adapter, at) == []
                stage.adapter.render(at)
            found = blocking(stage.adapter, over)
            assert found
            assert all(CHINESE.search(part) for finding in found for part in finding)

    def test_an_empty_body_is_found(self) -> None:
        with self.stage() as stage:
            assert blocking(stage.adapter, self.edition(body=()))

    def at_limit(self, place: str, limit: int) -> tuple[Edition | None, Edition]:
        """An edition at the limit (None where it cannot be hit exactly), and one over it."""
        if place == "headline_max_chars":
            return self.edition(headline="题" * limit), self.edition(headline="题" * (limit + 1))
        if place == "summary_max_chars":
            return self.edition(summary="摘" * limit), self.edition(summary="摘" * (limit + 1))
        if place == "images_max":
            return sample(pictures=limit), sample(pictures=limit + 1)
        return None, self.edition(body=(Paragraph(html="字" * (limit // 3 + 1)),))

    # ---- deliver, replace, look

    def test_deliver_leaves_one_copy(self) -> None:
        with self.stage() as stage:
            receipt = stage.deliver(self.edition())
            assert (receipt.token, receipt.uri, receipt.version) == (token_for(self.edition()), URI, 1)
            stage.settle(receipt, version=1)
            assert stage.remote.copies(URI) == [1]

    def test_a_receipt_survives_the_database(self) -> None:
        with self.stage() as stage:
            receipt = stage.place(self.edition())
            stored = json.loads(json.dumps(receipt.to_json()))
            assert Receipt.from_json(stored) == replace(receipt, raw=stored["raw"])
            assert stage.verify(Receipt.from_json(stored)).presence is Presence.PRESENT

    def test_repeating_a_delivery_leaves_one_copy(self) -> None:
        with self.stage() as stage:
            if not stage.adapter.capabilities.repeatable:
                return
            stage.deliver(self.edition())
            again = stage.deliver(self.edition())
            stage.settle(again, version=1)
            assert stage.remote.copies(URI) == [1]

    def test_an_unrecorded_delivery_is_found(self) -> None:
        """The process died before the receipt was written: only token, item and edition are known."""
        with self.stage() as stage:
            if stage.adapter.capabilities.repeatable:
                return
            stage.deliver(self.edition())
            lost = Receipt(token=token_for(self.edition()), uri=URI, version=1, settled=False)
            stage.settle(lost, version=1)
            assert stage.remote.copies(URI) == [1]

    def test_a_second_edition_takes_the_place_of_the_first(self) -> None:
        with self.stage() as stage:
            first = stage.place(self.edition(1))
            stage.place(self.edition(2), previous=first)
            assert stage.remote.copies(URI) == [2]

    def test_a_second_edition_takes_the_place_even_without_its_receipt_at_hand(self) -> None:
        with self.stage() as stage:
            if not stage.adapter.capabilities.repeatable:
                return
            stage.place(self.edition(1))
            stage.place(self.edition(2))
            assert stage.remote.copies(URI) == [2]

    def test_verify_sees_the_copy_and_its_edition(self) -> None:
        with self.stage() as stage:
            seen = stage.verify(stage.place(self.edition()))
            assert seen.presence is Presence.PRESENT
            assert seen.version in {1, None}

    def test_verify_sees_that_the_copy_is_gone(self) -> None:
        with self.stage() as stage:
            receipt = stage.place(self.edition())
            stage.remote.forget(URI)
            assert looked(stage, receipt) is Presence.ABSENT

    def test_verify_never_writes(self) -> None:
        with self.stage() as stage:
            receipt = stage.place(self.edition())
            writes = stage.remote.writes
            stage.verify(receipt)
            assert stage.remote.writes == writes

    # ---- withdraw

    def test_withdraw_takes_the_copy_away(self) -> None:
        with self.stage() as stage:
            if stage.adapter.capabilities.withdrawal is Withdrawing.NONE:
                return
            receipt = stage.place(self.edition())
            stage.settle(stage.withdraw(receipt), version=None)
            assert stage.remote.copies(URI) == []

    def test_withdrawing_twice_is_success(self) -> None:
        with self.stage() as stage:
            receipt = stage.place(self.edition())
            stage.settle(stage.withdraw(receipt), version=None)
            stage.settle(stage.withdraw(receipt), version=None)
            assert stage.remote.copies(URI) == []

    def test_withdrawing_what_others_removed_is_success(self) -> None:
        with self.stage() as stage:
            receipt = stage.place(self.edition())
            stage.remote.forget(URI)
            stage.settle(stage.withdraw(receipt), version=None)
            assert stage.remote.copies(URI) == []

    def test_a_withdrawn_item_can_come_back(self) -> None:
        with self.stage() as stage:
            receipt = stage.place(self.edition(1))
            stage.settle(stage.withdraw(receipt), version=None)
            stage.place(self.edition(2))
            assert stage.remote.copies(URI) == [2]

    # ---- faults

    @pytest.mark.parametrize("fault", list(Fault))
    def test_a_failed_delivery_says_its_remedy(self, fault: Fault) -> None:
        if fault not in self.write_remedies:
            return
        with self.stage() as stage:
            stage.remote.fail_next(fault)
            error = failure(lambda: stage.deliver(self.edition()))
            assert error.remedy in self.write_remedies[fault]
            assert CHINESE.search(error.message)
            if fault is Fault.THROTTLED:
                assert getattr(error, "retry_after", None) in {None, RETRY_AFTER}

    @pytest.mark.parametrize("fault", list(Fault))
    def test_after_a_fault_there_is_one_copy(self, fault: Fault) -> None:
        if fault not in self.write_remedies:
            return
        with self.stage() as stage:
            stage.remote.fail_next(fault)
            error = failure(lambda: stage.deliver(self.edition()))
            receipt = recovered(stage, self.edition(), error)
            stage.settle(receipt, version=1)
            assert stage.remote.copies(URI) == [1]

    @pytest.mark.parametrize("fault", list(Fault))
    def test_a_failed_look_says_its_remedy(self, fault: Fault) -> None:
        with self.stage() as stage:
            receipt = stage.place(self.edition())
            if not stage.adapter.capabilities.verifiable or fault not in self.look_remedies:
                return
            stage.remote.fail_next(fault)
            if fault is Fault.DROPPED:
                stage.remote.fail_next(fault)  # HTTP clients repeat a GET once when a kept connection ends
            if fault in self.opaque_looks:
                assert stage.verify(receipt).presence is Presence.UNKNOWN
                return
            error = failure(lambda: stage.verify(receipt))
            assert error.remedy in self.look_remedies[fault]
            assert CHINESE.search(error.message)

    @pytest.mark.parametrize("fault", list(Fault))
    def test_a_failed_withdrawal_stays_open(self, fault: Fault) -> None:
        """It raises, or what it returns is not settled: a withdrawal is never taken for done on a failure."""
        if fault not in self.write_remedies:
            return
        with self.stage() as stage:
            receipt = stage.place(self.edition())
            stage.remote.fail_next(fault)
            with contextlib.suppress(ChannelError):
                gone = stage.withdraw(receipt)
                assert not gone.settled or stage.remote.copies(URI) == []
            stage.settle(stage.withdraw(receipt), version=None)
            assert stage.remote.copies(URI) == []

    def test_no_secret_is_ever_told(self) -> None:
        with self.stage() as stage, hearing() as ear:
            texts = [repr(stage.adapter.outlet), repr(stage.adapter.render(self.edition()))]
            for fault in self.write_remedies:
                stage.remote.fail_next(fault)
                error = failure(lambda: stage.deliver(self.edition()))
                texts += [repr(error), error.message, error.code, error.detail, repr(error.__cause__)]
            stage.withdraw(stage.place(self.edition(2)))
            told = "\n".join([*texts, *stage.texts, *ear.texts])
            assert [secret for secret in stage.remote.secrets if secret in told] == []

    # ---- trying the connection

    def test_a_probe_says_one_sentence_and_leaves_nothing(self) -> None:
        with self.stage() as stage, hearing() as ear:
            if not offers_a_probe(stage):
                with pytest.raises(NotImplementedError):
                    stage.probe()
                return
            stage.place(self.edition())
            uploads = stage.remote.uploads
            said = stage.probe()
            assert CHINESE.search(said)
            assert "\n" not in said
            assert (stage.remote.copies(URI), stage.remote.uploads) == ([1], uploads)
            assert [
                secret for secret in stage.remote.secrets if secret in "\n".join([said, *ear.texts])
            ] == []

    @pytest.mark.parametrize("fault", list(LOOK_REMEDIES))
    def test_a_failed_probe_says_its_remedy(self, fault: Fault) -> None:
        with self.stage() as stage:
            if not offers_a_probe(stage):
                return
            self.fail_probe(stage.remote, fault)
            if fault is Fault.DROPPED:
                self.fail_probe(stage.remote, fault)  # as for a look
            error = failure(stage.probe)
            assert error.remedy in LOOK_REMEDIES[fault]
            assert CHINESE.search(error.message)
            told = "\n".join([repr(error), error.message, error.code, error.detail])
            assert [secret for secret in stage.remote.secrets if secret in told] == []

    # ---- death and call-backs

    def test_a_killed_delivery_resumes_without_a_second_upload(self) -> None:
        with self.stage() as stage:
            stage.place(self.edition())
            puts, uploads = stage.memory.puts, stage.remote.uploads
            assert puts or not uploads, "files are put there, and nothing remembers them"
        for death in range(1, puts + 1):
            with self.stage() as stage:
                stage.memory = Memory(kill_after=death)
                with contextlib.suppress(Killed):
                    stage.deliver(self.edition())
                receipt = resumed(stage, self.edition())
                stage.settle(receipt, version=1)
                assert stage.remote.copies(URI) == [1], f"killed after checkpoint {death}"
                assert stage.remote.uploads == uploads, f"killed after checkpoint {death}"

    def test_a_delivery_cut_off_between_two_requests_repeats_at_most_one_upload(self) -> None:
        """The upload whose answer was lost may be repeated; those before it are remembered."""
        with self.stage() as stage:
            stage.deliver(self.edition())
            requests, uploads = stage.http.answered, stage.remote.uploads
        for death in range(1, requests + 1):
            with self.stage() as stage:
                stage.http.kill_after = death
                with contextlib.suppress(Killed):
                    stage.deliver(self.edition())
                stage.settle(resumed(stage, self.edition()), version=1)
                assert stage.remote.copies(URI) == [1], f"killed after request {death}"
                assert stage.remote.uploads <= uploads + 1, f"killed after request {death}"

    def test_the_next_edition_uploads_no_picture_again(self) -> None:
        with self.stage() as stage:
            first = stage.place(self.edition(1))
            uploads = stage.remote.uploads
            stage.place(self.edition(2), previous=first)
            assert stage.remote.uploads == uploads

    def test_call_backs_may_come_twice_and_are_not_forged(self) -> None:
        with self.stage() as stage:
            if type(stage.adapter).parse is Adapter.parse:
                with pytest.raises(NotImplementedError):
                    stage.adapter.parse({}, b"")
                return
            for headers, body in self.callbacks(stage):
                assert stage.adapter.parse(headers, body) == stage.adapter.parse(headers, body)
                with pytest.raises(Refused):
                    stage.adapter.parse(headers, body + b" ")


def offers_a_probe(stage: Stage) -> bool:
    return type(stage.adapter).probe is not Adapter.probe


def blocking(adapter: Adapter, edition: Edition) -> list[tuple[str, str, str]]:
    """(place, problem, fix) of what stops `edition` here; a render that refuses counts."""
    found = [
        (finding.place, finding.problem, finding.fix)
        for finding in adapter.check(edition)
        if finding.severity is Severity.BLOCK
    ]
    try:
        adapter.render(edition)
    except ContentError as error:
        found.append(("正文", error.message, error.message))
    return found


def failure(call: Any) -> ChannelError:
    """The ChannelError that `call` raises; anything else fails the case."""
    with pytest.raises(ChannelError) as caught:
        call()
    return caught.value


def looked(stage: Stage, receipt: Receipt) -> Presence:
    """What a look says; Missing is a way to say absent."""
    try:
        return stage.verify(receipt).presence
    except Missing:
        return Presence.ABSENT


def recovered(stage: Stage, edition: Edition, error: ChannelError) -> Receipt:
    """What the engine does after a failed delivery: look first unless repeating is harmless, then deliver again."""
    if error.remedy in {Remedy.VERIFY, Remedy.DEVELOPER} and not stage.adapter.capabilities.repeatable:
        return resumed(stage, edition)
    return stage.deliver(edition)


def resumed(stage: Stage, edition: Edition) -> Receipt:
    """What the engine does with a delivery of which nobody knows the end."""
    stage.memory.kill_after = None
    if stage.adapter.capabilities.repeatable:
        return stage.deliver(edition)
    lost = Receipt(token=token_for(edition), uri=edition.uri, version=edition.version, settled=False)
    if looked(stage, lost) is Presence.ABSENT:
        return stage.deliver(edition)
    return lost


@contextlib.contextmanager
def hearing() -> Iterator[Ear]:
    """Every log record of the process, whatever the level."""
    ear, root = Ear(), logging.getLogger()
    level = root.level
    root.addHandler(ear)
    root.setLevel(logging.DEBUG)
    try:
        yield ear
    finally:
        root.setLevel(level)
        root.removeHandler(ear)


def calls_of(names: set[str], work: Any) -> set[str]:
    """Which of the built-in functions `names` are called while `work` runs."""
    called: set[str] = set()

    def watch(frame: FrameType, event: str, arg: Any) -> None:
        if event == "c_call" and arg.__name__ in names:
            called.add(f"{frame.f_code.co_qualname}: {arg.__name__}")

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        work()
    finally:
        sys.setprofile(before)
    return called
