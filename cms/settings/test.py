"""The tests: embedded by default, PostgreSQL with DATABASE_URL."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from cms.settings.base import *  # noqa: F403
from cms.settings.base import CACHES, DATABASES, sqlite

SECRET_KEY = "for tests only"  # noqa: S105
OUTLET_KEYS = ["for tests only"]
ALLOWED_HOSTS = ["*"]
OUTBOUND_ALLOWED_NETWORKS = ["127.0.0.0/8", "::1/128"]
PUBLIC_URL = "http://hub.example"
WAGTAILADMIN_BASE_URL = PUBLIC_URL

_scratch = Path(tempfile.mkdtemp(prefix="tongsheng-test-"))
atexit.register(shutil.rmtree, _scratch, ignore_errors=True)
MEDIA_ROOT = _scratch / "media"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True  # nothing is collected for the tests
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, as in an installation: threads see other locks in a shared in-memory database. No test survives a power cut.
    _file = sqlite(_scratch / "test.sqlite3", synchronous="OFF")
    DATABASES = {"default": {**DATABASES["default"], **_file, "TEST": {"NAME": _scratch / "test.sqlite3"}}}
else:
    # Nor here; waiting for the disk at every commit takes a third of the time.
    _options = {**DATABASES["default"].get("OPTIONS", {}), "options": "-c synchronous_commit=off"}
    DATABASES = {"default": {**DATABASES["default"], "OPTIONS": _options}}
if CACHES["default"]["LOCATION"].startswith("redis:"):
    # Each of the processes that share the tests has a cache of its own, as it has a database: Wagtail keeps paths there.
    _server, _, _number = CACHES["default"]["LOCATION"].rpartition("/")
    _worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    CACHES["default"]["LOCATION"] = f"{_server}/{int(_number) + _worker}"
