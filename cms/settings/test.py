"""The tests: embedded by default, PostgreSQL with DATABASE_URL."""

from __future__ import annotations

import tempfile
from pathlib import Path

from cms.settings.base import *  # noqa: F403
from cms.settings.base import DATABASES, env

SECRET_KEY = "for tests only"  # noqa: S105
OUTLET_KEYS = ["for tests only"]
ALLOWED_HOSTS = ["*"]
OUTBOUND_ALLOWED_NETWORKS = ["127.0.0.0/8", "::1/128"]
PUBLIC_URL = "http://hub.example"
WAGTAILADMIN_BASE_URL = PUBLIC_URL
MEDIA_ROOT = Path(tempfile.mkdtemp(prefix="tongsheng-test-"))
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True  # nothing is collected for the tests
CELERY_BROKER_URL = env("BROKER_URL", default="memory://localhost/")
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["NAME"] = ":memory:"
    DATABASES["default"]["OPTIONS"] = {"transaction_mode": "IMMEDIATE", "timeout": 20}
