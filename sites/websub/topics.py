"""Topics: addresses of documents that name this hub. Nobody subscribes to anything else."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote, unquote

from django.conf import settings

from channels.changes import Stamp
from sites.feeds.addresses import hub_url
from sites.serving import documents
from sites.serving.documents import Document, Shelf
from sites.serving.look import Look
from sites.serving.outline import Outline


def path_of(topic: str) -> str | None:
    """The document's path, None for an address elsewhere. Each topic has one spelling: the one its document names."""
    path = topic.removeprefix(settings.PUBLIC_URL)
    if path == topic or not path.startswith("/"):
        return None
    plain = unquote(path)
    return plain if quote(plain) == path else None


def tag_of(topic: str, now: datetime) -> str | None:
    """The tag that the topic's document has now, without rendering it; None for what is no topic."""
    path = path_of(topic)
    made_by = documents.maker_of(path) if path else None
    if made_by is None:
        return None
    maker, said = made_by
    outline = maker(**said, look=Look(now))
    return outline.etag if outline and names_hub(outline) else None


def document_of(topic: str, shelf: Shelf, stamp: Stamp, now: datetime) -> Document | None:
    """The topic's document as of `stamp`."""
    path = path_of(topic)
    document = shelf.get(path, stamp, now) if path else None
    return document if document and names_hub(document.outline) else None


def names_hub(outline: Outline) -> bool:
    return f'<{hub_url()}>; rel="hub"' in outline.headers.get("Link", "")
