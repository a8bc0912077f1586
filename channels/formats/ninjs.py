"""Edition -> ninjs 3.1 (IPTC, 2025), for machines that take JSON.

ninjs has no place for blocks, corrections or typed fields: they are part of the HTML body. Typed fields are given once
more as a body of the role `facts`, JSON in a string; related items are associations.
The editor's note stays in the hub although ninjs has a property for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from channels.edition import Attachment, Edition, Image
from channels.formats.feed import rfc3339
from channels.formats.html import AssetUrl, article_html
from channels.formats.json_parts import dump
from channels.formats.plain_facts import plain_facts, related
from channels.formats.text import article_text
from channels.formats.typed import spelled_out

STANDARD = {
    "name": "ninjs",
    "version": "3.1",
    "schema": "https://www.iptc.org/std/ninjs/ninjs-schema_3.1.json",
}


def document(edition: Edition, asset_url: AssetUrl) -> dict[str, Any]:
    """One edition as a ninjs object, empty properties left out."""
    full = {
        "uri": edition.uri,
        "standard": STANDARD,
        "type": "text",
        "representationType": "full",
        "profile": edition.type.value,
        "version": str(edition.version),
        "firstCreated": rfc3339(edition.first_created),
        "versionCreated": rfc3339(edition.version_created),
        "expires": rfc3339(edition.expires) if edition.expires else "",
        "pubStatus": edition.pub_status.value,
        "language": edition.language,
        "headlines": [{"role": "main", "contentType": "text/plain", "value": edition.headline}],
        "descriptions": _summary(edition),
        "bodies": [
            {"role": "main", "contentType": "text/html", "value": article_html(edition, asset_url)},
            {"role": "plain", "contentType": "text/plain", "value": article_text(edition)},
            *_facts(edition, asset_url),
        ],
        "slugline": edition.slug,
        # A date of the calendar; ninjs asks for a moment: the day begins in Beijing.
        "contentCreated": edition.issued_on and f"{edition.issued_on}T00:00:00+08:00",
        "by": edition.by,
        "infoSources": _sources(edition),
        "organisations": [
            {"rel": "issuer", "name": edition.issuer.name, "literal": edition.issuer.code},
        ],
        "subjects": [
            {"rel": subject.scheme, "name": subject.name, "literal": subject.code}
            for subject in edition.subjects
        ],
        "altIds": [{"role": alt.role, "value": alt.value} for alt in edition.alt_ids],
        "renditions": [{"name": "web", "href": edition.canonical_url, "contentType": "text/html"}],
        "associations": [*_associations(edition, asset_url), *_related(edition)],
    }
    return {name: value for name, value in full.items() if value}


def _facts(edition: Edition, asset_url: AssetUrl) -> Iterator[dict[str, str]]:
    if facts := plain_facts(edition, asset_url):
        yield {"role": "facts", "contentType": "application/json", "value": dump(facts).decode()}


def _related(edition: Edition) -> Iterator[dict[str, Any]]:
    for link in related(edition):
        rendition = {"name": "web", "href": link["url"], "contentType": "text/html"}
        yield {"uri": link["id"], "name": link["title"], "rel": link["rel"], "renditions": [rendition]}


def _summary(edition: Edition) -> list[dict[str, str]]:
    if not edition.summary:
        return []
    return [{"role": "summary", "contentType": "text/plain", "value": edition.summary}]


def _sources(edition: Edition) -> list[dict[str, str]]:
    if not edition.source:
        return []
    source = {"role": "source", "name": edition.source}
    return [{**source, "uri": edition.origin_url} if edition.origin_url else source]


def _associations(edition: Edition, asset_url: AssetUrl) -> Iterator[dict[str, Any]]:
    """The files, cover first; one that is used twice is listed once, as what it is first."""
    seen: set[str] = set()
    for rel, block in _file_blocks(edition):
        if block.asset.sha256 not in seen:
            seen.add(block.asset.sha256)
            yield _association(rel, block, asset_url)


def _file_blocks(edition: Edition) -> Iterator[tuple[str, Image | Attachment]]:
    if edition.cover:
        yield "cover", edition.cover
    for block in spelled_out(edition).body:
        match block:
            case Image():
                yield "image", block
            case Attachment():
                yield "attachment", block


def _association(rel: str, block: Image | Attachment, asset_url: AssetUrl) -> dict[str, Any]:
    asset = block.asset
    title = block.title if isinstance(block, Attachment) else block.caption or block.alt
    rendition = {
        "name": "original",
        "href": asset_url(asset),
        "contentType": asset.content_type,
        "title": asset.name,
        "sizeInBytes": asset.size,
        "width": asset.width,
        "height": asset.height,
    }
    found: dict[str, Any] = {
        "uri": f"urn:sha256:{asset.sha256}",
        "name": title or asset.name,
        "rel": rel,
        "renditions": [{name: value for name, value in rendition.items() if value is not None}],
    }
    if asset.is_image:
        found["type"] = "picture"
    if isinstance(block, Image) and block.alt:
        found["descriptions"] = [{"role": "alt", "contentType": "text/plain", "value": block.alt}]
    return found
