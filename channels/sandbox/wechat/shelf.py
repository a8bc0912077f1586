"""What readers can open: published and pushed articles, each with an address, until they are deleted or banned."""

from __future__ import annotations

import secrets

from channels.sandbox.articles import ApiError
from channels.sandbox.store import Document
from channels.sandbox.wechat.desk import Desk

PUBLISHED, PUSHED = "article", "sent"
SMALL_EDIT = 20
"""Characters that the back office lets a person change, once an article."""


class Shelf:
    """Entries of one publication each: `article:<appid>` by article_id, `sent:<appid>` by msg_id."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def put(self, appid: str, kind: str, key: str, job: Document) -> Document:
        """Make the articles of a finished job public; the entry. `job` has articles, base and msg_data_id."""
        number = self._desk.store.next("article")
        items = []
        for index, article in enumerate(job["articles"]):
            sid = f"{number:06d}{secrets.token_hex(5)}"
            page = {"appid": appid, "kind": kind, "article_id": key, "index": index}
            self._desk.store.put("page", sid, page)
            items.append({**article, "url": f"{job['base']}/s/{sid}", "is_deleted": False})
        entry = {
            "article_id": key,
            "media_id": job["media_id"],
            "msg_data_id": job["msg_data_id"],
            "articles": items,
            "update_time": int(self._desk.clock.now()),
            "banned": [],
            "edited": [],
        }
        self._desk.store.put(f"{kind}:{appid}", key, entry)
        return entry

    def find(self, appid: str, key: str) -> tuple[str, Document] | None:
        """(kind, entry) of a published or pushed one."""
        for kind in (PUBLISHED, PUSHED):
            entry = self._desk.store.get(f"{kind}:{appid}", key)
            if entry is not None:
                return kind, entry
        return None

    def page(self, sid: str) -> tuple[str, Document, int] | None:
        """(appid, entry, index) of a public address."""
        page = self._desk.store.get("page", sid)
        entry = self._desk.store.get(f"{page['kind']}:{page['appid']}", page["article_id"]) if page else None
        return (page["appid"], entry, page["index"]) if page and entry else None

    def delete(self, appid: str, key: str, index: int = 0) -> None:
        """`index` from 1; 0 deletes all. Raises ApiError for an article that is not there (any more)."""
        kind, entry = self._found(appid, key)
        chosen = entry["articles"][index - 1 : index] if index else entry["articles"]
        if not chosen or all(article["is_deleted"] for article in chosen):
            raise ApiError(53600, "invalid article_id")
        for article in chosen:
            article["is_deleted"] = True
        self._desk.store.put(f"{kind}:{appid}", key, entry)

    def ban(self, appid: str, key: str) -> None:
        """As the platform does to a whole publication. Raises ApiError."""
        kind, entry = self._found(appid, key)
        entry["banned"] = list(range(len(entry["articles"])))
        self._desk.store.put(f"{kind}:{appid}", key, entry)

    def edit(self, appid: str, key: str, old: str, new: str) -> None:
        """The back office's small edit. Raises ApiError, and ValueError with a sentence for people."""
        kind, entry = self._found(appid, key)
        if max(len(old), len(new)) > SMALL_EDIT:
            raise ValueError(f"一次最多修改 {SMALL_EDIT} 个字。")
        places = [place for place, item in enumerate(entry["articles"]) if old and old in item["content"]]
        if not places:
            raise ValueError("文章中没有找到要修改的文字，请核对后再改。")
        index = places[0]
        if index in entry["edited"]:
            raise ValueError("这篇文章已经修改过一次，不能再改。")
        article = entry["articles"][index]
        article["content"] = article["content"].replace(old, new, 1)
        entry["edited"].append(index)
        self._desk.store.put(f"{kind}:{appid}", key, entry)

    def _found(self, appid: str, key: str) -> tuple[str, Document]:
        found = self.find(appid, key)
        if found is None:
            raise ApiError(53600, "invalid article_id")
        return found


def links(entry: Document) -> list[Document]:
    """Addresses of an entry as the events list them."""
    return [
        {"idx": index, "article_url": item["url"]} for index, item in enumerate(entry["articles"], start=1)
    ]
