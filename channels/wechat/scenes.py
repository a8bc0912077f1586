"""QR codes that lead to one thing: made at the platform once, drawn by us, counted without knowing anybody."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO

import segno
from django.db import IntegrityError, transaction

from channels.adapters.wechat_mp.api.audience import Audience, Code
from channels.adapters.wechat_mp.api.line import Line
from channels.errors import Refused
from channels.models import Item, Outlet
from channels.wechat import accounts
from channels.wechat.models import Scene, SceneKind

PERMANENT_MAX = 100_000
"""Codes that the platform lets an account have for ever; none can be deleted."""
TITLE_MAX = 100
RENEW_BEFORE = timedelta(days=1)
"""A temporary code that ends sooner is made anew before it is shown."""


def scene_for(outlet: Outlet, item: Item, *, permanent: bool, now: datetime) -> Scene:
    """The code of an item, asked for when there is none that holds; outside transactions. Raises ChannelError."""
    row = Scene.objects.filter(outlet=outlet, content_id=item.pk, permanent=permanent).first()
    fresh = row or Scene(
        outlet=outlet, kind=SceneKind.ITEM, content_id=item.pk, permanent=permanent, made_at=now
    )
    fresh.title = item.headline[:TITLE_MAX]
    return _made(fresh, now=now)


def general_scene(outlet: Outlet, kind: SceneKind, title: str, *, permanent: bool, now: datetime) -> Scene:
    """A code that leads to the list of streets, or just to the account."""
    return _made(
        Scene(outlet=outlet, kind=kind, title=title[:TITLE_MAX], permanent=permanent, made_at=now), now=now
    )


def renew(scene: Scene, *, now: datetime) -> Scene:
    """A temporary code anew with the same counts; printed ones end when they would have ended. Raises ChannelError."""
    return _made(scene, now=now)


def drawing(scene: Scene) -> str:
    """The code as an SVG that prints sharply."""
    out = BytesIO()
    segno.make(scene.url, error="m", micro=False).save(
        out, kind="svg", scale=8, border=4, xmldecl=False, omitsize=True, title=f"二维码：{scene.title}"
    )
    return out.getvalue().decode()


def holds(scene: Scene, *, now: datetime) -> bool:
    return bool(scene.url) and (scene.permanent or (scene.expires_at is not None and scene.expires_at > now))


def _made(scene: Scene, *, now: datetime) -> Scene:
    if holds(scene, now=now + RENEW_BEFORE):
        return scene
    if scene.permanent and Scene.objects.filter(outlet=scene.outlet, permanent=True).count() >= PERMANENT_MAX:
        raise Refused("永久二维码已达 10 万个上限，请改用 30 天有效的二维码")

    async def conversation(line: Line) -> Code:
        return await Audience(line).make_code(scene.scene, permanent=scene.permanent)

    code = accounts.talk(scene.outlet, conversation)
    scene.url = code.url[:500]
    scene.expires_at = None if scene.permanent else now + timedelta(seconds=code.seconds)
    try:
        with transaction.atomic():
            scene.save()
    except IntegrityError:
        if scene.content_id is None:
            raise
        # Asked for twice at once: the first one's code is as good. A second row would count half of the scans.
        return Scene.objects.get(outlet=scene.outlet, content_id=scene.content_id, permanent=scene.permanent)
    return scene
