"""更正记录: the correction notes of an item's earlier editions. An edition itself carries the latest one only."""

from __future__ import annotations

import json
from datetime import datetime
from uuid import UUID

from channels.edition import Correction, Edition
from channels.models import EditionRecord

EDITIONS_MAX = 30
"""How far back a reader's page looks; the desk has the whole history."""


def earlier_corrections(edition: Edition) -> list[Correction]:
    """The notes before the one that `edition` shows, newest first. No statement for a first edition, else one."""
    if edition.version <= 1:
        return []
    known = {edition.correction.note} if edition.correction else set()
    found = []
    for correction in _corrections(edition.content_id, before=edition.version):
        if correction.note not in known:  # an edition without a new note repeats the last one
            known.add(correction.note)
            found.append(correction)
    return found


def _corrections(content_id: UUID, *, before: int) -> list[Correction]:
    records = EditionRecord.objects.filter(item=content_id, number__lt=before).order_by("-number")
    documents = records.values_list("document", flat=True)[:EDITIONS_MAX]
    noted = (json.loads(document).get("correction") for document in documents)
    return [
        Correction(note=said["note"], major=said["major"], at=datetime.fromisoformat(said["at"]))
        for said in noted
        if said
    ]
