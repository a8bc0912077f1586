"""What a hub holds in memory before it has delivered anything: no library that only some outlets need."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ON_FIRST_USE = {
    "aiohttp",
    "cryptography",
    "wechatpy",
    "nh3",
    "PIL.ImageFont",
    "channels.http",
    "chinese_calendar",
    "pypdf",
    "pypinyin",
    "icalendar",
    "fpdf",
    "barcode",
    "ninja",
    "pygments",
    "requests",
}
DRIVER = "psycopg"
"""On SQLite it is as useless."""
START = """
import sys
import cms.wsgi
from django.urls import get_resolver
from cms.celery import app
get_resolver().url_patterns
app.loader.import_default_modules()
app.finalize()
assert "channels.wechat.tasks.send_pushes" in app.tasks
assert "channels.search.tasks.complete" in app.tasks
print(*sys.modules)
"""


def test_libraries_of_outlets_wait_for_their_first_call() -> None:
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "cms.settings.test"}
    loaded = subprocess.run(
        [sys.executable, "-c", START], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    ).stdout.split()
    assert "channels.engine" in loaded
    driver = set() if os.environ.get("DATABASE_URL") else {DRIVER}
    assert not (ON_FIRST_USE | driver) & set(loaded)
