"""WeChatAdapter: one article of an official account per item, published without a push to followers.

The platform has no idempotency key and no way to edit what is out. Each step is therefore written down before and
after it is made (progress.py), our own key travels in the address behind 阅读原文, and a lost answer is looked up by
that key. The README says why the steps have this order.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar
from urllib.parse import urlsplit

from channels.adapters.wechat_mp import correcting
from channels.adapters.wechat_mp.api.line import PARALLEL, line_of
from channels.adapters.wechat_mp.api.massing import Massing
from channels.adapters.wechat_mp.api.publishing import Platform
from channels.adapters.wechat_mp.article import preflight
from channels.adapters.wechat_mp.article.render import DIGEST_MAX, TITLE_MAX, Style, render
from channels.adapters.wechat_mp.listing import Listing
from channels.adapters.wechat_mp.looking import look
from channels.adapters.wechat_mp.options import OPTIONS
from channels.adapters.wechat_mp.removing import take_down
from channels.adapters.wechat_mp.sending import send
from channels.adapters.wechat_mp.visit import (
    ARTICLE,
    BY_HAND,
    DRAFT,
    SENT,
    Correcting,
    Manner,
    Publishing,
    Visit,
    named,
    stands_at,
)
from channels.contract import (
    Adapter,
    AssetReader,
    Capabilities,
    Checkpoint,
    Finding,
    Http,
    Observation,
    Option,
    OutletConfig,
    Receipt,
    Rendering,
    Update,
    Withdrawing,
)
from channels.edition import Edition
from channels.errors import ConfigError
from channels.formats.typed import spelled_out

ARTICLE_HOST = "mp.weixin.qq.com"


class WeChatAdapter(Adapter):
    key: ClassVar[str] = "wechat_mp"
    label: ClassVar[str] = "微信公众号"
    capabilities: ClassVar[Capabilities] = Capabilities(
        update=Update.REPLACE,
        withdrawal=Withdrawing.DELETE,
        repeatable=False,
        verifiable=True,
        headline_max_chars=TITLE_MAX,
        summary_max_chars=DIGEST_MAX,
        daily_quota=100,
        parallel=PARALLEL,
        # The call-back is the signal; freepublish/get allows 100 calls a day and account.
        poll_seconds=(20, 120, 600, 3600, 3600, 3600, 7200),
        look_seconds=(600, 86_400, 604_800),
    )
    options: ClassVar[tuple[Option, ...]] = OPTIONS

    def __init__(
        self,
        outlet: OutletConfig,
        *,
        http: Http,
        assets: AssetReader,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`clock` gives Unix seconds; it measures only how long a lost submit has been waited for."""
        super().__init__(outlet, http=http, assets=assets)
        self._clock = clock

    def profile(self) -> str:
        return f"{Style.of(self.outlet.options)} {self._manner().correcting}"

    def check(self, edition: Edition) -> tuple[Finding, ...]:
        edition = spelled_out(edition)
        own = preflight.findings(edition, Style.of(self.outlet.options))
        return (*super().check(edition), *own)

    def replacing(self, edition: Edition) -> Finding | None:  # noqa: ARG002
        return correcting.finding(self._manner())

    def render(self, edition: Edition) -> Rendering:
        rendering = render(spelled_out(edition), Style.of(self.outlet.options))
        if edition.correction is None or self._manner().correcting is not Correcting.NOTICE:
            return rendering
        notice = correcting.notice(edition.headline, edition.correction, edition.permalink)
        return replace(rendering, payload={**rendering.payload, "notice": notice})

    async def deliver(
        self, rendering: Rendering, *, previous: Receipt | None, token: str, checkpoint: Checkpoint
    ) -> Receipt:
        visit = self._visit(checkpoint)
        return await send(visit, rendering, assets=self.assets, previous=previous, token=token)

    async def withdraw(self, receipt: Receipt, *, reason: str, checkpoint: Checkpoint) -> Receipt:
        """Deletes the article, or the draft if no article came of it. A read-back proves it."""
        visit = self._visit(checkpoint)
        never_out = receipt.awaits_person
        raw = {name: value for name, value in receipt.raw.items() if name != BY_HAND}
        if await _only_by_hand(visit, receipt):
            if named(receipt, DRAFT) and not receipt.remote_url:
                await take_down(visit, receipt)  # the draft that was to take the article's place
            note = f"请登录公众号后台删除这篇文章（{reason}），删除后登记“已撤下”"
            asked = replace(receipt, settled=False, awaits_person=True, watched=False, note=note, raw=raw)
            return replace(asked, remote_url=stands_at(receipt))
        article_id = await take_down(visit, receipt)
        receipt = replace(receipt, awaits_person=False, watched=False, raw=raw)
        if message := named(receipt, SENT):
            # What is known of one article of a push ends with the answer to its deletion.
            return replace(receipt, settled=True, note=f"已删除推送中的第 {message.partition('.')[2]} 篇")
        if article_id:
            return replace(
                receipt, remote_id=f"{ARTICLE}:{article_id}", settled=False, note="已删除，等待核对"
            )
        note = "没有已发表的文章，等待核对"
        return replace(receipt, remote_id="", remote_url="", settled=never_out, note=note)

    async def verify(self, receipt: Receipt, *, checkpoint: Checkpoint) -> Observation:
        return await look(self._visit(checkpoint), receipt)

    def _visit(self, checkpoint: Checkpoint) -> Visit:
        """Raises ConfigError when the outlet is not filled in."""
        line = line_of(self.outlet, checkpoint, clock=self._clock)
        platform = Platform(line)
        return Visit(
            platform=platform,
            massing=Massing(line),
            listing=Listing(platform, checkpoint, self._clock),
            http=self.http,
            checkpoint=checkpoint,
            clock=self._clock,
            wait=self._wait(),
            born=line.born,
            manner=self._manner(),
            page_hosts=frozenset({ARTICLE_HOST, urlsplit(self._option("api_base")).hostname or ""}),
        )

    def _manner(self) -> Manner:
        publishing = Publishing(self._option("publishing"))
        if publishing is Publishing.AUTO and self._option("verified") == "no":
            # Accounts without verification lost the publishing calls in July 2025.
            publishing = Publishing.DRAFT
        return Manner(publishing, Correcting(self._option("correction")))

    def _wait(self) -> float:
        try:
            return float(self._option("unknown_wait"))
        except ValueError:
            raise ConfigError("“结果不明时的等待”须填写秒数，请在终端设置中更正") from None

    def _option(self, name: str) -> str:
        default = next(option.default for option in self.options if option.name == name)
        return self.outlet.options.get(name, "").strip() or default


async def _only_by_hand(visit: Visit, receipt: Receipt) -> bool:
    """An article that no call of ours can delete: published by a person, or of a push whose number was never learned."""
    if named(receipt, SENT).startswith("."):
        return True
    return bool(named(receipt, DRAFT) and stands_at(receipt)) and await visit.makes_drafts_only()
