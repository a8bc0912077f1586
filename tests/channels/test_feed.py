"""feed against a feed server that renders with the hub's own formats."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from channels.adapters.feed.adapter import FeedAdapter
from channels.adapters.feed.evidence import NOTHING, entry_name
from channels.contract import AssetReader, Http, OutletConfig, Presence
from channels.edition import content_id_of
from channels.errors import Misbehaved
from channels.formats import atom
from channels.formats.feed import Content, FeedEntry, FeedHead, Tombstone
from tests.channels.conformance import AdapterConformance, failure
from tests.channels.loopback import Loopback
from tests.channels.stage import URI, Stage, sample

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
        self.pages: dict[str, str] = {}

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
        if request.path in self.pages:
            return web.Response(text=self.pages[request.path], content_type="text/html")
        if request.path.startswith("/office/"):
            return web.Response(status=404)
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


NEWS = "/office/20261123-tingshui.html"
LIST = "/office/list.html"


class TestProof:
    """The same server, and an outlet that asks for more than an offer."""

    def stage(self, proof: str, page: str = "") -> Any:
        class Asking(TestFeed):
            def make_adapter(self, remote: FeedServer, *, http: Http, assets: AssetReader) -> FeedAdapter:
                options = {"proof": proof, "page_url": f"{remote.url}{page}" if page else ""}
                config = OutletConfig(slug="czjd", name="城中街道", public_url=remote.url, options=options)
                return FeedAdapter(config, http=http, assets=assets)

        return Asking().stage()

    def offer(self, stage: Stage, version: int = 1) -> Any:
        receipt = stage.deliver(sample(version))
        stage.remote.finish(URI, version)
        return receipt

    def fetched(self, stage: Stage, version: int) -> None:
        entry = json.dumps({"version": version, "at": AT.isoformat()})
        stage.memory.entries[entry_name(content_id_of(URI)), True] = entry

    def test_what_is_only_offered_is_not_settled(self) -> None:
        with self.stage("fetched") as stage:
            seen = stage.verify(self.offer(stage))
            assert (seen.presence, seen.note) == (Presence.PENDING, "已提供，等待对方取用")

    def test_what_was_fetched_is(self) -> None:
        with self.stage("fetched") as stage:
            receipt = self.offer(stage)
            self.fetched(stage, 1)
            seen = stage.verify(receipt)
            assert (seen.presence, seen.version) == (Presence.PRESENT, 1)

    def test_a_correction_waits_for_its_own_fetch(self) -> None:
        with self.stage("fetched") as stage:
            self.offer(stage)
            self.fetched(stage, 1)
            assert stage.verify(self.offer(stage, 2)).presence is Presence.PENDING
            self.fetched(stage, 2)
            assert stage.verify(self.offer(stage, 2)).version == 2

    def test_a_withdrawal_waits_for_the_fetch_of_its_tombstone(self) -> None:
        with self.stage("fetched") as stage:
            receipt = self.offer(stage)
            self.fetched(stage, 1)
            gone = stage.withdraw(receipt)
            stage.remote.finish(URI, None)
            seen = stage.verify(gone)
            assert (seen.presence, seen.note[:4]) == (Presence.PENDING, "撤稿已提")
            self.fetched(stage, NOTHING)
            assert stage.verify(gone).presence is Presence.ABSENT

    def test_a_fetch_proves_nothing_that_is_not_offered(self) -> None:
        """A restored backup may have forgotten what was fetched."""
        with self.stage("fetched") as stage:
            self.fetched(stage, 2)
            assert stage.verify(self.offer(stage, 1)).presence is Presence.PENDING

    def test_the_offices_own_page_is_read_only_after_the_fetch(self) -> None:
        with self.stage("page", "/office/{slug}.html") as stage:
            receipt = self.offer(stage)
            stage.remote.requests.clear()
            assert stage.verify(receipt).presence is Presence.PENDING
            assert ("GET", NEWS) not in stage.remote.requests

    def test_the_offices_own_page_shows_the_headline(self) -> None:
        with self.stage("page", "/office/{slug}.html") as stage:
            receipt = self.offer(stage)
            self.fetched(stage, 1)
            seen = stage.verify(receipt)
            assert (seen.presence, seen.note) == (Presence.PENDING, "对方已取用，页面上尚未看到该稿件")
            stage.remote.pages[NEWS] = "<html><body><h1>停水通知\n（第1次发布）</h1></body></html>"
            seen = stage.verify(receipt)
            assert (seen.presence, seen.version) == (Presence.PRESENT, 1)
            assert seen.remote_url.endswith(NEWS)

    def test_a_list_shows_a_link_to_the_item(self) -> None:
        with self.stage("page", LIST) as stage:
            receipt = self.offer(stage)
            self.fetched(stage, 1)
            stage.remote.pages[LIST] = f'<ul><li><a href="http://hub/i/{content_id_of(URI)}/">停水…</a></ul>'
            assert stage.verify(receipt).presence is Presence.PRESENT

    def test_a_list_that_is_away_proves_no_absence(self) -> None:
        with self.stage("page", LIST) as stage:
            receipt = self.offer(stage)
            self.fetched(stage, NOTHING)
            gone = stage.withdraw(receipt)
            stage.remote.finish(URI, None)
            assert stage.verify(gone).presence is Presence.UNKNOWN

    def test_a_withdrawn_item_that_the_page_still_shows_is_present(self) -> None:
        with self.stage("page", LIST) as stage:
            receipt = self.offer(stage)
            gone = stage.withdraw(receipt)
            stage.remote.finish(URI, None)
            self.fetched(stage, NOTHING)
            stage.remote.pages[LIST] = "<li>停水通知（第1次发布）</li>"
            assert stage.verify(gone).presence is Presence.PRESENT
            stage.remote.pages[LIST] = "<li>别的</li>"
            assert stage.verify(gone).presence is Presence.ABSENT

    def test_a_page_that_was_never_named_is_asked_for(self) -> None:
        with self.stage("page") as stage:
            receipt = self.offer(stage)
            self.fetched(stage, 1)
            assert "补填" in stage.verify(receipt).note
            [finding] = stage.adapter.check(sample())
            assert finding.place == "终端设置"
