"""What a sent push leaves to do: tell the placements, delete the articles that were there before. Never two copies."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from channels.adapters.wechat_mp.api.line import Line
from channels.adapters.wechat_mp.api.massing import Massing
from channels.adapters.wechat_mp.api.publishing import Platform
from channels.adapters.wechat_mp.listing import Listing
from channels.adapters.wechat_mp.visit import ARTICLE, DRAFT
from channels.errors import ChannelError, ConfigError, Throttled
from channels.wechat.accounts import Talk, memory_of
from channels.wechat.models import Push, history
from channels.wechat.push import outcome

BUSY_PAUSE = timedelta(seconds=30)
PAUSE = timedelta(seconds=600)
PERSON_PAUSE = timedelta(days=1)
"""Between tries that only a person can make succeed: each costs one of the ten deletions of a day."""


def clean(*, now: Callable[[], datetime], talk: Talk) -> None:
    """One round over all pushes that have something left to do; each is one worker's until its time comes again."""
    for push in Push.objects.filter(cleanup_at__lte=now()).select_related("outlet"):
        rows, until = Push.objects.filter(pk=push.pk), now() + PAUSE
        if not rows.filter(cleanup_at=push.cleanup_at).update(cleanup_at=until):
            continue
        again = [_register(push, now()), _delete(push, now, talk)]
        rows.filter(cleanup_at=until).update(cleanup_at=min(filter(None, again), default=None))


def _register(push: Push, now: datetime) -> datetime | None:
    rows = push.articles.filter(carried=False).select_related("item", "edition", "push")
    done = [outcome.register(article, now=now) for article in rows]
    return None if all(done) else now + BUSY_PAUSE


def _deletion(push: Push, remote_id: str) -> Callable[[Line], Awaitable[None]]:
    """The call for `article:<id>`, `draft:<id>` or `sent:<msg_id>.<number>`. Gone already is fine."""
    kind, _, rest = remote_id.partition(":")

    async def delete(line: Line) -> None:
        msg_id, _, number = rest.rpartition(".")
        platform = Platform(line)
        if kind == ARTICLE:
            await platform.delete_article(rest)
            await Listing(platform, memory_of(push.outlet), time.time).forget(rest)
        elif kind == DRAFT:
            await platform.delete_draft(rest)
        elif msg_id.isdigit():
            await Massing(line).delete(msg_id, int(number))
        else:
            raise ConfigError("原有推送的任务编号不明，请在公众号后台手工删除旧文")

    return delete


def _delete(push: Push, now: Callable[[], datetime], talk: Talk) -> datetime | None:
    """Ten deletions a day: the rest waits for the next day and says so."""
    for article in push.articles.exclude(superseded=[]):
        try:
            for remote_id in list(article.superseded):
                talk(push.outlet, _deletion(push, remote_id))
                article.superseded.remove(remote_id)
                article.save(update_fields=["superseded"])
        except ChannelError as error:
            _tell(push, f"{article.place}原有文章尚未删除：{error.message}", error.code, now())
            return now() + _pause(error)
        history(push, f"{article.place}原有文章已删除，读者只看到推送的一篇", at=now())
    return None


def _pause(error: ChannelError) -> timedelta:
    if isinstance(error, Throttled) and error.retry_after:
        return timedelta(seconds=error.retry_after)
    return PERSON_PAUSE if error.remedy.needs_person else PAUSE


def _tell(push: Push, text: str, code: str, at: datetime) -> None:
    """Once, however often it happens again."""
    if push.events.order_by("-pk").values_list("text", flat=True).first() != text[:500]:
        history(push, text, at=at, code=code)
