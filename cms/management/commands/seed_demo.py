"""`manage.py seed_demo`: the demo district; may be run again, changes nothing that is there."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.module_loading import import_string

from cms.demo import load


class Command(BaseCommand):
    help = "载入演示城区：单位、栏目、终端、站点、规则、用户和稿件。可重复运行。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--force", action="store_true", help="在生产环境也载入（演示账号的密码是公开的，请随后停用）"
        )

    def handle(self, **options: Any) -> None:
        if not settings.DEMO_DISTRICT and not options["force"]:
            raise CommandError("演示账号的密码是公开的，生产环境不载入演示城区；确需载入请加 --force")
        published = load.load(sandbox_url=settings.SANDBOX_URL)
        for part in settings.DEMO_PARTS:
            import_string(part)(now=timezone.now())
        self.stdout.write(f"演示城区已就绪，本次发布稿件 {published} 篇。")
