"""试连: try an outlet's connection as it is set up, while the operator waits for the sentence.

Accounts of WeChat have their own probe (channels.wechat.probing), which also asks what the account may do.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from asgiref.sync import async_to_sync
from django.conf import settings

from channels.adapters import CHANNELS
from channels.assets import StoredAssets
from channels.contract import Adapter
from channels.errors import ChannelError, ContentError, Missing, Throttled, Unreachable
from channels.models import Outlet
from channels.registry import adapter_class, adapter_for

SECONDS = 30.0
"""A person waits; a receiver that takes longer would be given up by many a delivery, too."""
LATER = "，系统将"
"""Begins what the engine does next with a delivery. Nothing follows a trial by itself, so this half is left out."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it, in one Chinese sentence; a failure's ends with the next step."""

    passed: bool
    sentence: str


def is_offered(channel: str) -> bool:
    """Whether outlets of this channel can be tried."""
    return channel in CHANNELS and adapter_class(channel).probe is not Adapter.probe


def try_connection(outlet: Outlet) -> Trial:
    """Takes as long as the outlet likes, up to SECONDS; never inside a transaction."""
    try:
        return Trial(True, async_to_sync(_ask)(outlet))
    except ChannelError as error:
        return Trial(False, _sentence(error))


async def _ask(outlet: Outlet) -> str:
    from channels.http import HttpClient  # brings a library that an idle hub does without

    async with HttpClient(allowed_networks=settings.OUTBOUND_ALLOWED_NETWORKS) as http:
        adapter = adapter_for(outlet, http=http, assets=StoredAssets())
        try:
            async with asyncio.timeout(SECONDS):
                return await adapter.probe()
        except TimeoutError as error:
            raise Unreachable("对方长时间没有应答") from error


def _sentence(error: ChannelError) -> str:
    """The error's own words where they hold for a trial: no item was sent, and nobody tries again."""
    cause = error.message.partition(LATER)[0]
    if isinstance(error, ContentError):
        return f"对方没有接受试连（{error.code}），请核对地址，并请对方按接口说明应答"
    if isinstance(error, Missing):
        return f"该地址没有内容（{error.code}），请核对地址"
    if isinstance(error, Throttled):
        return f"{cause}，请稍后再点“试连”"
    if error.remedy.needs_person:
        return cause
    return f"{cause}，请核对地址，并请责任人确认对方系统正常后再点“试连”"
