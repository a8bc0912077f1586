"""An account's custom menu: the draft, what the platform would refuse, publishing with a look at what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from channels.adapters.wechat_mp.api.line import Line
from channels.adapters.wechat_mp.api.menus import (
    BELOW_MAX,
    BUTTONS_MAX,
    Button,
    Current,
    Kind,
    Menus,
    differences,
    problems,
)
from channels.models import Outlet, Placement, State
from channels.wechat import accounts
from channels.wechat.models import Menu

__all__ = [
    "BELOW_MAX",
    "BUTTONS_MAX",
    "SAME",
    "Button",
    "Kind",
    "articles",
    "bring_in",
    "draft_of",
    "keep",
    "menu_of",
    "problems",
    "publish",
]

ARTICLE = "article"
"""Before the colon of a receipt's remote id that names an article."""
SAME = "已核对一致"
CHECKED_MAX = 500


def menu_of(outlet: Outlet) -> Menu:
    return Menu.objects.filter(outlet=outlet).first() or Menu(outlet=outlet)


def draft_of(menu: Menu) -> list[Button]:
    return [Button.read(document) for document in menu.draft]


def keep(outlet: Outlet, buttons: Sequence[Button]) -> None:
    """Keep a draft, whether the platform would take it or not."""
    Menu.objects.update_or_create(outlet=outlet, defaults={"draft": _documents(buttons)})


def publish(outlet: Outlet, buttons: Sequence[Button], *, by: str, now: datetime) -> str:
    """Publish, read back and keep both. Returns SAME or what differs; outside transactions. Raises ChannelError."""

    async def conversation(line: Line) -> Current:
        menus = Menus(line)
        await menus.publish(buttons)
        return await menus.current()

    seen = accounts.talk(outlet, conversation)
    found = differences(buttons, seen.buttons) + [f"微信上另有“{name}”" for name in seen.strange]
    checked = f"不一致：{'；'.join(found)}" if found else SAME
    Menu.objects.update_or_create(
        outlet=outlet,
        defaults={
            "draft": _documents(buttons),
            "published": _documents(buttons),
            "published_at": now,
            "published_by": by[:150],
            "checked": checked[:CHECKED_MAX],
        },
    )
    return checked


def bring_in(outlet: Outlet) -> Current:
    """Take the menu that followers see as the draft; outside transactions. Raises ChannelError."""

    async def conversation(line: Line) -> Current:
        return await Menus(line).current()

    current = accounts.talk(outlet, conversation)
    keep(outlet, current.buttons)
    return current


def _documents(buttons: Sequence[Button]) -> list[dict[str, object]]:
    return [button.to_json() for button in buttons]


def articles(outlet: Outlet, *, limit: int = 50) -> list[tuple[str, str]]:
    """(article_id, title) of the account's newest articles, for a button that opens one."""
    rows = Placement.objects.filter(outlet=outlet, state=State.SETTLED, desired__isnull=False)
    found = rows.order_by("-desired_at").values_list("receipt__remote_id", "item__headline")[:limit]
    named = [(str(remote_id or "").partition(":"), title) for remote_id, title in found]
    return [(article_id, title) for (kind, _, article_id), title in named if kind == ARTICLE and article_id]
