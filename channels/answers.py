"""What an outlet's HTTP answer means: its status as a ChannelError, and its text without secrets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

from channels.contract import Answer
from channels.errors import (
    ChannelError,
    ConfigError,
    Misbehaved,
    Missing,
    OutcomeUnknown,
    Refused,
    Throttled,
    Unreachable,
)

RETRY_AFTER_MAX: Final = 24 * 3600.0
"""Seconds; an outlet that asks for more is asked again after a day."""

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PATIENCE: Final = frozenset({408, 429})
_CONFLICTS: Final = frozenset({409, 423, 425})


def failure_of(
    answer: Answer, *, write: bool, repeatable: bool = False, secrets: Iterable[str] = ()
) -> ChannelError | None:
    """The failure that a status stands for, None for 2xx. A Retry-After date is read against `Date`, not a clock.

    A server error after a `write` leaves the outcome open, unless the write is `repeatable`: then it is just tried
    again. 408, 409, 423, 425 and 429 are not final (RFC 9110; other hubs lost items by taking every 4xx for final).
    """
    status = answer.status
    if 200 <= status < 300:
        return None
    host = urlsplit(answer.url).hostname or "该终端"
    code, detail = str(status), redact(answer.text, secrets)
    if status in _PATIENCE or (status == 503 and "Retry-After" in answer.headers):
        return Throttled(
            f"{host} 暂时繁忙（{status}），系统将稍后自动再试",
            retry_after=retry_after(answer.headers),
            code=code,
            detail=detail,
        )
    kind, sentence = _verdict(status, open_outcome=write and not repeatable)
    return kind(f"{host} {sentence}", code=code, detail=detail)


def _verdict(status: int, *, open_outcome: bool) -> tuple[type[ChannelError], str]:
    if status in {401, 403, 407}:
        return ConfigError, f"拒绝了本系统的身份（{status}），请管理员核对该终端的密钥和权限"
    if status in {404, 410}:
        return Missing, f"没有找到对应的内容（{status}），系统将先核对再处理"
    if status in _CONFLICTS:
        return Unreachable, f"正忙于同一内容（{status}），系统将自动重试"
    if status in REDIRECTS:
        return ConfigError, f"的接口已转到别处（{status}），请管理员改填新地址"
    if status >= 500 and open_outcome:
        return OutcomeUnknown, f"处理时出错（{status}），结果未知，系统将先核对再处理"
    if status >= 500:
        return Unreachable, f"出错（{status}），系统将自动重试"
    if 400 <= status < 500:
        return Refused, f"拒收了该稿件（{status}），请按终端应答修改后重新签发"
    return Misbehaved, f"的应答不合规范（{status}），请联系开发人员"


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait by Retry-After (a number, or a date read against the Date header); None when unusable."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), RETRY_AFTER_MAX)
    until, since = _http_date(text), _http_date(headers.get("Date", ""))
    if until is None or since is None:
        return None
    return min(max((until - since).total_seconds(), 0.0), RETRY_AFTER_MAX)


def redact(text: str, secrets: Iterable[str]) -> str:
    """`text` with every secret replaced. Call it on whatever an outlet answered before it is kept."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "***")
    return text


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
