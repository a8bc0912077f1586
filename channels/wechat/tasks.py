"""Celery tasks of the accounts: they carry no content, may run twice, and may be lost."""

from __future__ import annotations

import threading

from celery import shared_task

from channels.wechat import pushing

_running = threading.Lock()


@shared_task(name="channels.wechat.tasks.send_pushes")  # type: ignore[untyped-decorator]  # Celery has no types
def send_pushes() -> int:
    """Move the pushes on that are due, send previews, clean up behind sent ones.

    One at a time in a process: while a platform hangs, beat would fill the threads with others.
    """
    if not _running.acquire(blocking=False):
        return 0
    try:
        return pushing.run()
    finally:
        _running.release()
