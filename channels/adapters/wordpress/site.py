"""WordPress's REST interface (wp/v2) at one site: addresses, credentials, JSON in and out.

A site without pretty permalinks has no /wp-json: it is asked by `?rest_route=` then, and that is remembered.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any, Final, Protocol
from urllib.parse import urlencode, urlsplit

from channels.adapters.wordpress.failures import document_of, failure
from channels.contract import Answer, Http, OutletConfig
from channels.errors import ConfigError

PRETTY, PLAIN = "pretty", "plain"
UPLOAD_SECONDS: Final = 60.0
"""For a file of some megabytes on a slow line."""
_PASTED = re.compile(r"/(wp-json|wp-admin|wp-login\.php)\b.*$|/+$")

Query = Mapping[str, str]


class Notes(Protocol):
    """What has been found out about a site: the outlet's Checkpoint, or the memory of one trial."""

    async def get(self, name: str, *, shared: bool = False) -> str | None: ...
    async def put(self, name: str, value: str, *, shared: bool = False) -> None: ...


class Site:
    """One account at one site. Raises ChannelErrors; returns JSON."""

    def __init__(self, outlet: OutletConfig, http: Http, notes: Notes) -> None:
        self._http = http
        self._notes = notes
        self._base = _base(outlet.options.get("url", ""))
        password = outlet.secrets.get("password", "")
        pair = base64.b64encode(f"{outlet.options.get('username', '')}:{password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {pair}", "Accept": "application/json"}
        # WordPress shows an application password in groups of four; a server may echo it either way.
        self._secrets = [password, password.replace(" ", ""), pair]

    async def get(self, path: str, query: Query | None = None) -> Any:
        """A write may follow only after a read: it is the read that finds out how the site is asked."""
        style = await self._style()
        answer = await self._request("GET", style, path, query or {})
        if answer.status == 404 and document_of(answer) is None:
            other = PLAIN if style == PRETTY else PRETTY
            second = await self._request("GET", other, path, query or {})
            if isinstance(document_of(second), dict | list):
                await self._notes.put("route", other, shared=True)
                answer = second
        return self._document(answer, write=False)

    async def post(self, path: str, document: Mapping[str, Any]) -> dict[str, Any]:
        body = json.dumps(document, ensure_ascii=False).encode()
        return await self._write("POST", path, {}, body, {"Content-Type": "application/json"})

    async def delete(self, path: str) -> dict[str, Any]:
        return await self._write("DELETE", path, {}, None, {})

    async def upload(self, query: Query, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        """A file as the body of the request; what describes it goes into the query."""
        return await self._write("POST", "media", query, body, headers)

    async def _write(
        self, method: str, path: str, query: Query, body: bytes | None, headers: Mapping[str, str]
    ) -> dict[str, Any]:
        answer = await self._request(method, await self._style(), path, query, body=body, headers=headers)
        document = self._document(answer, write=True)
        return document if isinstance(document, dict) else {}

    async def _style(self) -> str:
        return await self._notes.get("route", shared=True) or PRETTY

    async def _request(
        self,
        method: str,
        style: str,
        path: str,
        query: Query,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        return await self._http.request(
            method,
            self._address(style, path, query),
            headers={**self._headers, **(headers or {})},
            body=body,
            write=method != "GET",
            timeout=UPLOAD_SECONDS if path == "media" and body else 20.0,
        )

    def _address(self, style: str, path: str, query: Query) -> str:
        if style == PLAIN:
            return f"{self._base}/?{urlencode({'rest_route': f'/wp/v2/{path}', **query})}"
        return f"{self._base}/wp-json/wp/v2/{path}{'?' if query else ''}{urlencode(query)}"

    def _document(self, answer: Answer, *, write: bool) -> Any:
        self._refuse_other_origin(answer)
        error = failure(answer, write=write, secrets=self._secrets)
        if error is not None:
            raise error
        return document_of(answer)

    def _refuse_other_origin(self, answer: Answer) -> None:
        """A redirect to https or to another name drops the credentials: what came back is a stranger's answer."""
        asked, came = urlsplit(self._base), urlsplit(answer.url)
        if (asked.scheme, asked.netloc) != (came.scheme, came.netloc):
            there = f"{came.scheme}://{came.netloc}"
            raise ConfigError(f"网站已转到 {there}，请管理员把网站地址改为以它开头", code="redirect")


def _base(url: str) -> str:
    """The site's address without what people paste along with it. Raises ConfigError for one that would leak the password."""
    base = _PASTED.sub("", url.strip())
    try:
        parts = urlsplit(base)
    except ValueError as error:
        raise ConfigError("网站地址不是有效的网址，请管理员核对") from error
    if parts.scheme == "http" and not _is_near(parts.hostname or ""):
        raise ConfigError("网站地址须以 https:// 开头，否则应用密码会明文传送，请管理员改填")
    return base


def _is_near(host: str) -> bool:
    """Loopback, a private address or a name without a domain: the sandbox, or a machine in the same room."""
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host
