"""Carries messages and events to the accounts' servers, signed and in their mode, three tries of five seconds each."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import deque
from collections.abc import Coroutine
from dataclasses import asdict, dataclass, field
from typing import Any

import aiohttp

from channels.sandbox.config import AccountConfig
from channels.sandbox.store import Document
from channels.sandbox.wechat import messages
from channels.sandbox.wechat.crypto import decrypted, encrypted, signature
from channels.sandbox.wechat.desk import Desk
from channels.sandbox.wechat.hookup import Hookup, hookup_of
from channels.sandbox.wechat.messages import FAILED, Reply

TRIES = 3
SHUFFLE_SECONDS = 0.2
REMEMBERED = 10_000
OPERATOR = "oDEMO_operator"
"""From whom job events seem to come."""


@dataclass(slots=True)
class Parcel:
    """One message or event and what became of it. `answers` are HTTP status codes, 0 for none in time."""

    appid: str
    fields: Document
    answers: list[int] = field(default_factory=list)

    def to_json(self) -> Document:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Letter:
    """A parcel as it goes over the wire; a try after a failure sends the very same."""

    url: str
    query: dict[str, str]
    body: str
    content_type: str


class Courier:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._parcels: deque[Parcel] = deque(maxlen=REMEMBERED)
        self._held: dict[str, list[Parcel]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None
        desk.post = self.post

    def parcels(self, appid: str = "") -> list[Parcel]:
        """Oldest first, of one account or of all."""
        return [parcel for parcel in self._parcels if appid in {"", parcel.appid}]

    def post(self, appid: str, fields: Document) -> None:
        """An event, in the background. Without a server nothing is sent, but kept to be read."""
        hookup = hookup_of(self._desk.store, appid)
        parcel = self._parcel(appid, hookup, OPERATOR, {"MsgType": "event", **fields})
        if not hookup.url:
            return
        if not hookup.shuffle:
            self._spawn(self._later(hookup, parcel))
            return
        held = self._held.setdefault(appid, [])
        held.append(parcel)
        if len(held) == 1:
            self._spawn(self._release(appid, hookup))

    async def ask(self, appid: str, openid: str, fields: Document) -> Reply:
        """A follower's message or event, and what he sees in return."""
        hookup, account = hookup_of(self._desk.store, appid), self._desk.known(appid)
        parcel = self._parcel(appid, hookup, openid, fields)
        if not hookup.url or hookup.times == 0:
            return Reply()
        text = await self._deliver(hookup, parcel)
        for _ in range(hookup.times - 1):
            await self._deliver(hookup, parcel)
        return FAILED if text is None else self._read(account, hookup, openid, text)

    async def verify(self, appid: str) -> str:
        """The platform's GET when settings are saved: empty, or what is wrong as a sentence."""
        hookup = hookup_of(self._desk.store, appid)
        echo = secrets.token_hex(10)
        query = {**_signed(hookup, self._stamp(hookup)), "echostr": echo}
        try:
            async with self._client().get(hookup.url, params=query, timeout=self._limit()) as response:
                text = await response.text(errors="replace")
                if response.status == 200 and text == echo:
                    return ""
        except (aiohttp.ClientError, OSError, ValueError, TimeoutError):
            return "请求服务器地址超时或失败，请确认地址能够访问后再提交。"
        return "令牌验证失败，请确认服务器地址和令牌与程序中的一致后再提交。"

    async def idle(self) -> None:
        """Until everything that was posted so far has been delivered or given up."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self.idle()
        if self._session is not None:
            await self._session.close()

    def clear(self) -> None:
        self._parcels.clear()

    # -- writing and reading -------------------------------------------------------------------------------------

    def _parcel(self, appid: str, hookup: Hookup, sender: str, fields: Document) -> Parcel:
        receiver = self._desk.known(appid).origin
        head = {"ToUserName": receiver, "FromUserName": sender, "CreateTime": self._stamp(hookup)}
        parcel = Parcel(appid, {**head, **fields})
        self._parcels.append(parcel)
        return parcel

    def _stamp(self, hookup: Hookup) -> int:
        return int(self._desk.clock.now() if hookup.stamps == "sandbox" else time.time())

    def _letter(self, hookup: Hookup, parcel: Parcel) -> Letter:
        body = messages.written(parcel.fields, hookup.format)
        query = _signed(hookup, self._stamp(hookup))
        query["openid"] = parcel.fields["FromUserName"]
        if hookup.mode != "plain":
            secret = encrypted(hookup.aes_key, parcel.appid, body)
            query["encrypt_type"] = "aes"
            query["msg_signature"] = signature(hookup.token, query["timestamp"], query["nonce"], secret)
            shown = (
                parcel.fields if hookup.mode == "compatible" else {"ToUserName": parcel.fields["ToUserName"]}
            )
            body = messages.written({**shown, "Encrypt": secret}, hookup.format)
        kind = "application/json" if hookup.format == "json" else "text/xml"
        return Letter(hookup.url, query, body, kind)

    def _read(self, account: AccountConfig, hookup: Hookup, openid: str, text: str) -> Reply:
        """What the server answered as the follower sees it; what the platform could not read is a failure."""
        if text.strip() in {"", "success"}:
            return Reply()
        try:
            fields = messages.parsed(text)
            if hookup.mode == "safe" or (hookup.mode == "compatible" and "Encrypt" in fields):
                fields = messages.parsed(_opened(account, hookup, fields))
            reply, cut = messages.reply_of(fields, sender=account.origin, receiver=openid)
        except (ValueError, KeyError) as error:
            self._desk.violation(account.appid, f"passive reply: {error}")
            return FAILED
        if cut:
            self._desk.violation(account.appid, f"passive reply: {cut}")
        return reply

    # -- carrying ------------------------------------------------------------------------------------------------

    async def _later(self, hookup: Hookup, parcel: Parcel) -> None:
        if hookup.delay:
            await asyncio.sleep(hookup.delay)
        for _ in range(hookup.times):
            await self._deliver(hookup, parcel)

    async def _release(self, appid: str, hookup: Hookup) -> None:
        """What came together goes out the other way round, last copies of all before the first."""
        await asyncio.sleep(max(hookup.delay, SHUFFLE_SECONDS))
        held = self._held.pop(appid, [])
        for _ in range(hookup.times):
            for parcel in reversed(held):
                await self._deliver(hookup, parcel)

    async def _deliver(self, hookup: Hookup, parcel: Parcel) -> str | None:
        """The body of the answer with status 200; None when three tries brought none."""
        letter = self._letter(hookup, parcel)
        for _ in range(TRIES):
            status, text = await self._try(letter)
            parcel.answers.append(status)
            if status == 200:
                return text
        return None

    async def _try(self, letter: Letter) -> tuple[int, str]:
        headers = {"Content-Type": letter.content_type}
        try:
            async with self._client().post(
                letter.url,
                params=letter.query,
                data=letter.body.encode(),
                headers=headers,
                timeout=self._limit(),
                allow_redirects=False,
            ) as response:
                return response.status, await response.text(errors="replace")
        except (aiohttp.ClientError, OSError, ValueError, TimeoutError):
            return 0, ""

    def _limit(self) -> aiohttp.ClientTimeout:
        return aiohttp.ClientTimeout(total=self._desk.config.callback_seconds)

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        return self._session

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _signed(hookup: Hookup, stamp: int) -> dict[str, str]:
    timestamp, nonce = str(stamp), str(secrets.randbelow(10**10))
    return {"signature": signature(hookup.token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce}


def _opened(account: AccountConfig, hookup: Hookup, fields: Document) -> str:
    """The message in an encrypted answer. Raises ValueError, and KeyError when a part is missing."""
    secret, given = str(fields["Encrypt"]), str(fields["MsgSignature"])
    if signature(hookup.token, str(fields["TimeStamp"]), str(fields["Nonce"]), secret) != given:
        raise ValueError("wrong MsgSignature")
    return decrypted(hookup.aes_key, account.appid, secret)
