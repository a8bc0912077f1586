"""Closing a site (关停): announced for a month, then an archive; or resting for some days; and opening it again.

Each verb is one transaction with an entry in the page's history. What readers then see is made in sites.standing.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import PageLogEntry

from channels import changes, outbox
from sites.models import Closure, SiteHome, Standing

NOTICE_DAYS = 30
"""A permanent closing is announced on the home page for one month (国办发〔2017〕47号)."""
REST_DAYS_MAX = 30
RESTS_A_YEAR = 1
"""A site rests at most once a year and for at most thirty days (the same, as 参考)."""
LOG_ACTIONS = {
    "site.make": "建立站点",
    "site.announce": "公告关停",
    "site.close": "关停站点",
    "site.suspend": "临时关闭站点",
    "site.reopen": "恢复站点",
}


@transaction.atomic
def announce(home: SiteHome, *, until: date, note: str, now: datetime, user: Any = None) -> None:
    """Tells readers that the site will be closed on `until`."""
    _set(home, Standing.CLOSING, note=note, now=now, until=until)
    log(home, "site.announce", user=user, data={"until": until.isoformat(), "note": note})


@transaction.atomic
def close(home: SiteHome, *, note: str, now: datetime, user: Any = None) -> None:
    """From now on an archive; the outlet takes no new item."""
    _set(home, Standing.CLOSED, note=note, now=now, until=None)
    if home.outlet and home.outlet.retired_at is None:
        outbox.retire(home.outlet, now=now)
    log(home, "site.close", user=user, data={"note": note})


@transaction.atomic
def suspend(home: SiteHome, *, until: date, note: str, now: datetime, user: Any = None) -> None:
    """Nothing is shown until `until`. The outlet goes on: what is placed meanwhile stands there on that day."""
    _set(home, Standing.SUSPENDED, note=note, now=now, until=until)
    log(home, "site.suspend", user=user, data={"until": until.isoformat(), "note": note})


@transaction.atomic
def reopen(home: SiteHome, *, now: datetime, user: Any = None) -> None:
    """As if nothing had been; a closed site's outlet takes items again."""
    closure = Closure.objects.select_for_update().filter(site=home).first()
    if closure is None:
        return
    if closure.is_closed and home.outlet:
        outbox.reinstate(home.outlet, now=now)
    closure.delete()
    changes.touch()
    log(home, "site.reopen", user=user)


def due(*, now: datetime) -> int:
    """Closes what was announced for today, opens what has rested enough. Returns how many. May run twice."""
    today = timezone.localdate(now)
    count = 0
    for closure in Closure.objects.filter(until__lte=today).select_related("site__outlet"):
        if closure.is_closing:
            close(closure.site, note=closure.note, now=now)
        else:
            reopen(closure.site, now=now)
        count += 1
    return count


def rests_within_a_year(home: SiteHome, *, now: datetime) -> int:
    """How often the site has rested in the last 365 days, this time included."""
    since = now - timedelta(days=365)
    return PageLogEntry.objects.filter(page=home.pk, action="site.suspend", timestamp__gt=since).count()


def _set(home: SiteHome, standing: Standing, *, note: str, now: datetime, until: date | None) -> None:
    values = {"standing": standing, "note": note, "since": now, "until": until}
    Closure.objects.update_or_create(site=home, defaults=values)
    changes.touch()
