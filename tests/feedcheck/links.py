"""Links, archives and tombstones: RFC 4287, 5005 and 6721, for Atom feeds and RSS channels alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from lxml import etree

from tests.feedcheck.dates import rfc3339
from tests.feedcheck.values import ATOM, HISTORY, PAGING, RELATIONS, TOMBSTONES, duplicates, is_iri, is_web


def links(place: str, parent: etree._Element) -> Iterator[str]:
    """Rules of every link, and of a feed's links among themselves."""
    found = [(link.get("rel", "alternate"), link.get("href"), link) for link in parent.findall(f"{ATOM}link")]
    for rel, href, link in found:
        if rel not in RELATIONS:
            yield f"{place}: link relation {rel!r} is not registered for feeds"
        if not is_web(href):
            yield f"{place}: link {href!r} is not absolute"
        if link.get("title") == "":
            yield f"{place}: link with an empty title"
    yield from duplicates(
        f"{place}: alternate link",
        ((link.get("type"), link.get("hreflang")) for rel, _, link in found if rel == "alternate"),
    )


def feed_links(place: str, parent: etree._Element) -> Iterator[str]:
    yield from links(place, parent)
    addresses: dict[str, list[str]] = {}
    for link in parent.findall(f"{ATOM}link"):
        addresses.setdefault(link.get("rel", "alternate"), []).append(link.get("href", ""))
    own = addresses.get("self", [])
    if len(own) != 1:
        yield f"{place}: not exactly one link to itself"
    yield from duplicates(f"{place}: relation", (rel for rel in PAGING for _ in addresses.get(rel, [])))
    for rel in PAGING - {"first", "last", "current"}:
        if set(own) & set(addresses.get(rel, [])):
            yield f"{place}: {rel} leads to itself"
    archive = parent.find(f"{HISTORY}archive") is not None
    if archive and "current" not in addresses:
        yield f"{place}: an archive without its current document"
    if archive and not {"prev-archive", "next-archive"} & addresses.keys():
        yield f"{place}: an archive without a neighbour"
    if not archive and "next-archive" in addresses:
        yield f"{place}: next-archive outside of an archive"
    if parent.find(f"{HISTORY}complete") is not None and PAGING & addresses.keys():
        yield f"{place}: a complete feed has no neighbours"


def tombstones(
    place: str, parent: etree._Element, living: Mapping[str, datetime], updated: datetime | None
) -> Iterator[str]:
    """`living`: when each item that is shown changed last."""
    stones = [
        (stone.get("ref", ""), stone.get("when", ""), stone)
        for stone in parent.findall(f"{TOMBSTONES}deleted-entry")
    ]
    yield from duplicates(f"{place}: tombstone", ((ref, when) for ref, when, _ in stones))
    for ref, when, stone in stones:
        moment = rfc3339(when)
        if not is_iri(ref) or moment is None:
            yield f"{place}: tombstone without id or time"
            continue
        if ref in living and living[ref] <= moment:
            yield f"{place}: {ref} is shown and taken back at once"
        if updated and moment > updated:
            yield f"{place}: older than its tombstone"
        if len(stone.findall(f"{TOMBSTONES}comment")) > 1 or len(stone.findall(f"{TOMBSTONES}by")) > 1:
            yield f"{place}: tombstone with two comments or two names"
