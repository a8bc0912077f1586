"""Looks at the page whose address a person gave for a draft that he has published in the back office."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from urllib.parse import urlsplit

from channels.adapters.wechat_mp.visit import Visit
from channels.answers import failure_of
from channels.contract import Observation, Presence, Receipt

_TAG = re.compile(r"<[^>]+>")
GONE = ("该内容已被发布者删除", "此内容因违规无法查看", "该内容暂时无法查看", "页面不存在")
"""What the platform's pages say in place of an article; from use, not from its documents."""


FOREIGN = "这不是公众号文章的网址，请复制文章页面的完整网址后重新填写"


async def look(visit: Visit, receipt: Receipt) -> Observation:
    """Present when the page shows the title of the draft. Raises ChannelError when the page cannot be read."""
    text = await _shown(visit, receipt)
    if isinstance(text, Observation):
        return text
    title = _squeezed(str(receipt.raw.get("title", "")))
    if not title or title not in text:
        return Observation(presence=Presence.UNKNOWN, note="该网址的文章标题与草稿不一致，请核对网址")
    return _present(receipt)


async def changed(visit: Visit, receipt: Receipt, wanted: str) -> Observation:
    """Present when the page reads as `wanted`, without blanks: a person has made the correction."""
    text = await _shown(visit, receipt)
    if isinstance(text, Observation):
        return text
    return _present(receipt) if wanted in text else Observation(presence=Presence.PENDING, note=receipt.note)


async def _shown(visit: Visit, receipt: Receipt) -> str | Observation:
    """The text of the page without blanks, or what is to be said when there is no article."""
    if not _is_ours(receipt.remote_url, visit):
        return Observation(presence=Presence.UNKNOWN, note=FOREIGN)
    answer = await visit.http.request("GET", receipt.remote_url)
    if not _is_ours(answer.url, visit):
        # Somebody else's page that an address of the platform leads to proves nothing.
        return Observation(presence=Presence.UNKNOWN, note=FOREIGN)
    if failure := failure_of(answer, write=False):
        raise failure
    text = _squeezed(answer.text)
    if any(phrase in text for phrase in GONE):
        return Observation(presence=Presence.ABSENT, note="该网址的文章已被删除或无法查看")
    return text


def _present(receipt: Receipt) -> Observation:
    found = replace(receipt, settled=True, awaits_person=False, watched=False, note="")
    return Observation(
        presence=Presence.PRESENT, version=receipt.version, remote_url=receipt.remote_url, receipt=found
    )


def _is_ours(url: str, visit: Visit) -> bool:
    try:
        return urlsplit(url).hostname in visit.page_hosts
    except ValueError:
        return False


def _squeezed(html: str) -> str:
    return "".join(unescape(_TAG.sub("", html)).split())
