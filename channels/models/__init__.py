"""The engine's tables. docs/model.md states their constraints; the verbs live in outbox, changes and engine."""

from channels.models.asset import AssetFile
from channels.models.call_count import CallCount
from channels.models.change import Change, Counter
from channels.models.checkpoint import CheckpointEntry
from channels.models.delivery import Delivery, Operation, Outcome
from channels.models.edition import EditionRecord
from channels.models.item import Item, ItemRelation, ItemTag, WithdrawalKind
from channels.models.outlet import Outlet
from channels.models.placement import Pending, Placement, State

__all__ = [
    "AssetFile",
    "CallCount",
    "Change",
    "CheckpointEntry",
    "Counter",
    "Delivery",
    "EditionRecord",
    "Item",
    "ItemRelation",
    "ItemTag",
    "Operation",
    "Outcome",
    "Outlet",
    "Pending",
    "Placement",
    "State",
    "WithdrawalKind",
]
