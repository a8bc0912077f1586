"""Selection: which items a feed, an embed or a mirror shows. A pure value; the same choice is always the same value."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from channels.edition import ItemType

SIZE = 50
"""Entries of a feed that nobody has given another size."""
SIZE_MAX = 100
CODES_MAX = 30
"""Codes of one kind in a selection; more are a whole district's, and are left out instead."""
CODE_CHARS_MAX = 50
KINDS = ("columns", "units", "types", "tags")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Every kind that is named has to fit, any of its codes will do; nothing named is everything.

    `outlet` (a slug): what is shown there; empty: what is shown at any public outlet, each item once.
    """

    outlet: str = ""
    columns: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    size: int = SIZE

    def __post_init__(self) -> None:
        for kind in KINDS:
            object.__setattr__(self, kind, tuple(sorted(set(getattr(self, kind)))))
            _check(kind, getattr(self, kind))
        if not 1 <= self.size <= SIZE_MAX:
            raise ValueError(f"条数应在 1 到 {SIZE_MAX} 之间")
        unknown = set(self.types) - {kind.value for kind in ItemType}
        if unknown:
            raise ValueError(f"没有这种稿件类型：{'、'.join(sorted(unknown))}")

    @property
    def key(self) -> str:
        """Names the selection for ever: 16 hex digits of its canonical JSON's SHA-256."""
        text = json.dumps(self.to_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def to_json(self) -> dict[str, Any]:
        """What differs from "everything", kinds as lists."""
        plain: dict[str, Any] = {kind: list(getattr(self, kind)) for kind in KINDS if getattr(self, kind)}
        if self.outlet:
            plain["outlet"] = self.outlet
        if self.size != SIZE:
            plain["size"] = self.size
        return plain

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Self:
        """Raises ValueError for what no webmaster can have chosen."""
        kinds = {kind: tuple(str(code) for code in plain.get(kind, ())) for kind in KINDS}
        try:
            size = int(plain.get("size", SIZE))
        except (TypeError, ValueError) as error:
            raise ValueError("条数应为整数") from error
        return cls(outlet=str(plain.get("outlet", "")), size=size, **kinds)


def _check(kind: str, codes: tuple[str, ...]) -> None:
    if len(codes) > CODES_MAX:
        raise ValueError(f"每一类最多选择 {CODES_MAX} 项，要得更多请不选（即全部）")
    for code in codes:
        if not code.strip() or len(code) > CODE_CHARS_MAX:
            raise ValueError(f"{kind} 中有空的或过长的代码")
