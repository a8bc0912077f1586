"""`manage.py reseal`: seal the secrets of every outlet and subscription with the newest key, after OUTLET_KEYS has got a new first one."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import transaction


class Command(BaseCommand):
    help = "用 OUTLET_KEYS 中的第一个密钥重新加密全部终端和推送订阅的密钥。"

    @transaction.atomic
    def handle(self, **options: Any) -> None:  # noqa: ARG002  the shape of a command
        """All or none: a secret that no key opens stops the run."""
        for model in filter(_holds_secrets, apps.get_models()):
            rows = model._default_manager.exclude(sealed="").select_for_update()
            row: Any
            for row in rows:
                row.set_secrets(row.secrets())
                row.save(update_fields=["sealed"])
            self.stdout.write(f"已重新加密 {len(rows)} 条{model._meta.verbose_name}的密钥。")


def _holds_secrets(model: Any) -> bool:
    """By what it offers: the public side's models are none of ours."""
    return hasattr(model, "set_secrets")
