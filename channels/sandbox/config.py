"""Who may call the sandbox: accounts, receivers, and how strict the quotas are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

DEMO_SECRET = "demo-secret-placeholder"  # noqa: S105
_DEMO_APPID = re.compile(r"^wxdemo\d{12}$")

DAILY_QUOTAS: Mapping[str, int] = {
    "token": 2000,
    "media/upload": 100_000,
    "media/uploadimg": 100_000,
    "material/add_material": 100_000,
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
    "message/mass/sendall": 100,
    "message/mass/send": 100,
    "message/mass/preview": 100,
    "menu/create": 1000,
    "menu/get": 10_000,
    "menu/delete": 1000,
    "qrcode/create": 100_000,
    "user/get": 500,
    "user/info": 5_000_000,
    "tags/create": 1000,
    "tags/get": 1000,
    "tags/update": 1000,
    "tags/members/batchtagging": 100_000,
    "tags/members/batchuntagging": 100_000,
}
"""Calls a day of a new account, as the platform's page stated them in 2026-11 (tags: as it states them for groups)."""


class AccountKind(StrEnum):
    """公众号 (the former 订阅号) or 服务号: they differ in push quotas and in some permissions."""

    SUBSCRIPTION = "subscription"
    SERVICE = "service"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountConfig:
    """An official account.

    `may_publish` is False for the kinds that lost the publishing calls in July 2025 (48001). `ip_whitelist` None lets
    every address fetch tokens. `string_ids`: publish_id and msg_data_id are given as strings instead of numbers.
    `figures_delayed`: yesterday's figures are not there yet, and the statistics say so.
    """

    appid: str
    name: str
    secret: str = DEMO_SECRET
    kind: AccountKind = AccountKind.SUBSCRIPTION
    verified: bool = True
    may_publish: bool = True
    may_mass_send: bool = True
    ip_whitelist: tuple[str, ...] | None = None
    string_ids: bool = False
    figures_delayed: bool = False

    @property
    def origin(self) -> str:
        """The account's own name in messages (原始 ID)."""
        return f"gh_{self.appid.removeprefix('wx')}"

    @property
    def kind_label(self) -> str:
        return "服务号" if self.kind is AccountKind.SERVICE else "公众号"

    def numbered(self, number: int) -> int | str:
        """An id as this account gets it."""
        return str(number) if self.string_ids else number


DEMO_ACCOUNTS = (
    AccountConfig(appid="wxdemo000000000001", name="品质城中"),
    AccountConfig(appid="wxdemo000000000002", name="城中教育"),
    AccountConfig(appid="wxdemo000000000003", name="健康城中"),
)
DISTRICT_ACCOUNTS = (
    AccountConfig(appid="wxdemo000000000001", name="品质城中", kind=AccountKind.SERVICE),
    AccountConfig(
        appid="wxdemo000000000002", name="城中教育", verified=False, may_publish=False, may_mass_send=False
    ),
    AccountConfig(appid="wxdemo000000000003", name="健康城中"),
)
"""Those of the demo district: one with every right, one whose articles a person has to publish."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxConfig:
    """`quota_factor` multiplies the daily quotas (None: no quotas). `publish_seconds` is how long a review takes.

    Push quotas (1 a day, 4 a month) are never multiplied; without quotas they are off as well. `callback_seconds` is
    what an account's server has for its answer. Receivers that are not listed take the demo secret, and so do further
    accounts with a demo appid.
    """

    accounts: tuple[AccountConfig, ...] = DEMO_ACCOUNTS
    receivers: Mapping[str, str] = field(default_factory=dict)
    publish_seconds: float = 2.0
    quota_factor: int | None = 1
    callback_seconds: float = 5.0

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
