"""Celery tasks of the accounts: they carry no content, may run twice, and may be lost."""

from __future__ import annotations

from celery import shared_task

from channels.wechat import pushing


@shared_task(name="channels.wechat.tasks.send_pushes")  # type: ignore[untyped-decorator]  # Celery has no types
def send_pushes() -> int:
    """Move the pushes on that are due, send previews, clean up behind sent ones."""
    return pushing.run()
