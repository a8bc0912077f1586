"""php/receive.php as an outlet of the hub: the real adapter pushes and reads back; strangers and late posts change nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from channels import trying
from channels.adapters.web_post import signature
from channels.engine import Dispatcher
from channels.http import HttpClient
from channels.models import Outlet, Placement, State
from tests.channels.builders import Clock
from tests.factories import make_outlet
from tests.samples.hub import Desk, Hub
from tests.samples.using import PhpSite, fetch, install, json_of, titles

pytestmark = pytest.mark.php
SECRET = f"whsec_{base64.b64encode(b'0123456789abcdef01234567').decode()}"
EMPTY_SECRET = "RECEIVE_SECRET = ''"
URL = "https://www.example.gov.cn/receive.php"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[PhpSite]:
    with PhpSite(tmp_path) as site:
        configure(site, tmp_path, SECRET)
        yield site


def configure(site: PhpSite, folder: Path, secret: str) -> None:
    changes = {EMPTY_SECRET: f"RECEIVE_SECRET = '{secret}'", URL: f"{site.url}/receive.php"}
    install("php/receive.php", folder, changes)


@pytest.fixture
def outlet(site: PhpSite, transactional_db: None) -> Outlet:
    options = {"url": f"{site.url}/receive.php"}
    return make_outlet("web_post", options=options, secrets={"secret": SECRET})


class Settling:
    """The worker, on a clock that is moved on until there is nothing left to do."""

    def __init__(self) -> None:
        self._clock = Clock(timezone.now())

    def __call__(self) -> Placement:
        client = partial(HttpClient, allowed_networks=["127.0.0.0/8"])
        for _ in range(3):
            Dispatcher(http=client, now=self._clock, jitter=lambda: 0.5).run()
            self._clock.forward(seconds=10)
        return Placement.objects.select_related("actual").get()


def test_the_hub_delivers_corrects_withdraws_and_restores(hub: Hub, site: PhpSite, outlet: Outlet) -> None:
    desk, settle = Desk(hub, outlet), Settling()
    item = desk.sign("A & B <市>")
    shown = settle()
    assert (shown.state, shown.remote_url) == (
        State.SETTLED,
        f"{site.url}/receive.php?id={item.content_id}",
    )
    status, page = site.get(f"receive.php?id={item.content_id}")
    assert (status, "<h1>A &amp; B &lt;市&gt;</h1>" in page, "热烈有序" in page) == (200, True, True)
    assert titles(site.get("receive.php")[1]) == ["A & B <市>"]

    corrected = desk.correct(item, "更正后的标题")
    assert settle().state == State.SETTLED
    assert titles(site.get("receive.php")[1]) == ["更正后的标题"]

    desk.withdraw(corrected)
    gone = settle()
    assert (gone.state, gone.actual) == (State.SETTLED, None)
    assert site.get(f"receive.php?id={item.content_id}")[0] == 410
    assert titles(site.get("receive.php")[1]) == []

    desk.restore(corrected)
    assert settle().state == State.SETTLED
    hub.stop()
    assert titles(site.get("receive.php")[1]) == ["更正后的标题"]


def test_the_hub_may_try_the_connection(site: PhpSite, outlet: Outlet, tmp_path: Path) -> None:
    assert trying.try_connection(outlet).passed
    assert titles(site.get("receive.php")[1]) == []
    outlet.set_secrets({"secret": f"{SECRET[:-4]}AAAA"})
    assert not trying.try_connection(outlet).passed


class Sender:
    """Posts as the hub does, or nearly so."""

    def __init__(self, site: PhpSite, secret: str = SECRET) -> None:
        self._url, self._secret = f"{site.url}/receive.php", secret
        self.item = str(uuid4())

    def publish(self, version: int, **how: Any) -> int:
        headline = {"role": "main", "value": f"第{version}版"}
        return self.post("item.published", {"version": str(version), "headlines": [headline]}, **how)

    def withdraw(self, version: int, **how: Any) -> int:
        return self.post("item.withdrawn", {"version": str(version), "pubStatus": "canceled"}, **how)

    def post(
        self,
        kind: str,
        data: dict[str, Any],
        *,
        message: str = "",
        age: int = 0,
        spoil: bytes = b"",
        uri: str = "",
    ) -> int:
        message, moment = message or uuid4().hex, int(time.time()) - age
        data = {"uri": uri or f"urn:uuid:{self.item}", **data}
        body = json.dumps({"type": kind, "id": message, "data": data}).encode()
        signed = signature.headers(self._secret, message_id=message, timestamp=moment, body=body)
        return fetch(self._url, body + spoil, {"Content-Type": "application/json", **signed})[0]


@pytest.mark.parametrize("how", [{"age": 301}, {"age": -303}, {"spoil": b" "}])
def test_a_replay_and_a_changed_post_are_refused(site: PhpSite, how: dict[str, Any]) -> None:
    assert Sender(site).publish(1, **how) == 401
    assert titles(site.get("receive.php")[1]) == []


def test_a_strangers_key_is_refused(site: PhpSite) -> None:
    assert Sender(site, "whsec_c3RyYW5nZXI=").publish(1) == 401


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_not*base64"])
def test_without_a_usable_key_nothing_is_taken(site: PhpSite, tmp_path: Path, secret: str) -> None:
    configure(site, tmp_path, secret)
    body, moment = b"{}", str(int(time.time()))
    for key in (b"", b"not*base64"):
        digest = hmac.new(key, f"m.{moment}.".encode() + body, hashlib.sha256).digest()
        signed = f"v1,{base64.b64encode(digest).decode()}"
        headers = {"webhook-id": "m", "webhook-timestamp": moment, "webhook-signature": signed}
        assert fetch(f"{site.url}/receive.php", body, headers)[0] == 401


def test_late_and_repeated_posts_change_nothing(site: PhpSite) -> None:
    sender = Sender(site)
    assert sender.publish(2, message="first") == 200
    assert sender.publish(1) == 200
    assert titles(site.get("receive.php")[1]) == ["第2版"]
    assert sender.withdraw(2) == 200
    assert sender.publish(2, message="first") == 200
    assert titles(site.get("receive.php")[1]) == []
    assert sender.publish(2) == 200, "wanted there again in the same edition"
    assert titles(site.get("receive.php")[1]) == ["第2版"]


def test_a_withdrawal_leaves_no_text_and_is_taken_for_an_unknown_item(site: PhpSite, tmp_path: Path) -> None:
    sender = Sender(site)
    sender.publish(1)
    sender.withdraw(1)
    kept = json_of((tmp_path / "tongsheng-items" / f"{sender.item}.json").read_text())
    assert set(kept) == {"uri", "version", "withdrawn", "messages"}
    stranger = Sender(site)
    assert stranger.withdraw(1) == 200
    assert site.get(f"receive.php?id={stranger.item}")[0] == 410


@pytest.mark.parametrize("uri", ["urn:uuid:../../index", "../x", "urn:uuid:"])
def test_an_id_is_no_path(site: PhpSite, tmp_path: Path, uri: str) -> None:
    assert Sender(site).post("item.published", {"version": "1"}, uri=uri) == 422
    assert site.get("receive.php?id=../receive")[0] == 404
    assert not (tmp_path / "tongsheng-items").exists()


def test_what_cannot_be_stored_is_to_be_sent_again(site: PhpSite, tmp_path: Path) -> None:
    (tmp_path / "tongsheng-items").write_text("a file where the folder belongs")
    assert Sender(site).publish(1) == 500
