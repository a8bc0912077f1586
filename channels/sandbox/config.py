"""Who may call the sandbox: accounts, receivers, and how strict the quotas are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

DEMO_SECRET = "demo-secret-placeholder"  # noqa: S105
_DEMO_APPID = re.compile(r"^wxdemo\d{12}$")

DAILY_QUOTAS: Mapping[str, int] = {
    "token": 2000,
    "draft/add": 1000,
    "draft/get": 500,
    "draft/delete": 1000,
    "draft/update": 1000,
    "draft/count": 1000,
    "draft/batchget": 1000,
    "freepublish/submit": 100,
    "freepublish/get": 100,
    "freepublish/getarticle": 100,
    "freepublish/batchget": 100,
    "freepublish/delete": 10,
}
"""Calls a day of a new account, as the platform's page stated them in 2026-11."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountConfig:
    """An official account. `may_publish` is False for the kinds that lost the publishing calls in July 2025 (48001)."""

    appid: str
    name: str
    secret: str = DEMO_SECRET
    may_publish: bool = True


DEMO_ACCOUNTS = (
    AccountConfig(appid="wxdemo000000000001", name="品质城中"),
    AccountConfig(appid="wxdemo000000000002", name="城中教育"),
    AccountConfig(appid="wxdemo000000000003", name="健康城中"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxConfig:
    """`quota_factor` multiplies the daily quotas (None: no quotas). `publish_seconds` is how long a review takes.

    Receivers that are not listed take the demo secret, and so do further accounts with a demo appid.
    """

    accounts: tuple[AccountConfig, ...] = DEMO_ACCOUNTS
    receivers: Mapping[str, str] = field(default_factory=dict)
    publish_seconds: float = 2.0
    quota_factor: int | None = 1

    def account(self, appid: str) -> AccountConfig | None:
        for account in self.accounts:
            if account.appid == appid:
                return account
        if _DEMO_APPID.match(appid):
            return AccountConfig(appid=appid, name=f"演示公众号 {int(appid[-12:])}")
        return None

    def receiver_secret(self, name: str) -> str:
        return self.receivers.get(name, DEMO_SECRET)

    def quota(self, endpoint: str) -> int | None:
        """Calls a day, None without limit."""
        limit = DAILY_QUOTAS.get(endpoint)
        return None if limit is None or self.quota_factor is None else limit * self.quota_factor
