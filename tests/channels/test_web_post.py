"""web_post against a receiver that keeps docs/adding-a-channel.md's side of the bargain."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace

import pytest
from aiohttp import web

from channels.adapters.web_post import signature
from channels.adapters.web_post.adapter import WebPostAdapter
from channels.contract import AssetReader, Http, OutletConfig, Presence, Receipt
from channels.errors import ConfigError
from tests.channels.conformance import AdapterConformance, failure
from tests.channels.loopback import Fault, Loopback
from tests.channels.stage import URI, sample, token_for

KEY = b"0123456789abcdef0123456789abcdef"
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"


class Receiver(Loopback):
    """A site that takes signed posts, idempotent by message id, and shows its items."""

    secrets = (SECRET, SECRET.removeprefix("whsec_"))
    uploads = 0

    def __init__(self) -> None:
        super().__init__()
        self.closed = 0
        self.says: str | None = None
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
        if self.closed:
            return web.Response(status=self.closed)
        message, moment = request.headers["webhook-id"], request.headers["webhook-timestamp"]
        signed = hmac.new(KEY, f"{message}.{moment}.".encode() + body, hashlib.sha256).digest()
        if request.headers["webhook-signature"] != f"v1,{base64.b64encode(signed).decode()}":
            return web.Response(status=401)
        post = json.loads(body)
        assert post["id"] == message
        data = post["data"]
        if post["type"] == "hub.ping":
            return web.Response(status=204)
        if message not in self.seen:
            self.seen.add(message)
            self.posts.append(post)
            if post["type"] == "item.withdrawn":
                self.items.pop(data["uri"], None)
            else:
                self.items[data["uri"]] = data
        if self.says is not None:
            return web.Response(text=self.says)
        return web.json_response({"id": data["uri"], "url": f"{self.url}/{data['uri']}/"})


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

    def test_the_post_is_signed_numbered_and_carries_the_item(self) -> None:
        with self.stage() as stage:
            receipt = stage.place(sample())
            post = stage.remote.posts[0]
            assert post["type"] == "item.published"
            assert post["id"] == receipt.token
            assert str(post["timestamp"]).endswith("+00:00")
            data = post["data"]
            assert isinstance(data, dict)
            assert data["uri"] == URI
            assert "停水时间安排表" in data["body_html"]
            assert receipt.remote_url == f"{stage.remote.url}/{URI}/"

    def test_an_address_is_looked_at_before_anything_is_settled(self) -> None:
        with self.stage() as stage:
            receipt = stage.deliver(sample())
            assert not receipt.settled
            assert not stage.withdraw(receipt).settled

    def test_a_withdrawal_has_a_number_of_its_own_and_the_same_when_repeated(self) -> None:
        with self.stage() as stage:
            receipt = stage.place(sample())
            stage.withdraw(receipt)
            stage.withdraw(receipt)
            published, withdrawn = stage.remote.posts
            assert withdrawn["type"] == "item.withdrawn"
            assert withdrawn["id"] != published["id"]
            assert withdrawn["data"]["reason"] == "内容有误"  # type: ignore[index]

    def test_the_withdrawal_of_a_delivery_without_an_answer_is_proven_by_the_address_it_learns(self) -> None:
        with self.stage() as stage:
            stage.deliver(sample())
            lost = Receipt(token=token_for(sample()), uri=URI, version=1, settled=False)
            gone = stage.withdraw(lost)
            assert not gone.settled
            assert stage.verify(gone).presence is Presence.ABSENT

    def test_a_notification_carries_no_body(self) -> None:
        with self.stage() as stage:
            stage.adapter = WebPostAdapter(
                config(stage.remote, mode="notify"), http=stage.http, assets=stage.assets
            )
            stage.place(sample())
            data = stage.remote.posts[0]["data"]
            assert isinstance(data, dict)
            assert "停水时间安排表" not in json.dumps(data, ensure_ascii=False)
            assert data["permalink"] == sample().permalink
            assert data["headlines"][0]["value"] == sample().headline

    def test_receivers_of_one_mode_share_a_rendering(self) -> None:
        with self.stage() as stage:
            full, notify = (
                WebPostAdapter(config(stage.remote, mode=mode), http=stage.http, assets=stage.assets)
                for mode in ("full", "notify")
            )
            assert full.profile() == stage.adapter.profile() != notify.profile()

    def test_a_wrong_secret_is_for_the_administrator(self) -> None:
        with self.stage() as stage:
            wrong = replace(config(stage.remote), secrets={"secret": "whsec_d3Jvbmc="})
            stage.adapter = WebPostAdapter(wrong, http=stage.http, assets=stage.assets)
            assert isinstance(failure(lambda: stage.deliver(sample())), ConfigError)
            assert stage.remote.copies(URI) == []

    @pytest.mark.parametrize("secret", ["", "whsec_???"])
    def test_a_secret_that_is_none_is_for_the_administrator(self, secret: str) -> None:
        with self.stage() as stage:
            wrong = replace(config(stage.remote), secrets={"secret": secret})
            stage.adapter = WebPostAdapter(wrong, http=stage.http, assets=stage.assets)
            assert isinstance(failure(lambda: stage.deliver(sample())), ConfigError)
            assert stage.remote.requests == []

    @pytest.mark.parametrize("status", [404, 410])
    def test_an_end_point_that_is_gone_proves_no_withdrawal(self, status: int) -> None:
        with self.stage() as stage:
            receipt = stage.place(sample())
            stage.remote.closed = status
            error = failure(lambda: stage.withdraw(receipt))
            assert isinstance(error, ConfigError)
            assert stage.remote.copies(URI) == [1]

    def test_a_bad_page_address_of_one_item_does_not_stop_the_outlet(self) -> None:
        with self.stage() as stage:
            receipt = replace(stage.place(sample()), remote_url="http://10.255.0.1/")
            seen = stage.verify(receipt)
            assert seen.presence is Presence.UNKNOWN
            assert seen.note

    @pytest.mark.parametrize(
        "told", ["", "[]", "1", '{"url": 5}', '{"url": "javascript:alert(1)"}', '{"id": null}']
    )
    def test_a_receiver_that_tells_no_address_proves_by_its_answer(self, told: str) -> None:
        with self.stage() as stage:
            stage.remote.says = told
            receipt = stage.deliver(sample())
            assert receipt.settled
            assert receipt.remote_url == ""
            assert stage.withdraw(receipt).settled
            assert stage.remote.copies(URI) == []

    def test_a_later_answer_without_an_address_keeps_the_known_one(self) -> None:
        with self.stage() as stage:
            first = stage.place(sample(1))
            stage.remote.says = "{}"
            assert stage.deliver(sample(2), previous=first).remote_url == first.remote_url

    def test_an_address_too_long_for_the_register_is_left_out(self) -> None:
        with self.stage() as stage:
            stage.remote.says = json.dumps({"url": f"http://a.cn/{'x' * 500}"})
            assert stage.deliver(sample()).remote_url == ""


def test_while_the_secret_is_changed_a_post_is_signed_by_both() -> None:
    def signed(secret: str) -> str:
        return signature.headers(secret, message_id="m", timestamp=1, body=b"{}")["webhook-signature"]

    assert signed("new old") == f"{signed('new')} {signed('old')}"
    with pytest.raises(ConfigError):
        signed("")


def test_the_signature_is_that_of_the_standard() -> None:
    """The example of the Standard Webhooks libraries."""
    signed = signature.headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330,
        body=b'{"test": 2432232314}',
    )

    assert signed["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_without_prefix_is_taken_as_it_is() -> None:
    assert signature.key_of("约定的密钥") == "约定的密钥".encode()
