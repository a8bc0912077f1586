"""What the desk may ask of a channel without touching an outlet: renderings, findings, facts."""

from __future__ import annotations

from typing import Never

from channels.adapters import CHANNELS
from channels.contract import Capabilities, Finding, Option, Rendering, Severity
from channels.edition import Asset, Edition
from channels.errors import ContentError
from channels.models import Outlet
from channels.registry import adapter_class, adapter_for


class _Offline:
    """Stands where the network and the files are: a pure method that reaches for them is a defect."""

    async def request(self, *_: object, **__: object) -> Never:
        raise AssertionError("render and check are pure: no network")

    async def read(self, asset: Asset) -> Never:
        del asset
        raise AssertionError("render and check are pure: no files")


_OFFLINE = _Offline()


def render(outlet: Outlet, edition: Edition) -> Rendering:
    """The very rendering that a delivery would send. Raises ContentError when the channel cannot express it."""
    return adapter_for(outlet, http=_OFFLINE, assets=_OFFLINE).render(edition)


def findings(outlet: Outlet, edition: Edition, *, replacing: bool = False) -> tuple[Finding, ...]:
    """Pre-flight of one edition for one outlet; a ContentError while rendering is a blocking finding.

    replacing: an earlier edition is out there, and the editor has to know what becomes of it.
    """
    adapter = adapter_for(outlet, http=_OFFLINE, assets=_OFFLINE)
    found = adapter.check(edition)
    if replacing and (said := adapter.replacing(edition)):
        found = (*found, said)
    if any(finding.severity is Severity.BLOCK for finding in found):
        return found
    try:
        adapter.render(edition)
    except ContentError as error:
        return (*found, Finding(place="正文", problem=error.message, fix="请修改后重新签发"))
    return found


def capabilities(outlet: Outlet) -> Capabilities:
    return adapter_class(outlet.channel).capabilities


def channel_choices() -> list[tuple[str, str]]:
    """(key, Chinese label) of every channel, in the order of the table."""
    return [(key, adapter_class(key).label) for key in CHANNELS]


def channel_options(channel: str) -> tuple[Option, ...]:
    """The settings an outlet of this channel takes."""
    return adapter_class(channel).options
