"""A statement that was compiled once gives what the query would give now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from channels.edition import ItemType
from channels.models import Item
from channels.prepared import Prepared, moment

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 1, 30, 0, 7, tzinfo=UTC)


def item(minutes: int) -> Item:
    return Item.objects.create(
        content_id=uuid4(),
        slug=f"s{minutes}",
        headline="停水通知",
        item_type=ItemType.NOTICE,
        changed_at=AT + timedelta(minutes=minutes),
    )


def test_the_same_statement_answers_for_each_moment_with_values_of_the_fields_own_kinds() -> None:
    early, late = item(0), item(10)
    rows = Item.objects.filter(changed_at__lte=moment(0)).order_by("changed_at")
    prepared = Prepared(rows.values_list("pk", "changed_at", "headline"), moments=1)

    assert list(prepared.run(AT)) == [(early.pk, AT, "停水通知")]
    assert [pk for pk, *_ in prepared.run(AT + timedelta(hours=1))] == [early.pk, late.pk]
    assert list(prepared.run(AT - timedelta(microseconds=1))) == []


def test_several_moments_go_where_their_stand_ins_stood() -> None:
    for minutes in (0, 10, 20):
        item(minutes)
    rows = Item.objects.filter(changed_at__gt=moment(1), changed_at__lt=moment(0)).values_list("slug")
    prepared = Prepared(rows, moments=2)

    assert list(prepared.run(AT + timedelta(minutes=15), AT)) == [("s10",)]
