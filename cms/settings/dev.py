"""The embedded hub of `make run`: everything under var/, no other service."""

from __future__ import annotations

import secrets

from cms.hosts import Hosts
from cms.settings.base import *  # noqa: F403
from cms.settings.base import VAR_DIR, env


def _local_key() -> str:
    """A key of this installation, made on the first start and kept in var/."""
    path = VAR_DIR / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_urlsafe(50))
        path.chmod(0o600)
    return path.read_text().strip()


DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default="") or _local_key()
OUTLET_KEYS = env.list("OUTLET_KEYS", default=[SECRET_KEY])
ALLOWED_HOSTS = Hosts("127.0.0.1", "localhost", "[::1]", *env.list("ALLOWED_HOSTS", default=[]))
OUTBOUND_ALLOWED_NETWORKS = env.list("OUTBOUND_ALLOWED_NETWORKS", default=["127.0.0.0/8", "::1/128"])
