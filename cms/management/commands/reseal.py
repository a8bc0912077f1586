"""`manage.py reseal`: seal the secrets of every outlet with the newest key, after OUTLET_KEYS has got a new first one."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from channels.models import Outlet


class Command(BaseCommand):
    help = "用 OUTLET_KEYS 中的第一个密钥重新加密全部终端的密钥。"

    @transaction.atomic
    def handle(self, **options: Any) -> None:  # noqa: ARG002  the shape of a command
        """All or none: a secret that no key opens stops the run."""
        outlets = Outlet.objects.exclude(sealed="").select_for_update()
        for outlet in outlets:
            outlet.set_secrets(outlet.secrets())
            outlet.save(update_fields=["sealed"])
        self.stdout.write(f"已重新加密 {len(outlets)} 个终端的密钥。")
