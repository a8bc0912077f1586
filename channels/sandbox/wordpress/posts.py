"""The posts of the sites: statuses, slugs, trash and search as WordPress has them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from channels.sandbox.clock import Clock
from channels.sandbox.store import Document, Store
from channels.sandbox.wordpress.rules import RestError, SiteSettings, demand

CATEGORIES: tuple[Document, ...] = (
    {"id": 1, "slug": "uncategorized", "name": "未分类"},
    {"id": 2, "slug": "tongzhi", "name": "通知公告"},
    {"id": 3, "slug": "dongtai", "name": "工作动态"},
)
STATUSES = ("publish", "future", "draft", "pending", "private")
PER_PAGE_MAX = 100
TEXTS = ("title", "content", "excerpt")
_SCRIPT = re.compile(r"<(script|iframe|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_UNSLUG = re.compile(r"[^a-z0-9_-]+")


class WordPressPosts:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def all(self, site: str) -> list[Document]:
        """Newest first."""
        return self._store.all(f"wp:{site}")

    def get(self, site: str, number: str) -> Document:
        post = self._store.get(f"wp:{site}", number)
        if post is None:
            raise RestError(404, "rest_post_invalid_id", "Invalid post ID.")
        return post

    def visible(self, site: str, slug: str) -> Document | None:
        """The published post that a reader finds at this address."""
        named = (post for post in self.all(site) if post["slug"] == slug and post["status"] == "publish")
        return next(named, None)

    def found(self, site: str, query: dict[str, str]) -> list[Document]:
        """A page of a collection: `status`, `search`, `slug`, `per_page`, `order` by number."""
        per_page = query.get("per_page", "10")
        if not per_page.isdigit() or not 1 <= int(per_page) <= PER_PAGE_MAX:
            raise RestError(400, "rest_invalid_param", "Invalid parameter(s): per_page")
        statuses = _statuses(query.get("status", "publish"))
        term = query.get("search", "").lower()
        matching = [
            post
            for post in self.all(site)
            if post["status"] in statuses
            and term in "\n".join(post[name] for name in TEXTS).lower()
            and query.get("slug", post["slug"]) == post["slug"]
        ]
        return matching[: int(per_page)]

    def create(self, site: str, body: Document, may: frozenset[str]) -> Document:
        demand(
            may,
            "edit_posts",
            "rest_cannot_create",
            "Sorry, you are not allowed to create posts as this user.",
        )
        if not any(str(body.get(name, "")).strip() for name in TEXTS):
            raise RestError(400, "empty_content", "Content, title, and excerpt are empty.")
        number = self._store.next(f"wp:{site}")
        empty = dict.fromkeys((*TEXTS, "slug"), "")
        post = {**empty, "id": number, "status": "draft", "featured_media": 0, "categories": [1]}
        return self._keep(site, {**post, "date_gmt": self._now()}, body, may)

    def update(self, site: str, number: str, body: Document, may: frozenset[str]) -> Document:
        post = self.get(site, number)
        right = "edit_published_posts" if post["status"] == "publish" else "edit_posts"
        demand(may, right, "rest_cannot_edit", "Sorry, you are not allowed to edit this post.")
        return self._keep(site, post, body, may)

    def trash(self, site: str, number: str, settings: SiteSettings, may: frozenset[str]) -> Document:
        post = self.get(site, number)
        right = "delete_published_posts" if post["status"] == "publish" else "delete_posts"
        demand(may, right, "rest_cannot_delete", "Sorry, you are not allowed to delete this post.")
        if not settings.trash:
            raise RestError(
                501,
                "rest_trash_not_supported",
                "The post does not support trashing. Set 'force=true' to delete.",
            )
        if post["status"] == "trash":
            raise RestError(410, "rest_already_trashed", "The post has already been deleted.")
        post = {**post, "status": "trash", "slug": self._free_slug(site, f"{post['slug']}__trashed", number)}
        self._store.put(f"wp:{site}", number, post)
        return post

    def edit_by_hand(self, site: str, number: str, changes: Document) -> None:
        """What the webmaster does, who may do anything."""
        post = self.get(site, number)
        self._store.put(f"wp:{site}", number, {**post, **changes})

    def _keep(self, site: str, post: Document, body: Document, may: frozenset[str]) -> Document:
        status = str(body.get("status", post["status"]))
        if status not in STATUSES:
            raise RestError(400, "rest_invalid_param", "Invalid parameter(s): status")
        if status in {"publish", "future", "private"}:
            message = "Sorry, you are not allowed to publish posts in this post type."
            demand(may, "publish_posts", "rest_cannot_publish", message)
        texts = {name: _SCRIPT.sub("", str(body.get(name, post[name]))) for name in TEXTS}
        date = _date(str(body.get("date_gmt", post["date_gmt"])))
        if status == "publish" and date > self._now():
            status = "future"
        post = {**post, **texts, "status": status, "date_gmt": date}
        slug = _UNSLUG.sub("-", str(body.get("slug", post["slug"])).lower()).strip("-")
        settled = status not in {"draft", "pending"}
        post["slug"] = self._free_slug(site, slug or str(post["id"]), str(post["id"])) if settled else slug
        # Categories and pictures that there are not are dropped without a word.
        known = {category["id"] for category in CATEGORIES}
        wanted: list[int] = body.get("categories") or post["categories"]
        post["categories"] = [number for number in wanted if number in known]
        media = str(body.get("featured_media", post["featured_media"]))
        post["featured_media"] = int(media) if self._store.get(f"wpmedia:{site}", media) else 0
        self._store.put(f"wp:{site}", str(post["id"]), post)
        return post

    def _free_slug(self, site: str, slug: str, number: str) -> str:
        taken = {post["slug"] for post in self.all(site) if str(post["id"]) != number}
        free, suffix = slug, 1
        while free in taken:
            suffix += 1
            free = f"{slug}-{suffix}"
        return free

    def _now(self) -> str:
        return datetime.fromtimestamp(self._clock.now(), UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _statuses(asked: str) -> tuple[str, ...]:
    """`any` is everything but the trash."""
    if asked == "any":
        return STATUSES
    if asked not in (*STATUSES, "trash"):
        raise RestError(400, "rest_invalid_param", "Invalid parameter(s): status")
    return (asked,)


def _date(text: str) -> str:
    try:
        return datetime.fromisoformat(text).strftime("%Y-%m-%dT%H:%M:%S")
    except ValueError as error:
        raise RestError(400, "rest_invalid_param", "Invalid parameter(s): date_gmt") from error
