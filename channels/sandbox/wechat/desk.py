"""What the families of calls share: settings, memory, clock, faults, quotas, and who hears of events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from typing import Any

from channels.sandbox.articles import ApiError
from channels.sandbox.clock import Clock
from channels.sandbox.config import AccountConfig, AccountKind, SandboxConfig
from channels.sandbox.faults import Faults
from channels.sandbox.store import Document, Store
from channels.sandbox.wechat.agenda import Agenda
from channels.sandbox.wechat.quotas import Quotas


def _unheard(appid: str, event: Document) -> None:
    """Nobody listens until the courier does."""


@dataclass(slots=True)
class Desk:
    """`post(appid, fields)` sends an event to the account's server."""

    config: SandboxConfig
    store: Store
    clock: Clock
    faults: Faults
    post: Callable[[str, Document], None] = _unheard
    agenda: Agenda = field(init=False)
    quotas: Quotas = field(init=False)

    def __post_init__(self) -> None:
        self.agenda = Agenda(self.clock)
        self.quotas = Quotas(self.config, self.store, self.clock, self.violation)

    def account(self, appid: str) -> AccountConfig | None:
        """As configured and as changed since."""
        account = self.config.account(appid)
        changes = self.store.get("account", appid)
        return replace(account, **_typed(changes)) if account and changes else account

    def known(self, appid: str) -> AccountConfig:
        """Raises ValueError for an account that does not exist."""
        account = self.account(appid)
        if account is None:
            raise ValueError(f"no such account: {appid}")
        return account

    def set_account(self, appid: str, changes: Document) -> None:
        """Raises ValueError for an unknown account, name or value."""
        account = self.known(appid)
        unknown = set(changes) - {entry.name for entry in fields(account)} | {"appid"} & set(changes)
        if unknown:
            raise ValueError(f"an account has no such setting: {', '.join(sorted(unknown))}")
        _typed(changes)
        self.store.put("account", appid, {**(self.store.get("account", appid) or {}), **changes})

    def violation(self, appid: str, text: str) -> None:
        """Something that a disciplined client never does."""
        number = self.store.next("violation")
        self.store.put("violation", str(number), {"appid": appid, "text": text})

    def violations(self) -> list[str]:
        """Oldest first."""
        return [f"{entry['appid']} {entry['text']}" for entry in reversed(self.store.all("violation"))]

    def name_of(self, appid: str) -> str:
        account = self.account(appid)
        return account.name if account else appid

    def number(self, counter: str) -> int:
        """A long id of its own, as the platform's are."""
        return self.store.next(counter) + 100_000_000


def _typed(changes: Document) -> dict[str, Any]:
    """Settings as JSON has them, as an account has them. Raises ValueError."""
    typed = dict(changes)
    if "kind" in typed:
        typed["kind"] = AccountKind(typed["kind"])
    if typed.get("ip_whitelist") is not None:
        typed["ip_whitelist"] = tuple(str(address) for address in typed["ip_whitelist"])
    return typed


def require(allowed: bool) -> None:
    """Raises ApiError as the platform does for calls that an account was not granted."""
    if not allowed:
        raise ApiError(48001, "api unauthorized")
