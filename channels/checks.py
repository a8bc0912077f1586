"""System checks of the engine."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

from django.core.checks import CheckMessage, Error, register

CLASHES = {"django-cms": "cms", "channels": "channels"}


@register
def no_name_clash(**_: Any) -> list[CheckMessage]:
    """`cms` and `channels` are also the import names of django-cms and Django Channels."""
    found: list[CheckMessage] = []
    for package, name in CLASHES.items():
        try:
            distribution(package)
        except PackageNotFoundError:
            continue
        found.append(
            Error(
                f"软件包 {package} 与本系统的 {name} 目录同名，请先卸载 {package}",
                id="syndication.E001",
            )
        )
    return found
