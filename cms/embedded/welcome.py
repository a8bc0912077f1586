"""What `manage.py hub` prints once it answers: addresses, and the log-ins of the demo district if it is loaded."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import get_user_model

from channels.models import Outlet
from cms.demo.accounts import ACCOUNTS

SHOWN = 8
"""Outlets whose address is printed; the rest is in the admin."""


def welcome(*, sandbox_port: int | None) -> str:
    """Chinese text for the terminal."""
    lines = ["", "同声已启动，按 Ctrl-C 停止。", "", f"  {settings.PUBLIC_URL}/admin/  采编后台"]
    lines.append(f"  {settings.PUBLIC_URL}/console/  站长控制台")
    lines += [f"  {url}  {name}" for name, url in _addresses()]
    if sandbox_port is not None:
        lines.append(f"  http://127.0.0.1:{sandbox_port}/  沙箱：模拟微信公众平台和子站接收端")
    people = _accounts()
    if people:
        lines += ["", "演示账号（仅供演示，密码公开）：", *people]
    return "\n".join([*lines, ""])


def _addresses() -> list[tuple[str, str]]:
    """What this hub itself serves."""
    served = Outlet.objects.active().filter(
        channel__in=["hosted", "feed"], url__startswith=settings.PUBLIC_URL
    )
    return list(served.values_list("name", "url")[:SHOWN])


def _accounts() -> list[str]:
    present = set(
        get_user_model()
        .objects.filter(username__in=[account.username for account in ACCOUNTS])
        .values_list("username", flat=True)
    )
    return [
        f"  {account.username:<10} {account.password:<21} {account.label}"
        for account in ACCOUNTS
        if account.username in present
    ]
