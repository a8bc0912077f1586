"""What a reader asks, read from an address and written into one. Whatever the address says, the result is a valid query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from channels.finding import EVERYTHING, Filters, words_of

QUERY_MAX = 60
"""Characters; a longer query is cut, and the page says so."""
CODE_MAX = 50
PAGES_MAX = 10
BY_DATE = "new"
HERE = "site"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """`site` is the outlet that the page belongs to, `is_here` that only this site is looked through."""

    text: str
    filters: Filters = EVERYTHING
    site: str = ""
    is_named: bool = False
    is_here: bool = False
    is_by_date: bool = False
    was_cut: bool = False
    page: int = 1

    @property
    def words(self) -> tuple[str, ...]:
        return words_of(self.text)

    @property
    def is_narrowed(self) -> bool:
        return replace(self.filters, outlet="") != EVERYTHING

    @property
    def asks(self) -> bool:
        """Whether there is anything to look for: words, or filters alone."""
        return bool(self.words) or (self.is_narrowed and not self.text)

    @property
    def parameters(self) -> dict[str, str]:
        """What the address says, without what goes without saying."""
        filters = self.filters
        said = {
            "q": self.text,
            "type": filters.item_type,
            "column": filters.column,
            "unit": filters.unit,
            "street": filters.street,
            "from": filters.since.isoformat() if filters.since else "",
            "to": filters.until.isoformat() if filters.until else "",
            "files": {True: "yes", False: "no", None: ""}[filters.has_attachment],
            "valid": "all" if filters.is_over else "",
            "site": self.site if self.is_named else "",
            "scope": HERE if self.is_here else "",
            "sort": BY_DATE if self.is_by_date else "",
            "page": str(self.page) if self.page > 1 else "",
        }
        return {name: value for name, value in said.items() if value}

    @property
    def url(self) -> str:
        query = urlencode(self.parameters)
        return f"{reverse('find')}?{query}" if query else reverse("find")

    def at(self, page: int) -> Query:
        return replace(self, page=page)

    def with_words(self, text: str) -> Query:
        return replace(self, text=text, page=1)

    def without(self, **filters: object) -> Query:
        """With these filters at their usual values."""
        return replace(self, filters=replace(self.filters, **filters), page=1)  # type: ignore[arg-type]


def read(said: Mapping[str, str], *, site: str) -> Query:
    """`site`: the slug of the outlet whose page asks."""
    asked = " ".join(said.get("q", "")[: QUERY_MAX * 200].replace("\x00", " ").split())
    is_here = said.get("scope") == HERE and bool(site)
    since, until = _day(said.get("from", "")), _day(said.get("to", ""))
    if since and until and since > until:
        since, until = until, since
    filters = Filters(
        item_type=_code(said, "type"),
        column=_code(said, "column"),
        unit=_code(said, "unit"),
        street=_code(said, "street"),
        outlet=site if is_here else "",
        since=since,
        until=until,
        has_attachment={"yes": True, "no": False}.get(said.get("files", "")),
        is_over=said.get("valid") == "all",
    )
    return Query(
        text=asked[:QUERY_MAX].strip(),
        filters=filters,
        site=site,
        is_named=bool(site) and said.get("site") == site,
        is_here=is_here,
        is_by_date=said.get("sort") == BY_DATE,
        was_cut=len(asked) > QUERY_MAX,
        page=_number(said.get("page", "1")),
    )


def _code(said: Mapping[str, str], name: str) -> str:
    return said.get(name, "")[:CODE_MAX].replace("\x00", "").strip()


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1970 < day.year < 2200 else None


def _number(text: str) -> int:
    return (
        min(int(text), PAGES_MAX) if text.isascii() and text.isdigit() and len(text) < 4 and int(text) else 1
    )
