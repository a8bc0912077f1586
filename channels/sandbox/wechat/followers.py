"""People with phones: they follow, write, tap and scan, and see what the account's server answers."""

from __future__ import annotations

from channels.sandbox.store import Document
from channels.sandbox.wechat.audience import Audience
from channels.sandbox.wechat.chats import Chats
from channels.sandbox.wechat.courier import Courier
from channels.sandbox.wechat.desk import Desk
from channels.sandbox.wechat.messages import Reply

OUT_OF_ORDER = "该公众号提供的服务出现故障，请稍后再试"


class Followers:
    def __init__(self, desk: Desk, audience: Audience, chats: Chats, courier: Courier) -> None:
        self._desk = desk
        self._audience = audience
        self._chats = chats
        self._courier = courier

    async def follow(self, appid: str, openid: str, scene: str = "", wxname: str = "") -> Reply:
        """`scene` when it was by a QR code; `wxname` is the follower's WeChat id (微信号)."""
        self._desk.known(appid)
        self._audience.add(appid, openid, scene, wxname)
        self._chats.add(appid, openid, "note", text="你已关注该公众号")
        key = {"EventKey": f"qrscene_{scene}", "Ticket": f"ticket-{scene}"} if scene else {"EventKey": ""}
        return await self._event(appid, openid, "subscribe", key)

    async def unfollow(self, appid: str, openid: str) -> Reply:
        self._audience.drop(appid, openid)
        self._chats.add(appid, openid, "note", text="你已取消关注")
        return await self._event(appid, openid, "unsubscribe", {"EventKey": ""})

    async def scan(self, appid: str, openid: str, scene: str) -> Reply:
        """Whoever does not follow yet follows by it."""
        if not self._audience.follows(appid, openid):
            return await self.follow(appid, openid, scene)
        key = {"EventKey": scene, "Ticket": f"ticket-{scene}"}
        return await self._event(appid, openid, "SCAN", key)

    async def click(self, appid: str, openid: str, key: str) -> Reply:
        return await self._event(appid, openid, "CLICK", {"EventKey": key})

    async def view(self, appid: str, openid: str, url: str) -> Reply:
        return await self._event(appid, openid, "VIEW", {"EventKey": url})

    async def say(self, appid: str, openid: str, text: str) -> Reply:
        self._chats.add(appid, openid, "me", text=text)
        number = self._desk.number("message") + 23_000_000_000_000_000
        fields = {"MsgType": "text", "Content": text, "MsgId": number}
        return await self._ask(appid, openid, fields)

    async def _event(self, appid: str, openid: str, name: str, more: Document) -> Reply:
        return await self._ask(appid, openid, {"MsgType": "event", "Event": name, **more})

    async def _ask(self, appid: str, openid: str, fields: Document) -> Reply:
        reply = await self._courier.ask(appid, openid, fields)
        if reply.failed and fields.get("Event") not in {"VIEW", "unsubscribe"}:
            self._chats.add(appid, openid, "note", text=OUT_OF_ORDER)
        if reply.kind != "none":
            self._chats.add(appid, openid, "account", text=reply.text, cards=reply.to_json()["articles"])
        return reply
