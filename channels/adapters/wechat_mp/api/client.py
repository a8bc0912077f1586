"""The platform's transport over wechatpy: one call at a time, failures as errors with a remedy.

wechatpy is the transport only. Its own token handling retries without bound, sends an empty file on the second try and
ignores the timeout; none of it is ever reached. Tokens, budgets and the one retry are line.py's.

Loaded with the first account that is spoken to: wechatpy takes 2 MiB.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Mapping
from typing import Any, Never

import requests
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NameResolutionError, NewConnectionError
from wechatpy.client import WeChatClient
from wechatpy.exceptions import WeChatClientException

from channels.adapters.wechat_mp.api import codes
from channels.adapters.wechat_mp.api.calls import TIMEOUT, Json, NeverLeft, Request, StaleToken
from channels.errors import ChannelError, ConfigError, Misbehaved, OutcomeUnknown, Throttled, Unreachable

TOKEN_LIFETIME = 7200.0

_TOKEN = re.compile(r"access_token=[^&\s\"']+")


class _NoTokens(logging.Filter):
    """The platform wants its token in the address, and urllib3 logs addresses."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = _TOKEN.sub("access_token=***", record.getMessage()), ()
        return True


logging.getLogger("urllib3.connectionpool").addFilter(_NoTokens())


class HubClient(WeChatClient):  # type: ignore[misc]
    """One account's transport, blocking; may be used from several threads. `clock` gives Unix seconds."""

    def __init__(
        self, api_base: str, appid: str, secret: str, *, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(appid, secret, timeout=TIMEOUT, auto_retry=False)
        self._api_base = api_base
        self._http.trust_env = False
        # A kept connection that the other side has just closed would make a harmless call look ambiguous.
        self._http.headers.update(
            {"Connection": "close", "User-Agent": "Tongsheng/1 (+government publishing hub)"}
        )
        self._http.hooks["response"].append(_refuse_redirect)
        self._clock = clock

    @property
    def access_token(self) -> Never:
        """wechatpy's way to a token of its own; the callers of `send` bring one."""
        raise AttributeError(
            "tokens are the Line's"
        )  # wechatpy looks at every attribute when it makes a client

    def fetch_access_token(self) -> Never:
        raise AssertionError("tokens are the Line's")

    def send(self, request: Request, token: str) -> Json:
        """One attempt. Raises StaleToken, ChannelError."""
        kwargs: dict[str, Any] = {
            "params": {**(request.params or {}), "access_token": token},
            "timeout": request.timeout,
        }
        if request.upload is not None:
            # Built anew for every attempt: a file that was sent once is empty.
            file = request.upload
            kwargs["files"] = {"media": (file.name, file.data, file.content_type)}
        elif not request.get:
            kwargs["data"] = dict(request.data or {})
        return self._answer(request, kwargs, known=token)

    def fetch(self) -> tuple[str, float]:
        """A stable token and its lifetime in seconds. Normal mode: it never kills another process's token."""
        body = {
            "grant_type": "client_credential",
            "appid": self.appid,
            "secret": self.secret,
            "force_refresh": False,
        }
        # Parameters that are no dict keep wechatpy from adding a token, which would ask for one without end.
        kwargs = {"data": body, "params": (), "timeout": TIMEOUT}
        try:
            answer = self._answer(Request(endpoint="stable_token"), kwargs, known="")
        except StaleToken:
            raise codes.failure(
                40001, endpoint="stable_token", write=False, now=self._clock(), detail=""
            ) from None
        token, lifetime = answer.get("access_token"), answer.get("expires_in", TOKEN_LIFETIME)
        if not isinstance(token, str) or not token:
            raise Misbehaved("微信没有返回令牌，请把详情转交技术人员", detail=str(sorted(answer)))
        return token, float(lifetime)

    def _answer(self, request: Request, kwargs: Mapping[str, Any], *, known: str) -> Json:
        """The decoded answer. Errors are raised `from None`: the causes carry the token in their URL."""
        folder = "" if request.endpoint.startswith("datacube/") else "cgi-bin/"
        url = f"{self._api_base}/{folder}{request.endpoint}"
        try:
            answer = (self.get if request.get else self.post)(url, **kwargs)
        except WeChatClientException as error:
            if error.errcode in request.expected:
                return _decoded(error)
            raise self._refusal(request, error, known=known) from None
        except requests.TooManyRedirects:
            raise ConfigError("接口地址把请求转到了别处，请在终端设置中核对接口地址") from None
        except requests.exceptions.SSLError as error:
            raise ConfigError(
                "与微信的加密连接失败，请检查网络设备和系统时间", code=type(error).__name__
            ) from None
        except requests.RequestException as error:
            raise _broken(error, write=request.write) from None
        if not isinstance(answer, dict):
            body = getattr(answer, "text", str(answer))
            raise _garbled(write=request.write, detail=self._redact(body[:500], known))
        return answer

    def _refusal(
        self, request: Request, error: WeChatClientException, *, known: str
    ) -> ChannelError | StaleToken:
        if error.errcode is None:
            status = getattr(error.response, "status_code", 0)
            text = getattr(error.response, "text", "")
            return _http_failure(status, write=request.write, detail=self._redact(text[:500], known))
        if error.errcode in codes.STALE_TOKEN:
            return StaleToken()
        detail = self._redact(f"{request.endpoint}: {error.errcode} {error.errmsg}", known)
        return codes.failure(
            error.errcode, endpoint=request.endpoint, write=request.write, now=self._clock(), detail=detail
        )

    def _redact(self, text: str, token: str) -> str:
        for secret in (self.secret, token):
            if secret:
                text = text.replace(secret, "***")
        return text


def _decoded(error: WeChatClientException) -> Json:
    """The whole answer behind an expected code: 45065 names the job that exists only there."""
    body = error.response.json() if error.response is not None else {}
    return {**body, "errcode": error.errcode}


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
    kind = NeverLeft if never_left else Unreachable
    return kind("连接不上微信接口，稍后自动重试", code=code)


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
