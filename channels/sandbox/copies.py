"""Counts what readers can see, item by item: the answer to "is it there once, twice or not at all"."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any

from channels.sandbox.store import Store
from channels.sandbox.wordpress.sites import address, mark_of

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One public copy. `outlet` is an appid, a receiver's or a WordPress site's name; `item` the item's UUID, empty when it cannot be told.

    `remote_id` is the outlet's own id: an article_id, the msg_id of a push, a receiver's id. `version` is None where the outlet does not tell.
    """

    outlet: str
    item: str
    remote_id: str
    url: str
    title: str
    version: int | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def copies(store: Store) -> list[Copy]:
    """Every published and every pushed article that is not deleted or banned, every received item not withdrawn, every published post."""
    return [*_articles(store, "article:"), *_articles(store, "sent:"), *_items(store), *_posts(store)]


def _articles(store: Store, prefix: str) -> list[Copy]:
    return [
        Copy(
            outlet=kind.removeprefix(prefix),
            item=_item_of(article["content_source_url"]),
            remote_id=entry["article_id"],
            url=article["url"],
            title=article["title"],
        )
        for kind in store.kinds(prefix)
        for entry in store.all(kind)
        for index, article in enumerate(entry["articles"])
        if not article["is_deleted"] and index not in entry["banned"]
    ]


def _items(store: Store) -> list[Copy]:
    return [
        Copy(
            outlet=kind.removeprefix("item:"),
            item=item["id"],
            remote_id=item["id"],
            url=f"/receiver/{kind.removeprefix('item:')}/{item['id']}/",
            title=item["headline"],
            version=item["version"],
        )
        for kind in store.kinds("item:")
        for item in store.all(kind)
        if not item["withdrawn"]
    ]


def _posts(store: Store) -> list[Copy]:
    return [
        Copy(
            outlet=site,
            item=item,
            remote_id=str(post["id"]),
            url=address(site, post),
            title=post["title"],
            version=version,
        )
        for site in (kind.removeprefix("wp:") for kind in store.kinds("wp:"))
        for post in store.all(f"wp:{site}")
        for item, version in [mark_of(post)]
        if post["status"] == "publish"
    ]


def _item_of(url: str) -> str:
    found = _UUID.search(url)
    return found[0] if found else ""
