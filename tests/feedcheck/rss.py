"""Rules of RSS 2.0 with the extensions that the hub uses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from lxml import etree

from tests.feedcheck.dates import rfc822, rfc3339
from tests.feedcheck.links import feed_links, tombstones
from tests.feedcheck.values import ATOM, counted, duplicates, enclosure, html, is_iri, is_web, title

CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
MEDIA = "http://search.yahoo.com/mrss/"


def found(root: etree._Element) -> Iterator[str]:
    if root.tag != "rss" or root.get("version") != "2.0" or len(root.findall("channel")) != 1:
        yield "root: not RSS 2.0 with one channel"
        return
    namespaces = {uri for element in root.iter(etree.Element) for uri in element.nsmap.values()}
    if any(uri.startswith(MEDIA.rstrip("/")) and uri != MEDIA for uri in namespaces):
        yield "root: the namespace of media needs its slash"
    yield from _channel(root.findall("channel")[0])


def _channel(channel: etree._Element) -> Iterator[str]:
    yield from counted("channel", channel, ["title", "link", "description", "language", "lastBuildDate"], ())
    for name in ("title", "description"):
        if not channel.findtext(name, "").strip():
            yield f"channel: empty {name}"
    if not is_web(channel.findtext("link")):
        yield "channel: link is not absolute"
    updated = rfc822(channel.findtext("lastBuildDate"))
    if updated is None:
        yield "channel: lastBuildDate is no date with a numeric zone"
    else:
        updated += timedelta(milliseconds=999)  # RFC 822 knows whole seconds
    yield from feed_links("channel", channel)
    items = channel.findall("item")
    living: dict[str, datetime] = {}
    for item in items:
        yield from _item(item)
        moment = rfc3339(item.findtext(f"{ATOM}updated"))
        # The notice of a withdrawal stands beside its tombstone.
        if moment and not item.findtext("title", "").startswith("【已撤回】"):
            living[item.findtext("guid", "")] = moment
    yield from duplicates("channel: guid", (item.findtext("guid") for item in items))
    if updated and living and max(living.values()) > updated:
        yield "channel: older than its newest item"
    if list(living.values()) != sorted(living.values(), reverse=True):
        yield "channel: not the newest change first"
    yield from tombstones("channel", channel, living, updated)


def _item(item: etree._Element) -> Iterator[str]:
    place = f"item {item.findtext('guid')}"
    once = ["title", "link", "description", "pubDate", "enclosure", f"{CONTENT}encoded", f"{ATOM}updated"]
    yield from counted(place, item, ["guid"], once)
    yield from title(place, item.findtext("title", ""))
    if not item.findtext("title") and not item.findtext("description"):
        yield f"{place}: neither title nor description"
    for guid in item.findall("guid"):
        if guid.get("isPermaLink") != "false" and not is_web(guid.text):
            yield f"{place}: guid is no address and does not say so"
        if not is_iri(guid.text):
            yield f"{place}: guid is no IRI"
    for link in item.findall("link"):
        if not is_web(link.text):
            yield f"{place}: link is not absolute"
    for date in item.findall("pubDate"):
        if rfc822(date.text) is None:
            yield f"{place}: pubDate is no date with a numeric zone"
    yield from _texts(place, item)
    yield from _parts(place, item)


def _texts(place: str, item: etree._Element) -> Iterator[str]:
    yield from html(place, item.findtext("description", ""))
    yield from html(place, item.findtext(f"{CONTENT}encoded", ""))
    tags = [child.tag for child in item]
    if f"{CONTENT}encoded" in tags and "description" not in tags[: tags.index(f"{CONTENT}encoded")]:
        yield f"{place}: content before description"


def _parts(place: str, item: etree._Element) -> Iterator[str]:
    for author in item.findall("author"):
        if "@" not in (author.text or ""):
            yield f"{place}: author is no e-mail address"
    for file in item.findall("enclosure"):
        yield from enclosure(place, file.get("url"), file.get("length"), file.get("type"))
    for category in item.findall("category"):
        if not (category.text or "").strip() or not is_iri(category.get("domain")):
            yield f"{place}: category without name or domain"
