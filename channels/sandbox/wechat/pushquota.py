"""How often an account may push: 公众号 once a day, 服务号 four times a month to everyone and to each follower."""

from __future__ import annotations

from channels.sandbox.articles import ApiError
from channels.sandbox.config import AccountConfig, AccountKind
from channels.sandbox.wechat.desk import Desk

A_DAY, A_MONTH = 1, 4


class PushQuota:
    """A job that is running or was sent counts, one that failed does not. Days and months are China's."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def used(self, account: AccountConfig) -> int:
        """Pushes of today (公众号, of any kind) or of this month (服务号, to everyone)."""
        store = self._desk.store
        jobs = [*store.all(f"sending:{account.appid}"), *store.all(f"mass:{account.appid}")]
        counted = [job for job in jobs if job["status"] != "SEND_FAIL"]
        if account.kind is AccountKind.SUBSCRIPTION:
            return sum(job["day"] == self._desk.clock.day() for job in counted)
        return sum(job["to_all"] and job["day"].startswith(self._desk.clock.month()) for job in counted)

    def limit(self, account: AccountConfig) -> int | None:
        if self._desk.config.quota_factor is None:
            return None
        return A_DAY if account.kind is AccountKind.SUBSCRIPTION else A_MONTH

    def spent(self, account: AccountConfig, *, to_all: bool) -> bool:
        limit = self.limit(account)
        if limit is None or (account.kind is AccountKind.SERVICE and not to_all):
            return False
        return self.used(account) >= limit

    def check(self, account: AccountConfig, *, to_all: bool) -> None:
        """Raises ApiError when it is used up."""
        if self.spent(account, to_all=to_all):
            raise ApiError(45028, "has no masssend quota")

    def reached(self, account: AccountConfig, openids: list[str]) -> list[str]:
        """The followers that a push still reaches this month; counts it for them."""
        if account.kind is AccountKind.SUBSCRIPTION or self._desk.config.quota_factor is None:
            return openids
        counter = f"pushed:{self._desk.clock.month()}:{account.appid}:"
        return [openid for openid in openids if self._desk.store.next(f"{counter}{openid}") <= A_MONTH]
