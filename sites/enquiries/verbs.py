"""What can be done with a message, each in one transaction with a line in its history. The only writer of Enquiry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from cms import holidays, workdays
from cms.models import Unit
from sites.enquiries import privacy, tokens
from sites.enquiries.models import Act, Enquiry, Kind, Reason, State, Step
from sites.models import SiteHome

ANSWER_DAYS = 3
"""Working days: 国办发〔2017〕47号 asks it of 找错; one clock for everything is easier to keep."""


class Moved(ValueError):
    """Somebody else was faster; the message is for the desk."""


@transaction.atomic
def receive(site: SiteHome, values: Mapping[str, Any], *, nonce: str, now: datetime) -> Enquiry:
    """The message; the one that is there already when this form has been sent before (a double click, a reload)."""
    known = Enquiry.objects.filter(nonce=nonce).first()
    if known:
        return known
    enquiry = Enquiry(
        site=site,
        site_name=site.full_name,
        unit=site.unit,
        code=tokens.new_code(),
        nonce=nonce,
        kind=Kind(values["kind"]),
        page_url=values.get("page", ""),
        text=values["text"],
        received_at=now,
        due_on=due_on(now),
    )
    enquiry.set_person(values.get("name", ""), values.get("contact", ""))
    enquiry.save()
    _note(enquiry, Act.RECEIVED, at=now)
    return enquiry


@transaction.atomic
def answer(
    pk: int, *, text: str, public_text: str = "", publish: bool = False, by: str, now: datetime
) -> Enquiry:
    """Answers, or changes the answer. `publish` shows `public_text` and the answer to everybody."""
    enquiry = _locked(pk, State.OPEN, State.ANSWERED)
    was_open, before, was_public = enquiry.state == State.OPEN, enquiry.answer, enquiry.published_at
    enquiry.state = State.ANSWERED
    enquiry.answer = text
    enquiry.closed_at = enquiry.closed_at or now
    enquiry.public_text = public_text if publish else ""
    enquiry.published_at = (was_public or now) if publish else None
    enquiry.save()
    if was_open:
        _note(enquiry, Act.ANSWERED, at=now, by=by)
    elif before != text:
        _note(enquiry, Act.REVISED, at=now, by=by, note=f"原答复：{before}")
    if bool(was_public) != publish:
        _note(enquiry, Act.PUBLISHED if publish else Act.UNPUBLISHED, at=now, by=by)
    return enquiry


@transaction.atomic
def transfer(pk: int, unit: Unit, *, note: str, by: str, now: datetime) -> Enquiry:
    """The clock runs on: to the sender the district is one."""
    enquiry = _locked(pk, State.OPEN)
    before = enquiry.unit.name if enquiry.unit else "未指定"
    enquiry.unit = unit
    enquiry.save(update_fields=["unit"])
    _note(enquiry, Act.TRANSFERRED, at=now, by=by, note=f"{before} → {unit.name}。{note}".rstrip("。") + "。")
    return enquiry


@transaction.atomic
def close(pk: int, reason: Reason, *, note: str, by: str, now: datetime) -> Enquiry:
    """Ends it without an answer; `note` is for the desk, the sender reads the reason."""
    enquiry = _locked(pk, State.OPEN)
    enquiry.state, enquiry.reason, enquiry.closed_at = State.CLOSED, reason, now
    enquiry.save(update_fields=["state", "reason", "closed_at"])
    _note(enquiry, Act.CLOSED, at=now, by=by, note=f"{reason.label}。{note}".rstrip("。") + "。")
    return enquiry


@transaction.atomic
def reopen(pk: int, *, note: str, by: str, now: datetime) -> Enquiry:
    """A closed message was valid after all. Its clock has run all the time."""
    enquiry = _locked(pk, State.CLOSED)
    enquiry.state, enquiry.reason, enquiry.closed_at = State.OPEN, "", None
    enquiry.save(update_fields=["state", "reason", "closed_at"])
    _note(enquiry, Act.REOPENED, at=now, by=by, note=note)
    return enquiry


def purge(*, now: datetime) -> int:
    """Forgets who wrote, and masks personal numbers in the text, ENQUIRY_CONTACT_DAYS after the end. Returns how many."""
    before = now - timedelta(days=settings.ENQUIRY_CONTACT_DAYS)
    due = Enquiry.objects.filter(closed_at__lt=before, purged_at=None).exclude(state=State.OPEN)
    count = 0
    for pk in due.values_list("pk", flat=True):
        count += _purge(pk, now)
    return count


def due_on(received: datetime) -> Any:
    """The date of the last day for an answer, local."""
    day = timezone.localdate(received)
    return workdays.after(day, ANSWER_DAYS, holidays.around(day))


def reckon() -> int:
    """Sets the clocks of open messages again, after the calendar has changed. Returns how many have moved."""
    moved = 0
    for enquiry in Enquiry.objects.filter(state=State.OPEN).only("pk", "received_at", "due_on"):
        day = due_on(enquiry.received_at)
        if day != enquiry.due_on:
            moved += Enquiry.objects.filter(pk=enquiry.pk, state=State.OPEN).update(due_on=day)
    return moved


@transaction.atomic
def _purge(pk: int, now: datetime) -> bool:
    enquiry = Enquiry.objects.select_for_update().get(pk=pk)
    if enquiry.purged_at or enquiry.state == State.OPEN:
        return False
    enquiry.sealed, enquiry.purged_at = "", now
    enquiry.text = privacy.mask(enquiry.text)
    enquiry.save(update_fields=["sealed", "purged_at", "text"])
    _note(enquiry, Act.PURGED, at=now)
    return True


def _locked(pk: int, *states: State) -> Enquiry:
    enquiry = Enquiry.objects.select_for_update(of=("self",)).select_related("unit").get(pk=pk)
    if enquiry.state not in states:
        raise Moved("该留言的状态已经变化，请刷新后再操作")
    return enquiry


def _note(enquiry: Enquiry, act: Act, *, at: datetime, by: str = "", note: str = "") -> None:
    Step.objects.create(enquiry=enquiry, act=act, at=at, by=by[:150], note=note)
