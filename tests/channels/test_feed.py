"""feed against a feed server that renders with the hub's own formats."""

from __future__ import annotations

from datetime import UTC, datetime

from aiohttp import web

from channels.adapters.feed.adapter import FeedAdapter
from channels.contract import AssetReader, Http, OutletConfig, Presence
from channels.errors import Misbehaved
from channels.formats import atom
from channels.formats.feed import Content, FeedEntry, FeedHead, Tombstone
from tests.channels.conformance import AdapterConformance, failure
from tests.channels.loopback import Loopback
from tests.channels.stage import URI, sample

AT = datetime(2026, 11, 23, tzinfo=UTC)
HEAD = FeedHead(
    uri="urn:tongsheng:feed:czjd",
    title="城中街道订阅源",
    self_url="http://hub.example/feeds/czjd.atom",
    home_url="http://hub.example/",
    author="城中区",
    updated=AT,
)


class FeedServer(Loopback):
    """`window` False: the items are too old for the feed and only have their entry documents."""

    secrets = ()
    uploads = writes = 0

    def __init__(self) -> None:
        super().__init__()
        self.items: dict[str, int] = {}
        self.stones: list[Tombstone] = []
        self.window = True
        self.stale: bytes | None = None
        self.broken = False

    def copies(self, uri: str) -> list[int]:
        return [self.items[uri]] if uri in self.items else []

    def forget(self, uri: str) -> None:
        self.items.pop(uri, None)

    def finish(self, uri: str, version: int | None) -> None:
        """The hub's own transaction: subscribers see it at commit."""
        self.forget(uri)
        if version is not None:
            self.items[uri] = version
        else:
            self.stones = [Tombstone(uri=uri, when=AT)]

    def document(self) -> bytes:
        entries = [entry(version) for version in self.items.values()] if self.window else []
        fragments = [
            atom.entry(one, content=Content.FULL, asset_url=lambda asset: asset.path) for one in entries
        ]
        return atom.document(HEAD, fragments, self.stones, updated=AT)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if self.broken:
            return web.Response(text="<html>Fatal error</html>")
        if request.path == "/feeds/czjd.atom":
            return web.Response(body=self.stale or self.document())
        uri = f"urn:uuid:{request.path.removeprefix('/feeds/czjd/').removesuffix('.atom')}"
        if uri not in self.items:
            return web.Response(status=410)
        return web.Response(
            body=atom.entry_document(entry(self.items[uri]), asset_url=lambda asset: asset.path)
        )


def entry(version: int) -> FeedEntry:
    edition = sample(version)
    return FeedEntry(edition=edition, url=edition.canonical_url, published=AT, updated=AT)


class TestFeed(AdapterConformance):
    write_remedies = {}

    def make_remote(self) -> FeedServer:
        return FeedServer()

    def make_adapter(self, remote: FeedServer, *, http: Http, assets: AssetReader) -> FeedAdapter:
        config = OutletConfig(slug="czjd", name="城中街道", public_url=remote.url)
        return FeedAdapter(config, http=http, assets=assets)

    def test_an_item_too_old_for_the_feed_is_found_in_its_entry_document(self) -> None:
        with self.stage() as stage:
            stage.remote.window = False
            seen = stage.verify(stage.place(sample()))
            assert (seen.presence, seen.version) == (Presence.PRESENT, 1)

    def test_a_feed_that_still_lists_the_old_edition_is_believed(self) -> None:
        """Subscribers read the feed: a stale cache before it is not settled by a fresh entry document."""
        with self.stage() as stage:
            first = stage.place(sample(1))
            stage.remote.stale = stage.remote.document()
            receipt = stage.deliver(sample(2), previous=first)
            stage.remote.finish(URI, 2)
            assert stage.verify(receipt).version == 1

    def test_a_feed_that_still_lists_a_withdrawn_item_keeps_it_open(self) -> None:
        with self.stage() as stage:
            receipt = stage.place(sample())
            stage.remote.stale = stage.remote.document()
            stage.withdraw(receipt)
            stage.remote.finish(URI, None)
            assert stage.verify(receipt).presence is Presence.PRESENT

    def test_a_tombstone_is_proof_enough(self) -> None:
        with self.stage() as stage:
            receipt = stage.withdraw(stage.place(sample()))
            stage.remote.finish(URI, None)
            stage.remote.requests.clear()
            assert stage.verify(receipt).presence is Presence.ABSENT
            assert stage.remote.requests == [("GET", "/feeds/czjd.atom")]

    def test_a_feed_that_is_no_feed_is_our_defect(self) -> None:
        with self.stage() as stage:
            receipt = stage.place(sample())
            stage.remote.broken = True
            assert isinstance(failure(lambda: stage.verify(receipt)), Misbehaved)

    def test_the_feed_address_can_be_set(self) -> None:
        with self.stage() as stage:
            config = OutletConfig(
                slug="other",
                name="街道",
                public_url="http://hub.example",
                options={"feed_url": f"{stage.remote.url}/feeds/czjd.atom"},
            )
            stage.adapter = FeedAdapter(config, http=stage.http, assets=stage.assets)
            assert stage.place(sample()).remote_url.startswith(f"{stage.remote.url}/feeds/czjd/")
