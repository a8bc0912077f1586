"""An account's line for everybody but the engine: tasks, and views of the desk.

A call takes as long as the platform likes. Never make one inside a transaction: the claim to renew a token and the
counts of calls have to be seen by other processes at once, and on SQLite a transaction keeps all writers out.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from asgiref.sync import async_to_sync

from channels.adapters.wechat_mp.api.line import Line, line_of
from channels.checkpoints import DatabaseCheckpoint
from channels.database import in_database_thread
from channels.models import Outlet

T = TypeVar("T")

CHANNEL = "wechat_mp"


class Talk(Protocol):
    """The shape of `talk`, for those who are handed it."""

    def __call__(self, outlet: Outlet, conversation: Callable[[Line], Awaitable[T]]) -> T: ...


def talk(outlet: Outlet, conversation: Callable[[Line], Awaitable[T]]) -> T:
    """What `conversation` says with the account's line. From a thread without an event loop; raises ChannelError."""

    async def hold() -> T:
        return await conversation(line_of(outlet.config(), memory_of(outlet)))

    return async_to_sync(hold)()


def memory_of(outlet: Outlet) -> DatabaseCheckpoint:
    """The account's memory: shared entries, sealed entries, counts. It has no plain entries."""
    return DatabaseCheckpoint(outlet.pk, "account", in_database_thread)
