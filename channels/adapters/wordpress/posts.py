"""The posts of a site that carry an item: found by the mark in their content, whatever became of their addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from channels.adapters.wordpress.article import mark_in, slug_key
from channels.adapters.wordpress.failures import TRASH_OFF, Forbidden
from channels.adapters.wordpress.site import Site
from channels.errors import ChannelError, Misbehaved, Missing

FIELDS = "id,status,link,slug,content.raw"
SEEN_FIELDS = "id,status,link,slug,content.rendered"
"""What WordPress tells of a post that the account may not edit."""
PUBLISHED = "publish"
TRASH = "trash"


URL_CHARS_MAX = 500
"""What the register of placements holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """`version` is what its mark says, None when somebody has edited the mark away."""

    number: int
    status: str
    link: str
    version: int | None = None

    @property
    def rank(self) -> tuple[bool, int]:
        """Of several posts of one item the first by this is the one: what readers see already, then the oldest."""
        return self.status != PUBLISHED, self.number


class Posts:
    def __init__(self, site: Site) -> None:
        self._site = site

    async def by_number(self, number: str, uri: str) -> Post | None:
        """The post of that number, None when it is gone, in the trash, or somebody else's by now."""
        if not number:
            return None
        try:
            entry = await self._site.get(f"posts/{number}", {"context": "edit", "_fields": FIELDS})
        except Missing:
            return None
        except Forbidden:
            # Another account's post: ours from before the account was changed, or none of ours at all.
            seen = await self._site.get(f"posts/{number}", {"_fields": SEEN_FIELDS})
            if _post_of(seen, uri, strict=True):
                raise
            return None
        return _post_of(entry, uri)

    async def of(self, uri: str) -> list[Post]:
        """Every post of the item outside the trash, drafts too, the one that counts first.

        Those that the account may not edit only when there are no others: they have to be known, or the item would be
        published a second time beside them.
        """
        query = {"status": "any", "search": uri.rpartition(":")[2], "per_page": "100"}
        for view in ({"context": "edit", "_fields": FIELDS}, {"_fields": SEEN_FIELDS}):
            listed = await self._site.get("posts", {**query, **view})
            found = [post for post in (_post_of(entry, uri, strict=True) for entry in listed) if post]
            if found:
                break
        return sorted(found, key=lambda post: post.rank)

    async def create_draft(self, fields: Mapping[str, Any], uri: str) -> Post:
        """Raises Misbehaved when the site does not keep the mark: such a post could not be found again."""
        post = _post_of(await self._site.post("posts", {**fields, "status": "draft"}), uri, strict=True)
        if post is None:
            raise Misbehaved("网站改动了正文，去掉了稿件标识，无法核对，请联系开发人员", code="mark")
        return post

    async def change(self, number: int, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        return await self._site.post(f"posts/{number}", fields)

    async def discard(self, number: int) -> None:
        """Into the trash; where the site has none, back to a draft. Already gone is success."""
        try:
            await self._site.delete(f"posts/{number}")
        except Missing:
            return
        except ChannelError as error:
            if error.code != TRASH_OFF:
                raise
            await self._site.post(f"posts/{number}", {"status": "draft"})


def link_of(entry: Mapping[str, Any]) -> str:
    """Address of the public page; empty for one that the register cannot hold."""
    link = str(entry.get("link", ""))
    return link if len(link) <= URL_CHARS_MAX else ""


def _post_of(entry: Any, uri: str, *, strict: bool = False) -> Post | None:
    """`strict`: only with the item's mark. Else a post without any mark counts if its slug is the item's.

    Numbers are given again when a site is set up anew or restored: a post of somebody else is never touched.
    """
    status, slug = str(entry.get("status", "")), str(entry.get("slug", ""))
    content = entry.get("content", {})
    mark = mark_in(str(content.get("raw") or content.get("rendered", "")), uri)
    ours = mark.uri == uri if mark else not strict and slug_key(uri) in slug
    if not ours or status == TRASH:
        return None
    return Post(
        number=int(entry["id"]),
        status=status,
        link=link_of(entry),
        version=mark.version if mark else None,
    )
