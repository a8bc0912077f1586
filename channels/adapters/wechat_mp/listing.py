"""The newest published articles of the account, read once for many questions and for all processes.

One page of the list answers for twenty articles, and the platform gives a hundred pages a day: so the last reading is
kept in the checkpoint, and every question says how new it has to be.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Self

from channels.adapters.wechat_mp.api.publishing import PAGE, Article, Platform
from channels.contract import Checkpoint
from channels.edition import content_id_of

NAME = "listing"


@dataclass(frozen=True, slots=True)
class _Reading:
    """Times in Unix seconds: when the first page was asked for, and when the oldest article of the last one appeared.

    `whole`: nothing older exists.
    """

    read_at: float = 0.0
    pages: int = 0
    whole: bool = False
    oldest: float = 0.0
    articles: tuple[Article, ...] = ()

    @classmethod
    def from_json(cls, text: str | None) -> Self:
        if not text:
            return cls()
        values = json.loads(text)
        return cls(**{**values, "articles": tuple(Article(**article) for article in values["articles"])})

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


class Listing:
    """`clock` gives Unix seconds."""

    def __init__(self, platform: Platform, checkpoint: Checkpoint, clock: Callable[[], float]) -> None:
        self._platform = platform
        self._checkpoint = checkpoint
        self._clock = clock

    async def newest(
        self, *, since: float, pages: int, reach: float = 0.0, keep: int = 0
    ) -> tuple[Article, ...]:
        """The newest articles, newest first, as they were after `since` (Unix seconds).

        At most `pages` pages, and none behind the one that holds an article from before `reach` (Unix seconds).
        `keep` as in Line.call. Raises ChannelError.
        """

        async def answer() -> tuple[Article, ...]:
            held = _Reading.from_json(await self._checkpoint.get(NAME, shared=True))
            far_enough = held.whole or held.pages >= pages or held.oldest < reach
            if held.read_at > since and far_enough:
                return held.articles
            return (await self._read(pages, reach, keep)).articles

        return await self._platform.one_at_a_time(NAME, answer)

    async def remembered(self, article_id: str, *, since: float) -> Article | None:
        """An article as a reading after `since` showed it; None when it was not in that reading. Makes no call."""
        held = _Reading.from_json(await self._checkpoint.get(NAME, shared=True))
        if held.read_at <= since:
            return None
        return next((article for article in held.articles if article.article_id == article_id), None)

    async def copies(
        self, uri: str, *, since: float, pages: int, reach: float = 0.0, keep: int = 0
    ) -> list[Article]:
        """The articles of an item that readers can see, whatever edition they show. Fields as in `newest`."""
        content_id = str(content_id_of(uri))
        articles = await self.newest(since=since, pages=pages, reach=reach, keep=keep)
        return [a for a in articles if content_id in a.source_url and a.mark and not a.deleted]

    async def forget(self, article_id: str) -> None:
        """It has been deleted: the next question may not find it in an earlier reading."""
        held = _Reading.from_json(await self._checkpoint.get(NAME, shared=True))
        left = tuple(article for article in held.articles if article.article_id != article_id)
        if left != held.articles:
            await self._keep(replace(held, articles=left))

    async def _read(self, pages: int, reach: float, keep: int) -> _Reading:
        begun = self._clock()
        found: list[Article] = []
        read, total, oldest = 0, 1, begun
        while read < pages and read * PAGE < total and oldest >= reach:
            articles, total = await self._platform.page(read, keep=keep)
            found += articles
            oldest = min([oldest, *(article.published_at for article in articles)])
            read += 1
        reading = _Reading(begun, read, read * PAGE >= total, oldest, tuple(found))
        await self._keep(reading)
        return reading

    async def _keep(self, reading: _Reading) -> None:
        await self._checkpoint.put(NAME, reading.to_json(), shared=True)
