"""Writes counted fetches down, and what follows from them: which items an outlet has taken, and whose turn it is to look.

A fixed number of statements a batch, and a few more for each document that an outlet has not had before.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from channels import outbox
from channels.adapters.feed.evidence import NOTHING, entry_name
from channels.checkpoints import SHARED
from channels.models import CheckpointEntry, Placement
from channels.pulling.counting import Fetch, Line
from channels.pulling.models import Holding, Pull, PullDay, PullKey, TakenItem

DOCUMENT_CHARS_MAX = 300
AT_ONCE = 500


@transaction.atomic
def write(lines: list[Line]) -> None:
    """The whole batch or nothing: whoever calls keeps what could not be written."""
    fetched = [line.fetch for line in lines]
    _log(lines)
    _count(lines)
    _used(fetched)
    known = {
        (row.outlet_id, row.document): row
        for row in Holding.objects.filter(
            outlet_id__in={fetch.outlet_id for fetch in fetched},
            document__in={_document(fetch) for fetch in fetched},
        )
    }
    for fetch in sorted(fetched, key=lambda one: one.at):
        held = known.get((fetch.outlet_id, _document(fetch)))
        if held is None or held.etag != fetch.etag:
            take(fetch)
        known[fetch.outlet_id, _document(fetch)] = _held(held, fetch)


def take(fetch: Fetch) -> int:
    """What the document shows is the outlet's now. Returns how many placements are looked at again because of it."""
    contents = dict(fetch.contents)
    placements = Placement.objects.filter(outlet_id=fetch.outlet_id, item_id__in=list(contents))
    columns = ("pk", "item_id", "desired_id", "desired__number")
    rows = list(placements.values_list(*columns))
    # An edition that is overtaken by now proves nothing about the one that is wanted; it is still what he holds.
    proven = [(pk, item, number) for pk, item, wanted, number in rows if contents[item] == wanted]
    _note_taken(fetch, [item for _, item, _, _ in rows])
    _tell_adapter(fetch, [(item, number) for _, item, number in proven])
    waiting = Placement.objects.filter(pk__in=[pk for pk, _, _ in proven]).exclude(pending="")
    return outbox.look_again(waiting, now=timezone.now())


def prune(*, before: datetime) -> int:
    """Forget the log and the daily counts from before; what outlets hold is kept. Returns how many rows are gone."""
    days = PullDay.objects.filter(day__lt=timezone.localdate(before)).delete()[0]
    return days + Pull.objects.filter(at__lt=before).delete()[0]


def _log(lines: Iterable[Line]) -> None:
    Pull.objects.bulk_create(
        Pull(
            outlet_id=line.fetch.outlet_id,
            key_id=line.fetch.key_id,
            document=_document(line.fetch),
            at=line.fetch.at,
            status=line.fetch.status,
            sequence=line.fetch.sequence,
            times=line.times,
        )
        for line in lines
    )


def _count(lines: Iterable[Line]) -> None:
    times: dict[tuple[int, str, Any], int] = {}
    for line in lines:
        key = (line.fetch.outlet_id, _document(line.fetch), timezone.localdate(line.fetch.at))
        times[key] = times.get(key, 0) + line.times
    for (outlet_id, document, day), count in times.items():
        rows = PullDay.objects.filter(outlet_id=outlet_id, document=document, day=day)
        if not rows.update(times=F("times") + count):
            PullDay.objects.get_or_create(outlet_id=outlet_id, document=document, day=day)
            rows.update(times=F("times") + count)


def _used(fetched: Iterable[Fetch]) -> None:
    last: dict[int, datetime] = {}
    for fetch in fetched:
        last[fetch.key_id] = max(fetch.at, last.get(fetch.key_id, fetch.at))
    for key_id, at in last.items():
        PullKey.objects.filter(pk=key_id).update(last_used_at=at)


def _held(held: Holding | None, fetch: Fetch) -> Holding:
    """The row after this fetch. A batch of another process may have been later: then its row stands."""
    values = {
        "last_at": fetch.at,
        "sequence": fetch.sequence,
        "status": fetch.status,
        "etag": fetch.etag[:64],
    }
    key = {"outlet_id": fetch.outlet_id, "document": _document(fetch)}
    if held is None:
        held, made = Holding.objects.get_or_create(**key, defaults={**values, "first_at": fetch.at})
        if made:
            return held
    if Holding.objects.filter(pk=held.pk, last_at__lte=fetch.at).update(**values):
        for name, value in values.items():
            setattr(held, name, value)
    return held


def _note_taken(fetch: Fetch, items: Sequence[Any]) -> None:
    contents = dict(fetch.contents)
    newer = TakenItem.objects.filter(outlet_id=fetch.outlet_id, item_id__in=items, at__gt=fetch.at)
    known_better = set(newer.values_list("item_id", flat=True))  # another process's batch came first
    rows = [
        TakenItem(outlet_id=fetch.outlet_id, item_id=item, edition_id=contents[item], at=fetch.at)
        for item in items
        if item not in known_better
    ]
    TakenItem.objects.bulk_create(
        rows,
        batch_size=AT_ONCE,
        update_conflicts=True,
        update_fields=["edition", "at"],
        unique_fields=["outlet", "item"],
    )


def _tell_adapter(fetch: Fetch, proven: Iterable[tuple[Any, int | None]]) -> None:
    """Through the outlet's shared checkpoint: an adapter reads no tables."""
    told = fetch.at.isoformat()
    rows = [
        CheckpointEntry(
            outlet_id=fetch.outlet_id,
            scope=SHARED,
            name=entry_name(item),
            value=json.dumps({"version": NOTHING if number is None else number, "at": told}),
            written_at=timezone.now(),
        )
        for item, number in proven
    ]
    CheckpointEntry.objects.bulk_create(
        rows,
        batch_size=AT_ONCE,
        update_conflicts=True,
        update_fields=["value", "written_at"],
        unique_fields=["outlet", "scope", "name"],
    )


def _document(fetch: Fetch) -> str:
    return fetch.document[:DOCUMENT_CHARS_MAX]
