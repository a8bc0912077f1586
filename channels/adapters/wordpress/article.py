"""An edition as WordPress takes it, and the mark by which a post and its public page say which edition they carry.

The body goes into one `wp:html` block, so that WordPress adds no paragraphs. What its display filters would still
change (quotes, dashes, smileys, shortcodes, addresses alone on a line) is written as character references: seen
unchanged on WordPress 6.1 for authors and editors alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Any, Final

from bs4 import BeautifulSoup

from channels import markup
from channels.contract import Rendering
from channels.edition import Asset, Attachment, Edition, Image
from channels.formats.html import article_html
from channels.formats.typed import spelled_out
from channels.markup import Mark

ACCEPTED: Final = frozenset({
    "jpg", "jpeg", "png", "gif", "webp", "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp",
    "rtf", "txt", "csv", "zip", "rar", "7z", "mp3", "mp4",
})  # fmt: skip
"""Extensions that a WordPress takes as it comes (wp_get_mime_types, 6.1); no SVG, OFD or WPS."""

SLUG_CHARS_MAX: Final = 200
"""wp_posts.post_name, 6.1."""

_ITEM, _VERSION = "data-tongsheng-item", "data-tongsheng-version"
# `data-` attributes pass WordPress's KSES since 5.0, for accounts without unfiltered_html as well.
_WRAPPED = '<!-- wp:html -->\n<div class="tongsheng" {item}="{uri}" {number}="{version}">\n{html}\n</div>\n<!-- /wp:html -->'
_OWN = re.compile(r'(src|href)="asset:([0-9a-f]{64})"')
_TAG = re.compile(r'(<[^>"]*(?:"[^"]*"[^>"]*)*>)')
_TOUCHED = re.compile(
    r"""["'`\[\]]"""  # curly quotes, shortcodes
    r"|(?<!\w)-|-(?!\w)"  # dashes
    r"|\.(?=\.\.)"  # ellipsis
    r"|\((?=tm\))"  # trade mark
    r"|(?<=\d)x(?=\d)"  # multiplication sign
    r"|:(?=//)"  # a bare address becomes an embedded player
    r"|(?<!\S)[:;](?=\S)|(?<!\S)8(?=[)O-])"  # smileys
)


def rendering(edition: Edition, asset_url: Callable[[Asset], str]) -> Rendering:
    """The payload for POST /wp/v2/posts, but for what only the site knows: the addresses of its own media.

    `content` says `asset:<sha256>` where such an address belongs; `media` describes each of these files.
    """
    taken = {asset.sha256: asset for asset in edition.assets if asset.extension.lower() in ACCEPTED}
    html = article_html(
        edition, lambda asset: f"asset:{asset.sha256}" if asset.sha256 in taken else asset_url(asset)
    )
    cover = edition.cover.asset.sha256 if edition.cover else ""
    return Rendering(
        uri=edition.uri,
        version=edition.version,
        payload={
            "title": escape(markup.xml_text(edition.headline), quote=False),
            "excerpt": escape(markup.xml_text(edition.summary), quote=False),
            "slug": _slug(edition),
            "date_gmt": edition.first_created.strftime("%Y-%m-%dT%H:%M:%S"),
            "content": _WRAPPED.format(
                item=_ITEM, uri=edition.uri, number=_VERSION, version=edition.version, html=_armoured(html)
            ),
            "cover": cover if cover in taken else "",
            "column": edition.column.code if edition.column else "",
            "media": dict(_described(edition, taken)),
        },
        assets=tuple(taken.values()),
        alterations=tuple(
            f"附件“{asset.name}”：WordPress 一般不收这种格式，页面上链接到本平台的文件"
            for asset in edition.assets
            if asset.sha256 not in taken
        ),
    )


def with_media(content: str, media: Mapping[str, tuple[int, str]]) -> str:
    """`content` with the site's own addresses. `media`: SHA-256 -> (id, address)."""

    def own(match: re.Match[str]) -> str:
        number, url = media[match[2]]
        # By this class WordPress knows its own picture, and offers smaller sizes of it to small screens.
        known = f' class="wp-image-{number}"' if match[1] == "src" else ""
        return f'{match[1]}="{escape(url)}"{known}'

    return _OWN.sub(own, content)


def media_of(payload: Mapping[str, Any]) -> list[str]:
    """SHA-256 of every file that the post needs at the site, once each, the cover first."""
    named = [payload["cover"], *(match[2] for match in _OWN.finditer(payload["content"]))]
    return [sha256 for sha256 in dict.fromkeys(named) if sha256]


def mark_in(html: str, uri: str = "") -> Mark | None:
    """The mark in a post's content, or in a whole page: that of `uri` when it is there, else the first one."""
    if _ITEM not in html:
        return None
    found = [
        Mark(str(tag[_ITEM]), _number(str(tag.get(_VERSION, ""))))
        for tag in BeautifulSoup(html, "lxml").find_all(attrs={_ITEM: True})
    ]
    return next((mark for mark in found if mark.uri == uri), found[0] if found else None)


def slug_key(uri: str) -> str:
    """What every slug of an item ends with."""
    return uri.rpartition(":")[2][:8]


def _slug(edition: Edition) -> str:
    """The item's own, ending with the key; one that ends with the beginning of the key already is completed."""
    key = slug_key(edition.uri)
    head, _, tail = edition.slug.rpartition("-")
    words = head if head and tail and key.startswith(tail) else edition.slug
    return f"{words[: SLUG_CHARS_MAX - len(key) - 1]}-{key}"


def _described(edition: Edition, taken: Mapping[str, Asset]) -> Iterator[tuple[str, dict[str, str]]]:
    """Alternative text, caption and title of each file, by its SHA-256; what the body says goes before the cover's."""
    blocks = [*([edition.cover] if edition.cover else []), *spelled_out(edition).body]
    for block in blocks:
        match block:
            case Image(asset=asset) if asset.sha256 in taken:
                title = escape(asset.name, quote=False)
                yield asset.sha256, {"alt_text": block.alt, "caption": escape(block.caption), "title": title}
            case Attachment(asset=asset) if asset.sha256 in taken:
                yield asset.sha256, {"title": escape(block.title or asset.name, quote=False)}


def _armoured(html: str) -> str:
    parts = _TAG.split(html)
    return "".join(part if place % 2 else _TOUCHED.sub(_reference, part) for place, part in enumerate(parts))


def _reference(match: re.Match[str]) -> str:
    # Three digits are what KSES would make of two.
    return f"&#{ord(match[0]):03};"


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None
