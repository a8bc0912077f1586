"""The tables of pulling, one idea a module."""

from channels.pulling.models.key import PullKey, Scope
from channels.pulling.models.pull import Holding, Pull, PullDay, TakenItem
from channels.pulling.models.webmaster import Invitation, Membership

__all__ = [
    "Holding",
    "Invitation",
    "Membership",
    "Pull",
    "PullDay",
    "PullKey",
    "Scope",
    "TakenItem",
]
