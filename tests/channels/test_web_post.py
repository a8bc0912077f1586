"""web_post against a receiver that keeps docs/adding-a-channel.md's side of the bargain."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

from aiohttp import web

from channels.adapters.web_post.adapter import WebPostAdapter
from channels.contract import AssetReader, Http, OutletConfig
from tests.channels.conformance import AdapterConformance
from tests.channels.loopback import Fault, Loopback

KEY = b"0123456789abcdef0123456789abcdef"
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"


class Receiver(Loopback):
    """A site that takes signed posts, idempotent by message id, and shows its items."""

    secrets = (SECRET, SECRET.removeprefix("whsec_"))
    uploads = 0

    def __init__(self, *, tells_address: bool = True) -> None:
        super().__init__()
        self.tells_address = tells_address
        self.items: dict[str, dict[str, object]] = {}
        self.seen: set[str] = set()
        self.posts: list[dict[str, object]] = []

    @property
    def writes(self) -> int:
        return sum(method == "POST" for method, _ in self.requests)

    def copies(self, uri: str) -> list[int]:
        return [int(str(self.items[uri]["version"]))] if uri in self.items else []

    def forget(self, uri: str) -> None:
        self.items.pop(uri, None)

    def finish(self, uri: str, version: int | None) -> None:
        """Nothing is queued here."""

    def confession(self, echo: str) -> str:
        return f"{echo}\nsecret={SECRET}"

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.method == "POST":
            return self._take(request, await request.read())
        uri = request.path.strip("/")
        if uri not in self.items:
            return web.Response(status=410)
        item = self.items[uri]
        page = (
            f'<html><head><meta name="tongsheng:item" content="{uri}">'
            f'<meta name="tongsheng:version" content="{item["version"]}"></head></html>'
        )
        return web.Response(text=page, content_type="text/html")

    def _take(self, request: web.BaseRequest, body: bytes) -> web.Response:
        message, moment = request.headers["webhook-id"], request.headers["webhook-timestamp"]
        signed = hmac.new(KEY, f"{message}.{moment}.".encode() + body, hashlib.sha256).digest()
        if request.headers["webhook-signature"] != f"v1,{base64.b64encode(signed).decode()}":
            return web.Response(status=401)
        post = json.loads(body)
        assert post["id"] == message
        data = post["data"]
        if message not in self.seen:
            self.seen.add(message)
            self.posts.append(post)
            if post["type"] == "item.withdrawn":
                self.items.pop(data["uri"], None)
            else:
                self.items[data["uri"]] = data
        told = {"id": data["uri"]}
        if self.tells_address:
            told["url"] = f"{self.url}/{data['uri']}/"
        return web.json_response(told)


def config(receiver: Receiver, **options: str) -> OutletConfig:
    return OutletConfig(
        slug="egov",
        name="电子政务统一平台",
        public_url="http://hub.example",
        options={"url": f"{receiver.url}/items", **options},
        secrets={"secret": SECRET},
    )


class TestWebPost(AdapterConformance):
    opaque_looks = frozenset({Fault.UNAUTHORISED})

    def make_remote(self) -> Receiver:
        return Receiver()

    def make_adapter(self, remote: Receiver, *, http: Http, assets: AssetReader) -> WebPostAdapter:
        return WebPostAdapter(config(remote), http=http, assets=assets)
