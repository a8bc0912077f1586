"""The sandbox of remote systems as a child that never outlives the hub."""

from __future__ import annotations

import ctypes
import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from django.conf import settings

from channels.models import Outlet
from channels.wechat import callback_address
from channels.wechat.accounts import CHANNEL

PR_SET_PDEATHSIG = 1


def start(*, port: int, state: Path) -> subprocess.Popen[bytes]:
    """Start the sandbox on loopback. Call from the main thread: its end is what the child is tied to.

    The child has its own process group, so that Ctrl-C reaches the hub alone and the hub ends it in order.
    """
    state.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "channels.sandbox", "--port", str(port), "--state", str(state)]
    return subprocess.Popen(command, process_group=0, preexec_fn=_die_with_parent)  # noqa: S603


def answers(child: subprocess.Popen[bytes], *, port: int, timeout: float) -> bool:
    """Wait until the sandbox takes connections; False when it has ended or `timeout` seconds have passed."""
    deadline = time.monotonic() + timeout
    while child.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return True
    return False


def introduce(*, port: int, wait: float = 5.0) -> int:
    """Tell the sandbox where its accounts' messages go: to this hub. Returns how many accounts that are.

    On the real platform an administrator enters this in the back office; the sandbox has the same page.
    """
    told = 0
    for outlet in Outlet.objects.active().filter(channel=CHANNEL):
        mine = outlet.options.get("api_base", "").rstrip("/") == settings.SANDBOX_URL
        secrets = outlet.secrets() if mine else {}
        if not secrets.get("callback_token"):
            continue
        hookup = {
            "appid": outlet.options.get("appid", ""),
            "url": callback_address.address(outlet),
            "token": secrets["callback_token"],
            "aes_key": secrets.get("callback_key", ""),
            "mode": "safe" if secrets.get("callback_key") else "plain",
        }
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/_control/callback", data=json.dumps(hookup).encode(), method="POST"
        )
        urllib.request.urlopen(request, timeout=wait).close()  # noqa: S310
        told += 1
    return told


def stop(child: subprocess.Popen[bytes], *, timeout: float) -> None:
    """End the child: politely, and after `timeout` seconds by force."""
    child.terminate()
    try:
        child.wait(timeout)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _die_with_parent() -> None:
    """Between fork and exec: on Linux, a hub that is killed takes its sandbox along."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
