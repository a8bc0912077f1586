"""`manage.py channel_matrix`: what each channel can do, as docs/channels.md. Written from the declared capabilities."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from channels.adapters import CHANNELS
from channels.contract import Capabilities
from channels.registry import adapter_class

HEAD = """# Channels

What each channel can do, from the capabilities that its adapter declares: the engine and the editor's screen read the
same ones. Written by `python manage.py channel_matrix --write`; a test compares.

repeatable: delivering twice leaves one copy. A channel that is not is never repeated without a look.
"""
ROWS: dict[str, str] = {
    "update": "update",
    "withdrawal": "withdrawal",
    "repeatable": "repeatable",
    "verifiable": "read back",
    "manual": "a person does it",
    "shown_at_commit": "shown at signing",
    "headline_max_chars": "headline, characters",
    "summary_max_chars": "summary, characters",
    "body_max_bytes": "body, bytes",
    "images_max": "pictures",
    "daily_quota": "calls a day",
    "parallel": "calls at a time",
}


def matrix() -> str:
    """The page as Markdown."""
    classes = {key: adapter_class(key) for key in CHANNELS}
    lines = [
        "| | " + " | ".join(f"{key} {cls.label}" for key, cls in classes.items()) + " |",
        "|---" * (len(classes) + 1) + "|",
        *(
            f"| {label} | " + " | ".join(_said(cls.capabilities, name) for cls in classes.values()) + " |"
            for name, label in ROWS.items()
        ),
    ]
    settings = [f"\n## {key} {cls.label}\n\n{_options(cls)}" for key, cls in classes.items()]
    return "\n".join([HEAD, *lines, *settings]) + "\n"


def _said(capabilities: Capabilities, name: str) -> str:
    value = getattr(capabilities, name)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "-" if value is None else str(value)


def _options(cls: Any) -> str:
    if not cls.options:
        return "No settings."
    return "\n".join(
        f"- `{option.name}` {option.label}{' (secret)' if option.secret else ''}"
        f"{'' if option.required else ', optional'}{f'. {option.help}' if option.help else ''}"
        for option in cls.options
    )


class Command(BaseCommand):
    help = "各渠道能力一览（docs/channels.md）"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--write", action="store_true", help="写入 docs/channels.md")

    def handle(self, **options: Any) -> None:
        if not options["write"]:
            self.stdout.write(matrix())
            return
        from django.conf import settings

        (settings.BASE_DIR / "docs" / "channels.md").write_text(matrix())
