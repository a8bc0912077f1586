"""What a person has to change by hand is listed word for word, before and after."""

import uuid

import pytest
from django.urls import reverse

from channels import outbox
from channels.edition import Paragraph
from channels.models import Placement
from cms.dashboard.changes import Change, between, to_make
from tests.channels.builders import NOW, edition, targets
from tests.cms.desk import admin
from tests.factories import make_outlet

ONE, TWO = Paragraph(html="停水时间为八时至<b>十八时</b>。"), Paragraph(html="请提前储水。")
RIGHT = Paragraph(html="停水时间为八时至<b>二十时</b>。")


def test_only_what_differs_is_listed():
    content_id = uuid.uuid4()
    earlier = edition(content_id, body=(ONE, TWO))
    later = edition(content_id, body=(RIGHT, TWO), headline="停水通知（文昌路）")
    assert between(earlier, later) == [
        Change("停水通知（文昌路片区）", "停水通知（文昌路）"),
        Change("停水时间为八时至十八时。", "停水时间为八时至二十时。"),
    ]


def test_what_is_new_or_gone_has_an_empty_side():
    content_id = uuid.uuid4()
    short, long = edition(content_id, body=(ONE,)), edition(content_id, body=(ONE, TWO))
    assert between(short, long) == [Change("", "请提前储水。")]
    assert between(long, short) == [Change("请提前储水。", "")]


@pytest.fixture
def by_hand(db) -> Placement:
    outlet = make_outlet("feed")
    content_id = uuid.uuid4()
    first = outbox.plan(edition(content_id, body=(ONE,)), targets(outlet), now=NOW)
    outbox.plan(edition(content_id, body=(RIGHT,)), targets(outlet), now=NOW)
    receipt = {"token": "t", "awaits_person": True, "raw": {"by_hand": True}}
    Placement.objects.update(actual=first, state="asking", receipt=receipt)
    return Placement.objects.get()


def test_the_detail_of_the_placement_shows_them(by_hand: Placement):
    page = admin().get(reverse("desk:placement", args=[by_hand.pk])).content.decode()
    assert "停水时间为八时至十八时。" in page
    assert "停水时间为八时至二十时。" in page


def test_nothing_is_listed_where_the_system_does_it(by_hand: Placement):
    by_hand.receipt = {"token": "t", "awaits_person": True}
    assert to_make(by_hand) == []
