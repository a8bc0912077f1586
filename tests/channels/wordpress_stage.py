"""What the tests of the WordPress channel share: the sandbox's site as an outlet, and the adapter set up for a site."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from channels.adapters.wordpress.adapter import WordPressAdapter
from channels.contract import AssetReader, Http, OutletConfig
from channels.sandbox.config import DEMO_SECRET
from channels.sandbox.running import RunningSandbox
from channels.sandbox.wordpress.rules import USER
from tests.channels.loopback import Fault
from tests.channels.stage import Stage

SITE = "jinglan"
CRITICAL = r"/posts/\d+$"
"""The calls that change or read the one post: where a fault hurts most."""
FAULTS: Mapping[Fault, tuple[str, dict[str, int]]] = {
    Fault.REFUSED: ("answer", {"status": 422}),
    Fault.UNAUTHORISED: ("answer", {"status": 401}),
    Fault.THROTTLED: ("429", {}),
    Fault.SERVER_ERROR: ("500", {}),
    # HTTP clients repeat a GET once when a kept connection ends.
    Fault.DROPPED: ("drop_before", {"times": 2}),
    Fault.APPLIED_THEN_DROPPED: ("drop_after_commit", {"times": 2}),
    Fault.APPLIED_THEN_GARBAGE: ("html_after", {}),
}


class WordPressRemote:
    """One site of the sandbox as the suite sees an outlet."""

    secrets = (DEMO_SECRET, base64.b64encode(f"{USER}:{DEMO_SECRET}".encode()).decode())

    def __init__(self) -> None:
        self.sandbox = RunningSandbox().__enter__()

    def copies(self, uri: str) -> list[int]:
        return [copy.version or 0 for copy in self.sandbox.copies(uri)]

    def forget(self, uri: str) -> None:
        for copy in self.sandbox.copies(uri):
            self.sandbox.delete(copy)

    def fail_next(self, fault: Fault, path: str = CRITICAL) -> None:
        kind, details = FAULTS[fault]
        self.sandbox.fault(path, kind, **details)

    def finish(self, uri: str, version: int | None) -> None:
        """The webmaster publishes what waits for him."""
        for post in self.posts():
            if version is not None and uri in post["content"] and post["status"] == "draft":
                self.sandbox.edit_post(SITE, str(post["id"]), status="publish")

    def posts(self) -> list[dict[str, Any]]:
        """All of them, drafts and the trash too, newest first."""
        return self.sandbox.documents(f"wp:{SITE}")

    @property
    def writes(self) -> int:
        return self.sandbox.calls("POST /wordpress") + self.sandbox.calls("DELETE /wordpress")

    @property
    def uploads(self) -> int:
        return sum(call.startswith("POST ") and call.endswith("/media") for call in self.sandbox.requests())

    def close(self) -> None:
        self.sandbox.__exit__(None, None, None)


def outlet(url: str, user: str = USER, password: str = DEMO_SECRET, **options: str) -> OutletConfig:
    return OutletConfig(
        slug="jinglan",
        name="静兰街道网站",
        public_url="http://hub.example",
        options={"url": url, "username": user, **options},
        secrets={"password": password},
    )


def adapter_for(
    remote: WordPressRemote, http: Http, assets: AssetReader, *, site: str = SITE, **values: str
) -> WordPressAdapter:
    config = outlet(f"{remote.sandbox.url}/wordpress/{site}", **values)
    return WordPressAdapter(config, http=http, assets=assets)


def remote_of(stage: Stage) -> WordPressRemote:
    assert isinstance(stage.remote, WordPressRemote)
    return stage.remote
