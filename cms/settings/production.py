"""An installation with its own database, broker and cache. Refuses to start without what it needs."""

from __future__ import annotations

from urllib.parse import urlsplit

from cms.hosts import Hosts
from cms.settings.base import *  # noqa: F403
from cms.settings.base import PUBLIC_URL, env

DEBUG = False
DEMO_DISTRICT = False
SECRET_KEY = env("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
OUTLET_KEYS = env.list("OUTLET_KEYS")
ALLOWED_HOSTS = Hosts(urlsplit(PUBLIC_URL).hostname or "", *env.list("ALLOWED_HOSTS", default=[]))
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[PUBLIC_URL])
for _required in ("DATABASE_URL", "BROKER_URL", "CACHE_URL", "PUBLIC_URL"):
    env(_required)

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=True)
SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", default=True)
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_AGE = 8 * 3600
CSRF_COOKIE_SECURE = True
# X_FRAME_OPTIONS is not DENY: the editor shows its previews in frames of the same origin.
SILENCED_SYSTEM_CHECKS = ["security.W019"]
