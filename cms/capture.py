"""Capture: a page as it stands becomes an Edition (pure data), its files frozen on the way.

The only way from what editors write to what outlets and readers get; previews take it too, so what was approved is
what is sent.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from channels.edition import Correction, Edition, Lane, Organisation, Subject
from cms import body
from cms.permalink import permalink
from cms.richtext import one_line

if TYPE_CHECKING:
    from cms.models import ContentPage

KEYWORD_BREAK = re.compile(r"[,\uff0c、;\uff1b\s]+")  # half and full width


def capture(
    page: ContentPage,
    *,
    now: datetime,
    version: int = 0,
    first_created: datetime | None = None,
    earlier: Edition | None = None,
) -> Edition:
    """The edition that signing `page` at `now` would freeze; works for drafts and unsaved pages.

    `earlier` is the item's newest edition: its correction note stays visible until a new one takes its place.
    Raises ContentError when a picture or an attachment cannot be read.
    """
    return Edition(
        uri=f"urn:uuid:{page.content_id}",
        version=version,
        type=page.item_type,
        slug=page.slug,
        headline=one_line(page.title),
        canonical_url=canonical_url(page),
        permalink=permalink(page.content_id),
        issuer=_issuer(page),
        source=one_line(page.source) or (page.unit.name if page.unit else ""),
        first_created=first_created or page.first_published_at or now,
        version_created=now,
        summary=one_line(page.summary),
        body=body.to_blocks(page.body, base_url=canonical_url(page)),
        cover=body.figure(page.cover) if page.cover else None,
        by=one_line(page.author),
        editor=one_line(page.editor),
        proofreader=one_line(page.proofreader),
        reviewer=one_line(page.reviewer),
        subjects=_subjects(page),
        keywords=keywords(page.keywords),
        alt_ids=page.alt_ids(),
        issued_on=page.issue_date(),
        origin_url=page.origin_url,
        service=page.service_facts(),
        policy=page.policy_facts(),
        interpretation=page.interpretation_facts(),
        publicity=page.publicity_facts(),
        guide=page.guide_facts(),
        relations=page.relations() or None,
        correction=_correction(page, earlier, now),
        lane=Lane(page.lane),
        expires=page.end_of_validity(),
        ed_note=page.desk_note.strip(),
    )


def canonical_url(page: ContentPage) -> str:
    """The item's page at its owner; the permanent link while it has no place in a site."""
    address = page.full_url if page.path else None
    return address or permalink(page.content_id)


def keywords(text: str) -> tuple[str, ...]:
    """Single keywords in the order written, each once."""
    return tuple(dict.fromkeys(filter(None, KEYWORD_BREAK.split(text.strip()))))


def _issuer(page: ContentPage) -> Organisation:
    return (
        Organisation(code=page.unit.code, name=page.unit.name)
        if page.unit
        else Organisation(code="", name="")
    )


def _subjects(page: ContentPage) -> tuple[Subject, ...]:
    """The column, then topics and streets in the order of their lists."""
    column = (("column", page.column),) if page.column else ()
    topics = (("topic", topic) for topic in page.topics.all())
    streets = (("street", street) for street in page.streets.all())
    return tuple(
        Subject(scheme=scheme, code=term.code, name=getattr(term, "short_name", "") or term.name)
        for scheme, term in (*column, *topics, *streets)
    )


def _correction(page: ContentPage, earlier: Edition | None, now: datetime) -> Correction | None:
    standing = earlier.correction if earlier else None
    note = one_line(page.correction_note)
    if not note:
        return standing
    fresh = Correction(note=note, major=page.correction_major, at=now)
    return standing if standing and replace(standing, at=now) == fresh else fresh
