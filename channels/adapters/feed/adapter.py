"""feed: an Atom and RSS feed of this hub that a sub-office's own system pulls. An item is in it at commit.

How much proof an outlet asks for is its option `proof`: what we offer, what its own key has fetched, what its page shows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

from channels import readback
from channels.adapters.feed.evidence import CHANNEL, FETCHED, NOTHING, OFFERED, PAGE, Taken, entry_name
from channels.answers import failure_of
from channels.contract import (
    Adapter,
    Capabilities,
    Checkpoint,
    Finding,
    Observation,
    Option,
    Presence,
    Receipt,
    Rendering,
    Severity,
    Update,
    Withdrawing,
)
from channels.edition import Edition, content_id_of
from channels.errors import ConfigError, Misbehaved
from channels.formats import atom
from channels.formats.html import article_html

FRESH = {"Cache-Control": "no-cache", "Accept": "application/atom+xml"}
FEED_BYTES_MAX = 20_000_000
NOT_FETCHED = "已提供，等待对方取用"
WITHDRAWAL_NOT_FETCHED = "撤稿已提供，等待对方取用；对方页面上可能仍有该稿件"


class FeedAdapter(Adapter):
    """There is nothing to send. The proof is the feed and the item's entry document, read as a subscriber would."""

    key = CHANNEL
    label = "订阅源"
    capabilities = Capabilities(
        update=Update.IN_PLACE,
        withdrawal=Withdrawing.TOMBSTONE,
        repeatable=True,
        verifiable=True,
        shown_at_commit=True,
        parallel=8,
        # Most subscribers come once or twice a day: only then is it worth anybody's while to ask.
        poll_seconds=(1, 2, 5, 15, 60, 300, 900, 3600, 21_600, 43_200),
    )
    options = (
        Option(
            name="feed_url",
            label="订阅地址",
            help="留空即为 <平台地址>/feeds/<终端代码>.atom",
            required=False,
        ),
        Option(
            name="proof",
            label="落实标准",
            help="“对方已取用”需要对方用本终端的订阅密钥读取；“对方页面已显示”还要填写对方页面地址",
            required=False,
            default=OFFERED,
            choices=(
                (OFFERED, "已提供（订阅源中已有）"),
                (FETCHED, "对方已取用（凭密钥）"),
                (PAGE, "对方页面已显示（取用后回读）"),
            ),
        ),
        Option(
            name="page_url",
            label="对方页面地址",
            help="稿件页，如 https://…/news/{slug}.html（也可用 {content_id}）；或列表页，不含花括号",
            required=False,
        ),
    )

    def profile(self) -> str:
        return ""

    def check(self, edition: Edition) -> tuple[Finding, ...]:
        return (*super().check(edition), *self._proof_findings())

    def render(self, edition: Edition) -> Rendering:
        """What a subscriber gets to see; kept for its checksum."""
        return Rendering(
            uri=edition.uri,
            version=edition.version,
            payload={
                "headline": edition.headline,
                "slug": edition.slug,
                "summary": edition.summary,
                "content_html": article_html(edition, self.outlet.asset_url),
            },
            assets=edition.assets,
        )

    async def deliver(
        self,
        rendering: Rendering,
        *,
        previous: Receipt | None,  # noqa: ARG002
        token: str,
        checkpoint: Checkpoint,  # noqa: ARG002
    ) -> Receipt:
        receipt = self._receipt(token, rendering.uri, rendering.version)
        return replace(receipt, raw={name: rendering.payload[name] for name in ("headline", "slug")})

    async def withdraw(self, receipt: Receipt, *, reason: str, checkpoint: Checkpoint) -> Receipt:  # noqa: ARG002
        left = self._receipt(receipt.token, receipt.uri, receipt.version)
        return replace(left, raw=receipt.raw)

    async def verify(self, receipt: Receipt, *, checkpoint: Checkpoint) -> Observation:
        """First what we offer; then, as far as the outlet asks for it, what was fetched and what its own page shows."""
        offered = await self._offered(receipt)
        if self._proof == OFFERED:
            return offered
        taken = Taken.read(await checkpoint.get(entry_name(content_id_of(receipt.uri)), shared=True))
        wanted = NOTHING if offered.presence is Presence.ABSENT else offered.version
        if taken is None or taken.version != wanted:
            note = WITHDRAWAL_NOT_FETCHED if wanted == NOTHING else NOT_FETCHED
            return Observation(presence=Presence.PENDING, note=note)
        return await self._on_page(receipt, offered) if self._proof == PAGE else offered

    async def probe(self) -> str:
        if await self._listing(self.feed_url) is None:
            raise ConfigError("订阅地址不存在，请核对订阅地址，留空即用本平台的地址")
        return "订阅源可以打开，内容格式正确"

    async def _offered(self, receipt: Receipt) -> Observation:
        """What the feed lists counts; an item too old for the feed's window is looked up in its entry document."""
        listed = await self._listing(self.feed_url)
        if listed is None:
            raise Misbehaved("订阅源本身无法打开，请联系开发人员")
        if receipt.uri in listed.versions:
            return self._present(receipt.uri, listed.versions[receipt.uri])
        if receipt.uri in listed.buried:
            return Observation(presence=Presence.ABSENT, note="订阅源已标明该稿件撤下")
        entry = await self._listing(self._entry_url(receipt.uri))
        if entry is None or receipt.uri not in entry.versions:
            return Observation(presence=Presence.ABSENT, note="订阅源中没有该稿件")
        return self._present(receipt.uri, entry.versions[receipt.uri])

    async def _on_page(self, receipt: Receipt, offered: Observation) -> Observation:
        """The sub-office's own page; `offered` is what has been fetched, so it is what the page should show."""
        url, is_list = self._page(receipt)
        if not url:
            return Observation(presence=Presence.UNKNOWN, note="没有填写对方页面地址，请管理员补填后点“重试”")
        names = (receipt.raw.get("headline", ""), f"/i/{content_id_of(receipt.uri)}/")
        seen = await readback.look_for(self.http, url, receipt.uri, names=names, is_list=is_list)
        if seen.presence is Presence.PRESENT and offered.presence is Presence.PRESENT:
            return replace(seen, version=seen.version or offered.version)
        if seen.presence is Presence.ABSENT and offered.presence is Presence.PRESENT:
            return Observation(presence=Presence.PENDING, note="对方已取用，页面上尚未看到该稿件")
        return seen

    def _page(self, receipt: Receipt) -> tuple[str, bool]:
        """(address, whether it is a list): a pattern names one page an item."""
        pattern = self.outlet.options.get("page_url", "").strip()
        slug = quote(str(receipt.raw.get("slug", "")))
        content_id = str(content_id_of(receipt.uri))
        url = pattern.replace("{slug}", slug).replace("{content_id}", content_id)
        return url, url == pattern

    def _proof_findings(self) -> Iterator[Finding]:
        if self._proof == PAGE and not self.outlet.options.get("page_url", "").strip():
            yield Finding(
                place="终端设置",
                problem="落实标准为“对方页面已显示”，但没有填写对方页面地址",
                fix="请管理员在终端设置中补填",
                severity=Severity.WARN,
            )

    @property
    def _proof(self) -> str:
        return self.outlet.options.get("proof") or OFFERED

    @property
    def feed_url(self) -> str:
        configured = self.outlet.options.get("feed_url", "").strip()
        return configured or f"{self.outlet.public_url}/feeds/{self.outlet.slug}.atom"

    async def _listing(self, url: str) -> atom.Listing | None:
        """None when there is no such document."""
        answer = await self.http.request("GET", url, headers=FRESH, max_bytes=FEED_BYTES_MAX)
        if answer.status in {404, 410}:
            return None
        failure = failure_of(answer, write=False)
        if failure is not None:
            raise failure
        try:
            return await asyncio.to_thread(atom.listing, answer.body)
        except ValueError as error:
            raise Misbehaved("订阅源不是有效的 Atom 文档，请联系开发人员", detail=answer.text) from error

    def _entry_url(self, uri: str) -> str:
        return f"{self.feed_url.removesuffix('.atom')}/{content_id_of(uri)}.atom"

    def _present(self, uri: str, version: int | None) -> Observation:
        return Observation(presence=Presence.PRESENT, version=version, remote_url=self._entry_url(uri))

    def _receipt(self, token: str, uri: str, version: int) -> Receipt:
        return Receipt(
            token=token,
            uri=uri,
            version=version,
            remote_id=uri,
            remote_url=self._entry_url(uri),
            settled=False,
        )
