"""The menu as the editor's form has it: three columns of a button and five below, each a name, a choice and a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from channels.wechat.menus import BELOW_MAX, BUTTONS_MAX, Button, Kind

FIND = "find:"
FIXED = {"interest": "interest", "newest": "newest"}
"""Choices without a value of their own -> the key of the button."""
CHOICES = (
    ("", "（无）"),
    ("view", "打开网页"),
    ("find", "关键词"),
    ("interest", "我的街道"),
    ("newest", "最新通知"),
    ("article_id", "已发表文章"),
    ("click", "自定义键值"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the form; `field` is the beginning of its names there."""

    field: str
    name: str = ""
    choice: str = ""
    value: str = ""

    def button(self) -> Button:
        if self.choice in FIXED:
            return Button(self.name, Kind.CLICK, FIXED[self.choice])
        if self.choice == "find":
            return Button(self.name, Kind.CLICK, f"{FIND}{self.value}" if self.value else "")
        return Button(self.name, Kind(self.choice) if self.choice else None, self.value)

    @property
    def is_blank(self) -> bool:
        return not (self.name or self.value)


@dataclass(frozen=True, slots=True)
class ColumnRows:
    number: int
    top: Row
    below: tuple[Row, ...]

    def button(self) -> Button:
        below = tuple(row.button() for row in self.below if not row.is_blank)
        return Button(self.top.name, below=below) if below else self.top.button()

    @property
    def is_blank(self) -> bool:
        return self.top.is_blank and all(row.is_blank for row in self.below)


def entered(post: Mapping[str, str]) -> list[ColumnRows]:
    return [
        ColumnRows(
            number,
            _entered(post, f"m{number}"),
            tuple(_entered(post, f"m{number}-{n}") for n in range(1, BELOW_MAX + 1)),
        )
        for number in range(1, BUTTONS_MAX + 1)
    ]


def shown(buttons: Sequence[Button]) -> list[ColumnRows]:
    """A draft in the form; what is beyond the form's size cannot come from the platform."""
    padded = [*buttons[:BUTTONS_MAX], *([Button("")] * (BUTTONS_MAX - len(buttons)))]
    return [
        ColumnRows(number, _shown(button, f"m{number}"), tuple(_below(button, f"m{number}")))
        for number, button in enumerate(padded, start=1)
    ]


def buttons_of(columns: Sequence[ColumnRows]) -> list[Button]:
    return [column.button() for column in columns if not column.is_blank]


def _below(button: Button, field: str) -> Iterator[Row]:
    padded = [*button.below[:BELOW_MAX], *([Button("")] * (BELOW_MAX - len(button.below)))]
    for number, entry in enumerate(padded, start=1):
        yield _shown(entry, f"{field}-{number}")


def _entered(post: Mapping[str, str], field: str) -> Row:
    choice = post.get(f"{field}-kind", "")
    known = choice if choice in dict(CHOICES) else ""
    return Row(field, post.get(f"{field}-name", "").strip(), known, post.get(f"{field}-value", "").strip())


def _shown(button: Button, field: str) -> Row:
    if button.kind is not Kind.CLICK:
        return Row(field, button.name, button.kind.value if button.kind else "", button.value)
    if button.value in FIXED:
        return Row(field, button.name, button.value)
    if button.value.startswith(FIND):
        return Row(field, button.name, "find", button.value.removeprefix(FIND))
    return Row(field, button.name, "click", button.value)
