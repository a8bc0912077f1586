"""Access tokens of all accounts: who gets one, and whose one is."""

from __future__ import annotations

from collections import deque

from channels.sandbox.articles import ApiError
from channels.sandbox.config import AccountConfig
from channels.sandbox.store import Document
from channels.sandbox.tokens import AccountTokens
from channels.sandbox.wechat.desk import Desk

STABLE_A_MINUTE = 5
"""More calls of one account in a minute are a refresh storm; the platform itself allows 10,000."""
FORCED_A_DAY = 20


class Credentials:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._tokens: dict[str, AccountTokens] = {}
        self._asked: dict[str, deque[float]] = {}

    def legacy(self, appid: str, secret: str, address: str) -> Document:
        """/token. `address` is the caller's IP address. Raises ApiError."""
        self._granted(appid, secret, address)
        self._desk.quotas.spend(appid, "token")
        token, lifetime = self._of(appid).legacy(self._desk.clock.now())
        return {"access_token": token, "expires_in": lifetime}

    def stable(self, appid: str, secret: str, address: str, *, force: bool) -> Document:
        """/stable_token. Raises ApiError."""
        self._granted(appid, secret, address)
        self._watch(appid, force=force)
        token, lifetime = self._of(appid).stable(self._desk.clock.now(), force=force)
        return {"access_token": token, "expires_in": lifetime}

    def checked(self, appid: str, secret: str) -> AccountConfig:
        """The account. Raises ApiError for a wrong appid or secret."""
        account = self._desk.account(appid)
        if not appid:
            raise ApiError(41002, "appid missing")
        if account is None:
            raise ApiError(40013, "invalid appid")
        if not secret:
            raise ApiError(41004, "appsecret missing")
        if secret != account.secret:
            raise ApiError(40125, "invalid appsecret")
        return account

    def account_of(self, token: str) -> AccountConfig:
        """The account that a token stands for. Raises ApiError with the code of what is wrong with it."""
        codes = [40001]
        for appid, tokens in self._tokens.items():
            code = tokens.errcode(token, self._desk.clock.now())
            account = self._desk.account(appid) if code == 0 else None
            if account is not None:
                return account
            codes.append(code)
        if not token:
            raise ApiError(41001, "access_token missing")
        if 42001 in codes:
            raise ApiError(42001, "access_token expired")
        raise ApiError(40001, "invalid credential, access_token is invalid or not latest")

    def revoke(self) -> None:
        for tokens in self._tokens.values():
            tokens.revoke()

    def valid(self) -> list[str]:
        """The tokens that work now."""
        now = self._desk.clock.now()
        return [token for tokens in self._tokens.values() for token in tokens.valid(now)]

    def _of(self, appid: str) -> AccountTokens:
        return self._tokens.setdefault(appid, AccountTokens())

    def _granted(self, appid: str, secret: str, address: str) -> None:
        account = self.checked(appid, secret)
        if account.ip_whitelist is not None and address not in account.ip_whitelist:
            raise ApiError(40164, f"invalid ip {address} ipv6 ::ffff:{address}, not in whitelist")

    def _watch(self, appid: str, *, force: bool) -> None:
        now, asked = self._desk.clock.now(), self._asked.setdefault(appid, deque())
        asked.append(now)
        while asked[0] <= now - 60:
            asked.popleft()
        if len(asked) > STABLE_A_MINUTE:
            self._desk.violation(appid, f"stable_token: {len(asked)} calls within a minute")
        if not force:
            return
        self._desk.violation(appid, "stable_token: force_refresh")
        if self._desk.store.next(f"forced:{self._desk.clock.day()}:{appid}") > FORCED_A_DAY:
            raise ApiError(45009, "reach max api daily quota limit")
