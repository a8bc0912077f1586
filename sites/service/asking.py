"""What a reader of 便民服务 wants to see, as addresses say it, and the links that change one thing of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest

from cms.models import ServiceKind
from sites.service import choice
from sites.service.notices import Notice, Street, concerns
from sites.service.phase import Phase

ALL_STREETS = "all"
"""`?street=all` looks beyond the street that the reader has chosen as his."""


@dataclass(frozen=True, slots=True)
class Asked:
    """`street` None: of the whole district. What the address says wrongly counts as not said."""

    street: Street | None = None
    kind: str = ""
    phase: Phase | None = None

    @classmethod
    def of(cls, request: HttpRequest, among: Sequence[Street], *, remembers: bool = True) -> Asked:
        """`remembers`: the reader's own street counts where the address names none."""
        code, kind = request.GET.get("street", ""), request.GET.get("kind", "")
        street = choice.named(code, among)
        if not code and remembers:
            street = choice.chosen(request, among)
        stage = next((phase for phase in Phase if phase == request.GET.get("phase")), None)
        return cls(street, kind if kind in ServiceKind.values else "", stage)

    def takes(self, notice: Notice, among: Sequence[Street]) -> bool:
        """By street and kind."""
        if self.kind and notice.kind != self.kind:
            return False
        return self.street is None or concerns(notice.row.edition, self.street, among)

    def takes_phase(self, notice: Notice) -> bool:
        """What is over is seen by those who ask for it; what closes soon is running, too."""
        if self.phase is None:
            return notice.phase != Phase.OVER
        return notice.phase == self.phase or (self.phase, notice.phase) == (Phase.RUNNING, Phase.CLOSING)

    def query(self, **changed: str) -> str:
        """The address's query with some values changed; empty values are left out. With the question mark."""
        values = {
            "street": self.street.code if self.street else "",
            "kind": self.kind,
            "phase": self.phase or "",
        }
        said = {name: value for name, value in (values | changed).items() if value}
        return f"?{urlencode(said)}" if said else ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One link of a row of choices."""

    label: str
    query: str
    is_chosen: bool


def phases(asked: Asked) -> list[Choice]:
    every = Choice("全部", asked.query(phase=""), asked.phase is None)
    return [every, *(Choice(phase.label, asked.query(phase=phase), asked.phase == phase) for phase in Phase)]


def kinds(asked: Asked) -> list[Choice]:
    every = Choice("全部", asked.query(kind=""), not asked.kind)
    return [
        every,
        *(Choice(label, asked.query(kind=kind), asked.kind == kind) for kind, label in ServiceKind.choices),
    ]


def by_street(asked: Asked, among: Iterable[Street]) -> list[Choice]:
    every = Choice("全区", asked.query(street=ALL_STREETS), asked.street is None)
    return [
        every,
        *(Choice(street.name, asked.query(street=street.code), asked.street == street) for street in among),
    ]
