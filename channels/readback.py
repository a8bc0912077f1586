"""Looks at one public page and says whether it carries an item, and which edition of it.

For every outlet whose pages carry the hub's mark (markup.Mark): the hub's own sites, and receivers that follow
docs/adding-a-channel.md. Never writes.
"""

from __future__ import annotations

import html
from collections.abc import Iterable

from channels.answers import failure_of
from channels.contract import Answer, Http, Observation, Presence
from channels.errors import ConfigError
from channels.markup import Mark, decoded, mark_of

GONE = frozenset({404, 410})
FRESH = {"Cache-Control": "no-cache", "Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"}


async def look(http: Http, url: str, uri: str, *, gone: frozenset[int] = GONE) -> Observation:
    """What the page at `url` shows of item `uri`. Raises ChannelError when the outlet cannot be asked.

    `gone` are the statuses that prove an absence; a 404 proves none where a wrong site address gives one, too.
    """
    answer = await http.request("GET", url, headers=FRESH)
    if answer.status in GONE - gone:
        return Observation(presence=Presence.UNKNOWN, note="该地址不存在（404），请管理员核对终端地址")
    return observe(answer, uri)


async def look_at_copy(http: Http, url: str, uri: str) -> Observation:
    """The same for an address that the outlet or a person gave for this one item.

    One bad address must not stop the whole outlet: what would be a ConfigError is UNKNOWN here.
    """
    try:
        return await look(http, url, uri)
    except ConfigError as error:
        return Observation(presence=Presence.UNKNOWN, remote_url=url, note=error.message)


async def look_for(http: Http, url: str, uri: str, *, names: Iterable[str], is_list: bool) -> Observation:
    """Whether a page made by somebody else's system shows the item. It carries no mark of ours, as a rule.

    The item's own id, or any of `names` (its headline, its permanent address), is taken for the item; which edition it
    is cannot be told then. A list that is not there proves nothing, an item's page that is not there does.
    """
    try:
        answer = await http.request("GET", url, headers=FRESH)
        if answer.status in GONE and is_list:
            return Observation(
                presence=Presence.UNKNOWN, note=f"对方列表页不存在（{answer.status}），请核对地址"
            )
        seen = observe(answer, uri)
    except ConfigError as error:
        return Observation(presence=Presence.UNKNOWN, note=error.message)
    if seen.presence is not Presence.UNKNOWN:
        return seen
    page = _bare(html.unescape(decoded(answer.body, _charset(answer))))
    if any(_bare(name) in page for name in (uri, *names) if name.strip()):
        note = "对方页面上有该稿件（按标题或地址辨认）"
        return Observation(presence=Presence.PRESENT, remote_url=answer.url, note=note)
    return Observation(presence=Presence.ABSENT, note="对方页面上没有该稿件")


def observe(answer: Answer, uri: str) -> Observation:
    """The same for a page already fetched."""
    if answer.status in GONE:
        return Observation(presence=Presence.ABSENT, note=f"页面已不存在（{answer.status}）")
    failure = failure_of(answer, write=False)
    if failure is not None:
        raise failure
    return _read_mark(mark_of(answer.body), answer.url, uri)


def _read_mark(mark: Mark | None, url: str, uri: str) -> Observation:
    if mark is None:
        note = "页面可以打开，但没有稿件标识，无法确认是否为该稿件"
        return Observation(presence=Presence.UNKNOWN, remote_url=url, note=note)
    if mark.uri != uri:
        return Observation(presence=Presence.ABSENT, note="该地址现在显示的是另一篇稿件")
    return Observation(presence=Presence.PRESENT, version=mark.version, remote_url=url)


def _charset(answer: Answer) -> str:
    kind = next((value for name, value in answer.headers.items() if name.lower() == "content-type"), "")
    return kind.partition("charset=")[2].strip(" \"'")


def _bare(text: str) -> str:
    """Without white space: templates break lines where they like."""
    return "".join(text.split())
