"""Uploads: each file, code and cover once per account, and what is done when the platform cannot crop a cover."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from channels.adapters.wechat_mp.api.calls import Upload
from channels.adapters.wechat_mp.article.links import Policy
from channels.adapters.wechat_mp.article.render import Style, render
from channels.adapters.wechat_mp.article.uploads import Uploads
from channels.adapters.wechat_mp.progress import Mark
from channels.edition import Asset, Attachment, Edition, Paragraph
from channels.errors import ChannelError, ContentError, Misbehaved, Missing, Refused
from tests.channels.stage import Memory, MemoryAssets, picture, sample

MARK = Mark("0123456789abcdef", 1)


@dataclass
class FakePlatform:
    """Keeps what it is sent; `refusals` are raised by the next calls of draft/add."""

    refusals: list[ChannelError] = field(default_factory=list)
    images: list[Upload] = field(default_factory=list)
    covers: list[Upload] = field(default_factory=list)
    drafts: list[dict[str, Any]] = field(default_factory=list)
    reads: int = 0

    async def one_at_a_time(self, name: str, work: Callable[[], Awaitable[Any]]) -> Any:
        return await work()

    async def upload_article_image(self, upload: Upload) -> str:
        self.images.append(upload)
        return f"http://mmbiz.example/{upload.name}"

    async def upload_cover(self, upload: Upload) -> str:
        self.covers.append(upload)
        return f"cover-{len(self.covers)}"

    async def add_draft(self, article: dict[str, Any]) -> str:
        if self.refusals:
            raise self.refusals.pop(0)
        self.drafts.append(article)
        return f"draft-{len(self.drafts)}"

    async def just_drafted(self, media_id: str) -> list[dict[str, Any]]:
        self.reads += 1
        return [self.drafts[int(media_id.rpartition("-")[2]) - 1]]


@pytest.fixture
def platform() -> FakePlatform:
    return FakePlatform()


@pytest.fixture
def memory() -> Memory:
    return Memory()


def uploads(platform: FakePlatform, memory: Memory, edition: Edition, style: Style | None = None) -> Uploads:
    return Uploads(platform, MemoryAssets(), memory, render(edition, style or Style()))  # type: ignore[arg-type]


def made(
    platform: FakePlatform, memory: Memory, edition: Edition, style: Style | None = None
) -> dict[str, Any]:
    return asyncio.run(uploads(platform, memory, edition, style).article(MARK))


def test_an_article_carries_its_cover_and_both_crops(platform: FakePlatform, memory: Memory) -> None:
    article = made(platform, memory, sample())
    assert article["thumb_media_id"] == "cover-1"
    assert article["pic_crop_235_1"].count("_") == 3
    assert article["pic_crop_1_1"].count("_") == 3
    assert article["content_source_url"].endswith("?wx=0123456789abcdef.1")


def test_a_default_cover_needs_no_crop(platform: FakePlatform, memory: Memory) -> None:
    article = made(platform, memory, sample(pictures=0))
    assert article["thumb_media_id"] == "cover-1"
    assert not [name for name in article if name.startswith("pic_crop")]


def test_the_same_item_again_uploads_nothing_and_has_the_same_crops(
    platform: FakePlatform, memory: Memory
) -> None:
    first = made(platform, memory, sample())
    assert (len(platform.images), len(platform.covers)) == (2, 1)
    assert made(platform, memory.next_generation(), sample()) == first
    assert (len(platform.images), len(platform.covers)) == (2, 1)


def test_codes_are_uploaded_once_for_each_address(platform: FakePlatform, memory: Memory) -> None:
    link = '<a href="https://a.example/plan?a=1&amp;b=2">计划</a>'
    body = (Paragraph(html=link), Paragraph(html=link), Attachment(asset=picture(1), title="表"))
    style = Style(links=Policy.QR)
    article = made(platform, memory, sample(pictures=0, body=body), style)
    assert len(platform.images) == 2
    assert len(re.findall(r'src="http://mmbiz\.example/[0-9a-f]{16}\.png"', article["content"])) == 2
    assert "qr:" not in article["content"]
    made(platform, memory, sample(2, pictures=0, body=body), style)
    assert len(platform.images) == 2


def test_a_cover_that_cannot_be_cropped_is_sent_once_more_as_a_plain_cut(
    platform: FakePlatform, memory: Memory
) -> None:
    platform.refusals = [Refused("裁剪失败", code="53402")]
    work = uploads(platform, memory, sample())
    article = asyncio.run(work.article(MARK))
    assert asyncio.run(work.add_draft(article)) == "draft-1"
    (sent,) = platform.drafts
    assert sent["thumb_media_id"] == "cover-2"
    assert not [name for name in sent if name.startswith("pic_crop")]
    again = made(platform, memory, sample())
    assert again["thumb_media_id"] == "cover-2"
    assert "pic_crop_1_1" not in again


def test_a_plain_cut_that_is_refused_too_is_the_editors(platform: FakePlatform, memory: Memory) -> None:
    platform.refusals = [Refused("裁剪失败", code="53402"), Refused("裁剪失败", code="53402")]
    work = uploads(platform, memory, sample())
    article = asyncio.run(work.article(MARK))
    with pytest.raises(Refused):
        asyncio.run(work.add_draft(article))
    assert len(platform.covers) == 2


def test_another_refusal_is_not_answered_with_another_cover(platform: FakePlatform, memory: Memory) -> None:
    platform.refusals = [Refused("正文超限", code="45002")]
    work = uploads(platform, memory, sample())
    article = asyncio.run(work.article(MARK))
    with pytest.raises(Refused):
        asyncio.run(work.add_draft(article))
    assert len(platform.covers) == 1


def test_a_cover_that_the_platform_lost_is_uploaded_again(platform: FakePlatform, memory: Memory) -> None:
    platform.refusals = [Missing("没有", code="40007")]
    work = uploads(platform, memory, sample())
    asyncio.run(work.add_draft(asyncio.run(work.article(MARK))))
    assert platform.drafts[0]["thumb_media_id"] == "cover-2"
    assert platform.drafts[0]["pic_crop_1_1"]


def test_a_deleted_file_is_named(platform: FakePlatform, memory: Memory) -> None:
    class Empty:
        async def read(self, asset: Asset) -> bytes:
            raise FileNotFoundError(asset.path)

    work = Uploads(platform, Empty(), memory, render(sample(), Style()))  # type: ignore[arg-type]
    with pytest.raises(ContentError, match=r"图片“示意图0\.png”的文件已丢失，请重新上传图片并签发"):
        asyncio.run(work.article(MARK))
    assert platform.drafts == []


def test_reading_a_draft_back_is_a_call_of_its_own(platform: FakePlatform, memory: Memory) -> None:
    work = uploads(platform, memory, sample())
    article = asyncio.run(work.article(MARK))
    media_id = asyncio.run(work.add_draft(article))
    assert platform.reads == 0
    asyncio.run(work.confirm(article, media_id))
    assert platform.reads == 1
    platform.drafts[0] = {**article, "content_source_url": "http://changed.example/"}
    with pytest.raises(Misbehaved):
        asyncio.run(work.confirm(article, media_id))
