"""The lease on a push: whoever speaks to the platform about it holds it, so that no two do it at once."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from django.db.models import Q

from channels.wechat.models import Push

LEASE = timedelta(seconds=300)
"""Longer than the longest stretch between two renewals: the pictures of one article."""


class Lost(Exception):
    """Another worker has taken over."""


@dataclass(frozen=True, slots=True)
class Held:
    """A push that this worker has leased, as it was read after that."""

    push: Push
    owner: str

    @classmethod
    def take(cls, pk: int, now: datetime, *, also: Q | None = None) -> Self | None:
        """None when somebody else holds it, or when it is not as `also` says any more."""
        owner = uuid.uuid4().hex
        rows = Push.objects.filter(free(now), also or Q(), pk=pk)
        if not rows.update(lease_owner=owner, lease_until=now + LEASE):
            return None
        return cls(Push.objects.select_related("outlet").get(pk=pk), owner)

    def update(self, **values: Any) -> None:
        """Raises Lost."""
        if not Push.objects.filter(pk=self.push.pk, lease_owner=self.owner).update(**values):
            raise Lost

    def renew(self, now: datetime) -> None:
        """Raises Lost."""
        self.update(lease_until=now + LEASE)

    def let_go(self) -> None:
        Push.objects.filter(pk=self.push.pk, lease_owner=self.owner).update(lease_owner="", lease_until=None)


def free(now: datetime) -> Q:
    """Pushes that nobody holds."""
    return Q(lease_until=None) | Q(lease_until__lte=now)
