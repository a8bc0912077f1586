"""The one HTTP client of the hub: time limits, size caps, checked addresses, failures as ChannelErrors.

`HttpClient` is the real side of contract.Http. What the status of an answer means is said in channels.answers.
No message names more of an address than its host: paths and queries may carry secrets.
"""

from __future__ import annotations

import math
import re
import ssl
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, Self

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientSSLError,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    InvalidURL,
    NonHttpUrlClientError,
    ServerFingerprintMismatch,
    TCPConnector,
)
from yarl import URL

from channels.answers import REDIRECTS
from channels.contract import Answer
from channels.errors import ChannelError, ConfigError, Misbehaved, OutcomeUnknown, Unreachable
from channels.guard import ForbiddenAddress, GuardedResolver, guard_for

USER_AGENT: Final = "Tongsheng/0.1"
REDIRECTS_MAX: Final = 5
CONNECT_SECONDS: Final = 10.0
# Names of dot-separated labels, or an IPv6 address: what else a URL parser lets through, a resolver chokes on.
_HOST = re.compile(r"[\w-]{1,63}(\.[\w-]{1,63}){0,62}\.?|[0-9a-fA-F.]*:[0-9a-fA-F:.]+(%\w+)?", re.ASCII)
_CREDENTIALS = frozenset({"authorization", "cookie", "proxy-authorization"})
_TIMEOUTS: dict[float, ClientTimeout] = {}


class HttpClient:
    """One pool of connections for all adapters of a process; belongs to the event loop that first uses it.

    Without a `session` it makes its own and closes it with `close` (or `async with`). A session that is handed in
    brings its own connector, so only literal addresses are checked: for tests and measurements.
    """

    def __init__(
        self,
        session: ClientSession | None = None,
        *,
        allowed_networks: Sequence[str] = (),
        user_agent: str = USER_AGENT,
    ) -> None:
        self._guard = guard_for(tuple(allowed_networks))
        self._session = session
        self._owns_session = session is None
        self._user_agent = user_agent

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes what this client opened. A later request opens it again."""
        if self._session is not None and self._owns_session:
            await self._session.close()
            self._session = None

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        write: bool = False,
        timeout: float = 20.0,
        max_bytes: int = 5_000_000,
    ) -> Answer:
        """See contract.Http. `timeout` in seconds covers one hop. Only GET and HEAD follow redirects."""
        target = _address(url)
        sent = {"User-Agent": self._user_agent, **(headers or {})}
        hops = REDIRECTS_MAX if method in {"GET", "HEAD"} else 0
        while True:
            answer = await self._hop(method, target, sent, body, write, timeout, max_bytes)
            location = answer.headers.get("Location")
            if not hops or answer.status not in REDIRECTS or not location:
                return answer
            hops -= 1
            following = _following(location, target)
            if target.scheme == "https" and following.scheme != "https":
                raise ConfigError(f"{target.host} 转向了不加密的地址，请管理员核对终端地址")
            if following.origin() != target.origin():
                sent = {name: value for name, value in sent.items() if name.lower() not in _CREDENTIALS}
            target = following

    async def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        timeout: float = 10.0,
        max_bytes: int = 10_000,
    ) -> Answer:
        """One call to an address that somebody else has given: it goes out byte for byte as it is written.

        No redirect is followed, and of the answer what is over `max_bytes` is left unread: its status is what counts.
        Raises as `request` does for what is safe to lose.
        """
        sent = {"User-Agent": self._user_agent, **(headers or {})}
        target = _exactly(url, _address(url))
        return await self._hop(method, target, sent, body, False, timeout, max_bytes, cut=True)

    async def _hop(
        self,
        method: str,
        target: URL,
        headers: Mapping[str, str],
        body: bytes | None,
        write: bool,
        timeout: float,
        max_bytes: int,
        cut: bool = False,
    ) -> Answer:
        host = target.host or ""
        if not self._guard.permits_host(host):
            raise _forbidden(host)
        try:
            async with self._opened().request(
                method, target, headers=headers, data=body, allow_redirects=False, timeout=_timeout(timeout)
            ) as response:
                content = await _read(response, max_bytes, cut=cut)
                return Answer(
                    status=response.status, url=str(response.url), headers=response.headers, body=content
                )
        except _TooLarge as error:
            raise _too_large(host, max_bytes, write) from error
        except (TimeoutError, ClientError, OSError) as error:
            raise _failure(error, host, write) from error

    def _opened(self) -> ClientSession:
        if self._session is None:
            # The engine limits what goes to one outlet; a limit here would let one dead host block the others.
            connector = TCPConnector(resolver=GuardedResolver(self._guard), limit=0, ttl_dns_cache=30)
            self._session = ClientSession(connector=connector, cookie_jar=DummyCookieJar(), trust_env=False)
        return self._session


class _TooLarge(Exception):
    pass


async def _read(response: ClientResponse, max_bytes: int, *, cut: bool) -> bytes:
    """The decoded body; stops reading as soon as it is over `max_bytes`: cut there, or _TooLarge."""
    chunks, size = [], 0
    while chunk := await response.content.readany():
        size += len(chunk)
        chunks.append(chunk)
        if size > max_bytes:
            if cut:
                break
            raise _TooLarge
    return b"".join(chunks)[:max_bytes]


def _exactly(url: str, checked: URL) -> URL:
    """The host that has been checked, and path and query as they are written: yarl puts escapes into its own form."""
    written = URL(url, encoded=True)
    return URL.build(
        scheme=checked.scheme,
        authority=checked.raw_authority,
        path=written.raw_path,
        query_string=written.raw_query_string,
        encoded=True,
    )


@lru_cache(maxsize=2048)
def _address(url: str) -> URL:
    """Checked once for all calls to one address: taking it apart costs as much as signing the post."""
    return _checked(_url(url))


def _following(location: str, base: URL) -> URL:
    return _checked(_url(location, base))


def _url(text: str, base: URL | None = None) -> URL:
    try:
        return URL(text) if base is None else base.join(URL(text))
    except ValueError as error:
        raise ConfigError("终端地址不是有效的网址，请管理员核对") from error


def _checked(target: URL) -> URL:
    if target.scheme not in {"http", "https"} or not target.host:
        raise ConfigError("终端地址必须以 http:// 或 https:// 开头，请管理员核对")
    if not _HOST.fullmatch(target.raw_host or ""):
        raise ConfigError("终端地址不是有效的网址，请管理员核对")
    return target


def _timeout(seconds: float) -> ClientTimeout:
    """Connecting gets at most half, so that a call that never went out is told from one that was not answered."""
    if seconds not in _TIMEOUTS:
        _TIMEOUTS[seconds] = ClientTimeout(
            total=seconds, connect=min(CONNECT_SECONDS, seconds / 2), ceil_threshold=math.inf
        )
    return _TIMEOUTS[seconds]


def _failure(error: Exception, host: str, write: bool) -> ChannelError:
    if isinstance(getattr(error, "os_error", None), ForbiddenAddress):
        return _forbidden(host)
    if isinstance(error, InvalidURL | NonHttpUrlClientError):
        return ConfigError("终端地址不是有效的网址，请管理员核对")
    if isinstance(error, ClientSSLError | ServerFingerprintMismatch | ssl.SSLError):
        return ConfigError(f"{host} 的安全证书无法通过校验，请管理员联系对方更换证书", detail=_detail(error))
    if isinstance(error, ClientConnectorError | ConnectionTimeoutError):
        return Unreachable(f"连接不上 {host}，系统将自动重试", detail=_detail(error))
    if write:
        return OutcomeUnknown(f"{host} 没有答复，结果未知，系统将先核对再处理", detail=_detail(error))
    return Unreachable(f"{host} 没有正常答复，系统将自动重试", detail=_detail(error))


def _detail(error: Exception) -> str:
    """The kind of the failure and the system's own number; never the text, which may hold the address."""
    number: Any = getattr(error, "errno", None)
    return f"{type(error).__name__} {number}" if number else type(error).__name__


def _forbidden(host: str) -> ConfigError:
    return ConfigError(f"{host} 是内部网络地址，系统不予访问；确需访问的，请管理员将其网段列入许可")


def _too_large(host: str, max_bytes: int, write: bool) -> ChannelError:
    kind = OutcomeUnknown if write else Misbehaved
    return kind(f"{host} 的应答超过 {max_bytes} 字节，请联系开发人员")
