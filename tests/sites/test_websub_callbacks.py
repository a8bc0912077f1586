"""Which callbacks are taken: nothing that leads inside, whatever it is dressed as."""

from __future__ import annotations

from typing import Any

import pytest

from sites.websub.callbacks import host_of
from sites.websub.refusal import Refusal


@pytest.fixture(autouse=True)
def _nothing_private(settings: Any) -> None:
    settings.OUTBOUND_ALLOWED_NETWORKS = []


@pytest.mark.parametrize(
    ("callback", "host"),
    [
        ("http://school.example/cb", "school.example"),
        ("https://school.example:8443/cb?k=1&x=%e5", "school.example:8443"),
        ("HTTP://School.Example/cb", "school.example"),
        ("http://8.8.8.8/", "8.8.8.8"),
        ("http://[2606:4700::1111]:8080/", "[2606:4700::1111]:8080"),
        ("http://xn--fiqs8s/", "xn--fiqs8s"),
        ("http://3com.example/", "3com.example"),
        ("http://school.example:443/", "school.example:443"),
    ],
)
def test_addresses_that_are_taken(callback: str, host: str) -> None:
    assert host_of(callback) == host


@pytest.mark.parametrize(
    ("callback", "code"),
    [
        ("", "callback_missing"),
        ("file:///etc/passwd", "callback_scheme"),
        ("ftp://school.example/", "callback_scheme"),
        ("javascript:alert(1)", "callback_scheme"),
        ("javascript://school.example/%0aalert(1)", "callback_scheme"),
        ("gopher://school.example/", "callback_scheme"),
        ("//school.example/", "callback_scheme"),
        ("school.example/cb", "callback_scheme"),
        ("http://", "callback_scheme"),
        ("http:///cb", "callback_invalid"),
        ("http://school.example/停水", "callback_invalid"),
        ("http://school.example/a b", "callback_invalid"),
        ("http://school.example/a\r\nX: 1", "callback_invalid"),
        ("http://school.example/#part", "callback_invalid"),
        ("http://a.example\\@b.example/", "callback_invalid"),
        ("http://school.example/" + "a" * 1000, "callback_invalid"),
        ("http://" + "a." * 200 + "example/", "callback_invalid"),
        ("http://user@school.example/", "callback_userinfo"),
        ("http://user:pass@school.example/", "callback_userinfo"),
        ("http://@school.example/", "callback_userinfo"),
        ("http://school.example:99999/", "callback_invalid"),
        ("http://school.example:x/", "callback_invalid"),
        ("http://school.example:0/", "callback_port"),
        ("http://school.example:22/", "callback_port"),
        ("http://school.example:25/", "callback_port"),
        ("http://school.example:6379/", "callback_port"),
        ("http://school.example:11211/", "callback_port"),
        ("http://127.0.0.1/", "callback_forbidden"),
        ("http://127.8.9.1:8080/", "callback_forbidden"),
        ("http://10.1.2.3/", "callback_forbidden"),
        ("http://172.16.0.1/", "callback_forbidden"),
        ("http://192.168.1.1/", "callback_forbidden"),
        ("http://100.64.0.1/", "callback_forbidden"),
        ("http://169.254.169.254/latest/meta-data/", "callback_forbidden"),
        ("http://0.0.0.0/", "callback_forbidden"),
        ("http://224.0.0.1/", "callback_forbidden"),
        ("http://255.255.255.255/", "callback_forbidden"),
        ("http://[::1]/", "callback_forbidden"),
        ("http://[::]/", "callback_forbidden"),
        ("http://[fe80::1]/", "callback_forbidden"),
        ("http://[fd00::1]/", "callback_forbidden"),
        ("http://[::ffff:127.0.0.1]/", "callback_forbidden"),
        ("http://[::ffff:7f00:1]/", "callback_forbidden"),
        ("http://[64:ff9b::7f00:1]/", "callback_forbidden"),
        ("http://[2002:7f00:1::]/", "callback_forbidden"),
        ("http://2130706433/", "callback_invalid"),
        ("http://0x7f000001/", "callback_invalid"),
        ("http://0x7f.1/", "callback_invalid"),
        ("http://0x7f.0x0.0x0.0x1/", "callback_invalid"),
        ("http://0177.0.0.1/", "callback_invalid"),
        ("http://127.1/", "callback_invalid"),
        ("http://127.0.0.1./", "callback_invalid"),
        ("http://a..b/", "callback_invalid"),
        ("http://%31%32%37.0.0.1/", "callback_invalid"),
        ("http://[::1", "callback_invalid"),
        ("http://hub.example/websub/", "callback_forbidden"),
    ],
)
def test_addresses_that_are_refused(callback: str, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        host_of(callback)
    assert caught.value.code == code
    assert caught.value.status == 400


def test_a_network_that_the_operator_names_is_taken(settings: Any) -> None:
    settings.OUTBOUND_ALLOWED_NETWORKS = ["10.12.3.0/24"]
    assert host_of("http://10.12.3.4/cb") == "10.12.3.4"
    with pytest.raises(Refusal):
        host_of("http://10.12.4.4/cb")
