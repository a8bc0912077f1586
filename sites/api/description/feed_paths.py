"""The addresses of feeds. An outlet's, the district's by one criterion, and saved combinations have names of their own shape."""

from __future__ import annotations

from typing import Any

from sites.api.description.parameters import parameter
from sites.api.description.responses import ETAG, UNCHANGED
from sites.feeds.variants import VARIANTS

MEDIA_TYPES = tuple(dict.fromkeys(variant.media_type for variant in VARIANTS.values()))
ENTRY_MEDIA_TYPES = ("application/atom+xml", "text/html")


def _text(description: str, *media_types: str) -> dict[str, Any]:
    content = {
        media_type: {"schema": {"type": ["object", "array"] if "json" in media_type else "string"}}
        for media_type in media_types
    }
    return {"description": description, "content": content}


def _responses(*media_types: str) -> dict[str, Any]:
    return {
        "200": {**_text("订阅文档", *media_types), "headers": ETAG},
        **UNCHANGED,
        "404": _text("没有这个订阅", "text/html"),
        "405": {"description": "只支持 GET 和 HEAD"},
        "410": _text("已停止提供", "text/plain"),
    }


def _get(operation: str, summary: str, *names: str, media_types: tuple[str, ...]) -> dict[str, Any]:
    return {
        "get": {
            "operationId": operation,
            "tags": ["订阅"],
            "summary": summary,
            "parameters": [parameter(name) for name in names],
            "responses": _responses(*media_types),
        }
    }


def _feed(operation: str, summary: str, *names: str) -> dict[str, Any]:
    return _get(operation, summary, *names, "variant", "before", media_types=MEDIA_TYPES)


def _archive(operation: str, summary: str, *names: str) -> dict[str, Any]:
    return _get(operation, summary, *names, "month", "variant", media_types=MEDIA_TYPES)


PATHS: dict[str, Any] = {
    "/feeds/{outlet}.{variant}": _feed("feed_of_outlet", "一个发布终端的订阅", "outlet_slug"),
    "/feeds/{outlet}/{kind}/{code}.{variant}": _feed(
        "feed_of_outlet_by", "一个发布终端中某一类的订阅", "outlet_slug", "kind", "code"
    ),
    "/feeds/by/all.{variant}": _feed("feed_of_all", "全区全部稿件的订阅"),
    "/feeds/by/{kind}/{code}.{variant}": _feed("feed_by", "全区某一类的订阅", "kind", "code"),
    "/feeds/saved/{key}.{variant}": _feed("feed_saved", "自选订阅", "key"),
    "/feeds/{outlet}/archive/{month}.{variant}": _archive(
        "archive_of_outlet", "一个发布终端某月的存档", "outlet_slug"
    ),
    "/feeds/by/all/archive/{month}.{variant}": _archive("archive_of_all", "全区某月的存档"),
    "/feeds/{outlet}/{content_id}.{form}": _get(
        "feed_entry",
        "一个发布终端中的一篇稿件",
        "outlet_slug",
        "content_id",
        "form",
        media_types=ENTRY_MEDIA_TYPES,
    ),
    "/feeds.opml": _get("opml", "全部订阅的清单（OPML），供阅读器导入", media_types=("text/x-opml",)),
}
