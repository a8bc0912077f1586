"""Signs a post by Standard Webhooks (https://www.standardwebhooks.com, version 1): HMAC-SHA256 over id.time.body."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

from channels.errors import ConfigError

PREFIX = "whsec_"


def key_of(secret: str) -> bytes:
    """The key in a secret: base64 after `whsec_`, else the UTF-8 bytes. Raises ConfigError for a broken one."""
    if not secret:
        raise ConfigError("没有填写签名密钥，请管理员在终端设置中补填")
    if not secret.startswith(PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ConfigError("签名密钥的格式不对，请管理员重新填写终端密钥") from error


def headers(secret: str, *, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers of a signed post. `timestamp` in seconds since 1970, of the moment of sending.

    `secret` may be two with a blank between, the newer first: while it is being changed, a post is signed by both.
    """
    signed = b".".join([message_id.encode(), str(timestamp).encode(), body])
    signatures = (_signature(key_of(one), signed) for one in secret.split() or [""])
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }


def _signature(key: bytes, signed: bytes) -> str:
    return f"v1,{base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()}"
