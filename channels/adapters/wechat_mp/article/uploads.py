"""Uploading what an article shows, each file once per account, and putting the article together."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from channels.adapters.wechat_mp.api.client import Json, Upload
from channels.adapters.wechat_mp.api.publishing import Platform
from channels.adapters.wechat_mp.article import images
from channels.adapters.wechat_mp.progress import Mark
from channels.contract import AssetReader, Checkpoint, Rendering
from channels.edition import Asset
from channels.errors import ContentError, Misbehaved, Missing

RECIPE = 1
"""Raised when images.py makes other pictures than before, so that old uploads are not used again."""
_ASSET = re.compile(r'src="asset:([0-9a-f]{64})"')
_IMG = re.compile(r'<img\b[^>]*?\ssrc="([^"]*)"')


class Uploads:
    """The uploads of one rendering. Remembered for the whole account by the SHA-256 of the source."""

    def __init__(
        self, platform: Platform, assets: AssetReader, checkpoint: Checkpoint, rendering: Rendering
    ) -> None:
        self._platform = platform
        self._files = assets
        self._checkpoint = checkpoint
        self._payload: Mapping[str, Any] = rendering.payload
        self._assets = {asset.sha256: asset for asset in rendering.assets}

    async def article(self, mark: Mark) -> Json:
        """The article as draft/add takes it, every picture of it at the platform. Raises ContentError for a broken one."""
        content = str(self._payload["content"])
        urls = {
            sha256: await self._image(self._assets[sha256])
            for sha256 in dict.fromkeys(_ASSET.findall(content))
        }
        content = _ASSET.sub(lambda match: f'src="{urls[match[1]]}"', content)
        foreign = set(_IMG.findall(content)) - set(urls.values())
        if foreign:
            raise Misbehaved(
                "文中有未上传到微信的图片，请把详情转交技术人员", detail="; ".join(sorted(foreign))
            )
        return {
            "article_type": "news",
            "title": self._payload["title"],
            "author": self._payload["author"],
            "digest": self._payload["digest"],
            "content": content,
            "content_source_url": mark.on(str(self._payload["content_source_url"])),
            "thumb_media_id": await self._cover(),
            "need_open_comment": 0,
            "only_fans_can_comment": 0,
        }

    async def add_draft(self, article: Json) -> str:
        """Media id of the new draft, read back. A remembered cover that the platform lost is uploaded once more."""
        try:
            media_id = await self._platform.add_draft(article)
        except Missing:
            await self._checkpoint.put(self._cover_name(), "", shared=True)
            media_id = await self._add_again({**article, "thumb_media_id": await self._cover()})
        compare(article, await self._platform.draft(media_id))
        return media_id

    async def _add_again(self, article: Json) -> str:
        try:
            return await self._platform.add_draft(article)
        except Missing as error:
            raise Misbehaved(
                "微信两次拒绝了刚上传的封面，请把详情转交技术人员", code=error.code, detail=error.detail
            ) from error

    async def _image(self, asset: Asset) -> str:
        name = f"image.{RECIPE}.{asset.sha256}"
        if known := await self._checkpoint.get(name, shared=True):
            return known
        data = await self._read(asset)
        upload = await asyncio.to_thread(images.article_image, data, asset.name)
        url = await self._platform.upload_article_image(upload)
        await self._checkpoint.put(name, url, shared=True)
        return url

    async def _cover(self) -> str:
        name = self._cover_name()
        if known := await self._checkpoint.get(name, shared=True):
            return known
        upload = await asyncio.to_thread(await self._cover_maker())
        media_id = await self._platform.upload_cover(upload)
        await self._checkpoint.put(name, media_id, shared=True)
        return media_id

    async def _cover_maker(self) -> Callable[[], Upload]:
        cover = self._payload["cover"]
        if cover is None:
            return images.default_cover
        asset = self._assets[cover["sha256"]]
        x, y = cover["focal"]
        return partial(images.cover_image, await self._read(asset), asset.name, (x, y))

    def _cover_name(self) -> str:
        cover = self._payload["cover"]
        if cover is None:
            return f"cover.{RECIPE}.default"
        x, y = cover["focal"]
        return f"cover.{RECIPE}.{cover['sha256']}.{x:.4f}.{y:.4f}"

    async def forget_cover(self) -> None:
        """The platform has lost the cover that is remembered; `article` uploads it again."""
        await self._checkpoint.put(self._cover_name(), "", shared=True)

    async def _read(self, asset: Asset) -> bytes:
        try:
            return await self._files.read(asset)
        except FileNotFoundError as error:
            raise ContentError(f"图片“{asset.name}”的文件已丢失，请重新上传图片并签发") from error


def compare(sent: Json, kept: Json) -> None:
    """Raises Misbehaved when the platform changed what later steps rely on: our key, or the pictures."""
    if kept.get("content_source_url") != sent["content_source_url"]:
        raise Misbehaved(
            "微信改动了原文链接，无法据此核对文章，请把详情转交技术人员",
            detail=f"{sent['content_source_url']} -> {kept.get('content_source_url')}",
        )
    lost = sent["content"].count("<img") - str(kept.get("content", "")).count("<img")
    if lost > 0:
        raise Misbehaved(f"微信过滤了正文中的 {lost} 张图片，请把详情转交技术人员")
