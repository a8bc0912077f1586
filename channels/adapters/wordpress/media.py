"""Files that a post shows: each is uploaded once per site, and found again by its own slug when an answer was lost."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from channels.adapters.wordpress.site import Site
from channels.contract import AssetReader, Checkpoint
from channels.edition import Asset
from channels.errors import ContentError, Misbehaved

Placed = tuple[int, str]
"""Id and address of a file in the site's media library."""
LISTED_MAX = 100
"""What one page of a REST collection holds."""


class Media:
    """Remembered for the whole outlet by SHA-256, as `media.<sha256>`: [id, address]."""

    def __init__(self, site: Site, assets: AssetReader, checkpoint: Checkpoint) -> None:
        self._site = site
        self._assets = assets
        self._checkpoint = checkpoint

    async def placed(self, assets: Iterable[Asset], texts: Mapping[str, Any]) -> dict[str, Placed]:
        """Where each of the files is at the site. `texts`: SHA-256 -> what the library says about the file."""
        wanted = {asset.sha256: asset for asset in assets}
        there = await self._still_there([await self._remembered(sha256) for sha256 in wanted])
        found = {}
        for sha256, asset in wanted.items():
            known = await self._remembered(sha256)
            if known is None or known[0] not in there:
                known = await self._found(sha256) or await self._upload(asset, texts.get(sha256, {}))
                await self._checkpoint.put(_name(sha256), json.dumps(known), shared=True)
            found[sha256] = known
        return found

    async def _remembered(self, sha256: str) -> Placed | None:
        text = await self._checkpoint.get(_name(sha256), shared=True)
        return _placed(json.loads(text)) if text else None

    async def _still_there(self, known: Iterable[Placed | None]) -> set[int]:
        """Which of them the library still has: a post that names a deleted picture shows a hole, and nobody is told."""
        numbers = [entry[0] for entry in known if entry]
        there: set[int] = set()
        for start in range(0, len(numbers), LISTED_MAX):
            include = ",".join(map(str, numbers[start : start + LISTED_MAX]))
            query = {"include": include, "per_page": str(LISTED_MAX), "_fields": "id"}
            there |= {entry["id"] for entry in await self._site.get("media", query)}
        return there

    async def _found(self, sha256: str) -> Placed | None:
        """An upload whose answer was lost, or that the hub has forgotten."""
        listed = await self._site.get("media", {"slug": _slug(sha256), "_fields": "id,source_url"})
        return _placed((listed[0]["id"], listed[0]["source_url"])) if listed else None

    async def _upload(self, asset: Asset, texts: Mapping[str, str]) -> Placed:
        slug = _slug(asset.sha256)
        headers = {
            "Content-Type": asset.content_type,
            "Content-Disposition": f'attachment; filename="{slug}.{asset.extension}"',
        }
        answer = await self._site.upload({"slug": slug, **texts}, await self._read(asset), headers)
        if not answer.get("id") or not answer.get("source_url"):
            raise Misbehaved(f"网站收下了文件“{asset.name}”却没有给出地址，请联系开发人员")
        return _placed((answer["id"], answer["source_url"]))

    async def _read(self, asset: Asset) -> bytes:
        try:
            return await self._assets.read(asset)
        except FileNotFoundError as error:
            raise ContentError(f"文件“{asset.name}”已丢失，请重新上传并签发") from error


def _name(sha256: str) -> str:
    return f"media.{sha256}"


def _slug(sha256: str) -> str:
    """Name of the file, and of its entry in the library."""
    return f"ts-{sha256[:32]}"


def _placed(entry: Any) -> Placed:
    number, url = entry
    return int(number), str(url)
