"""hosted: sites on this very hub. An item shows at commit, by query; the adapter only looks."""

from __future__ import annotations

from dataclasses import replace

from channels import readback
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
from channels.edition import Edition
from channels.formats.html import body_html

WITHDRAWN = frozenset({410})


class HostedAdapter(Adapter):
    """There is nothing to send: the site reads placements. The proof is the page, read as a reader would."""

    key = "hosted"
    label = "本平台站点"
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
            name="base_url",
            label="站点地址",
            help="站点首页的完整地址，如 https://www.example.gov.cn/；系统由此回读稿件",
        ),
    )

    def profile(self) -> str:
        return ""

    def render(self, edition: Edition) -> Rendering:
        """The body as the site shows it; kept for its checksum."""
        return Rendering(
            uri=edition.uri,
            version=edition.version,
            payload={
                "headline": edition.headline,
                "body_html": body_html(edition, self.outlet.asset_url),
                "checksum": edition.checksum,
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
        return Receipt(
            token=token,
            uri=rendering.uri,
            version=rendering.version,
            remote_id=rendering.uri,
            remote_url=self._address(rendering.uri),
            settled=False,
        )

    async def withdraw(self, receipt: Receipt, *, reason: str, checkpoint: Checkpoint) -> Receipt:  # noqa: ARG002
        return Receipt(
            token=receipt.token,
            uri=receipt.uri,
            version=receipt.version,
            remote_id=receipt.uri,
            remote_url=self._address(receipt.uri),
            settled=False,
        )

    async def verify(self, receipt: Receipt, *, checkpoint: Checkpoint) -> Observation:  # noqa: ARG002
        """A site that knows the item says 410 when it is withdrawn; 404 means that this is not its address."""
        address = self._address(receipt.uri)
        seen = await readback.look(self.http, address, receipt.uri, gone=WITHDRAWN)
        if seen.presence is Presence.PRESENT and not seen.remote_url.startswith(f"{self._base}/"):
            # A closed site leads on to one that is open: its own address still brings readers to the item.
            return replace(seen, remote_url=address, note="站点地址转到了另一网站，稿件由该网站显示")
        return seen

    async def probe(self) -> str:
        failure = failure_of(
            await self.http.request("GET", f"{self._base}/", headers=readback.FRESH), write=False
        )
        if failure is not None:
            raise failure
        return "站点首页可以打开，系统可由此回读稿件"

    def _address(self, uri: str) -> str:
        return f"{self._base}/item/{uri.rpartition(':')[2]}/"

    @property
    def _base(self) -> str:
        base = self.outlet.options.get("base_url", "") or self.outlet.public_url
        return base.rstrip("/")
