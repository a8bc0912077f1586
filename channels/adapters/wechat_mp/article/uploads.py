"""Uploading what an article shows, each file and QR code once per account, and putting the article together."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from channels.adapters.wechat_mp.api.calls import Json, Upload
from channels.adapters.wechat_mp.api.publishing import Platform
from channels.adapters.wechat_mp.article import covers, images
from channels.adapters.wechat_mp.progress import Mark
from channels.contract import AssetReader, Checkpoint, Rendering
from channels.edition import Asset
from channels.errors import ContentError, Misbehaved, Missing, Refused

RECIPE = 2
"""Raised when images.py or covers.py make other pictures than before, so that old uploads are not used again."""
CROP_REFUSED = "53402"
CROPS = ("pic_crop_235_1", "pic_crop_1_1")
_OWN = re.compile(r'src="(asset|qr):([0-9a-f]{64})"')
_IMG = re.compile(r'<img\b[^>]*?\ssrc="([^"]*)"')


class Uploads:
    """The uploads of one rendering. Remembered for the whole account by the SHA-256 of the source."""

    def __init__(
        self,
        platform: Platform,
        assets: AssetReader,
        checkpoint: Checkpoint,
        rendering: Rendering,
        *,
        notice: bool = False,
    ) -> None:
        """`notice`: the article is the correction notice that the rendering carries, not the item's text."""
        self._platform = platform
        self._files = assets
        self._checkpoint = checkpoint
        self._payload: Mapping[str, Any] = {
            **rendering.payload,
            **(rendering.payload["notice"] if notice else {}),
        }
        self._assets = {asset.sha256: asset for asset in rendering.assets}
        self._addresses = {code["sha256"]: code["url"] for code in rendering.payload.get("qr", ())}

    async def article(self, mark: Mark) -> Json:
        """The article as draft/add takes it, every picture of it at the platform. Raises ContentError for a broken one."""
        content = str(self._payload["content"])
        urls = {own: await self._picture(*own) for own in dict.fromkeys(_OWN.findall(content))}
        content = _OWN.sub(lambda match: f'src="{urls[match[1], match[2]]}"', content)
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
            **await self._cover(),
            "need_open_comment": 0,
            "only_fans_can_comment": 0,
        }

    async def add_draft(self, article: Json) -> str:
        """Media id of the new draft. A remembered cover that the platform lost is uploaded once more; when the platform
        cannot crop the cover, a plain cut of it is sent once instead.
        """
        try:
            return await self._platform.add_draft(article)
        except Missing:
            await self._checkpoint.put(self._cover_name(), "", shared=True)
            return await self._add_again(_with_cover(article, await self._cover()))
        except Refused as error:
            if error.code != CROP_REFUSED or not any(name in article for name in CROPS):
                raise
            return await self._platform.add_draft(_with_cover(article, await self._plain_cover()))

    async def confirm(self, article: Json, media_id: str) -> None:
        """Read the draft back (one call of draft/get) and compare it. Raises Misbehaved when it is not what was sent."""
        compare(article, (await self._platform.just_drafted(media_id))[0])

    async def _add_again(self, article: Json) -> str:
        try:
            return await self._platform.add_draft(article)
        except Missing as error:
            raise Misbehaved(
                "微信两次拒绝了刚上传的封面，请把详情转交技术人员", code=error.code, detail=error.detail
            ) from error

    async def _picture(self, kind: str, sha256: str) -> str:
        """The platform's address of a picture: a file of the edition, or the QR code of an address."""
        name = f"{'image' if kind == 'asset' else kind}.{RECIPE}.{sha256}"

        async def upload() -> str:
            if known := await self._checkpoint.get(name, shared=True):
                return known
            made = await asyncio.to_thread(await self._maker(kind, sha256))
            url = await self._platform.upload_article_image(made)
            await self._checkpoint.put(name, url, shared=True)
            return url

        return await self._platform.one_at_a_time(name, upload)

    async def _maker(self, kind: str, sha256: str) -> Callable[[], Upload]:
        if kind == "qr":
            return partial(images.qr_image, self._addresses[sha256])
        asset = self._assets[sha256]
        return partial(images.article_image, await self._read(asset), asset.name)

    async def _cover(self) -> Json:
        """The fields of an article that say its cover."""

        async def upload() -> Json:
            if known := await self._checkpoint.get(self._cover_name(), shared=True):
                fields: Json = json.loads(known)
                return fields
            return await self._uploaded(covers.cover, covers.default_cover)

        return await self._platform.one_at_a_time(self._cover_name(), upload)

    async def _plain_cover(self) -> Json:
        return await self._uploaded(covers.plain_cover, covers.default_cover)

    async def _uploaded(self, make: Callable[..., covers.Cover], default: Callable[[], covers.Cover]) -> Json:
        cover = self._payload["cover"]
        if cover is not None:
            asset = self._assets[cover["sha256"]]
            default = partial(make, await self._read(asset), asset.name, tuple(cover["focal"]))
        made = await asyncio.to_thread(default)
        crops = dict(zip(CROPS, (made.wide, made.square), strict=True)) if made.wide else {}
        fields = {"thumb_media_id": await self._platform.upload_cover(made.upload), **crops}
        await self._checkpoint.put(self._cover_name(), json.dumps(fields), shared=True)
        return fields

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


def _with_cover(article: Json, cover: Json) -> Json:
    return {name: value for name, value in article.items() if name not in CROPS} | cover


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
