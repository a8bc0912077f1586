"""`manage.py restart_log`: after a restore of the database, make whoever follows the log of changes read it from the beginning."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from channels import changes


class Command(BaseCommand):
    help = "恢复备份后执行：通知各镜像从头同步变更日志；此前未停止的进程须全部重新启动"

    def handle(self, *_: Any, **__: Any) -> None:
        changes.restart(now=timezone.now())
        self.stdout.write("变更日志已另起名称，各镜像将在下次同步时从头读取。")
        self.stdout.write("恢复备份期间未停止的进程仍保留恢复前的内容，请全部重新启动。")
