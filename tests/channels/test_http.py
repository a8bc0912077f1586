"""The HTTP client against real servers on loopback."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.resolver import ThreadedResolver
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from channels.answers import RETRY_AFTER_MAX, failure_of, redact, retry_after
from channels.contract import Answer
from channels.errors import (
    ChannelError,
    ConfigError,
    Misbehaved,
    Missing,
    OutcomeUnknown,
    Refused,
    Throttled,
    Unreachable,
)
from channels.guard import Guard
from channels.http import USER_AGENT, HttpClient
from tests.channels.loopback import Fault, Loopback
from tests.ports import free_port

LOOPBACK = ["127.0.0.0/8"]


class Echo(Loopback):
    """Answers with what it was sent; some paths do more. `targets` are the addresses as they arrived."""

    def __init__(self) -> None:
        self.targets: list[str] = []
        super().__init__()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.targets.append(request.raw_path)
        path = request.path
        if path.startswith("/hop/"):
            left = int(path.rpartition("/")[2])
            return web.Response(status=302, headers={"Location": f"/hop/{left - 1}" if left else "/end"})
        if path == "/away":
            return web.Response(status=307, headers={"Location": request.query["to"]})
        if path == "/large":
            return web.Response(body=b"x" * 50_000)
        if path == "/bomb":
            return web.Response(body=gzip.compress(b"x" * 5_000_000), headers={"Content-Encoding": "gzip"})
        if path == "/slow":
            await asyncio.sleep(5)
        if path == "/cookie":
            return web.Response(headers={"Set-Cookie": "session=1"}, text=request.headers.get("Cookie", ""))
        sent = {
            "method": request.method,
            "headers": dict(request.headers),
            "body": (await request.read()).decode(),
        }
        return web.json_response(sent)


@pytest.fixture
def echo() -> Iterator[Echo]:
    with Echo() as server:
        yield server


def call(url: str, method: str = "GET", *, allowed: list[str] = LOOPBACK, **how: Any) -> Answer:
    async def once() -> Answer:
        async with HttpClient(allowed_networks=allowed) as http:
            return await http.request(method, url, **how)

    return asyncio.run(once())


def failing(url: str, method: str = "GET", **how: Any) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        call(url, method, **how)
    return caught.value


# ---- what is sent and what comes back


def test_the_hub_names_itself_and_its_headers_and_body_arrive(echo: Echo) -> None:
    answer = call(f"{echo.url}/x", "POST", headers={"X-One": "1"}, body=b"hello", write=True)

    assert answer.status == 200
    assert USER_AGENT in answer.text
    assert '"X-One": "1"' in answer.text
    assert "hello" in answer.text
    assert answer.headers["content-type"].startswith("application/json")


def test_an_answer_of_any_status_is_an_answer(echo: Echo) -> None:
    echo.fail_next(Fault.SERVER_ERROR)

    assert call(f"{echo.url}/x").status == 500


def test_cookies_are_not_kept(echo: Echo) -> None:
    async def twice() -> Answer:
        url = f"http://localhost:{echo.port}/cookie"  # no cookie is ever kept for a bare address
        async with HttpClient(allowed_networks=[*LOOPBACK, "::1/128"]) as http:
            await http.request("GET", url)
            return await http.request("GET", url)

    assert asyncio.run(twice()).body == b""


def test_the_proxy_of_the_environment_is_ignored(echo: Echo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")

    assert call(f"{echo.url}/x").status == 200


def test_a_closed_client_opens_again(echo: Echo) -> None:
    async def again() -> int:
        http = HttpClient(allowed_networks=LOOPBACK)
        await http.request("GET", f"{echo.url}/x")
        await http.close()
        answer = await http.request("GET", f"{echo.url}/x")
        await http.close()
        return answer.status

    assert asyncio.run(again()) == 200


# ---- redirects


def test_a_read_follows_five_redirects_and_not_six(echo: Echo) -> None:
    assert call(f"{echo.url}/hop/4").url.endswith("/end")
    assert call(f"{echo.url}/hop/5").status == 302


def test_a_write_follows_none(echo: Echo) -> None:
    assert call(f"{echo.url}/hop/1", "POST", write=True).status == 302
    assert echo.requests == [("POST", "/hop/1")]


def test_credentials_do_not_leave_the_origin(echo: Echo) -> None:
    with Echo() as other:
        answer = call(
            f"{echo.url}/away?to={other.url}/end", headers={"Authorization": "Bearer 1", "X-Other": "kept"}
        )

    assert "Bearer" not in answer.text
    assert "kept" in answer.text


def test_a_redirect_into_a_forbidden_network_is_not_followed(echo: Echo) -> None:
    error = failing(f"{echo.url}/away?to=http://169.254.169.254/latest/", allowed=["127.0.0.1/32"])

    assert isinstance(error, ConfigError)
    assert "169.254.169.254" in error.message


def test_a_redirect_to_another_scheme_is_not_followed(echo: Echo) -> None:
    assert isinstance(failing(f"{echo.url}/away?to=file:///etc/passwd"), ConfigError)


# ---- addresses that somebody else has given


def foreign(url: str, method: str = "GET", *, allowed: list[str] = LOOPBACK, **how: Any) -> Answer:
    async def once() -> Answer:
        async with HttpClient(allowed_networks=allowed) as http:
            return await http.call(method, url, **how)

    return asyncio.run(once())


def test_a_foreign_address_goes_out_as_it_is_written(echo: Echo) -> None:
    foreign(f"{echo.url}/a%2Fb?k=a%2Fb%20c&%e5=1+2&x=%7E", "POST", body=b"x")

    assert echo.targets == ["/a%2Fb?k=a%2Fb%20c&%e5=1+2&x=%7E"]


def test_no_redirect_of_a_foreign_address_is_followed(echo: Echo) -> None:
    assert foreign(f"{echo.url}/hop/1").status == 302
    assert echo.requests == [("GET", "/hop/1")]


def test_a_long_foreign_answer_is_cut(echo: Echo) -> None:
    assert (foreign(f"{echo.url}/large", max_bytes=100).body) == b"x" * 100


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://2130706433/", "http://127.1/", "http://0x7f.1/", "http://127.0.0.1./",
     "http://[::ffff:7f00:1]/", "http://１27.0.0.1/", "http://localhost/", "file:///etc/passwd", "http:///x"],
)  # fmt: skip
def test_a_foreign_address_inside_is_not_called(url: str) -> None:
    with pytest.raises(ConfigError):
        foreign(url, allowed=[])


# ---- sizes and times


def test_a_body_is_read_up_to_its_cap(echo: Echo) -> None:
    assert len(call(f"{echo.url}/large", max_bytes=50_000).body) == 50_000
    assert isinstance(failing(f"{echo.url}/large", max_bytes=49_999), Misbehaved)


def test_a_compressed_bomb_counts_with_what_it_becomes(echo: Echo) -> None:
    assert isinstance(failing(f"{echo.url}/bomb", max_bytes=1_000_000), Misbehaved)


def test_an_overlong_answer_to_a_write_leaves_its_outcome_open(echo: Echo) -> None:
    assert isinstance(failing(f"{echo.url}/large", "POST", write=True, max_bytes=10), OutcomeUnknown)


@pytest.mark.parametrize(("write", "kind"), [(True, OutcomeUnknown), (False, Unreachable)])
def test_no_answer_in_time(echo: Echo, write: bool, kind: type[ChannelError]) -> None:
    assert isinstance(failing(f"{echo.url}/slow", "POST", write=write, timeout=1), kind)


@pytest.mark.parametrize(("write", "kind"), [(True, OutcomeUnknown), (False, Unreachable)])
def test_a_connection_cut_before_the_answer(echo: Echo, write: bool, kind: type[ChannelError]) -> None:
    echo.fail_next(Fault.DROPPED)

    assert isinstance(failing(f"{echo.url}/x", "POST", write=write), kind)


@pytest.mark.parametrize(("write", "kind"), [(True, OutcomeUnknown), (False, Unreachable)])
@pytest.mark.parametrize(
    "said", [b"SSH-2.0-OpenSSH_9\r\n", b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"]
)
def test_an_answer_that_is_no_http(said: bytes, write: bool, kind: type[ChannelError]) -> None:
    with speaking(said) as port:
        assert isinstance(failing(f"http://127.0.0.1:{port}/", "POST", write=write), kind)


@pytest.mark.parametrize("write", [True, False])
def test_a_refused_connection_applied_nothing(write: bool) -> None:
    error = failing(f"http://127.0.0.1:{free_port()}/?token=sesame", "POST", write=write)

    assert isinstance(error, Unreachable)
    assert "127.0.0.1" in error.message
    assert "sesame" not in f"{error.message}{error.detail}"


def test_a_server_that_never_accepts_applied_nothing() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        port = deaf.getsockname()[1]
        # The queue of a listening socket is finite: fill it, and connecting hangs.
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))

        error = failing(f"http://127.0.0.1:{port}/", "POST", write=True, timeout=2)

        for one in waiting:
            one.close()
    assert isinstance(error, Unreachable)


def test_a_name_that_does_not_exist_applied_nothing() -> None:
    assert isinstance(failing("http://no-such-host.invalid/", "POST", write=True), Unreachable)


def test_a_certificate_nobody_vouches_for_is_for_the_administrator(tmp_path: Path) -> None:
    with speaking_tls(tmp_path) as port:
        error = failing(f"https://127.0.0.1:{port}/", "POST", write=True)

    assert isinstance(error, ConfigError)
    assert "证书" in error.message


# ---- addresses


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://10.1.2.3/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[fe80::1]/",
        "http://0.0.0.0/",
        "http://224.0.0.1/",
        "http://localhost/",
        "http://2130706433/",
        "http://127.1/",
        "http://0x7f.1/",
        "file:///etc/passwd",
        "ftp://example.com/",
        "http:///x",
        "nonsense",
        "http://[::1",
        "http://a..b/",
        f"http://{'a' * 64}.cn/",
        "http://exa mple/",
        "http://127.0.0.1\x00/",
        "http://%zz/",
        "http://1.2.3.4:99999/",
    ],
)
def test_an_address_inside_is_not_called(url: str) -> None:
    error = failing(url, allowed=[])

    assert isinstance(error, ConfigError)
    assert "管理员" in error.message


def test_a_name_is_checked_by_the_address_that_is_connected_to(
    echo: Echo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: public when it was looked up for a check, private when it is called."""
    answers = iter(["93.184.216.34", "127.0.0.1"])

    async def resolve(self: Any, host: str, port: int = 0, family: Any = 0) -> list[dict[str, Any]]:
        known = {"hostname": host, "port": port, "family": socket.AF_INET, "proto": 0, "flags": 0}
        return [{**known, "host": next(answers)}]

    monkeypatch.setattr(ThreadedResolver, "resolve", resolve)
    next(answers)

    error = failing(f"http://rebind.example:{echo.port}/", allowed=[])

    assert isinstance(error, ConfigError)
    assert echo.requests == []


def test_one_private_address_among_public_ones_spoils_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolve(self: Any, host: str, port: int = 0, family: Any = 0) -> list[dict[str, Any]]:
        known = {"hostname": host, "port": port, "family": socket.AF_INET, "proto": 0, "flags": 0}
        return [{**known, "host": "93.184.216.34"}, {**known, "host": "192.168.0.1"}]

    monkeypatch.setattr(ThreadedResolver, "resolve", resolve)

    assert isinstance(failing("http://mixed.example/", allowed=[]), ConfigError)


def test_an_allowed_network_is_called_by_name_and_by_address(echo: Echo) -> None:
    assert call(f"http://127.0.0.1:{echo.port}/", allowed=["127.0.0.1/32"]).status == 200
    assert call(f"http://localhost:{echo.port}/", allowed=["127.0.0.0/8", "::1/128"]).status == 200


def test_a_network_that_is_none_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match=r"10\.1"):
        Guard(["10.1"])


# ---- what a status means


def answer(status: int, text: str = "", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status=status, url="http://outlet.example/api?key=k", headers=named, body=text.encode())


@pytest.mark.parametrize(
    ("status", "write", "repeatable", "kind"),
    [
        (301, True, False, ConfigError),
        (400, True, False, Refused),
        (401, True, False, ConfigError),
        (403, False, False, ConfigError),
        (404, True, False, Missing),
        (408, True, False, Throttled),
        (409, True, False, Unreachable),
        (410, False, False, Missing),
        (413, True, False, Refused),
        (422, True, False, Refused),
        (423, True, False, Unreachable),
        (429, False, False, Throttled),
        (500, True, False, OutcomeUnknown),
        (500, True, True, Unreachable),
        (500, False, False, Unreachable),
        (502, True, False, OutcomeUnknown),
        (503, True, True, Unreachable),
        (304, False, False, Misbehaved),
        (999, False, False, Unreachable),
    ],
)
def test_a_status_says_who_can_move_it_on(
    status: int, write: bool, repeatable: bool, kind: type[ChannelError]
) -> None:
    failure = failure_of(answer(status), write=write, repeatable=repeatable)

    assert type(failure) is kind
    assert failure.code == str(status)
    assert "outlet.example" in failure.message
    assert "key" not in failure.message


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_success_is_no_failure(status: int) -> None:
    assert failure_of(answer(status), write=True) is None


def test_a_busy_outlet_is_asked_again_when_it_says() -> None:
    failure = failure_of(answer(503, Retry_After="120"), write=True)

    assert isinstance(failure, Throttled)
    assert failure.retry_after == 120


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": "99999999"}, RETRY_AFTER_MAX),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "²"}, None),
        ({}, None),
        ({"Retry-After": "Mon, 23 Nov 2026 08:01:00 GMT", "Date": "Mon, 23 Nov 2026 08:00:00 GMT"}, 60),
        ({"Retry-After": "Mon, 23 Nov 2026 07:00:00 GMT", "Date": "Mon, 23 Nov 2026 08:00:00 GMT"}, 0),
        ({"Retry-After": "Mon, 23 Nov 2026 08:01:00 GMT"}, None),
    ],
)
def test_how_long_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


def test_an_answer_is_kept_without_the_secrets_in_it() -> None:
    failure = failure_of(answer(400, "bad key: s3cret!"), write=True, secrets=["s3cret!", ""])

    assert failure is not None
    assert failure.detail == "bad key: ***"
    assert redact("abc", ["", "b"]) == "a***c"


# ---- servers that speak no HTTP


class speaking:  # noqa: N801 - reads as a verb at the call
    """A server that says a few bytes to whoever connects, and hangs up."""

    def __init__(self, said: bytes, context: ssl.SSLContext | None = None) -> None:
        self._said = said
        self._context = context
        self._socket = socket.create_server(("127.0.0.1", 0))

    def __enter__(self) -> int:
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return int(self._socket.getsockname()[1])

    def __exit__(self, *exc: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                try:
                    if self._context:
                        connection = self._context.wrap_socket(connection, server_side=True)
                    connection.recv(65536)
                    connection.sendall(self._said)
                except OSError:
                    continue


def speaking_tls(folder: Path) -> speaking:
    """The same behind a certificate that the server has signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return speaking(b"", context)
