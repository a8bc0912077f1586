"""The cipher of encrypted pushes: wechatpy's. Loaded with the first account that has a key."""

from __future__ import annotations

import base64
import binascii
import secrets
import struct

from wechatpy.crypto import PrpCrypto
from wechatpy.exceptions import InvalidAppIdException


class Cipher:
    """One account's. `aes_key` is the EncodingAESKey, 43 letters and digits."""

    def __init__(self, aes_key: str, appid: str) -> None:
        self._crypto = _Crypto(base64.b64decode(aes_key + "="))
        self._appid = appid

    def open(self, sealed: str) -> str:
        """The text inside, meant for this account. Raises ValueError for everything else."""
        try:
            return str(self._crypto.decrypt(sealed, self._appid))
        # wechatpy lets everything through that broken padding can raise.
        except (ValueError, IndexError, struct.error, binascii.Error, InvalidAppIdException) as error:
            raise ValueError("cannot be opened") from error

    def close(self, text: str) -> str:
        return str(self._crypto.encrypt(text, self._appid).decode())


class _Crypto(PrpCrypto):  # type: ignore[misc]  # wechatpy has no types
    """With a padding that cannot be foretold."""

    def get_random_string(self) -> str:
        return secrets.token_hex(8)
