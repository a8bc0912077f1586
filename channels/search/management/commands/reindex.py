"""`manage.py reindex`: make the search index anew, with the sounds of titles and the text of files; safe while readers search."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from channels.search import entries, reading
from channels.search.models import AttachmentText, Outcome

BATCH = 200


class Command(BaseCommand):
    help = (
        "重建信息检索索引（标题、摘要、正文、附件）；升级或恢复备份后执行，执行期间检索照常可用，结果逐步补全"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--files", action="store_true", help="附件全部重新提取文本")

    def handle(self, *_: Any, **options: Any) -> None:
        if options["files"]:
            AttachmentText.objects.update(outcome=Outcome.WAITING, text="", is_cut=False, attempts=0)
        done = 0
        for done in entries.rebuild():
            self.stdout.write(f"已写入 {done} 篇")
        while entries.spell(limit=BATCH):
            pass
        read = 0
        while found := reading.read_waiting(limit=BATCH, now=timezone.now()):
            read += found
        self.stdout.write(f"检索索引已重建：稿件 {done} 篇，新提取附件 {read} 个。")
