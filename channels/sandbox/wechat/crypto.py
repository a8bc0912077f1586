"""Signatures and AES of messages between the platform and an account's server, as the platform's guide has them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32
KEY_CHARS = 43


def signature(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()  # noqa: S324


def encrypted(aes_key: str, appid: str, message: str) -> str:
    """base64 of: 16 random bytes, length of the message, the message, the appid, padding to 32 bytes."""
    raw = message.encode()
    plain = os.urandom(16) + struct.pack(">I", len(raw)) + raw + appid.encode()
    missing = BLOCK - len(plain) % BLOCK
    work = _cipher(aes_key).encryptor()
    return base64.b64encode(work.update(plain + bytes([missing]) * missing) + work.finalize()).decode()


def decrypted(aes_key: str, appid: str, text: str) -> str:
    """Raises ValueError for everything that was not encrypted for this account."""
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    if not raw or len(raw) % 16:
        raise ValueError("not a whole number of blocks")
    work = _cipher(aes_key).decryptor()
    plain = work.update(raw) + work.finalize()
    plain = plain[: -plain[-1]] if 1 <= plain[-1] <= BLOCK else b""
    length = struct.unpack(">I", plain[16:20])[0] if len(plain) >= 20 else -1
    if length < 0 or plain[20 + length :] != appid.encode():
        raise ValueError("not for this account")
    return plain[20 : 20 + length].decode()


def _cipher(aes_key: str) -> Cipher[modes.CBC]:
    key = base64.b64decode(aes_key + "=")
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))
