"""One call to the platform as a value, and the two ways in which it is no call at all; client.py makes it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from channels.errors import Unreachable

TIMEOUT = (5.0, 20.0)
"""Seconds to connect and to wait for bytes."""
LONG_TIMEOUT = (5.0, 45.0)
"""For calls whose lost answer costs a reconciliation."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file for a multipart field. `name` is ASCII: the platform answers 41005 to anything else."""

    name: str
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One API call. `endpoint` is below /cgi-bin/, or below the root when it begins with `datacube/`.

    write: its effect may be what readers see, so a lost answer leaves the outcome open. `expected` are error codes
    whose answer is returned instead of raised. `timeout` as TIMEOUT.
    """

    endpoint: str
    data: Mapping[str, Any] | None = None
    params: Mapping[str, str] | None = None
    upload: Upload | None = None
    get: bool = False
    write: bool = False
    expected: Collection[int] = ()
    timeout: tuple[float, float] = TIMEOUT


class NeverLeft(Unreachable):
    """There was no connection: the platform has not even counted the call."""


class StaleToken(Exception):
    """The platform no longer takes this token; nothing was applied."""
