"""feed: an Atom and RSS feed of this hub that a sub-office's own system pulls. An item is in it at commit."""

from __future__ import annotations

import asyncio

from channels.answers import failure_of
from channels.contract import (
    Adapter,
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
from channels.edition import Edition, content_id_of
from channels.errors import ConfigError, Misbehaved
from channels.formats import atom
from channels.formats.html import article_html

FRESH = {"Cache-Control": "no-cache", "Accept": "application/atom+xml"}
FEED_BYTES_MAX = 20_000_000


class FeedAdapter(Adapter):
    """There is nothing to send. The proof is the feed and the item's entry document, read as a subscriber would."""

    key = "feed"
    label = "订阅源"
    capabilities = Capabilities(
        update=Update.IN_PLACE,
        withdrawal=Withdrawing.TOMBSTONE,
        repeatable=True,
        verifiable=True,
        shown_at_commit=True,
        parallel=8,
    )
    options = (
        Option(
            name="feed_url",
            label="订阅地址",
            help="留空即为 <平台地址>/feeds/<终端代码>.atom",
            required=False,
        ),
    )

    def profile(self) -> str:
        return ""

    def render(self, edition: Edition) -> Rendering:
        """What a subscriber gets to see; kept for its checksum."""
        return Rendering(
            uri=edition.uri,
            version=edition.version,
            payload={
                "headline": edition.headline,
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
        return self._receipt(token, rendering.uri, rendering.version)

    async def withdraw(self, receipt: Receipt, *, reason: str, checkpoint: Checkpoint) -> Receipt:  # noqa: ARG002
        return self._receipt(receipt.token, receipt.uri, receipt.version)

    async def verify(self, receipt: Receipt, *, checkpoint: Checkpoint) -> Observation:  # noqa: ARG002
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

    async def probe(self) -> str:
        if await self._listing(self.feed_url) is None:
            raise ConfigError("订阅地址不存在，请核对订阅地址，留空即用本平台的地址")
        return "订阅源可以打开，内容格式正确"

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
