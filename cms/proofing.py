"""Proofing: what has to be right before an item is signed. Drafts may be as unfinished as they like."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from channels.errors import ContentError
from cms import freezing, richtext

if TYPE_CHECKING:
    from cms.models import ContentPage

Problems = dict[str, str]
"""Field name -> one Chinese sentence."""

BRACKETS = re.compile(r"[\[\uff3b【(\uff08〔]\s*(\d{4})\s*[\]\uff3d】)\uff09〕]")
DOC_NUMBER = re.compile(r"[^〔〕\s]{1,20}〔\d{4}〕(?:第)?\d{1,5}号")


def problems(page: ContentPage) -> Problems:
    """Everything that stands in the way of signing; empty when nothing does. Freezes the files that it reads."""
    found: Problems = {}
    if page.needs_body() and not is_written(page.body):
        found["body"] = "正文为空，请填写正文后再签发"
    if not page.column_id:
        found["column"] = "请选择栏目"
    if not page.unit_id:
        found["unit"] = "请选择发布单位"
    if page.origin_url and not page.source.strip():
        found["source"] = "填写了原文链接的转载稿件须注明来源"
    found.update(_unreadable(page))
    found.update(page.own_problems())
    return found


def is_written(stream: Any) -> bool:
    """Whether a reader would see anything in the body."""
    return any(_says_something(child.block_type, child.value) for child in stream)


def normal_doc_number(text: str) -> str:
    """The document number with 〔〕 around its year, whatever brackets were typed."""
    return BRACKETS.sub(r"〔\1〕", "".join(text.split()))


def is_doc_number(text: str) -> bool:
    return bool(DOC_NUMBER.fullmatch(text))


def doc_number_problems(text: str) -> Problems:
    """What is wrong with a `doc_number` as it was typed; an empty one is fine."""
    number = normal_doc_number(text)
    if number and not is_doc_number(number):
        return {"doc_number": "发文字号格式不对，应如“城政办发〔2026〕3号”，没有字号请留空"}
    return {}


def lines(text: str) -> tuple[str, ...]:
    """The lines of a field with one thing a line, tidied, without blank ones."""
    return tuple(filter(None, (richtext.one_line(line) for line in text.splitlines())))


def _says_something(kind: str, value: Any) -> bool:
    if not value:
        return False
    if kind == "paragraph":
        return bool(richtext.plain(value.source))
    if kind == "figure":
        return bool(value["image"])
    if kind == "attachment":
        return bool(value["document"])
    if kind == "table":
        return any(cell for row in value.get("data") or [] for cell in row)
    if kind == "list":
        return any(str(item).strip() for item in value["items"])
    return bool(value["text"].strip())


def _unreadable(page: ContentPage) -> Problems:
    """A broken file is found here, before the item is live, not in the middle of publishing it."""
    files: list[tuple[str, Callable[[Any], object], Any]] = [("cover", freezing.picture, page.cover)]
    files += [("body", freezing.picture, image) for image in _images(page.body)]
    files += [("body", freezing.attachment, document) for document in _documents(page.body)]
    found: Problems = {}
    for field, freeze, file in files:
        try:
            if file:
                freeze(file)
        except ContentError as error:
            found.setdefault(field, error.message)
    return found


def _images(stream: Any) -> list[Any]:
    return [child.value["image"] for child in stream if child.block_type == "figure" and child.value]


def _documents(stream: Any) -> list[Any]:
    return [
        child.value["document"]
        for child in stream
        if child.block_type == "attachment" and child.value and child.value["document"]
    ]
