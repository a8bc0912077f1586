"""Gets a push to the platform: pictures, one draft with all its articles, a comparison. Nothing here reaches a follower.

The draft is found again by our mark in the address behind 阅读原文 of its first article, so a crash makes no second one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from channels.adapters.wechat_mp.api.calls import Json
from channels.adapters.wechat_mp.api.line import Line
from channels.adapters.wechat_mp.api.publishing import Platform
from channels.adapters.wechat_mp.article.uploads import CROP_REFUSED, CROPS, Uploads, compare
from channels.adapters.wechat_mp.progress import Mark
from channels.contract import AssetReader, Checkpoint, Rendering
from channels.errors import ChannelError, Misbehaved, Missing, OutcomeUnknown, Refused, Throttled, Unreachable

Pause = Callable[[], Awaitable[None]]


async def _no_pause() -> None:
    """Between two articles."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """`remade`: the draft that was there had been changed by somebody, and was replaced."""

    media_id: str
    remade: bool = False


class Draft:
    """The draft of one push. `known` is the media id of an earlier run with the same content."""

    def __init__(
        self,
        line: Line,
        memory: Checkpoint,
        files: AssetReader,
        sent: Sequence[Rendering],
        token: str,
    ) -> None:
        self._platform = Platform(line)
        self._uploads = [Uploads(self._platform, files, memory, one) for one in sent]
        self._marks = [Mark.of(token, one.version) for one in sent]

    async def make(self, known: str, *, pause: Pause = _no_pause) -> Drafted:
        """The draft, there and as it should be. `pause` is called between the articles. Raises ChannelError."""
        articles = await self._articles(pause)
        media_id, kept = await self._found(known)
        if media_id and _same(articles, kept):
            return Drafted(media_id)
        if media_id:
            await self._platform.delete_draft(media_id)
        made = await self._added(articles)
        for sent, there in zip(articles, await self._read_back(made), strict=True):
            compare(sent, there)
        return Drafted(made, remade=bool(media_id))

    async def _articles(self, pause: Pause = _no_pause) -> list[Json]:
        articles = []
        for uploads, mark in zip(self._uploads, self._marks, strict=True):
            articles.append(await uploads.article(mark))
            await pause()
        return articles

    async def _found(self, known: str) -> tuple[str, list[Json]]:
        for media_id in filter(None, (known, await self._platform.find_draft(self._marks[0].key))):
            try:
                return media_id, await self._platform.drafted(media_id)
            except Missing:
                continue
        return "", []

    async def _added(self, articles: Sequence[Json]) -> str:
        """A remembered cover that the platform has lost is uploaded once more; one that it cannot crop goes uncropped."""
        try:
            return await self._platform.add_draft(*articles)
        except Refused as error:
            if error.code != CROP_REFUSED:
                raise
            bare = [{name: value for name, value in one.items() if name not in CROPS} for one in articles]
            return await self._platform.add_draft(*bare)
        except Missing:
            for uploads in self._uploads:
                await uploads.forget_cover()
        try:
            return await self._platform.add_draft(*await self._articles())
        except Missing as error:
            raise Misbehaved(
                "微信两次拒绝了刚上传的封面，请把详情转交技术人员", code=error.code, detail=error.detail
            ) from error

    async def _read_back(self, media_id: str) -> list[Json]:
        kept = await self._platform.just_drafted(media_id)
        if len(kept) != len(self._marks):
            raise Misbehaved(
                f"草稿应有 {len(self._marks)} 篇文章，微信端只有 {len(kept)} 篇，请把详情转交技术人员"
            )
        return kept


def _same(articles: Sequence[Json], kept: Sequence[Json]) -> bool:
    """Whether the draft still is what was put there: titles, digests, marks, pictures and length of the text."""
    if len(articles) != len(kept):
        return False
    for sent, there in zip(articles, kept, strict=True):
        if any(str(there.get(name, "")) != sent[name] for name in ("title", "digest", "thumb_media_id")):
            return False
        try:
            compare(sent, there)
        except Misbehaved:
            return False
        if len(str(there.get("content", ""))) != len(sent["content"]):
            return False
    return True


def is_refusal(error: ChannelError) -> bool:
    """Whether the platform, or the way to it, has said for certain that nothing went out."""
    if isinstance(error, OutcomeUnknown | Missing):
        return False
    return isinstance(error, Unreachable | Throttled) or error.code.isdigit()
