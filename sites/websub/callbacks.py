"""Callbacks: which addresses the hub is willing to call. What a name leads to is checked when it is called."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings

from sites.models.subscription import CALLBACK_MAX
from sites.websub.refusal import Refusal

if TYPE_CHECKING:
    from yarl import URL

    from channels.guard import Guard

HOST_MAX = 253
_PLAIN = re.compile(r"[!-~]+")
"""Printable ASCII without blanks: what stands in a request line as it is."""
_UNSAFE = frozenset('\\"<>^`{|}#')
_DOTTED = re.compile(r"(\d{1,3}\.){3}\d{1,3}")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_LABELS = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")

# Ports of other protocols, from the list that browsers refuse (Fetch standard, "port blocking") and of common
# databases; below 1024 only the web's own.
WEB_PORTS = frozenset({80, 443})
OTHER_PROTOCOLS = frozenset(
    {1719, 1720, 1723, 2049, 3306, 3659, 4045, 4190, 5060, 5061, 5432, 5672, 6000, 6379, 6566, *range(6665, 6670),
     6679, 6697, 9200, 10080, 11211, 27017}
)  # fmt: skip


def host_of(callback: str) -> str:
    """Host and, where one is named, port of an address that may be called. Raises Refusal for any other."""
    url = _parsed(callback)
    host = url.raw_host or ""
    if not _is_host(host):
        raise _refused(
            "callback_invalid", "接收地址（hub.callback）的主机名不规范，请填写域名或标准写法的 IP 地址"
        )
    if not _guard(tuple(settings.OUTBOUND_ALLOWED_NETWORKS)).permits_host(host):
        raise _refused(
            "callback_forbidden", "接收地址（hub.callback）在内部网络，系统不予访问；确需接入的，请联系管理员"
        )
    port = url.port or 0
    if port not in WEB_PORTS and (port < 1024 or port in OTHER_PROTOCOLS):
        raise _refused(
            "callback_port",
            f"接收地址（hub.callback）的端口 {port} 不予访问，请改用 80、443 或 1024 以上的端口",
        )
    if url.origin() == _url(settings.PUBLIC_URL).origin():
        raise _refused(
            "callback_forbidden", "接收地址（hub.callback）不能是本系统自身的地址，请填写贵方网站的地址"
        )
    return url.raw_authority


def _parsed(callback: str) -> URL:
    if not callback:
        raise _refused("callback_missing", "缺少接收地址（hub.callback），请填写贵方用于接收推送的网址")
    if len(callback) > CALLBACK_MAX:
        raise _refused("callback_invalid", f"接收地址（hub.callback）超过 {CALLBACK_MAX} 个字符，请缩短")
    if not _PLAIN.fullmatch(callback) or _UNSAFE & set(callback):
        raise _refused(
            "callback_invalid", "接收地址（hub.callback）含有不允许的字符，中文和空格请先作百分号编码"
        )
    scheme, _, rest = callback.partition("://")
    if scheme.lower() not in {"http", "https"} or not rest:
        raise _refused("callback_scheme", "接收地址（hub.callback）须以 http:// 或 https:// 开头")
    try:
        url, authority = _url(callback), urlsplit(callback).netloc
    except ValueError as error:
        raise _refused("callback_invalid", "接收地址（hub.callback）不是有效的网址，请核对") from error
    if "@" in authority:
        raise _refused(
            "callback_userinfo", "接收地址（hub.callback）不能含有用户名或密码，请去掉 @ 及其之前的部分"
        )
    return url


def _is_host(host: str) -> bool:
    """A name, a dotted quad, or an IPv6 address; numbers in any other clothing stand for something else."""
    if ":" in host:
        return True
    if len(host) > HOST_MAX:
        return False
    name = host.lower().removesuffix(".")
    if _NUMBER.fullmatch(name.rpartition(".")[2]):
        return bool(_DOTTED.fullmatch(host))
    return bool(_LABELS.fullmatch(name))


def _url(text: str) -> URL:
    from yarl import URL  # comes with the HTTP client, which an idle hub does without

    return URL(text)


@lru_cache(maxsize=4)
def _guard(networks: tuple[str, ...]) -> Guard:
    from channels.guard import Guard  # brings a library that an idle hub does without

    return Guard(networks)


def _refused(code: str, sentence: str) -> Refusal:
    return Refusal(400, code, sentence)
