"""The host names that the hub answers: those of the settings, and those of Wagtail's sites, whoever adds one.

Wagtail shows the default site under a host that it does not know; here such a host gets 400, and a site that has just
been made in the admin needs no new setting.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import DatabaseError
from django.db.models.signals import post_delete, post_save

LOOK_SECONDS = 5.0
"""How long the sites' names are taken for known. This process hears at once of what it changes itself."""


class Hosts(list[str]):
    """For settings.ALLOWED_HOSTS, which Django walks through until a name fits: what is set comes first."""

    def __init__(self, *names: str) -> None:
        super().__init__(dict.fromkeys(names))
        self._of_sites: tuple[str, ...] = ()
        self._looked_at = float("-inf")
        post_save.connect(self._forget, sender="wagtailcore.Site")
        post_delete.connect(self._forget, sender="wagtailcore.Site")

    def __iter__(self) -> Iterator[str]:
        yield from super().__iter__()
        yield from self._sites()

    def _sites(self) -> tuple[str, ...]:
        if apps.ready and time.monotonic() - self._looked_at >= LOOK_SECONDS:
            self._looked_at = time.monotonic()
            self._of_sites = self._asked()
        return self._of_sites

    def _asked(self) -> tuple[str, ...]:
        """A database that does not answer takes no name away."""
        from wagtail.models import Site

        try:
            return tuple(Site.objects.values_list("hostname", flat=True))
        except DatabaseError:
            return self._of_sites

    def _forget(self, **_: Any) -> None:
        self._looked_at = float("-inf")
