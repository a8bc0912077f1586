"""The hidden token of the public form: which site it was made for, when, and a number that lets it be taken once only.

It stands in for the session that an anonymous reader does not have; nobody's rights hang on it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.signing import BadSignature, Signer

LEAST, MOST = timedelta(seconds=3), timedelta(hours=12)
"""Nobody writes a message faster than that; a page that stood open longer gets a new token."""
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No 0, 1, I, L, O: codes are read out on the telephone."""
CODE_LENGTH = 10
"""31 ** 10 is about 8e14: not to be guessed at 30 look-ups an hour."""


class StaleToken(ValueError):
    """The message is for the reader; what he wrote is kept and he may send it again."""


@dataclass(frozen=True, slots=True)
class Token:
    site: int
    nonce: str


def make(site: int, *, now: datetime) -> str:
    return _signer().sign(f"{site}.{secrets.token_hex(16)}.{int(now.timestamp())}")


def read(text: str, *, now: datetime) -> Token:
    """Raises StaleToken for one that is forged, too young or too old."""
    try:
        site, nonce, made = _signer().unsign(text).split(".")
    except (BadSignature, ValueError) as error:
        raise StaleToken("页面已失效，请核对内容后再次提交") from error
    age = now - datetime.fromtimestamp(int(made), tz=now.tzinfo)
    if age < LEAST:
        raise StaleToken("提交过快，请稍候几秒后再次提交")
    if age > MOST:
        raise StaleToken("页面停留时间过长，请核对内容后再次提交")
    return Token(int(site), nonce)


def new_code() -> str:
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def tidy_code(text: str) -> str:
    """As it was made, however it was typed; empty for what cannot be one."""
    code = "".join(text.split()).replace("-", "").upper()
    return code if len(code) == CODE_LENGTH and set(code) <= set(CODE_LETTERS) else ""


def _signer() -> Signer:
    return Signer(salt="sites.enquiries")
