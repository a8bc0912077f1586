"""`manage.py hub`: the whole hub in one process; what `make run` starts last."""

from __future__ import annotations

import contextlib
import signal
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cms.embedded import lock, sandbox, web
from cms.embedded.welcome import welcome

STOP_SECONDS = 5.0


class Command(BaseCommand):
    help = "启动同声：网站、投递与定时任务在同一进程内运行。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="监听地址")
        parser.add_argument("--port", type=int, default=8000, help="监听端口")
        parser.add_argument("--threads", type=int, default=8, help="网站线程数")
        parser.add_argument(
            "--web-only", action="store_true", help="只运行网站（投递由另外的 Celery 进程负责）"
        )
        parser.add_argument("--sandbox", action="store_true", help="同时启动外部系统沙箱（演示、演练用）")
        parser.add_argument("--sandbox-port", type=int, default=8900, help="沙箱端口")

    def handle(self, **options: Any) -> None:
        for name in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, _leave)
        # A shell that starts something in the background has it ignore SIGINT; the hub ends by it all the same.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        with contextlib.ExitStack() as stack:
            embedded = not options["web_only"] and settings.CELERY_BROKER_URL.startswith("memory:")
            if embedded:
                stack.enter_context(_only_holder(settings.VAR_DIR / "hub.lock"))
            listening = stack.enter_context(_bound(options["host"], options["port"]))
            if options["sandbox"]:
                child = stack.enter_context(_sandbox(options["sandbox_port"]))
            # The public face first: templates, URLs and models are loaded once, before the threads start.
            from cms.wsgi import application

            if embedded:
                stack.enter_context(_workers())
            if options["sandbox"] and not sandbox.answers(child, port=options["sandbox_port"], timeout=15):
                self.stderr.write("外部系统沙箱没有启动，微信和子站接收端的演示不可用；原因见上方输出。")
            elif options["sandbox"]:
                sandbox.introduce(port=options["sandbox_port"])
            self.stdout.write(welcome(sandbox_port=options["sandbox_port"] if options["sandbox"] else None))
            self.stdout.flush()
            web.serve(application, listening, threads=options["threads"])
        self.stdout.write("同声已停止。")


def _leave(signum: int, frame: Any) -> NoReturn:  # noqa: ARG001  the shape of a signal handler
    """SIGTERM and a closed terminal end the hub in the same order as Ctrl-C."""
    sys.exit(0)


@contextlib.contextmanager
def _only_holder(path: Path) -> Iterator[None]:
    try:
        file = lock.hold(path)
    except lock.Taken as error:
        message = f"{path.parent} 正由另一个同声进程使用（进程号 {error.holder or '未知'}），请先停止它，或另设 VAR_DIR。"
        raise CommandError(message) from error
    with file:
        yield


@contextlib.contextmanager
def _bound(host: str, port: int) -> Iterator[Any]:
    try:
        listening = web.listen(host, port)
    except web.PortTaken as error:
        raise CommandError(
            f"端口 {port} 不可用或已被占用，请换一个，例如：make run PORT={port + 1}"
        ) from error
    with listening:
        yield listening


@contextlib.contextmanager
def _sandbox(port: int) -> Iterator[Any]:
    try:
        web.listen("127.0.0.1", port).close()
    except web.PortTaken as error:
        raise CommandError(
            f"沙箱端口 {port} 已被占用，请换一个，例如：make run SANDBOX_PORT={port + 1}"
        ) from error
    child = sandbox.start(port=port, state=settings.VAR_DIR / "sandbox")
    try:
        yield child
    finally:
        sandbox.stop(child, timeout=STOP_SECONDS)


@contextlib.contextmanager
def _workers() -> Iterator[None]:
    from cms.celery import app
    from cms.embedded.workers import EmbeddedWorkers

    workers = EmbeddedWorkers(app)
    workers.start()
    try:
        yield
    finally:
        workers.stop(timeout=STOP_SECONDS)
