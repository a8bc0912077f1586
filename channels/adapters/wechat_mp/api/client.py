"""The platform's API over wechatpy: one token per account, one retry on a stale token, errors with a remedy.

wechatpy is the transport only. Its own token handling retries without bound, sends an empty file on the second try and
ignores the timeout; HubClient replaces that part and nothing else.
"""

from __future__ import annotations

import asyncio
import logging
import re
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NameResolutionError, NewConnectionError
from wechatpy.client import WeChatClient
from wechatpy.exceptions import WeChatClientException

from channels.adapters.wechat_mp.api import codes
from channels.errors import ChannelError, ConfigError, Misbehaved, OutcomeUnknown, Throttled, Unreachable

TIMEOUT = (5.0, 20.0)
"""Seconds to connect and to wait for bytes."""
LONG_TIMEOUT = (5.0, 45.0)
"""For calls whose lost answer costs a reconciliation."""
TOKEN_MARGIN = 60
"""Seconds before its end at which a token is renewed."""
PARALLEL = 2
"""Calls one account takes at a time; also the threads an account may hold up when the platform hangs."""

Json = dict[str, Any]
_TOKEN = re.compile(r"access_token=[^&\s\"']+")


class _NoTokens(logging.Filter):
    """The platform wants its token in the address, and urllib3 logs addresses."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = _TOKEN.sub("access_token=***", record.getMessage()), ()
        return True


logging.getLogger("urllib3.connectionpool").addFilter(_NoTokens())


@dataclass(frozen=True, slots=True)
class Upload:
    """A file for a multipart field. `name` is ASCII: the platform answers 41005 to anything else."""

    name: str
    content_type: str
    data: bytes


class _StaleToken(Exception):
    """The platform no longer takes this token; nothing was applied."""


class HubClient(WeChatClient):  # type: ignore[misc]
    """One account, blocking; used from the threads of its Account. `clock` gives Unix seconds."""

    def __init__(self, api_base: str, appid: str, secret: str, *, clock: Callable[[], float]) -> None:
        super().__init__(appid, secret, timeout=TIMEOUT, auto_retry=False)
        self.API_BASE_URL = f"{api_base}/cgi-bin/"
        self._http.trust_env = False
        # A kept connection that the other side has just closed would make a harmless call look ambiguous.
        self._http.headers.update(
            {"Connection": "close", "User-Agent": "Tongsheng/1 (+government publishing hub)"}
        )
        self._http.hooks["response"].append(_refuse_redirect)
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._token_ends = 0.0

    @property
    def access_token(self) -> str:
        return self.token()

    def token(self, *, instead_of: str = "") -> str:
        """A valid token. `instead_of` is one that was refused: it is replaced once, however many threads ask."""
        with self._lock:
            stale = self._token_ends - self._clock() < TOKEN_MARGIN
            if stale or (instead_of and self._token == instead_of):
                self._token, lifetime = self._fetch_token()
                self._token_ends = self._clock() + lifetime
            return self._token

    def fetch_access_token(self) -> None:
        """wechatpy's hook; kept so that no path of the library reaches its own token call."""
        self.token(instead_of=self._token)

    def call(
        self,
        endpoint: str,
        *,
        data: Mapping[str, Any] | None = None,
        params: Mapping[str, str] | None = None,
        upload: Upload | None = None,
        write: bool = False,
        timeout: tuple[float, float] = TIMEOUT,
    ) -> Json:
        """One API call by POST, at most twice when the token was stale. Raises ChannelError."""
        request = partial(
            self._once, endpoint, data=data, params=params, upload=upload, write=write, timeout=timeout
        )
        token = self.token()
        try:
            return request(token)
        except _StaleToken:
            fresh = self.token(instead_of=token)
        if fresh == token:
            raise ConfigError("微信拒绝了刚取得的令牌，请核对 AppID 和密钥，并确认没有其他系统在重置令牌")
        try:
            return request(fresh)
        except _StaleToken:
            raise ConfigError(
                "微信连续拒绝新令牌，请核对 AppID 和密钥，并确认没有其他系统在重置令牌"
            ) from None

    def _once(
        self,
        endpoint: str,
        token: str,
        *,
        data: Mapping[str, Any] | None,
        params: Mapping[str, str] | None,
        upload: Upload | None,
        write: bool,
        timeout: tuple[float, float],
    ) -> Json:
        kwargs: dict[str, Any] = {
            "params": {**(params or {}), "access_token": token},
            "timeout": timeout,
        }
        if upload is not None:
            kwargs["files"] = {"media": (upload.name, upload.data, upload.content_type)}
        else:
            kwargs["data"] = dict(data or {})
        return self._answer(endpoint, partial(self.post, endpoint, **kwargs), write=write, known=token)

    def _fetch_token(self) -> tuple[str, float]:
        """A stable token and its lifetime in seconds. Normal mode: it never kills another process's token."""
        body = {
            "grant_type": "client_credential",
            "appid": self.appid,
            "secret": self.secret,
            "force_refresh": False,
        }
        # Parameters that are no dict keep wechatpy from adding a token, which would ask for one without end.
        send = partial(self.post, "stable_token", data=body, params=())
        try:
            answer = self._answer("stable_token", send, write=False, known="")
        except _StaleToken:
            raise codes.failure(
                40001, endpoint="stable_token", write=False, now=self._clock(), detail=""
            ) from None
        token, lifetime = answer.get("access_token"), answer.get("expires_in", 7200)
        if not isinstance(token, str) or not token:
            raise Misbehaved("微信没有返回令牌，请把详情转交技术人员", detail=str(sorted(answer)))
        return token, float(lifetime)

    def _answer(self, endpoint: str, send: Callable[[], Any], *, write: bool, known: str) -> Json:
        """The decoded answer of `send`. Errors are raised `from None`: the causes carry the token in their URL."""
        try:
            answer = send()
        except WeChatClientException as error:
            raise self._refusal(endpoint, error, write=write, known=known) from None
        except requests.TooManyRedirects:
            raise ConfigError("接口地址把请求转到了别处，请在终端设置中核对接口地址") from None
        except requests.exceptions.SSLError as error:
            raise ConfigError(
                "与微信的加密连接失败，请检查网络设备和系统时间", code=type(error).__name__
            ) from None
        except requests.RequestException as error:
            raise _broken(error, write=write) from None
        if not isinstance(answer, dict):
            body = getattr(answer, "text", str(answer))
            raise _garbled(write=write, detail=self._redact(body[:500], known))
        return answer

    def _refusal(
        self, endpoint: str, error: WeChatClientException, *, write: bool, known: str
    ) -> ChannelError | _StaleToken:
        if error.errcode is None:
            status = getattr(error.response, "status_code", 0)
            text = getattr(error.response, "text", "")
            return _http_failure(status, write=write, detail=self._redact(text[:500], known))
        if error.errcode in codes.STALE_TOKEN:
            return _StaleToken()
        detail = self._redact(f"{endpoint}: {error.errcode} {error.errmsg}", known)
        return codes.failure(error.errcode, endpoint=endpoint, write=write, now=self._clock(), detail=detail)

    def _redact(self, text: str, token: str) -> str:
        for secret in (self.secret, token):
            if secret:
                text = text.replace(secret, "***")
        return text


def _refuse_redirect(response: requests.Response, **_: object) -> None:
    """The token is in the address and the secret in the body: neither follows a redirect."""
    if response.is_redirect:
        response.close()
        raise requests.TooManyRedirects


def _broken(error: requests.RequestException, *, write: bool) -> ChannelError:
    """The error for a call without an answer: whether it ever left decides what may be done next."""
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    never_left = isinstance(error, requests.exceptions.ConnectTimeout) or isinstance(
        reason, NewConnectionError | NameResolutionError | ConnectTimeoutError
    )
    code = type(reason if isinstance(reason, Exception) else error).__name__
    if write and not never_left:
        return OutcomeUnknown("微信没有答复，本次请求可能已生效，系统将先核对", code=code)
    return Unreachable("连接不上微信接口，稍后自动重试", code=code)


def _garbled(*, write: bool, detail: str) -> ChannelError:
    if write:
        return OutcomeUnknown(
            "微信的答复无法识别，本次请求可能已生效，系统将先核对", code="non-json", detail=detail
        )
    return Unreachable("微信的答复无法识别，稍后自动重试", code="non-json", detail=detail)


def _http_failure(status: int, *, write: bool, detail: str) -> ChannelError:
    code = f"HTTP {status}"
    if status == 429:
        return Throttled("微信接口要求放慢调用，稍后自动继续", code=code, detail=detail)
    if status < 500:
        return Misbehaved("微信接口地址没有正常应答，请核对接口地址后转交技术人员", code=code, detail=detail)
    if write:
        return OutcomeUnknown("微信接口出错，本次请求可能已生效，系统将先核对", code=code, detail=detail)
    return Unreachable("微信接口出错，稍后自动重试", code=code, detail=detail)


class Account:
    """One account in this process: its client and its own few threads, so that a hanging platform holds up no other."""

    def __init__(self, api_base: str, appid: str, secret: str, *, clock: Callable[[], float]) -> None:
        self._client = HubClient(api_base, appid, secret, clock=clock)
        self._threads = ThreadPoolExecutor(PARALLEL, thread_name_prefix=f"wechat-{appid[-6:]}")

    async def call(self, endpoint: str, data: Mapping[str, Any] | None = None, **options: Any) -> Json:
        """`HubClient.call` in a thread."""
        work = partial(self._client.call, endpoint, data=data, **options)
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


@lru_cache(maxsize=64)
def account(api_base: str, appid: str, secret: str, clock: Callable[[], float] = time.time) -> Account:
    """The process's Account for these credentials, so that all outlets and deliveries share one token.

    Raises ConfigError for an address over which the secret would travel in the clear.
    """
    parts = urlsplit(api_base)
    loopback = parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if parts.scheme != "https" and not (parts.scheme == "http" and loopback):
        raise ConfigError("微信接口地址必须以 https:// 开头，请在终端设置中更正")
    return Account(api_base, appid, secret, clock=clock)
