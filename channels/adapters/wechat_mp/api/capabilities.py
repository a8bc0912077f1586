"""What an account may do, asked by calls that change nothing: token, drafts, publishing, mass send, menu, statistics.

Costs one of each call asked, of which freepublish/batchget is the dearest (100 a day). Never sends, publishes or deletes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from channels.adapters.wechat_mp.api.calls import Json
from channels.adapters.wechat_mp.api.line import Line
from channels.adapters.wechat_mp.api.quotas import DAILY
from channels.errors import ChannelError, ConfigError, Throttled

BAD_MSG_ID = 40059
NO_SUCH_MESSAGE = 1
"""A msg_id that no job has: they are ten digits and more."""
NO_RIGHT = frozenset({"48001", "48008", "61007"})
UNKNOWN_PATH = frozenset({76021, 76022})
"""openapi/quota/get: no such call, or none of this account's (SDK tables; not on an official page seen)."""

_ADDRESS = re.compile(r"(?:::ffff:)?((?:\d{1,3}\.){3}\d{1,3})|((?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{1,4})", re.I)


class Capability(StrEnum):
    """In the order in which they are asked and shown."""

    TOKEN = "token"  # noqa: S105
    DRAFT = "draft"
    PUBLISH = "publish"
    MASS = "mass"
    MENU = "menu"
    STATISTICS = "statistics"


class Standing(StrEnum):
    """unclear: the platform gave no answer to the question. skipped: not asked, because there is no token."""

    GRANTED = "granted"
    DENIED = "denied"
    UNCLEAR = "unclear"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`code` is the platform's, `message` the Chinese sentence, `address` the IP it saw when that is the matter."""

    capability: Capability
    standing: Standing
    code: str = ""
    message: str = ""
    detail: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Quota:
    """What the platform says of one call today. It may be off by one in a hundred."""

    limit: int
    used: int


@dataclass(frozen=True, slots=True)
class Survey:
    """`quotas` by endpoint; those that the platform does not tell are missing."""

    findings: tuple[Finding, ...]
    quotas: Mapping[str, Quota]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    endpoint: str
    data: Mapping[str, Any] | None = None
    get: bool = False
    expected: Collection[int] = ()


def _questions(yesterday: str) -> dict[Capability, _Question]:
    """`yesterday` as YYYY-MM-DD in China."""
    page = {"offset": 0, "count": 1, "no_content": 1}
    days = {"begin_date": yesterday, "end_date": yesterday}
    return {
        Capability.DRAFT: _Question(endpoint="draft/count", get=True),
        Capability.PUBLISH: _Question(endpoint="freepublish/batchget", data=page),
        Capability.MASS: _Question(
            endpoint="message/mass/get", data={"msg_id": NO_SUCH_MESSAGE}, expected=(BAD_MSG_ID,)
        ),
        Capability.MENU: _Question(endpoint="get_current_selfmenu_info", get=True),
        Capability.STATISTICS: _Question(endpoint="datacube/getarticletotaldetail", data=days),
    }


async def survey(line: Line, *, yesterday: str) -> Survey:
    """Ask everything; the first failure to get a token ends it. Raises no ChannelError."""
    try:
        await line.tokens.current()
    except ChannelError as error:
        asked = [_failed(Capability.TOKEN, error)]
        rest = [Finding(capability=one, standing=Standing.SKIPPED) for one in list(Capability)[1:]]
        return Survey((*asked, *rest), {})
    findings = [Finding(capability=Capability.TOKEN, standing=Standing.GRANTED)]
    for capability, question in _questions(yesterday).items():
        findings.append(await _ask(line, capability, question))
    return Survey(tuple(findings), await _quotas(line))


async def _ask(line: Line, capability: Capability, question: _Question) -> Finding:
    try:
        await line.call(question.endpoint, question.data, get=question.get, expected=question.expected)
    except ChannelError as error:
        return _failed(capability, error)
    return Finding(capability=capability, standing=Standing.GRANTED)


def _failed(capability: Capability, error: ChannelError) -> Finding:
    """Only a clear no denies. A spent quota proves the right: the platform counts only what it allows."""
    standing = Standing.UNCLEAR
    if isinstance(error, ConfigError) and (capability is Capability.TOKEN or error.code in NO_RIGHT):
        standing = Standing.DENIED
    elif isinstance(error, Throttled) and error.code == "45009":
        standing = Standing.GRANTED
    return Finding(
        capability=capability,
        standing=standing,
        code=error.code,
        message=error.message,
        detail=error.detail,
        address=seen_address(error.detail) if error.code in {"40164", "61004"} else "",
    )


def seen_address(detail: str) -> str:
    """The caller's address in "invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist"; empty for none."""
    found = _ADDRESS.search(detail)
    return (found[1] or found[2]) if found else ""


async def _quotas(line: Line) -> dict[str, Quota]:
    """What the platform tells about each metered call; it may not tell about all."""
    found: dict[str, Quota] = {}
    for endpoint in DAILY:
        try:
            answer = await line.call(
                "openapi/quota/get", {"cgi_path": f"/cgi-bin/{endpoint}"}, expected=UNKNOWN_PATH
            )
        except ChannelError:
            # Not granted, or the platform is down: our own table goes on to hold.
            return found
        quota = _quota(answer)
        if quota is not None:
            found[endpoint] = quota
    return found


def _quota(answer: Json) -> Quota | None:
    stated = answer.get("quota")
    if not isinstance(stated, dict):
        return None
    limit, used = stated.get("daily_limit"), stated.get("used")
    if not isinstance(limit, int) or not isinstance(used, int) or limit <= 0 or used < 0:
        return None
    return Quota(limit, used)
