"""What a page says to machines in schema.org's words (JSON-LD): who publishes, where the page stands, what the item is.

A `<script type="application/ld+json">` is a block of text to a browser: no policy has to allow it, nothing runs.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urljoin

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from channels.edition import Edition, ItemType
from sites import meta
from sites.frame import Frame

Node = dict[str, Any]
Crumb = tuple[str, str]
"""(name, absolute address)."""

# Text that could end the element, or a line of JavaScript, in a form that JSON reads as the same text.
ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def script(nodes: Sequence[Node]) -> SafeString:
    """The element with all that the page says; empty for nothing."""
    if not nodes:
        return mark_safe("")
    graph = {"@context": "https://schema.org", "@graph": [present(node) for node in nodes]}
    text = json.dumps(graph, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>\n')  # noqa: S308 escaped right above


def site(frame: Frame, url: str) -> list[Node]:
    """Of a home page at `url` (absolute): the site with its search, and the unit that answers for it."""
    unit = frame.home.unit
    search = f"{urljoin(url, reverse('find'))}?q={{search_term_string}}"
    publisher = {
        "@type": "GovernmentOrganization",
        "@id": f"{url}#publisher",
        "name": unit.name if unit else frame.home.full_name,
        "url": url,
        "address": frame.home.address,
    }
    website = {
        "@type": "WebSite",
        "@id": f"{url}#website",
        "name": frame.home.full_name,
        "url": url,
        "inLanguage": "zh-CN",
        "publisher": {"@id": f"{url}#publisher"},
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": search},
            "query-input": "required name=search_term_string",
        },
    }
    return [website, publisher]


def breadcrumbs(crumbs: Sequence[Crumb]) -> Node:
    places = [
        {"@type": "ListItem", "position": number, "name": name, "item": url}
        for number, (name, url) in enumerate(crumbs, 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": places}


def item(edition: Edition) -> Node:
    """What the item is: news, a service of the administration, or an announcement to all."""
    return MAKERS.get(edition.type, _article)(edition)


def present(node: Node) -> Node:
    """Without the properties that have no value."""
    kept = {name: present(value) if isinstance(value, dict) else value for name, value in node.items()}
    return {name: value for name, value in kept.items() if value not in ("", None, [], {})}


def _article(edition: Edition) -> Node:
    return {
        "@type": "NewsArticle",
        **_common(edition),
        "headline": edition.headline,
        "description": meta.describe(None, None, edition),
        "image": meta.picture_url(edition),
        "keywords": ",".join(edition.keywords),
        "author": {"@type": "Organization", "name": edition.source or edition.issuer.name},
        "correction": edition.correction.note if edition.correction else "",
    }


def _announcement(edition: Edition) -> Node:
    service = edition.service
    return {
        "@type": "SpecialAnnouncement",
        **_common(edition),
        "name": edition.headline,
        "text": meta.describe(None, None, edition),
        "datePosted": meta.moment(edition.first_created),
        "expires": meta.moment(edition.expires) if edition.expires else "",
        "spatialCoverage": {"@type": "Place", "name": service.area} if service and service.area else "",
    }


def _service(edition: Edition) -> Node:
    return {
        "@type": "GovernmentService",
        "name": edition.headline,
        "url": edition.canonical_url,
        "description": meta.describe(None, None, edition),
        "serviceOperator": _unit(edition),
    }


def _common(edition: Edition) -> Node:
    return {
        "url": edition.canonical_url,
        "mainEntityOfPage": edition.canonical_url,
        "identifier": edition.uri,
        "inLanguage": edition.language,
        "datePublished": meta.moment(edition.first_created),
        "dateModified": meta.moment(edition.version_created),
        "publisher": _unit(edition),
    }


def _unit(edition: Edition) -> Node:
    return {"@type": "GovernmentOrganization", "name": edition.issuer.name}


MAKERS = {
    ItemType.NOTICE: _announcement,
    ItemType.SERVICE_NOTICE: _announcement,
    "public_notice": _announcement,
    "service_guide": _service,
}
"""By type; whatever is not named here is an article."""
