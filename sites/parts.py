"""Part: a list of a site that is no column page (便民服务, 专题, 办事指南), where templates and tags look for a column."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """Stands where a ColumnLink does. `column_type` is a word of sites.models.COLUMN_TYPES."""

    title: str
    url: str
    column_type: str
    description: str = ""

    @property
    def page(self) -> Part:
        return self
