"""web_post: a signed POST of the item to a system that we do not run (sub-offices, the e-government platform)."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from channels import markup, readback
from channels.adapters.web_post import signature
from channels.answers import failure_of, redact
from channels.contract import (
    Adapter,
    Answer,
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
from channels.edition import Edition
from channels.errors import ChannelError, ConfigError, Missing, OutcomeUnknown
from channels.formats import ninjs
from channels.formats.html import article_html

PUBLISHED = "item.published"
WITHDRAWN = "item.withdrawn"
PING = "hub.ping"
ANSWER_BYTES_MAX = 100_000
URL_CHARS_MAX = 500
"""What the register of placements holds."""


class WebPostAdapter(Adapter):
    """The receiver is idempotent by `webhook-id`, so a post may be repeated. README.md states its side."""

    key = "web_post"
    label = "接口推送"
    capabilities = Capabilities(
        update=Update.IN_PLACE,
        withdrawal=Withdrawing.DELETE,
        repeatable=True,
        verifiable=True,
        body_max_bytes=1_000_000,
    )
    options = (
        Option(
            name="url",
            label="接收地址",
            help="对方提供的接口地址，以 https:// 开头",
            drill="{sandbox}/receiver/{slug}/items",
        ),
        Option(
            name="secret",
            label="签名密钥",
            help="与对方约定，形如 whsec_…",
            secret=True,
            drill="demo-secret-placeholder",
        ),
        Option(
            name="mode",
            label="推送内容",
            required=False,
            default="full",
            choices=(("full", "全文"), ("notify", "仅标题、摘要和链接")),
        ),
    )

    def profile(self) -> str:
        return self._mode

    def check(self, edition: Edition) -> tuple[Finding, ...]:
        return (*super().check(edition), *self._size_findings(edition))

    def render(self, edition: Edition) -> Rendering:
        """`payload["data"]` is the JSON text of the post's `data`, serialised once for all receivers."""
        data = ninjs.document(edition, self.outlet.asset_url)
        data["permalink"] = edition.permalink
        if self._mode == "notify":
            for name in ("bodies", "associations"):
                data.pop(name, None)
        else:
            data["body_html"] = article_html(edition, self.outlet.asset_url)
        return Rendering(
            uri=edition.uri,
            version=edition.version,
            payload={"data": json.dumps(data, ensure_ascii=False, sort_keys=True)},
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
        answer = await self._post(PUBLISHED, token, rendering.payload["data"])
        remote_id, remote_url = self._copy(answer)
        if previous is not None and not remote_url:
            remote_id, remote_url = remote_id or previous.remote_id, previous.remote_url
        return Receipt(
            token=token,
            uri=rendering.uri,
            version=rendering.version,
            remote_id=remote_id or rendering.uri,
            remote_url=remote_url,
            settled=not remote_url,
            note="" if remote_url else "对方未提供页面地址，以其接收回执为准",
        )

    async def withdraw(self, receipt: Receipt, *, reason: str, checkpoint: Checkpoint) -> Receipt:  # noqa: ARG002
        data = {
            "uri": receipt.uri,
            "version": str(receipt.version),
            "pubStatus": "canceled",
            "reason": reason,
        }
        answer = await self._post(WITHDRAWN, _withdrawal_id(receipt), json.dumps(data, ensure_ascii=False))
        remote_id, remote_url = self._copy(answer)
        # A delivery whose answer was lost left no address; the answer to its withdrawal may tell it.
        known = receipt.remote_url or remote_url
        return Receipt(
            token=receipt.token,
            uri=receipt.uri,
            version=receipt.version,
            remote_id=receipt.remote_id or remote_id,
            remote_url=known,
            settled=not known,
        )

    async def verify(self, receipt: Receipt, *, checkpoint: Checkpoint) -> Observation:  # noqa: ARG002
        if not receipt.remote_url:
            return Observation(presence=Presence.UNKNOWN, note="对方未提供页面地址，无法回读")
        return await readback.look_at_copy(self.http, receipt.remote_url, receipt.uri)

    async def probe(self) -> str:
        """A post like any other, signed, that carries no item: the receiver only answers."""
        await self._post(PING, uuid4().hex, "{}", write=False)
        return "对方已接受试连，接收地址和签名密钥可用"

    async def _post(self, kind: str, message_id: str, data: str, *, write: bool = True) -> Answer:
        now = int(time.time())
        head = {"type": kind, "id": message_id, "timestamp": datetime.fromtimestamp(now, UTC).isoformat()}
        body = f'{json.dumps(head)[:-1]}, "data": {data}}}'.encode()
        signed = signature.headers(self._secret, message_id=message_id, timestamp=now, body=body)
        answer = await self.http.request(
            "POST",
            self.outlet.options.get("url", ""),
            headers={"Content-Type": "application/json", "Accept": "application/json", **signed},
            body=body,
            write=write,
            max_bytes=ANSWER_BYTES_MAX,
        )
        failure = self._failure(answer)
        if failure is not None:
            raise failure
        return answer

    def _failure(self, answer: Answer) -> ChannelError | None:
        """A missing end point is no missing item: it proves nothing about the copy, not even for a withdrawal."""
        failure = failure_of(answer, write=True, repeatable=True, secrets=self._secret.split())
        if not isinstance(failure, Missing):
            return failure
        if answer.status == 410:
            return ConfigError("对方已停止接收推送（410），请管理员与对方联系后停用或改填地址", code="410")
        return ConfigError("接收地址不存在（404），请管理员核对", code=failure.code, detail=failure.detail)

    def _copy(self, answer: Answer) -> tuple[str, str]:
        """(id, address) of the copy as the receiver tells them; empty for what it does not tell."""
        if not answer.body.strip():
            return "", ""
        try:
            told: Any = json.loads(answer.body)
        except ValueError as error:
            raise OutcomeUnknown(
                "对方的应答不是有效的 JSON，结果未知，系统将自动重发核实",
                code=str(answer.status),
                detail=redact(answer.text, self._secret.split()),
            ) from error
        if not isinstance(told, dict):
            return "", ""
        url = str(told.get("url") or "")
        usable = markup.is_web_address(url) and len(url) <= URL_CHARS_MAX
        return str(told.get("id") or "")[:200], url if usable else ""

    def _size_findings(self, edition: Edition) -> Iterator[Finding]:
        limit = self.capabilities.body_max_bytes or 0
        size = len(self.render(edition).payload["data"].encode())
        if size > limit:
            yield Finding(
                place="正文",
                problem=f"推送内容 {size} 字节，超过该渠道上限 {limit} 字节",
                fix="请精简正文或改用附件后重新签发",
                severity=Severity.BLOCK,
            )

    @property
    def _mode(self) -> str:
        return self.outlet.options.get("mode") or "full"

    @property
    def _secret(self) -> str:
        return self.outlet.secrets.get("secret", "")


def _withdrawal_id(receipt: Receipt) -> str:
    """The message id of a withdrawal: the same on every retry, another one than that of the delivery."""
    return hashlib.sha256(f"{WITHDRAWN}|{receipt.uri}|{receipt.token}".encode()).hexdigest()[:32]
