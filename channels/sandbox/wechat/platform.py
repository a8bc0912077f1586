"""The WeChat platform: its families of calls at one desk. No HTTP here: documents in, documents out."""

from __future__ import annotations

from channels.sandbox.articles import ApiError
from channels.sandbox.clock import Clock
from channels.sandbox.config import SandboxConfig
from channels.sandbox.faults import Faults
from channels.sandbox.store import Document, Store
from channels.sandbox.wechat.audience import Audience
from channels.sandbox.wechat.call import Call, Endpoint, Endpoints
from channels.sandbox.wechat.chats import Chats
from channels.sandbox.wechat.courier import Courier
from channels.sandbox.wechat.credentials import Credentials
from channels.sandbox.wechat.desk import Desk
from channels.sandbox.wechat.drafts import Drafts
from channels.sandbox.wechat.figures import Figures
from channels.sandbox.wechat.followers import Followers
from channels.sandbox.wechat.massing import Massing
from channels.sandbox.wechat.menus import Menus
from channels.sandbox.wechat.office import Office
from channels.sandbox.wechat.publishing import Publishing
from channels.sandbox.wechat.shelf import Shelf
from channels.sandbox.wechat.upkeep import Upkeep
from channels.sandbox.wechat.uploads import Uploads


class WeChatPlatform:
    """All accounts. Times come from `clock`; reviews and pushes end by a timer once it is started."""

    def __init__(self, config: SandboxConfig, store: Store, clock: Clock, faults: Faults) -> None:
        self.desk = desk = Desk(config, store, clock, faults)
        self.courier = Courier(desk)
        self.credentials = Credentials(desk)
        self.upkeep = Upkeep(desk)
        self.shelf, self.chats, self.uploads = Shelf(desk), Chats(desk), Uploads(desk)
        self.audience, self.menus = Audience(desk), Menus(desk)
        self.drafts = Drafts(desk, self.uploads)
        self.publishing = Publishing(desk, self.drafts, self.shelf)
        self.massing = Massing(desk, self.drafts, self.shelf, self.audience, self.chats)
        self.followers = Followers(desk, self.audience, self.chats, self.courier)
        self.office = Office(desk, self.drafts, self.shelf, self.publishing, self.massing)
        self._endpoints: Endpoints = {
            **self.uploads.endpoints(),
            **self.drafts.endpoints(),
            **self.publishing.endpoints(),
            **self.massing.endpoints(),
            **self.audience.endpoints(),
            **self.menus.endpoints(),
            **Figures(desk).endpoints(),
            **self.upkeep.endpoints(),
        }
        self._resume()

    def endpoint(self, name: str, method: str) -> Endpoint:
        """Raises ApiError for a call that does not exist or is made the wrong way."""
        endpoint = self._endpoints.get(name)
        if endpoint is None:
            raise ApiError(40066, "invalid url")
        if endpoint.method != method:
            code = 43001 if endpoint.method == "GET" else 43002
            raise ApiError(code, f"require {endpoint.method} method")
        return endpoint

    def call(self, name: str, endpoint: Endpoint, call: Call) -> Document:
        """Raises ApiError."""
        self.desk.quotas.spend(call.appid, name)
        self.desk.agenda.run_due()
        return endpoint.answer(call)

    def advance(self, seconds: float) -> None:
        """Put the clock forward; what has become due ends at once."""
        self.desk.clock.advance(seconds)
        self.desk.agenda.run_due()

    def reset(self) -> None:
        self.desk.store.clear()
        self.desk.faults.clear()
        self.desk.agenda.clear()
        self.courier.clear()

    def _resume(self) -> None:
        """Jobs that were running when the sandbox was stopped."""
        store = self.desk.store
        for kind, key in (("review", "publish_id"), ("sending", "msg_id")):
            for appid in (name.partition(":")[2] for name in store.kinds(f"{kind}:")):
                for job in reversed(store.all(f"{kind}:{appid}")):
                    self.desk.agenda.at(job["due_at"], kind, appid, str(job[key]))
