"""hosted against a site that shows what is placed, as the hub's own sites do."""

from __future__ import annotations

from aiohttp import web

from channels.adapters.hosted.adapter import HostedAdapter
from channels.contract import AssetReader, Http, OutletConfig, Presence, Receipt
from channels.errors import ConfigError, Throttled
from tests.channels.conformance import AdapterConformance, failure
from tests.channels.loopback import Loopback
from tests.channels.stage import URI, Stage, sample, token_for

MOVED = "urn:uuid:00000000-0000-4000-8000-000000000001"


class Site(Loopback):
    """`/item/<id>/` redirects to the item's page, which says what it shows; 410 when it is withdrawn."""

    secrets = ()
    uploads = writes = 0

    def __init__(self) -> None:
        super().__init__()
        self.items: dict[str, int] = {}
        self.leads_on = ""
        self.is_resting = False
        self.page = (
            '<meta name="tongsheng:item" content="{uri}"><meta name="tongsheng:version" content="{version}">'
        )

    def copies(self, uri: str) -> list[int]:
        return [self.items[uri]] if uri in self.items else []

    def forget(self, uri: str) -> None:
        self.items.pop(uri, None)

    def finish(self, uri: str, version: int | None) -> None:
        """The hub's own transaction: readers see it at commit."""
        self.forget(uri)
        if version is not None:
            self.items[uri] = version

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path == "/site/":
            return web.Response(text="<title>门户网</title>", content_type="text/html")
        uri = f"urn:uuid:{request.path.strip('/').rpartition('/')[2]}"
        if self.is_resting:
            return web.Response(status=503, headers={"Retry-After": "3600"})
        if not request.path.startswith(("/site/", "/other/")):
            return web.Response(status=404)
        if uri not in self.items:
            return web.Response(status=410)
        if request.path.startswith("/site/item/"):
            target = self.leads_on or f"/site/tzgg/{uri[9:]}"
            return web.Response(status=302, headers={"Location": target})
        page = self.page.format(uri=uri, version=self.items[uri])
        return web.Response(text=f"<html><head>{page}</head></html>", content_type="text/html")


class TestHosted(AdapterConformance):
    write_remedies = {}

    def make_remote(self) -> Site:
        return Site()

    def make_adapter(self, remote: Site, *, http: Http, assets: AssetReader) -> HostedAdapter:
        return hosted(remote, http=http, assets=assets)

    def test_the_address_of_a_copy_is_where_the_reader_ends(self) -> None:
        with self.stage() as stage:
            receipt = stage.place(sample())
            assert receipt.remote_url == f"{stage.remote.url}/site/tzgg/{URI[9:]}"

    def test_a_closed_site_that_leads_on_keeps_the_address_of_its_copy(self) -> None:
        with self.stage() as stage:
            receipt = stage.place(sample())
            stage.remote.leads_on = f"{stage.remote.url}/other/{URI[9:]}"
            seen = stage.verify(receipt)
            assert seen.presence is Presence.PRESENT
            assert seen.remote_url == f"{stage.remote.url}/site/item/{URI[9:]}/"

    def test_a_resting_site_is_asked_again_later_and_proves_nothing(self) -> None:
        with self.stage() as stage:
            receipt = stage.place(sample())
            stage.remote.is_resting = True
            rests = failure(lambda: stage.verify(receipt))
            assert isinstance(rests, Throttled)
            assert rests.retry_after == 3600
            assert not rests.remedy.needs_person

    def test_an_address_that_shows_another_item_does_not_show_ours(self) -> None:
        with self.stage() as stage:
            receipt = stage.place(sample())
            stage.remote.page = stage.remote.page.replace("{uri}", MOVED)
            assert stage.verify(receipt).presence is Presence.ABSENT

    def test_a_page_without_a_mark_proves_nothing(self) -> None:
        with self.stage() as stage:
            receipt = stage.place(sample())
            stage.remote.page = "<title>站点维护中</title>"
            seen = stage.verify(receipt)
            assert seen.presence is Presence.UNKNOWN
            assert seen.note

    def test_a_wrong_site_address_settles_no_withdrawal(self) -> None:
        with self.stage() as stage:
            receipt = stage.withdraw(stage.place(sample()))
            stage.adapter = hosted(stage.remote, base=f"{stage.remote.url}/elsewhere/", stage=stage)
            seen = stage.verify(receipt)
            assert seen.presence is Presence.UNKNOWN
            assert "核对" in seen.note

    def test_nothing_is_sent(self) -> None:
        with self.stage() as stage:
            receipt = stage.deliver(sample())
            stage.withdraw(receipt)
            assert not receipt.settled, "only a look proves it"
            assert stage.remote.requests == []

    def test_a_site_address_that_may_not_be_called_is_for_the_administrator(self) -> None:
        with self.stage() as stage:
            stage.adapter = hosted(stage.remote, base="http://10.255.0.1/", stage=stage)
            receipt = Receipt(token=token_for(sample()), uri=URI, version=1)
            assert isinstance(failure(lambda: stage.verify(receipt)), ConfigError)


def hosted(
    remote: Site,
    *,
    base: str = "",
    stage: Stage | None = None,
    http: Http | None = None,
    assets: AssetReader | None = None,
) -> HostedAdapter:
    config = OutletConfig(
        slug="portal",
        name="门户网",
        public_url="http://hub.example",
        options={"base_url": base or f"{remote.url}/site/"},
    )
    if stage is not None:
        http, assets = stage.http, stage.assets
    assert http is not None
    assert assets is not None
    return HostedAdapter(config, http=http, assets=assets)
