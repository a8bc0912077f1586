"""Seals the secrets of outlets for the database: Fernet, keys from the environment, newest first."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from channels.errors import ConfigError

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet


class Seal:
    """Encrypts with the first key, decrypts with any: rotation is a new first key."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise ValueError("a seal needs at least one key")
        self._keys = tuple(keys)

    def close(self, secrets: Mapping[str, str]) -> str:
        """The secrets as one opaque text; empty for none."""
        if not secrets:
            return ""
        return self._fernet.encrypt(json.dumps(dict(secrets)).encode()).decode()

    def open(self, sealed: str) -> dict[str, str]:
        """Raises ConfigError when no key fits."""
        if not sealed:
            return {}
        from cryptography.fernet import InvalidToken

        try:
            text = self._fernet.decrypt(sealed.encode())
        except InvalidToken as error:
            raise ConfigError("终端密钥无法解密，请管理员核对加密主密钥后重新填写终端密钥") from error
        secrets: dict[str, str] = json.loads(text)
        return secrets

    @cached_property
    def _fernet(self) -> MultiFernet:
        # Imported with the first secret: the library takes 7 MiB, and many outlets have none.
        from cryptography.fernet import Fernet, MultiFernet

        return MultiFernet([Fernet(_fernet_key(key)) for key in self._keys])


def _fernet_key(key: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())
