"""The draft box: draft/…, with everything that is checked and cleaned when an article is put there."""

from __future__ import annotations

import secrets
from typing import Any

from channels.sandbox import articles
from channels.sandbox.articles import ApiError
from channels.sandbox.store import Document
from channels.sandbox.wechat.call import IMAGES, OK, Call, Endpoint, Endpoints
from channels.sandbox.wechat.desk import Desk
from channels.sandbox.wechat.uploads import Uploads

PAGE_MAX = 20
COVER_MIN = 100
"""Pixels a side below which the sandbox refuses to cut a cover; the platform's own limit is not documented."""


class Drafts:
    def __init__(self, desk: Desk, uploads: Uploads) -> None:
        self._desk = desk
        self._uploads = uploads

    def endpoints(self) -> Endpoints:
        return {
            "draft/add": Endpoint(self._add),
            "draft/get": Endpoint(self._get),
            "draft/batchget": Endpoint(self._batchget),
            "draft/update": Endpoint(self._update),
            "draft/delete": Endpoint(self._delete),
            "draft/count": Endpoint(self._count, "GET"),
        }

    def existing(self, appid: str, media_id: str) -> Document:
        """Raises ApiError when there is none (any more)."""
        draft = self._desk.store.get(f"draft:{appid}", media_id)
        if draft is None:
            raise ApiError(40007, "invalid media_id")
        return draft

    def take(self, appid: str, media_id: str, endpoint: str) -> Document:
        """The draft that is to go out; a second attempt with one draft is a violation. Raises ApiError."""
        store = self._desk.store
        if store.get(f"consumed:{appid}", media_id) is not None:
            self._desk.violation(appid, f"{endpoint}: a draft that has already gone out")
        if store.get(f"held:{appid}", media_id) is not None:
            self._desk.violation(appid, f"{endpoint}: a draft that is still in review")
        return self.existing(appid, media_id)

    def hold(self, appid: str, media_id: str) -> None:
        """A job with it is running; it stays in the box until the end."""
        self._desk.store.put(f"held:{appid}", media_id, {"media_id": media_id})

    def release(self, appid: str, media_id: str) -> None:
        self._desk.store.delete(f"held:{appid}", media_id)

    def consume(self, appid: str, media_id: str) -> None:
        """It has gone out: it is no draft any more."""
        self._desk.store.delete(f"draft:{appid}", media_id)
        self._desk.store.put(f"consumed:{appid}", media_id, {"media_id": media_id})

    def remove(self, appid: str, media_id: str) -> None:
        """As somebody does in the back office."""
        self._desk.store.delete(f"draft:{appid}", media_id)

    def _add(self, call: Call) -> Document:
        raw = call.body.get("articles")
        if not isinstance(raw, list) or not raw:
            raise ApiError(44003, "empty news data")
        if len(raw) > articles.ARTICLES_MAX:
            raise ApiError(45008, "news size out of limit")
        kept = [self._checked(call, article) for article in raw]
        media_id = secrets.token_urlsafe(32)
        self._put(call, media_id, kept)
        return {"media_id": media_id}

    def _get(self, call: Call) -> Document:
        return {"news_item": self.existing(call.appid, call.word("media_id"))["articles"]}

    def _batchget(self, call: Call) -> Document:
        return page_of(self._desk, call, "draft", "media_id")

    def _update(self, call: Call) -> Document:
        draft, index = self.existing(call.appid, call.word("media_id")), call.body.get("index", 0)
        if not isinstance(index, int) or not 0 <= index < len(draft["articles"]):
            raise ApiError(40114, "invalid index value")
        draft["articles"][index] = self._checked(call, call.body.get("articles"))
        self._put(call, draft["media_id"], draft["articles"])
        return dict(OK)

    def _delete(self, call: Call) -> Document:
        self.remove(call.appid, self.existing(call.appid, call.word("media_id"))["media_id"])
        return dict(OK)

    def _count(self, call: Call) -> Document:
        return {"total_count": self._desk.store.count(call.kind("draft"))}

    def _put(self, call: Call, media_id: str, kept: list[Document]) -> None:
        draft = {"media_id": media_id, "articles": kept, "update_time": int(self._desk.clock.now())}
        self._desk.store.put(call.kind("draft"), media_id, draft)

    def _checked(self, call: Call, raw: Any) -> Document:
        def has_cover(media_id: str) -> bool:
            return self._uploads.material(call.appid, media_id) is not None

        image_base = f"{call.base}{IMAGES}"
        article = articles.checked(raw, image_base=image_base, has_cover=has_cover)
        for address in articles.foreign_pictures(raw["content"], image_base=image_base):
            self._desk.violation(
                call.appid, f"draft: a foreign picture, dropped without a word: {address[:100]}"
            )
        cover = self._uploads.material(call.appid, article["thumb_media_id"]) or {}
        if cover["width"] < COVER_MIN or cover["height"] < COVER_MIN:
            raise ApiError(53402, "cover crop failed")
        return {**article, "thumb_url": f"{image_base}{cover['file']}"}


def page_of(desk: Desk, call: Call, name: str, key: str) -> Document:
    """One page of a list of drafts or published articles, newest first. Raises ApiError."""
    offset, count = call.body.get("offset", 0), call.body.get("count", 0)
    if not isinstance(offset, int) or not isinstance(count, int) or offset < 0 or not 1 <= count <= PAGE_MAX:
        raise ApiError(40035, "invalid parameter: offset, count")
    bare = bool(call.body.get("no_content"))
    entries = desk.store.all(call.kind(name), offset=offset, limit=count)
    items = [
        {
            key: entry[key],
            "content": {"news_item": [_bare(item) if bare else item for item in entry["articles"]]},
            "update_time": entry["update_time"],
        }
        for entry in entries
    ]
    return {"total_count": desk.store.count(call.kind(name)), "item_count": len(items), "item": items}


def _bare(article: Document) -> Document:
    return {name: value for name, value in article.items() if name != "content"}
