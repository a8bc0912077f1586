"""公开答复: what has been answered for everybody, newest first, by keyset."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db.models import Q, QuerySet

from sites.enquiries.models import Enquiry
from sites.lists.moments import from_micros, micros
from sites.models import SiteHome

PAGE_SIZE = 10


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last answer that was shown."""

    published_at: datetime
    pk: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError for anything that `str` did not make."""
        moment, pk = (int(part) for part in text.split("."))
        return cls(from_micros(moment), pk)

    def __str__(self) -> str:
        return f"{micros(self.published_at)}.{self.pk}"


def page(home: SiteHome, before: Cursor | None) -> tuple[list[Enquiry], Cursor | None]:
    """One page, and where the next begins (None: there is none). A portal shows those of the sites below it too."""
    rows = public(home)
    if before:
        older = Q(published_at__lt=before.published_at) | Q(pk__lt=before.pk)
        rows = rows.filter(older, published_at__lte=before.published_at)
    found = list(rows.order_by("-published_at", "-pk")[: PAGE_SIZE + 1])
    if len(found) <= PAGE_SIZE:
        return found, None
    last = found[PAGE_SIZE - 1]
    assert last.published_at is not None
    return found[:PAGE_SIZE], Cursor(last.published_at, last.pk)


def public(home: SiteHome) -> QuerySet[Enquiry]:
    sites = SiteHome.objects.descendant_of(home, inclusive=True).values("pk")
    return Enquiry.objects.filter(published_at__isnull=False, site__in=sites).select_related("unit")
