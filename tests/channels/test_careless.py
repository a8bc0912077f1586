"""The conformance suite catches what it says: each deliberately careless adapter fails its case, the careful one none.

The outlet here is a plain article API with uploads, as many systems have it.
"""

from __future__ import annotations

import json
import logging
import secrets as dice
import time
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

import pytest
from aiohttp import web

from channels.answers import failure_of
from channels.contract import (
    Adapter,
    Answer,
    AssetReader,
    Capabilities,
    Checkpoint,
    Event,
    Finding,
    Http,
    Observation,
    Option,
    OutletConfig,
    Presence,
    Receipt,
    Rendering,
    Update,
    Withdrawing,
    limit_findings,
)
from channels.edition import Asset, Edition
from channels.errors import (
    ChannelError,
    ConfigError,
    Missing,
    OutcomeUnknown,
    Refused,
    Throttled,
    Unreachable,
)
from channels.formats.text import article_text
from tests.channels.conformance import AdapterConformance
from tests.channels.loopback import Loopback
from tests.channels.stage import URI, Stage

SECRET = "correct-horse-battery-staple"
logger = logging.getLogger(__name__)


class ArticleApi(Loopback):
    """POST /items makes an article (once for an Idempotency-Key), PUT and DELETE /items/<id>, POST /files."""

    secrets = (SECRET,)

    def __init__(self) -> None:
        super().__init__()
        self.articles: dict[str, dict[str, Any]] = {}
        self.keys: dict[str, str] = {}
        self.uploads = 0

    @property
    def writes(self) -> int:
        return sum(method != "GET" for method, _ in self.requests)

    def copies(self, uri: str) -> list[int]:
        return [article["version"] for article in self.articles.values() if article["uri"] == uri]

    def forget(self, uri: str) -> None:
        self.articles = {number: one for number, one in self.articles.items() if one["uri"] != uri}

    def finish(self, uri: str, version: int | None) -> None:
        """Nothing is queued here."""

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        body, number = await request.read(), request.path.rpartition("/")[2]
        match request.method, number:
            case "POST", "files":
                self.uploads += 1
                return web.json_response({"id": f"file-{self.uploads}"})
            case "POST", "items":
                key = request.headers["Idempotency-Key"]
                number = self.keys.setdefault(key, f"item-{len(self.keys)}")
                self.articles[number] = json.loads(body)
                return web.json_response({"id": number})
            case "GET", "items":
                found = [n for n, one in self.articles.items() if one["uri"] == request.query["uri"]]
                return web.json_response({"ids": found})
        if number not in self.articles:
            return web.Response(status=404)
        if request.method == "PUT":
            self.articles[number] = json.loads(body)
        elif request.method == "DELETE":
            del self.articles[number]
            return web.Response(status=204)
        return web.json_response({"id": number, **self.articles[number]})


class Careful(Adapter):
    """Does it right, in the shortest way."""

    key = "careful"
    label = "稳妥渠道"
    capabilities: ClassVar[Capabilities] = Capabilities(
        update=Update.IN_PLACE,
        withdrawal=Withdrawing.DELETE,
        repeatable=True,
        verifiable=True,
        headline_max_chars=64,
        summary_max_chars=120,
        images_max=3,
        body_max_bytes=10_000,
    )
    options = (Option(name="secret", label="密钥", secret=True),)

    def check(self, edition: Edition) -> tuple[Finding, ...]:
        size, limit = len(article_text(edition).encode()), self.capabilities.body_max_bytes or 0
        long = Finding(place="正文", problem=f"正文 {size} 字节，超过上限 {limit} 字节", fix="请缩短正文")
        return (*super().check(edition), *([long] if size > limit else []))

    def render(self, edition: Edition) -> Rendering:
        payload = {
            "uri": edition.uri,
            "version": edition.version,
            "title": edition.headline,
            "text": article_text(edition),
        }
        return Rendering(uri=edition.uri, version=edition.version, payload=payload, assets=edition.assets)

    async def deliver(
        self, rendering: Rendering, *, previous: Receipt | None, token: str, checkpoint: Checkpoint
    ) -> Receipt:
        files = [await self.upload(asset, checkpoint) for asset in rendering.assets]
        article = json.dumps({**rendering.payload, "files": files}).encode()
        number = await self.number(rendering.uri, previous)
        if number and (await self.call("PUT", f"/items/{number}", article, missing_ok=True)).status == 404:
            number = ""
        if not number:
            number = told(await self.call("POST", "/items", article, **{"Idempotency-Key": token}), "id")
        return Receipt(token=token, uri=rendering.uri, version=rendering.version, remote_id=number)

    async def withdraw(self, receipt: Receipt, *, reason: str, checkpoint: Checkpoint) -> Receipt:
        number = await self.number(receipt.uri, receipt)
        if number:
            await self.call("DELETE", f"/items/{number}", missing_ok=True)
        return receipt

    async def verify(self, receipt: Receipt, *, checkpoint: Checkpoint) -> Observation:
        number = await self.number(receipt.uri, receipt)
        answer = await self.call("GET", f"/items/{number}", missing_ok=True)
        if not number or answer.status == 404:
            return Observation(presence=Presence.ABSENT)
        return Observation(presence=Presence.PRESENT, version=json.loads(answer.body)["version"])

    async def probe(self) -> str:
        await self.call("GET", "/items?uri=")
        return "接口可以连通"

    def parse(self, headers: Any, body: bytes) -> tuple[Event, ...]:
        if headers.get("Signature") != f"{len(body)}":
            raise Refused("回调签名不符，请核对密钥")
        return (Event(remote_id=body.decode(), kind="changed"),)

    async def upload(self, asset: Asset, checkpoint: Checkpoint) -> str:
        known = await checkpoint.get(asset.sha256, shared=True)
        if known is None:
            known = told(await self.call("POST", "/files", await self.assets.read(asset)), "id")
            await checkpoint.put(asset.sha256, known, shared=True)
        return known

    async def number(self, uri: str, receipt: Receipt | None) -> str:
        if receipt is not None and receipt.remote_id:
            return receipt.remote_id
        answer = await self.call("GET", f"/items?uri={uri}")
        return next(iter(json.loads(answer.body)["ids"]), "")

    async def call(
        self, method: str, path: str, body: bytes | None = None, *, missing_ok: bool = False, **headers: str
    ) -> Answer:
        answer = await self.http.request(
            method,
            f"{self.outlet.options['url']}{path}",
            headers={"Authorization": f"Bearer {self.outlet.secrets['secret']}", **headers},
            body=body,
            write=method != "GET",
        )
        failure = failure_of(answer, write=method != "GET", secrets=self.outlet.secrets.values())
        if failure and not (missing_ok and isinstance(failure, Missing)):
            raise failure
        return answer


def told(answer: Answer, name: str) -> str:
    try:
        return str(json.loads(answer.body)[name])
    except (ValueError, KeyError) as error:
        raise OutcomeUnknown("应答不是约定的格式，结果未知，系统将先核对") from error


class ArticleConformance(AdapterConformance):
    registered = False
    adapter: type[Adapter] = Careful

    def make_remote(self) -> ArticleApi:
        return ArticleApi()

    def make_adapter(self, remote: ArticleApi, *, http: Http, assets: AssetReader) -> Adapter:
        config = OutletConfig(
            slug="articles",
            name="稿件接口",
            public_url="http://hub.example",
            options={"url": remote.url},
            secrets={"secret": SECRET},
        )
        return self.adapter(config, http=http, assets=assets)

    def callbacks(self, stage: Stage) -> list[tuple[dict[str, str], bytes]]:
        return [({"Signature": "6"}, b"item-1")]


class TestCareful(ArticleConformance):
    """Nothing is wrong with this one."""


# ---- the careless


class Unregistered(Careful):
    label = "Articles"


class NamesNoOptions(Careful):
    options = ()


class ReadsTheClock(Careful):
    def render(self, edition: Edition) -> Rendering:
        rendering = super().render(edition)
        return replace(rendering, payload={**rendering.payload, "at": time.time()})


class ThrowsDice(Careful):
    def render(self, edition: Edition) -> Rendering:
        rendering = super().render(edition)
        return replace(rendering, payload={**rendering.payload, "id": dice.token_hex(8)})


class RendersObjects(Careful):
    def render(self, edition: Edition) -> Rendering:
        rendering = super().render(edition)
        return replace(rendering, payload={**rendering.payload, "at": datetime.min})


class RendersAnotherVersion(Careful):
    def render(self, edition: Edition) -> Rendering:
        return replace(super().render(edition), version=edition.version + 1)


class RendersNoHeadline(Careful):
    def render(self, edition: Edition) -> Rendering:
        rendering = super().render(edition)
        return replace(rendering, payload={**rendering.payload, "title": "通知"})


class TellsTheDesksNote(Careful):
    def render(self, edition: Edition) -> Rendering:
        rendering = super().render(edition)
        return replace(rendering, payload={**rendering.payload, "note": edition.ed_note})


class BlocksEverything(Careful):
    def check(self, edition: Edition) -> tuple[Finding, ...]:
        return (Finding(place="正文", problem="不行", fix="请改"),)


class ChecksNothing(Careful):
    def check(self, edition: Edition) -> tuple[Finding, ...]:
        return ()


class CountsOneTooFew(Careful):
    def check(self, edition: Edition) -> tuple[Finding, ...]:
        shorter = replace(self.capabilities, headline_max_chars=63)
        return limit_findings(edition, shorter)


class ChecksInEnglish(Careful):
    def check(self, edition: Edition) -> tuple[Finding, ...]:
        return tuple(replace(finding, fix="shorten it") for finding in super().check(edition))


class PostsAgain(Careful):
    """A new key for every attempt."""

    async def deliver(
        self, rendering: Rendering, *, previous: Receipt | None, token: str, checkpoint: Checkpoint
    ) -> Receipt:
        article = json.dumps({**rendering.payload}).encode()
        if previous:
            await self.call("DELETE", f"/items/{previous.remote_id}", missing_ok=True)
        key = dice.token_hex(16)
        number = told(await self.call("POST", "/items", article, **{"Idempotency-Key": key}), "id")
        return Receipt(token=token, uri=rendering.uri, version=rendering.version, remote_id=number)


class IgnoresThePrevious(Careful):
    async def deliver(self, rendering: Rendering, *, token: str, **how: Any) -> Receipt:
        article = json.dumps({**rendering.payload}).encode()
        number = told(await self.call("POST", "/items", article, **{"Idempotency-Key": token}), "id")
        return Receipt(token=token, uri=rendering.uri, version=rendering.version, remote_id=number)


class LosesItsToken(Careful):
    async def deliver(self, rendering: Rendering, **how: Any) -> Receipt:
        return replace(await super().deliver(rendering, **how), token="0" * 32)


class KeepsObjectsInReceipts(Careful):
    async def deliver(self, rendering: Rendering, **how: Any) -> Receipt:
        return replace(await super().deliver(rendering, **how), raw={"rendering": rendering})


class IsNotRepeatable(Careful):
    """Says that a lost delivery has to be looked for, and cannot find it."""

    capabilities = replace(Careful.capabilities, repeatable=False)

    async def number(self, uri: str, receipt: Receipt | None) -> str:
        return receipt.remote_id if receipt else ""


class SeesItAlways(Careful):
    async def verify(self, receipt: Receipt, *, checkpoint: Checkpoint) -> Observation:
        return Observation(presence=Presence.PRESENT, version=receipt.version)


class SeesTheWrongEdition(Careful):
    async def verify(self, receipt: Receipt, *, checkpoint: Checkpoint) -> Observation:
        seen = await super().verify(receipt, checkpoint=checkpoint)
        return replace(seen, version=(seen.version or 0) + 1)


class MendsWhileLooking(Careful):
    async def verify(self, receipt: Receipt, *, checkpoint: Checkpoint) -> Observation:
        await self.call("PUT", f"/items/{receipt.remote_id}", b"{}", missing_ok=True)
        return Observation(presence=Presence.PRESENT, version=receipt.version)


class WithdrawsNothing(Careful):
    async def withdraw(self, receipt: Receipt, *, reason: str, checkpoint: Checkpoint) -> Receipt:
        return receipt


class WithdrawsOnlyOnce(Careful):
    async def withdraw(self, receipt: Receipt, *, reason: str, checkpoint: Checkpoint) -> Receipt:
        await self.call("DELETE", f"/items/{receipt.remote_id}")
        return receipt


class SwallowsFailures(Careful):
    async def withdraw(self, receipt: Receipt, *, reason: str, checkpoint: Checkpoint) -> Receipt:
        try:
            return await super().withdraw(receipt, reason=reason, checkpoint=checkpoint)
        except ChannelError:
            return replace(receipt, settled=True)


class NeverComesBack(Careful):
    """Takes the item's name for the key: what was once there is never put there again."""

    async def deliver(
        self, rendering: Rendering, *, previous: Receipt | None, token: str, checkpoint: Checkpoint
    ) -> Receipt:
        if await checkpoint.get(rendering.uri, shared=True) and previous is None:
            return Receipt(token=token, uri=rendering.uri, version=rendering.version, remote_id="item-0")
        await checkpoint.put(rendering.uri, "1", shared=True)
        return await super().deliver(rendering, previous=previous, token=token, checkpoint=checkpoint)


class RetriesEverything(Careful):
    async def call(self, *args: Any, **how: Any) -> Answer:
        try:
            return await super().call(*args, **how)
        except ChannelError as error:
            raise Unreachable(error.message) from error


class BlamesTheSetUp(Careful):
    async def call(self, *args: Any, **how: Any) -> Answer:
        try:
            return await super().call(*args, **how)
        except (Unreachable, Throttled) as error:
            raise ConfigError(error.message) from error


class SpeaksEnglish(Careful):
    async def call(self, *args: Any, **how: Any) -> Answer:
        try:
            return await super().call(*args, **how)
        except ChannelError as error:
            error.message = "something went wrong"
            raise


class TellsTheSecret(Careful):
    async def call(self, *args: Any, **how: Any) -> Answer:
        try:
            return await super().call(*args, **how)
        except ChannelError as error:
            error.detail = f"Authorization: Bearer {self.outlet.secrets['secret']}"
            raise


class LogsTheSecret(Careful):
    async def call(self, *args: Any, **how: Any) -> Answer:
        logger.debug("calling with %s", self.outlet.secrets)
        return await super().call(*args, **how)


class TriesWithAnArticle(Careful):
    """What it posts to try the connection is one more article of the item that is out."""

    async def probe(self) -> str:
        article = json.dumps({"uri": URI, "version": 1}).encode()
        await self.call("POST", "/items", article, **{"Idempotency-Key": dice.token_hex(16)})
        return "接口可以连通"


class IsAlwaysFine(Careful):
    async def probe(self) -> str:
        return "接口可以连通"


class RemembersNothing(Careful):
    async def upload(self, asset: Asset, checkpoint: Checkpoint) -> str:
        return told(await self.call("POST", "/files", await self.assets.read(asset)), "id")


class RemembersTooLate(Careful):
    """One checkpoint when all is uploaded."""

    async def deliver(self, rendering: Rendering, *, checkpoint: Checkpoint, **how: Any) -> Receipt:
        files = {asset.sha256: await self._file(asset, checkpoint) for asset in rendering.assets}
        for sha256, number in files.items():
            await checkpoint.put(sha256, number, shared=True)
        return await super().deliver(rendering, checkpoint=checkpoint, **how)

    async def _file(self, asset: Asset, checkpoint: Checkpoint) -> str:
        known = await checkpoint.get(asset.sha256, shared=True)
        return known or told(await self.call("POST", "/files", await self.assets.read(asset)), "id")


class BelievesCallBacks(Careful):
    def parse(self, headers: Any, body: bytes) -> tuple[Event, ...]:
        return (Event(remote_id=body.decode(), kind="changed"),)


CASES: list[tuple[type[Adapter], str]] = [
    (Unregistered, "is_registered_under_its_key"),
    (NamesNoOptions, "options_are_labelled_in_chinese"),
    (ReadsTheClock, "render_reads_no_clock_and_no_dice"),
    (ThrowsDice, "render_is_the_same_for_equal_editions"),
    (ThrowsDice, "render_reads_no_clock_and_no_dice"),
    (RendersObjects, "render_is_json"),
    (RendersAnotherVersion, "render_leaves_the_edition_alone"),
    (RendersNoHeadline, "render_shows_what_is_written"),
    (TellsTheDesksNote, "render_hides_the_editors_note"),
    (BlocksEverything, "a_sound_edition_passes_the_check"),
    (ChecksNothing, "the_limit_passes_and_one_more_does_not"),
    (CountsOneTooFew, "the_limit_passes_and_one_more_does_not"),
    (ChecksInEnglish, "the_limit_passes_and_one_more_does_not"),
    (ChecksNothing, "an_empty_body_is_found"),
    (LosesItsToken, "deliver_leaves_one_copy"),
    (KeepsObjectsInReceipts, "a_receipt_survives_the_database"),
    (PostsAgain, "repeating_a_delivery_leaves_one_copy"),
    (IsNotRepeatable, "an_unrecorded_delivery_is_found"),
    (IgnoresThePrevious, "a_second_edition_takes_the_place_of_the_first"),
    (PostsAgain, "a_second_edition_takes_the_place_even_without_its_receipt_at_hand"),
    (SeesTheWrongEdition, "verify_sees_the_copy_and_its_edition"),
    (SeesItAlways, "verify_sees_that_the_copy_is_gone"),
    (MendsWhileLooking, "verify_never_writes"),
    (WithdrawsNothing, "withdraw_takes_the_copy_away"),
    (WithdrawsOnlyOnce, "withdrawing_twice_is_success"),
    (WithdrawsOnlyOnce, "withdrawing_what_others_removed_is_success"),
    (NeverComesBack, "a_withdrawn_item_can_come_back"),
    (RetriesEverything, "a_failed_delivery_says_its_remedy"),
    (SpeaksEnglish, "a_failed_delivery_says_its_remedy"),
    (PostsAgain, "after_a_fault_there_is_one_copy"),
    (BlamesTheSetUp, "a_failed_look_says_its_remedy"),
    (SwallowsFailures, "a_failed_withdrawal_stays_open"),
    (TellsTheSecret, "no_secret_is_ever_told"),
    (LogsTheSecret, "no_secret_is_ever_told"),
    (TriesWithAnArticle, "a_probe_says_one_sentence_and_leaves_nothing"),
    (IsAlwaysFine, "a_failed_probe_says_its_remedy"),
    (RemembersNothing, "a_killed_delivery_resumes_without_a_second_upload"),
    (RemembersTooLate, "a_delivery_cut_off_between_two_requests_repeats_at_most_one_upload"),
    (RemembersNothing, "the_next_edition_uploads_no_picture_again"),
    (BelievesCallBacks, "call_backs_may_come_twice_and_are_not_forged"),
]


@pytest.mark.parametrize(("adapter", "case"), CASES, ids=lambda value: getattr(value, "__name__", value))
def test_a_careless_adapter_fails_its_case(adapter: type[Adapter], case: str) -> None:
    suite = ArticleConformance()
    suite.adapter = adapter

    assert outcomes(suite, f"test_{case}").count(False) >= 1


def test_every_case_of_the_suite_catches_somebody() -> None:
    cases = {name.removeprefix("test_") for name in dir(AdapterConformance) if name.startswith("test_")}

    assert {case for _, case in CASES} == cases


def outcomes(suite: AdapterConformance, name: str) -> list[bool]:
    """Whether the case passes, for each of its parameters."""
    test = getattr(suite, name)
    marks = [mark for mark in getattr(test, "pytestmark", []) if mark.name == "parametrize"]
    choices = [{mark.args[0]: value} for mark in marks for value in mark.args[1]] or [{}]
    return [passes(test, **choice) for choice in choices]


def passes(test: Any, **choice: Any) -> bool:
    try:
        test(**choice)
    except (Exception, pytest.fail.Exception):  # noqa: BLE001 - a case fails in whatever way it likes
        return False
    return True
