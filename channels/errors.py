"""What can go wrong at an outlet, sorted by who can move it on.

ChannelError
    ContentError            remedy EDITOR     the item has to change
        Unrepresentable                       this channel cannot express it
        Refused                               the outlet looked at it and said no
    ConfigError             remedy ADMIN      credentials, rights, addresses
    Throttled               remedy WAIT       come back at `retry_after`; not counted as an attempt
    Unreachable             remedy RETRY      nothing was applied
    OutcomeUnknown          remedy VERIFY     it may have been applied: look before anything else
    Missing                 remedy VERIFY     what we hold a receipt for is not there
    Misbehaved              remedy DEVELOPER  the outlet broke its own protocol

The message is one Chinese sentence that ends with the next step. No secret ever enters a message or a detail.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

DETAIL_MAX = 2000


class Remedy(StrEnum):
    """Who or what can move a failure on."""

    RETRY = "retry"
    WAIT = "wait"
    VERIFY = "verify"
    EDITOR = "editor"
    ADMIN = "admin"
    DEVELOPER = "developer"

    @property
    def needs_person(self) -> bool:
        return self in {Remedy.EDITOR, Remedy.ADMIN, Remedy.DEVELOPER}


class ChannelError(Exception):
    """A failure at one outlet. `code` is the outlet's own word, verbatim; `detail` its answer, cut and redacted."""

    remedy: ClassVar[Remedy] = Remedy.DEVELOPER

    def __init__(self, message: str, *, code: str = "", detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code[:100]
        self.detail = detail[:DETAIL_MAX]


class ContentError(ChannelError):
    remedy = Remedy.EDITOR


class Unrepresentable(ContentError):
    """The channel cannot express this edition; raised by `render`."""


class Refused(ContentError):
    """The outlet refused the content."""


class ConfigError(ChannelError):
    """The outlet cannot be used as it is set up; stops its deliveries, not its withdrawals."""

    remedy = Remedy.ADMIN


class Throttled(ChannelError):
    """The outlet asks for patience. `retry_after` in seconds; None: the engine's own backoff."""

    remedy = Remedy.WAIT

    def __init__(
        self, message: str, *, retry_after: float | None = None, code: str = "", detail: str = ""
    ) -> None:
        super().__init__(message, code=code, detail=detail)
        self.retry_after = retry_after


class Unreachable(ChannelError):
    """The call did not get through; nothing was applied."""

    remedy = Remedy.RETRY


class OutcomeUnknown(ChannelError):
    """The call went out and no answer came back; it may have been applied."""

    remedy = Remedy.VERIFY


class Missing(ChannelError):
    """The remote object of a receipt is gone behind our back."""

    remedy = Remedy.VERIFY


class Misbehaved(ChannelError):
    """The outlet's answer makes no sense; its text is worth keeping as a fixture."""

    remedy = Remedy.DEVELOPER
