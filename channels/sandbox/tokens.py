"""Access tokens as the platform gives them: two isolated kinds, with its overlaps and its invalidations."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

LIFETIME = 7200
OVERLAP = 300
"""Seconds for which the old and the new token both work."""
FORCE_PAUSE = 30


@dataclass(slots=True)
class _Kind:
    current: str = ""
    ends: float = 0.0
    previous: str = ""
    previous_ends: float = 0.0

    def renew(self, now: float, *, overlap: float) -> None:
        self.previous, self.previous_ends = self.current, min(self.ends, now + overlap)
        self.current, self.ends = secrets.token_urlsafe(96), now + LIFETIME

    def state(self, token: str, now: float) -> str:
        if token and token == self.current:
            return "valid" if now < self.ends else "expired"
        if token and token == self.previous:
            return "valid" if now < self.previous_ends else "stale"
        return "unknown"


@dataclass(slots=True)
class AccountTokens:
    """Of one account. Times are Unix seconds."""

    _legacy: _Kind = field(default_factory=_Kind)
    _stable: _Kind = field(default_factory=_Kind)
    _forced_at: float = 0.0

    def legacy(self, now: float) -> tuple[str, int]:
        """/token: every call makes a new one; the one before it works for five more minutes, the one before that not."""
        self._legacy.renew(now, overlap=OVERLAP)
        return self._legacy.current, LIFETIME

    def stable(self, now: float, *, force: bool) -> tuple[str, int]:
        """/stable_token: the same one until five minutes before its end; by force a new one, and the old one dies."""
        if force and now - self._forced_at >= FORCE_PAUSE:
            self._forced_at = now
            self._stable.renew(now, overlap=0)
        elif not self._stable.current or self._stable.ends - now <= OVERLAP:
            self._stable.renew(now, overlap=OVERLAP)
        return self._stable.current, int(self._stable.ends - now)

    def revoke(self) -> None:
        """As if somebody had reset them: what is out is worthless."""
        self._legacy, self._stable = _Kind(), _Kind()

    def valid(self, now: float) -> list[str]:
        kinds = (self._legacy, self._stable)
        found = [token for kind in kinds for token in (kind.current, kind.previous)]
        return [token for token in found if token and self.errcode(token, now) == 0]

    def errcode(self, token: str, now: float) -> int:
        """0 for a token that works."""
        states = {self._legacy.state(token, now), self._stable.state(token, now)}
        if "valid" in states:
            return 0
        if not token:
            return 41001
        return 42001 if "expired" in states else 40001
