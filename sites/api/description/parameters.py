"""Parameters of the description."""

from __future__ import annotations

from typing import Any

from sites.api.endpoint import NUMBER_DIGITS_MAX
from sites.api.log import SIZE
from sites.feeds.addresses import KINDS
from sites.feeds.variants import VARIANTS
from sites.serving.documents import UUID_PATTERN


def parameter(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/parameters/{name}"}


def _path(name: str, description: str, **schema: Any) -> dict[str, Any]:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": {"type": "string", **schema},
    }


def _query(name: str, description: str, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


PARAMETERS: dict[str, Any] = {
    "since": _query(
        "since",
        "上一页的 `next`；从头开始为 0。大于 `last` 时返回 400。",
        type="integer",
        minimum=0,
        maximum=10**NUMBER_DIGITS_MAX - 1,
        default=0,
    ),
    "limit": _query(
        "limit",
        "每页最多条数。不填时由平台决定，且不占用平台的计算资源，建议不填。",
        type="integer",
        minimum=1,
        maximum=SIZE,
    ),
    "outlet": _query(
        "outlet", "只看一个发布终端，值为其代码。不能与 `feed` 同时使用。", type="string", minLength=1
    ),
    "feed": _query(
        "feed",
        "只看一个订阅，值为 `/api/feeds` 中的 `name`。不能与 `outlet` 同时使用。",
        type="string",
        minLength=1,
    ),
    "content_id": _path("content_id", "稿件标识", format="uuid", pattern=f"^{UUID_PATTERN}$"),
    "outlet_slug": _path("outlet", "发布终端代码", pattern="^[-a-zA-Z0-9_]+$"),
    "kind": _path("kind", "分类方式：栏目、发布单位、稿件类型、标签", enum=list(KINDS)),
    "code": _path("code", "该分类的代码；标签即其文字", minLength=1, maxLength=50, pattern=r"^[^./?#\x00]+$"),
    "key": _path("key", "自选订阅的代码", pattern="^[0-9a-f]{16}$"),
    "month": _path("month", "月份，如 2026-11", pattern="^20[0-9]{2}-(0[1-9]|1[0-2])$"),
    "form": _path("form", "格式", enum=["atom", "html", "gbk.html"]),
    "variant": _path("variant", "格式", enum=list(VARIANTS)),
    "before": _query("before", "上一页 `next` 链接中的值，用于翻看更早的内容", type="string"),
}
