"""The typed fields of an edition as plain JSON values, for machines: the fields' own names, files by address."""

from __future__ import annotations

from typing import Any

from channels.edition import Edition, plain
from channels.formats.feed import ascii_url
from channels.formats.html import AssetUrl
from channels.formats.json_parts import present

TYPED = ("service", "policy", "interpretation", "publicity", "guide")


def plain_facts(edition: Edition, asset_url: AssetUrl) -> dict[str, Any]:
    """By the name of the group; empty fields are left out, and so is a group of an item of another type."""
    found = {name: present(plain(value)) for name in TYPED if (value := getattr(edition, name)) is not None}
    if edition.guide and edition.guide.materials:
        found["guide"]["materials"] = [
            present({**plain(one), "form": ascii_url(asset_url(one.form)) if one.form else ""})
            for one in edition.guide.materials
        ]
    return found


def related(edition: Edition) -> list[dict[str, str]]:
    """The items that it says to be related to, each with its lasting address."""
    root = edition.permalink.replace(str(edition.content_id), "{}")
    return [
        {
            "rel": relation.kind.value,
            "id": relation.uri,
            "title": relation.headline,
            "url": ascii_url(root.format(relation.uri.removeprefix("urn:uuid:"))),
        }
        for relation in edition.relations or ()
    ]
