"""What `manage.py hub` prints once it answers: addresses, and the log-ins of the demo district if it is loaded."""

from __future__ import annotations

from django.conf import settings


def welcome(*, sandbox_port: int | None) -> str:
    """Chinese text for the terminal."""
    public = settings.PUBLIC_URL
    lines = [
        "",
        "同声已启动。按 Ctrl-C 停止。",
        "",
        f"  采编后台    {public}/admin/",
        f"  门户网      {public}/",
    ]
    if sandbox_port is not None:
        lines.append(f"  外部系统沙箱  http://127.0.0.1:{sandbox_port}/  （模拟微信公众平台和子站接收端）")
    return "\n".join([*lines, ""])
