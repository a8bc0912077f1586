"""Small values and rows for tests of the engine."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from channels.edition import Edition, ItemType, Organisation, Paragraph, Subject
from channels.models import Outlet
from channels.outbox import Target

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


class Clock:
    """A clock that moves when told."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **amount: float) -> datetime:
        self.at += timedelta(**amount)
        return self.at


def edition(content_id: uuid.UUID | None = None, **changes: Any) -> Edition:
    content_id = content_id or uuid.uuid4()
    values: dict[str, Any] = {
        "uri": f"urn:uuid:{content_id}",
        "version": 0,
        "type": ItemType.NOTICE,
        "slug": f"20261123-{content_id.hex[:8]}",
        "headline": "停水通知（文昌路片区）",
        "canonical_url": f"http://hub.example/tzgg/20261123-{content_id.hex[:8]}/",
        "permalink": f"http://hub.example/i/{content_id}/",
        "issuer": Organisation(code="czjd", name="城中街道办事处"),
        "source": "城中街道办事处",
        "first_created": NOW,
        "version_created": NOW,
        "summary": "11月25日8时至18时停水。",
        "body": (Paragraph(html="因管网检修，文昌路片区停水。"),),
        "subjects": (Subject(scheme="column", code="tzgg", name="通知公告"),),
    }
    return Edition(**{**values, **changes})


def outlet(slug: str = "fake", channel: str = "fake", **values: Any) -> Outlet:
    return Outlet.objects.create(slug=slug, name=values.pop("name", slug), channel=channel, **values)


def targets(*outlets: Outlet, **values: Any) -> list[Target]:
    return [Target(outlet_id=one.pk, reason="规则：测试", **values) for one in outlets]
