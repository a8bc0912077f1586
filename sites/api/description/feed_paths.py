"""The addresses of feeds and embeds. A name says which items; the shapes that a name can have are the same for both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sites.api.description.parameters import parameter
from sites.api.description.responses import ETAG, KEYS, UNCHANGED
from sites.api.description.schemas import schema
from sites.embed.forms import FORMS
from sites.feeds.variants import VARIANTS

MEDIA_TYPES = tuple(dict.fromkeys(variant.media_type for variant in VARIANTS.values()))
ENTRY_MEDIA_TYPES = ("application/atom+xml", "text/html")
EMBED_MEDIA_TYPES = tuple(dict.fromkeys(form.content_type.partition(";")[0] for form in FORMS.values()))


@dataclass(frozen=True, slots=True)
class Shape:
    """Of a name: how it stands in an address, its parameters, how operations are called, and what it is for people."""

    path: str
    parameters: tuple[str, ...]
    key: str
    label: str


OUTLET = Shape("{outlet}", ("outlet_slug",), "of_outlet", "一个发布终端")
ALL = Shape("by/all", (), "of_all", "全区")
OTHERS = (
    Shape("{outlet}/{kind}/{code}", ("outlet_slug", "kind", "code"), "of_outlet_by", "一个发布终端中某一类"),
    Shape("by/{kind}/{code}", ("kind", "code"), "by", "全区某一类"),
    Shape("saved/{key}", ("key",), "saved", "自选订阅"),
)
SHAPES = (OUTLET, ALL, *OTHERS)
EMBEDDED = Shape("{name}", ("embed_name",), "of_outlet_or_saved", "一个发布终端或自选样式")
"""An embed has both in one place: an outlet's code, or the key of what somebody has saved."""


def _text(description: str, *media_types: str) -> dict[str, Any]:
    content = {media_type: {"schema": _content(media_type)} for media_type in media_types}
    return {"description": description, "content": content}


def _content(media_type: str) -> dict[str, Any]:
    return {"type": ["object", "array"] if "json" in media_type else "string"}


def _responses(whole: dict[str, Any]) -> dict[str, Any]:
    return {
        "200": {**whole, "headers": ETAG},
        **UNCHANGED,
        **{status: _text(said, "text/plain", "application/json") for status, said in KEYS.items()},
        "404": _text("没有这个订阅，或没有这种格式", "text/html"),
        "405": {"description": "只支持 GET 和 HEAD"},
        "410": _text("已停止提供，请不再读取", "text/plain"),
    }


def _get(
    operation: str, tag: str, summary: str, parameters: tuple[str, ...], responses: dict[str, Any]
) -> dict[str, Any]:
    return {
        "get": {
            "operationId": operation,
            "tags": [tag],
            "summary": summary,
            **({"parameters": [parameter(name) for name in parameters]} if parameters else {}),
            "responses": responses,
        }
    }


def _of_feed(shape: Shape) -> Iterator[tuple[str, dict[str, Any]]]:
    """The feed, its archives and its items."""
    documents = _responses(_text("订阅文档", *MEDIA_TYPES))
    yield (
        f"/feeds/{shape.path}.{{variant}}",
        _get(
            f"feed_{shape.key}",
            "订阅",
            f"{shape.label}的订阅",
            (*shape.parameters, "variant", "before"),
            documents,
        ),
    )
    yield (
        f"/feeds/{shape.path}/archive/{{month}}.{{variant}}",
        _get(
            f"archive_{shape.key}",
            "订阅",
            f"{shape.label}某月的存档",
            (*shape.parameters, "month", "variant"),
            documents,
        ),
    )
    yield (
        f"/feeds/{shape.path}/{{content_id}}.{{form}}",
        _get(
            "feed_entry" if shape is OUTLET else f"feed_entry_{shape.key}",
            "订阅",
            f"{shape.label}中的一篇稿件",
            (*shape.parameters, "content_id", "form"),
            _responses(_text("一篇稿件的现行版本", *ENTRY_MEDIA_TYPES)),
        ),
    )


def _of_embed(shape: Shape) -> dict[str, Any]:
    whole = _text("列表；终端停用后，脚本形式得到的是使列表消失的脚本", *EMBED_MEDIA_TYPES)
    whole["content"]["application/json"] = {"schema": schema("Embed")}
    return _get(
        f"embed_{shape.key}",
        "嵌入",
        f"{shape.label}的嵌入列表",
        (*shape.parameters, "embed_form", "callback"),
        {**_responses(whole), "400": _text("callback 不是函数名", "text/plain")},
    )


PATHS: dict[str, Any] = {
    **dict(pair for shape in SHAPES for pair in _of_feed(shape)),
    "/feeds.opml": _get(
        "opml",
        "订阅",
        "全部订阅的清单（OPML），供阅读器导入",
        (),
        _responses(_text("订阅清单", "text/x-opml")),
    ),
    **{f"/embed/{shape.path}.{{form}}": _of_embed(shape) for shape in (EMBEDDED, ALL, *OTHERS)},
}
