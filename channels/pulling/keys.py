"""Keys: made, replaced, revoked, and told from each other without the database.

A key is `ts_<outlet>_<random>`. Its text is shown once; the hub keeps a digest. Random enough (192 bits) that a plain
SHA-256 is as good as a slow hash.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction

from channels import changes
from channels.models import Outlet
from channels.pulling.models import PullKey, Scope

OVERLAP = timedelta(days=7)
"""How long a key that has been replaced works on: time to change it in a CMS at which nobody looks every day."""
SHOWN = 4
"""Characters of the random part that stay visible."""
KEYS_MAX = 10
"""Keys in use at one outlet; more are forgotten ones."""


class Standing(StrEnum):
    """What is to be said to whoever shows a key."""

    GOOD = "good"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    REVOKED = "revoked"
    NARROW = "narrow"


REFUSALS: Mapping[Standing, tuple[int, str]] = {
    Standing.UNKNOWN: (401, "密钥不正确。请核对是否完整复制；不用密钥也可以读取公开内容，去掉密钥即可。"),
    Standing.EXPIRED: (403, "密钥已被替换并失效。请在站长控制台“密钥”页复制新密钥，填入本单位网站后台。"),
    Standing.REVOKED: (403, "密钥已吊销。请在站长控制台“密钥”页新建密钥，或联系区委宣传部值班编辑。"),
    Standing.NARROW: (403, "密钥没有此项权限。请在站长控制台“密钥”页新建带有该权限的密钥。"),
}
"""HTTP status and a sentence with the next step."""


class TooMany(ValueError):
    """The outlet has as many keys as it may; the message is for the webmaster."""


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key as the memory has it."""

    pk: int
    outlet_id: int
    scopes: frozenset[str]
    expires_at: datetime | None
    revoked: bool

    def standing(self, scope: str, now: datetime) -> Standing:
        if self.revoked:
            return Standing.REVOKED
        if self.expires_at is not None and self.expires_at <= now:
            return Standing.EXPIRED
        return Standing.GOOD if scope in self.scopes else Standing.NARROW


@transaction.atomic
def make(
    outlet: Outlet,
    *,
    name: str,
    by: str,
    now: datetime,
    scopes: Iterable[str] = (Scope.PULL,),
    text: str = "",
    replaces: PullKey | None = None,
) -> tuple[PullKey, str]:
    """A new key and its text, which nobody can tell again. `text` is for the demo alone. Raises TooMany."""
    if replaces is None and _in_use(outlet) >= KEYS_MAX:
        raise TooMany(f"每个终端最多同时使用 {KEYS_MAX} 个密钥，请先吊销不用的密钥")
    text = text or f"ts_{outlet.slug}_{secrets.token_urlsafe(24)}"
    key = PullKey.objects.create(
        outlet=outlet,
        name=name[:50],
        prefix=text[: len(f"ts_{outlet.slug}_") + SHOWN],
        digest=digest(text),
        scopes=sorted(scopes),
        made_at=now,
        made_by=by[:150],
        replaces=replaces,
    )
    changes.touch()
    return key, text


@transaction.atomic
def rotate(key: PullKey, *, by: str, now: datetime) -> tuple[PullKey, str]:
    """A key in place of this one, which works for OVERLAP more. Raises ValueError for one that works no more."""
    key = PullKey.objects.select_for_update().select_related("outlet").get(pk=key.pk)
    if key.revoked_at or key.expires_at:
        raise ValueError("这个密钥已经替换或吊销，请刷新页面")
    made = make(key.outlet, name=key.name, by=by, now=now, scopes=key.scopes, replaces=key)
    PullKey.objects.filter(pk=key.pk).update(expires_at=now + OVERLAP)
    return made


@transaction.atomic
def revoke(key: PullKey, *, by: str, now: datetime) -> bool:
    """It works no more, from now. False when it did not before."""
    rows = PullKey.objects.filter(pk=key.pk, revoked_at=None)
    revoked = rows.update(revoked_at=now, revoked_by=by[:150]) == 1
    if revoked:
        changes.touch()
    return revoked


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class Ring:
    """All keys in memory, read anew when the hub's structure has changed: a stranger's key costs no query."""

    def __init__(self) -> None:
        self._keys: dict[str, KnownKey] = {}
        self._structure = -1
        self._reading = threading.Lock()

    def find(self, text: str, structure: int) -> KnownKey | None:
        """`structure` is that of the hub's stamp now."""
        if self._structure != structure:
            with self._reading:
                if self._structure != structure:
                    self._keys = _all()
                    self._structure = structure
        return self._keys.get(digest(text))


def check(known: KnownKey | None, scope: str, now: datetime) -> Standing:
    return known.standing(scope, now) if known else Standing.UNKNOWN


def _all() -> dict[str, KnownKey]:
    rows = PullKey.objects.values_list(
        "digest", "pk", "outlet_id", "scopes", "expires_at", "revoked_at", "outlet__retired_at"
    )
    return {
        digest: KnownKey(pk, outlet_id, frozenset(scopes), expires_at, bool(revoked or retired))
        for digest, pk, outlet_id, scopes, expires_at, revoked, retired in rows
    }


def _in_use(outlet: Outlet) -> int:
    return PullKey.objects.filter(outlet=outlet, revoked_at=None, expires_at=None).count()
