"""The platform's answers as values: finding, opening and removing articles and drafts of one account."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeVar

from channels.adapters.wechat_mp.api import codes
from channels.adapters.wechat_mp.api.calls import LONG_TIMEOUT, Json, Upload
from channels.adapters.wechat_mp.api.line import Line
from channels.adapters.wechat_mp.progress import Mark
from channels.errors import ConfigError, Misbehaved, Missing, OutcomeUnknown, Unreachable

T = TypeVar("T")

PAGE = 20
"""The most that draft/batchget and freepublish/batchget give at once."""
LOOK_BACK = 3
"""Pages searched for something lost of which no time is known, newest first."""


class Publishing(Enum):
    """How a publishing job stands."""

    DONE = "done"
    RUNNING = "running"
    FAILED = "failed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Job:
    """`status` is the platform's number."""

    state: Publishing
    status: int
    article_id: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """A published article. `source_url` is the address behind 阅读原文, which carries our mark.

    `published_at` in Unix seconds; 0 where an answer does not tell.
    """

    article_id: str
    url: str
    source_url: str
    deleted: bool = False
    content: str = ""
    published_at: float = 0.0

    @property
    def mark(self) -> Mark | None:
        return Mark.read(self.source_url)


class Platform:
    """The calls that this channel makes. Raises ChannelError; what is gone is Missing."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def one_at_a_time(self, name: str, work: Callable[[], Awaitable[T]]) -> T:
        """Run `work`; two deliveries of this process that want the same thing of the account take turns."""
        return await self._line.one_at_a_time(name, work)

    async def upload_article_image(self, upload: Upload) -> str:
        """The address under which articles may show it."""
        return _word(await self._line.call("media/uploadimg", upload=upload), "url")

    async def upload_cover(self, upload: Upload) -> str:
        """The permanent media id; every call makes another one."""
        answer = await self._line.call("material/add_material", params={"type": "image"}, upload=upload)
        return _word(answer, "media_id")

    async def add_draft(self, *articles: Json) -> str:
        """Media id of a new draft with 1 to 8 articles. Raises Missing when a cover is not there any more.

        No reader sees a draft, so a lost answer only means to look before the next try.
        """
        data = {"articles": list(articles)}
        return _word(await self._line.call("draft/add", data, timeout=LONG_TIMEOUT), "media_id")

    async def drafted(self, media_id: str) -> list[Json]:
        """The articles of a draft. Raises Missing."""
        items = (await self._line.call("draft/get", {"media_id": media_id})).get("news_item")
        if not items:
            raise Missing("微信端的草稿没有内容，系统将先核对再处理")
        return list(items)

    async def just_drafted(self, media_id: str) -> list[Json]:
        """The same of a draft that has to be there. Raises Unreachable when it is not: the platform may lag behind."""
        try:
            return await self.drafted(media_id)
        except Missing as error:
            raise Unreachable("刚建立的草稿暂时查不到，稍后自动重试", code=error.code) from error

    async def has_draft(self, media_id: str) -> bool:
        """Whether the draft is still there: publishing consumes it, staff may delete it."""
        try:
            await self.drafted(media_id)
        except Missing:
            return False
        return True

    async def find_draft(self, key: str) -> str:
        """Media id of our draft, or empty."""
        async for entry in self._drafts():
            marks = [Mark.read(str(item.get("content_source_url", ""))) for item in _items(entry)]
            if any(mark and mark.key == key for mark in marks):
                return str(entry["media_id"])
        return ""

    async def update_draft(self, media_id: str, article: Json) -> None:
        """Another text for a draft that nobody has published. Raises Missing when it is gone."""
        await self._line.call("draft/update", {"media_id": media_id, "index": 0, "articles": article})

    async def delete_draft(self, media_id: str) -> None:
        """Gone already is fine."""
        try:
            await self._line.call("draft/delete", {"media_id": media_id})
        except Missing:
            return

    async def submit(self, media_id: str) -> tuple[str, str]:
        """Publish id and msg_data_id. Never call it again for a draft before looking what became of it."""
        answer = await self._line.call(
            "freepublish/submit", {"media_id": media_id}, write=True, timeout=LONG_TIMEOUT
        )
        try:
            return _word(answer, "publish_id"), str(answer.get("msg_data_id", ""))
        except Misbehaved as error:
            raise OutcomeUnknown(
                "微信受理了发表但没有给出任务编号，系统将先核对", detail=error.detail
            ) from error

    async def may_submit_today(self) -> bool:
        """Whether a submit is left of the day's quota: by our own count, then by the platform's, which knows of others.

        True when the platform does not say.
        """
        if await self._line.budget.left("freepublish/submit") <= 0:
            return False
        try:
            answer = await self._line.call("openapi/quota/get", {"cgi_path": "/cgi-bin/freepublish/submit"})
        except (ConfigError, Misbehaved):
            return True
        remain = (answer.get("quota") or {}).get("remain")
        return not isinstance(remain, int) or remain > 0

    async def job(self, publish_id: str, *, keep: int = 0) -> Job:
        """A hundred looks a day; `keep` as in Line.call."""
        answer = await self._line.call("freepublish/get", {"publish_id": publish_id}, keep=keep)
        status = answer.get("publish_status")
        if status == 0:
            items = answer.get("article_detail", {}).get("item") or [{}]
            first = items[0] if isinstance(items, list) else items
            return finished(0, _article_id(_word(answer, "article_id")), first.get("article_url", ""))
        return finished(status)

    async def article(self, article_id: str, *, keep: int = 0) -> Article:
        """With its text. A hundred a day; `keep` as in Line.call. Raises Missing when the platform knows none such."""
        answer = await self._line.call("freepublish/getarticle", {"article_id": article_id}, keep=keep)
        items = answer.get("news_item")
        if not items:
            raise Missing("微信端查不到这篇文章，系统将先核对再处理")
        return _article(article_id, items)

    async def page(self, number: int, *, keep: int = 0) -> tuple[list[Article], int]:
        """One page, counted from 0, of the published articles, newest first, without their texts; and how many there are.

        A hundred pages a day; `keep` as in Line.call.
        """
        answer = await self._line.call(
            "freepublish/batchget", {"offset": number * PAGE, "count": PAGE, "no_content": 1}, keep=keep
        )
        entries = [entry for entry in answer.get("item") or [] if _items(entry)]
        found = [
            replace(
                _article(_article_id(str(entry["article_id"])), _items(entry)),
                published_at=float(entry.get("update_time") or 0),
            )
            for entry in entries
        ]
        return found, int(answer.get("total_count", 0))

    async def delete_article(self, article_id: str) -> None:
        """Gone already is fine. Ten a day."""
        try:
            await self._line.call(
                "freepublish/delete", {"article_id": article_id, "index": 0}, timeout=LONG_TIMEOUT
            )
        except Missing:
            return

    async def _drafts(self) -> AsyncIterator[Json]:
        for page in range(LOOK_BACK):
            answer = await self._line.call(
                "draft/batchget", {"offset": page * PAGE, "count": PAGE, "no_content": 1}
            )
            for entry in answer.get("item") or []:
                yield entry
            if (page + 1) * PAGE >= int(answer.get("total_count", 0)):
                return


def finished(status: object, article_id: str = "", url: str = "") -> Job:
    """The job that a `publish_status` stands for. Raises Misbehaved for one that no page names."""
    if not isinstance(status, int):
        raise Misbehaved("微信没有给出发表状态，请把详情转交技术人员", detail=repr(status))
    if status == 0:
        return Job(Publishing.DONE, status, article_id, url)
    if status == 1:
        return Job(Publishing.RUNNING, status)
    if status in codes.PUBLISH_FAILURES:
        return Job(Publishing.FAILED, status)
    if status in codes.PUBLISH_REMOVALS:
        return Job(Publishing.REMOVED, status)
    raise Misbehaved(
        f"微信返回了未收录的发表状态 {status}，请把详情转交技术人员", code=f"publish_status={status}"
    )


def _items(entry: Json) -> list[Json]:
    return list(entry.get("content", {}).get("news_item") or [])


def _article(article_id: str, items: list[Json]) -> Article:
    first = items[0]
    return Article(
        article_id=article_id,
        url=str(first.get("url", "")),
        source_url=str(first.get("content_source_url", "")),
        deleted=any(item.get("is_deleted") for item in items),
        content=str(first.get("content", "")),
    )


def _article_id(text: str) -> str:
    """The platform's own sample wraps the id over two lines."""
    return "".join(text.split())


def _word(answer: Json, name: str) -> str:
    """A value that has to be in the answer, as text: ids come as strings or as numbers."""
    value = answer.get(name)
    if value is None or value == "":
        raise Misbehaved(f"微信的答复缺少 {name}，请把详情转交技术人员", detail=str(answer))
    return str(value)
