"""Addresses of embeds: `/embed/<name>.<form>`. The name is a saved key, or that of a feed for the options nobody chose.

As with feeds, an address never changes its meaning.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from django.conf import settings

from sites.embed.options import Embed
from sites.feeds import addresses as feeds
from sites.models import SavedEmbed

KEY = re.compile(r"[0-9a-f]{16}")


def embed_of(name: str) -> Embed | None:
    """None for a name that no embed has. What looks like a key is one, saved or not: no outlet goes by it."""
    if KEY.fullmatch(name):
        saved = SavedEmbed.objects.filter(pk=name).first()
        return saved.chosen() if saved else None
    selection = feeds.selection_of(name)
    return Embed(selection=selection) if selection else None


def name_of(embed: Embed) -> str:
    """The feed's name where only the feed was chosen; else the key, which has to be saved before it is an address."""
    feed = feeds.name_of(embed.selection)
    is_named = embed == Embed(selection=embed.selection) and not feed.startswith("saved/")
    return feed if is_named else embed.key


def path(name: str, form: str) -> str:
    return f"/embed/{quote(name, safe='/+')}.{form}"


def url(name: str, form: str) -> str:
    """Absolute; the same on every host, because pages keep it for years."""
    return f"{settings.PUBLIC_URL}{path(name, form)}"
