"""Collects the links that readers are shown: of every edition at a hosted site, once, and of home pages, every night."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from channels.edition import Asset
from channels.models import EditionRecord, Placement
from sites.linkcheck import inside, reading
from sites.linkcheck.addresses import digest, host_of
from sites.linkcheck.models import EditionLink, HomeLink, Link, OutboundDomain, ReadEdition
from sites.linkcheck.reading import Found
from sites.models import SiteHome

BATCH = 200
"""Editions read in one transaction."""
HOSTED = "hosted"


def collect() -> None:
    """May run twice, and be cut off anywhere."""
    own = inside.own_hosts(settings.PUBLIC_URL)
    read_editions(own)
    read_homes(own)
    mark_used()
    note_domains()


def shown(edition: str = "pk", item: str = "item") -> Exists:
    """Whether an edition is what a hosted site shows now; by the unique index on item and outlet."""
    return Exists(
        Placement.objects.filter(
            item=OuterRef(item),
            desired=OuterRef(edition),
            outlet__channel=HOSTED,
            outlet__retired_at=None,
        )
    )


def read_editions(own: inside.OwnHosts) -> int:
    """Returns how many editions were new."""
    count = 0
    while batch := list(EditionRecord.objects.filter(shown(), links_read=None).order_by("pk")[:BATCH]):
        _read(batch, own)
        count += len(batch)
    return count


@transaction.atomic
def _read(batch: Sequence[EditionRecord], own: inside.OwnHosts) -> None:
    found = {record.pk: reading.of_edition(record.edition(), asset_url) for record in batch}
    keys = links_for((one.url for links in found.values() for one in links), own)
    EditionLink.objects.bulk_create(
        (
            EditionLink(edition_id=pk, link_id=keys[one.url], part=one.part, text=one.text)
            for pk, links in found.items()
            for one in links
        ),
        ignore_conflicts=True,
    )
    ReadEdition.objects.bulk_create((ReadEdition(edition=record) for record in batch), ignore_conflicts=True)


def read_homes(own: inside.OwnHosts) -> None:
    for home in SiteHome.objects.live().public():
        address = home.get_full_url()
        if not address:
            continue
        page = inside.fetch(address)
        found = reading.of_page(page.body, address) if page.status == 200 else []
        _replace(home, found, own)


@transaction.atomic
def _replace(home: SiteHome, found: Sequence[Found], own: inside.OwnHosts) -> None:
    keys = links_for((one.url for one in found), own)
    HomeLink.objects.filter(home=home).exclude(link__in=keys.values()).delete()
    rows = (HomeLink(home=home, link_id=keys[one.url], text=one.text) for one in found)
    HomeLink.objects.bulk_create(
        rows, update_conflicts=True, update_fields=["text"], unique_fields=["home", "link"]
    )


def links_for(urls: Iterable[str], own: inside.OwnHosts) -> Mapping[str, int]:
    """The key of each address; new ones are added."""
    by_digest = {digest(url): url for url in urls}
    rows = (_link(key, url, own) for key, url in sorted(by_digest.items()))
    Link.objects.bulk_create(rows, ignore_conflicts=True)
    known = Link.objects.filter(digest__in=by_digest).values_list("digest", "pk")
    return {by_digest[key]: pk for key, pk in known}


def mark_used() -> None:
    """Four statements, each of which touches only what has changed."""
    on_home = Exists(HomeLink.objects.filter(link=OuterRef("pk"), home__live=True))
    in_item = Exists(
        EditionLink.objects.filter(link=OuterRef("pk")).filter(shown("edition", "edition__item"))
    )
    _set("on_home", Q(on_home))
    _set("is_used", Q(in_item) | Q(on_home=True))


def _set(field: str, truth: Q) -> None:
    Link.objects.filter(truth, **{field: False}).update(**{field: True})
    Link.objects.filter(~truth, **{field: True}).update(**{field: False})


def note_domains() -> None:
    """Every foreign host that readers are led to, with the safer of the schemes that we link it by."""
    used = Link.objects.used().filter(is_own=False).exclude(host="")
    hosts = set(used.values_list("host", flat=True).distinct())
    secure = set(used.filter(url__startswith="https:").values_list("host", flat=True).distinct())
    now = timezone.now()
    OutboundDomain.objects.bulk_create(
        (OutboundDomain(host=host, secure=host in secure, first_seen_at=now) for host in sorted(hosts)),
        ignore_conflicts=True,
    )
    OutboundDomain.objects.filter(host__in=hosts, is_used=False).update(is_used=True)
    OutboundDomain.objects.filter(is_used=True).exclude(host__in=hosts).update(is_used=False)


def asset_url(asset: Asset) -> str:
    return f"{settings.PUBLIC_URL}/{asset.path}"


def _link(key: str, url: str, own: inside.OwnHosts) -> Link:
    host = host_of(url)[:270]
    return Link(digest=key, url=url, host=host, is_own=host in own)
