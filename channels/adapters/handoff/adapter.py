"""handoff: an outlet without an interface. A person posts a ready package; the hub looks at the page they name."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from email.message import Message

from channels.adapters.handoff.likeness import ENOUGH, Likeness, evidence, likeness, sentences
from channels.answers import failure_of
from channels.contract import (
    Adapter,
    Answer,
    Capabilities,
    Checkpoint,
    Observation,
    Option,
    Presence,
    Receipt,
    Rendering,
    Update,
    Withdrawing,
)
from channels.edition import Edition
from channels.errors import ConfigError
from channels.formats import package
from channels.markup import readable_text

GONE = frozenset({404, 410})


class HandoffAdapter(Adapter):
    """Nothing is sent. What is kept of the text goes into the receipt: `verify` compares the page with it."""

    key = "handoff"
    label = "人工交办"
    capabilities = Capabilities(
        update=Update.IN_PLACE,
        withdrawal=Withdrawing.DELETE,
        repeatable=True,
        verifiable=True,
        manual=True,
    )
    options = (
        Option(
            name="instructions",
            label="操作步骤",
            help="每行一步，写给实际操作的人；留空用通用步骤",
            required=False,
        ),
    )

    def profile(self) -> str:
        return self.outlet.options.get("instructions", "")

    def render(self, edition: Edition) -> Rendering:
        """The package's contents (formats.package) and, as `wording`, what proves that a page shows it."""
        steps = self.outlet.options.get("instructions", "").splitlines()
        return Rendering(
            uri=edition.uri,
            version=edition.version,
            payload={
                **package.contents(edition, steps),
                "page_marker": edition.headline,
                "wording": sentences(edition),
            },
            assets=edition.assets,
        )

    async def deliver(
        self,
        rendering: Rendering,
        *,
        previous: Receipt | None,
        token: str,
        checkpoint: Checkpoint,  # noqa: ARG002
    ) -> Receipt:
        known = previous.remote_url if previous else ""
        note = f"请在终端将该稿件更新为第 {rendering.version} 版" if known else "请下载稿件包并在终端发布"
        return Receipt(
            token=token,
            uri=rendering.uri,
            version=rendering.version,
            remote_url=known,
            settled=False,
            awaits_person=True,
            note=f"{note}，完成后填写网址",
            raw=evidence(
                rendering.payload["page_marker"],
                rendering.payload["wording"],
                previous.raw if previous else {},
            ),
        )

    async def withdraw(self, receipt: Receipt, *, reason: str, checkpoint: Checkpoint) -> Receipt:  # noqa: ARG002
        return replace(
            receipt,
            settled=False,
            awaits_person=True,
            note=f"请在终端撤下该稿件（原因：{reason}），完成后登记“已撤下”",
            raw={**receipt.raw, "withdrawing": True},
        )

    async def verify(self, receipt: Receipt, *, checkpoint: Checkpoint) -> Observation:  # noqa: ARG002
        if not receipt.remote_url:
            return Observation(presence=Presence.UNKNOWN, note="还没有填写网址，无法核对")
        try:
            answer = await self.http.request("GET", receipt.remote_url, headers={"Cache-Control": "no-cache"})
            failure = None if answer.status in GONE else failure_of(answer, write=False)
            if failure is not None:
                raise failure
        except ConfigError as error:
            # The address of one page says nothing about the outlet's set-up.
            return Observation(presence=Presence.UNKNOWN, remote_url=receipt.remote_url, note=error.message)
        return await asyncio.to_thread(_compare, answer, receipt)


def _compare(answer: Answer, receipt: Receipt) -> Observation:
    if answer.status in GONE:
        return Observation(presence=Presence.ABSENT, note=f"页面已不存在（{answer.status}）")
    if not receipt.raw.get("headline"):
        return Observation(
            presence=Presence.UNKNOWN, remote_url=answer.url, note="没有可比对的内容，请人工确认"
        )
    title, text = readable_text(answer.body, charset=_charset(answer))
    found = likeness(f"{title}\n{text}", receipt.raw)
    if found.is_same:
        return Observation(presence=Presence.PRESENT, version=receipt.version, remote_url=answer.url)
    if receipt.raw.get("withdrawing") and not found.headline:
        return Observation(presence=Presence.ABSENT, note="页面上已没有该稿件的标题")
    note = _difference(found, str(receipt.raw["headline"]))
    return Observation(presence=Presence.UNKNOWN, remote_url=answer.url, note=note)


def _difference(found: Likeness, headline: str) -> str:
    if not found.headline:
        return f"该网址的页面上没有标题“{headline}”，请核对网址是否填对"
    lacking = "、".join(f"“{probe}”" for probe in found.lacking)
    if found.share < ENOUGH:
        return f"页面正文与签发稿只有 {found.share:.0%} 一致，未找到{lacking}等内容，请核对后更新"
    if lacking:
        return f"页面还是旧版，未找到{lacking}，请更新后再提交"
    outdated = "、".join(f"“{probe}”" for probe in found.outdated)
    return f"页面还是旧版，{outdated}应已删去，请更新后再提交"


def _charset(answer: Answer) -> str:
    message = Message()
    message["Content-Type"] = answer.headers.get("Content-Type", "")
    return message.get_content_charset("") or ""
