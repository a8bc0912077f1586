"""What is sent to a callback, and what an answer means. Pure."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from sites.models import Algorithm, Mode, Subscription, SubscriptionRequest
from sites.models.subscription import Ending
from sites.serving.documents import Document

DENIED = "denied"
REASONS = {
    Ending.TOPIC_GONE: "该订阅内容已停止提供",
    Ending.OPERATOR: "管理员已终止本订阅，如有疑问请联系发布单位",
}


@dataclass(frozen=True, slots=True)
class Verification:
    """Does the callback want what it is said to want? `challenge` is used once."""

    request: SubscriptionRequest
    challenge: str

    @property
    def url(self) -> str:
        request = self.request
        said = {"hub.mode": request.mode, "hub.topic": request.topic, "hub.challenge": self.challenge}
        if request.mode == Mode.SUBSCRIBE:
            said["hub.lease_seconds"] = str(request.lease_seconds)
        return with_query(request.callback, said)

    def is_confirmed(self, status: int, body: bytes) -> bool:
        """Redirects and everything else that is no success are a no (5.3.1)."""
        return is_success(status) and hmac.compare_digest(body, self.challenge.encode())


@dataclass(frozen=True, slots=True)
class Delivery:
    """The newest document to somebody who has not got it."""

    subscription: Subscription
    document: Document

    @property
    def url(self) -> str:
        return self.subscription.callback

    @property
    def body(self) -> bytes:
        return self.document.body

    def headers(self) -> dict[str, str]:
        """Raises ConfigError when the secret cannot be opened."""
        outline = self.document.outline
        headers = {"Content-Type": outline.content_type, "Link": outline.headers["Link"]}
        secret = self.subscription.secrets().get("secret")
        if secret:
            headers["X-Hub-Signature"] = signature(secret, self.body, self.subscription.algorithm)
        return headers


@dataclass(frozen=True, slots=True)
class Denial:
    """Access has ended, and the subscriber does not know it yet (5.2)."""

    row: Subscription | SubscriptionRequest
    reason: str

    @property
    def url(self) -> str:
        return with_query(
            self.row.callback,
            {"hub.mode": DENIED, "hub.topic": self.row.topic, "hub.reason": self.reason},
        )


Call = Verification | Delivery | Denial


def signature(secret: str, body: bytes, algorithm: str) -> str:
    """The value of X-Hub-Signature: over the bytes as they are sent, `method=hex`."""
    method = Algorithm(algorithm).value
    return f"{method}={hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()}"


def with_query(callback: str, said: Mapping[str, str]) -> str:
    """The callback as it was given, byte for byte, and our parameters behind its own."""
    if callback.endswith(("?", "&")):
        return f"{callback}{urlencode(said)}"
    return f"{callback}{'&' if '?' in callback else '?'}{urlencode(said)}"


def is_success(status: int) -> bool:
    return 200 <= status < 300
