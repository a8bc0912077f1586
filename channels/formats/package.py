"""Edition -> a package that a person takes to an outlet without an interface: text, HTML, files and a checklist.

`contents` is JSON-able and pure; `package_zip` puts it and the files' bytes into one archive, the same every time.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from channels import markup
from channels.edition import Asset, Attachment, Edition
from channels.formats.html import article_html
from channels.formats.text import article_text
from channels.formats.typed import local_time, spelled_out

_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
_NAME_CHARS = 60
_EPOCH = (1980, 1, 1, 0, 0, 0)


def contents(edition: Edition, steps: Sequence[str] = ()) -> dict[str, Any]:
    """headline, summary, text, html, files [{path, sha256, title}], checklist; `steps` are the outlet's own."""
    paths = file_paths(edition)
    html = article_html(edition, lambda asset: paths[asset.sha256])
    return {
        "headline": markup.xml_text(edition.headline),
        "summary": markup.xml_text(edition.summary),
        "text": article_text(edition),
        "html": html,
        "files": [
            {"path": paths[asset.sha256], "sha256": asset.sha256, "title": asset.name}
            for asset in edition.assets
        ],
        "checklist": checklist(edition, steps),
    }


def checklist(edition: Edition, steps: Sequence[str] = ()) -> list[str]:
    """What a person does, in order: the outlet's own steps, or the usual ones, between ours."""
    usual = [
        "登录终端后台，新建稿件",
        "粘贴标题、正文（稿件.html 保留格式，稿件.txt 为纯文本）",
        "按正文顺序上传图片和附件，核对图片说明" if edition.assets else "",
        "核对来源、作者和发布单位",
    ]
    parts = [
        f"更正稿：请在终端找到已发布的旧稿，以第 {edition.version} 版替换" if edition.correction else "",
        *([step.strip() for step in steps] if any(step.strip() for step in steps) else usual),
        f"本稿有效期至 {local_time(edition.expires)}，到期请撤下" if edition.expires else "",
        "发布后复制页面网址，回到“交办台”填写并提交，由系统核对",
    ]
    return [part for part in parts if part]


def package_zip(content: Mapping[str, Any], files: Mapping[str, bytes]) -> bytes:
    """The archive of `contents`: `files` are the bytes by SHA-256. Raises KeyError for a missing file."""
    steps = "\r\n".join(f"{number}. {step}" for number, step in enumerate(content["checklist"], start=1))
    headline, summary = content["headline"], content["summary"]
    text = "\r\n".join(f"{headline}\n\n{content['text']}\n".splitlines())
    parts: list[tuple[str, bytes]] = [
        ("稿件.txt", _document(text)),
        ("稿件.html", _page(headline, summary, content["html"]).encode()),
        ("操作清单.txt", _document(steps)),
        *((file["path"], files[file["sha256"]]) for file in content["files"]),
    ]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as package:
        for path, data in parts:
            entry = zipfile.ZipInfo(path, date_time=_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            package.writestr(entry, data)
    return archive.getvalue()


def file_paths(edition: Edition) -> dict[str, str]:
    """Where each file lies in the package, by SHA-256: numbered, so that names cannot clash."""
    titles = {
        block.asset.sha256: block.title
        for block in spelled_out(edition).body
        if isinstance(block, Attachment)
    }
    paths = {}
    for number, asset in enumerate(edition.assets, start=1):
        folder = "附件" if asset.sha256 in titles else "图片"
        paths[asset.sha256] = f"{folder}/{number:02d}-{_name(asset, titles.get(asset.sha256, ''))}"
    return paths


def _name(asset: Asset, title: str) -> str:
    stem = title or asset.name.rpartition(".")[0] or asset.name
    safe = _UNSAFE.sub("_", stem).strip(" ._")[:_NAME_CHARS] or "文件"
    return f"{safe}.{asset.extension}"


def _document(text: str) -> bytes:
    """UTF-8 with a byte order mark and Windows line ends: Notepad of old Windows takes it."""
    return text.encode("utf-8-sig")


def _page(headline: str, summary: str, html: str) -> str:
    lead = f"<p><em>{escape(summary)}</em></p>\n" if summary else ""
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        f"<title>{escape(headline)}</title></head>\n"
        f"<body>\n<h1>{escape(headline)}</h1>\n{lead}{html}\n</body></html>\n"
    )
