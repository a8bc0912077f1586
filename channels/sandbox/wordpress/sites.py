"""All sites, by name: each is there from its first call, with one account, three categories and its own settings."""

from __future__ import annotations

import re
from collections.abc import Mapping

from channels.sandbox.clock import Clock
from channels.sandbox.store import Document, Store
from channels.sandbox.wordpress.media import WordPressMedia
from channels.sandbox.wordpress.posts import CATEGORIES, WordPressPosts
from channels.sandbox.wordpress.rules import SiteSettings

_MARK = re.compile(r'data-tongsheng-item="urn:uuid:([0-9a-f-]{36})" data-tongsheng-version="(\d+)"')


class WordPressSites:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self.posts = WordPressPosts(store, clock)
        self.media = WordPressMedia(store)

    def names(self) -> list[str]:
        return [kind.removeprefix("wp:") for kind in self._store.kinds("wp:")]

    def settings(self, site: str) -> SiteSettings:
        return SiteSettings.of(self._store.get("wpsite", site) or {})

    def change(self, site: str, changes: Document) -> None:
        """Raises ValueError for a setting that there is not."""
        merged = {**(self._store.get("wpsite", site) or {}), **changes}
        SiteSettings.of(merged)
        self._store.put("wpsite", site, merged)

    def categories(self, query: Mapping[str, str]) -> list[Document]:
        """By `slug`, or by numbers in `include`."""
        numbers = query["include"].split(",") if "include" in query else None
        return [
            entry
            for entry in CATEGORIES
            if (numbers is None or str(entry["id"]) in numbers)
            and query.get("slug", entry["slug"]) == entry["slug"]
        ]


def address(site: str, post: Document) -> str:
    """Path of a post's public page; a draft has none of its own yet."""
    named = post["slug"] and post["status"] == "publish"
    return f"/wordpress/{site}/{post['slug']}/" if named else f"/wordpress/{site}/?p={post['id']}"


def mark_of(post: Document) -> tuple[str, int | None]:
    """(item, edition) that a post says it carries; empty and None for one written there."""
    found = _MARK.search(post["content"])
    return (found[1], int(found[2])) if found else ("", None)
