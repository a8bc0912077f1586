"""What WordPress lets an account do, and the words in which it refuses (codes and statuses seen on 6.1.9)."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, fields
from typing import Any, Self

from channels.sandbox.config import DEMO_SECRET

USER = "tongsheng"
EXTENSIONS = frozenset({
    "jpg", "jpeg", "png", "gif", "webp", "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "txt", "csv", "zip",
})  # fmt: skip
_CONTRIBUTOR = frozenset({"read", "edit_posts", "delete_posts"})
_AUTHOR = _CONTRIBUTOR | {"upload_files", "publish_posts", "edit_published_posts", "delete_published_posts"}
_EDITOR = _AUTHOR | {"edit_others_posts", "delete_others_posts", "read_private_posts", "manage_categories"}
ROLES = {
    "subscriber": frozenset({"read"}),
    "contributor": _CONTRIBUTOR,
    "author": _AUTHOR,
    "editor": _EDITOR,
    "administrator": _EDITOR | {"manage_options"},
}


class RestError(Exception):
    """An answer {"code", "message", "data": {"status"}}."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def to_json(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.message, "data": {"status": self.status}}


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSettings:
    """`pretty`: False answers at ?rest_route= only. `trash`: False refuses DELETE without force."""

    role: str = "editor"
    pretty: bool = True
    trash: bool = True

    @classmethod
    def of(cls, document: dict[str, Any]) -> Self:
        """Raises ValueError for a setting that there is not, or of the wrong type."""
        for name, value in document.items():
            kind = {field.name: type(getattr(cls(), field.name)) for field in fields(cls)}.get(name)
            if kind is None or type(value) is not kind:
                raise ValueError(f"no such setting: {name}={value!r}")
        if document.get("role", "editor") not in ROLES:
            raise ValueError(f"no such role: {document['role']}")
        return cls(**document)


def capabilities(header: str, settings: SiteSettings) -> frozenset[str]:
    """Of whoever sent this Authorization; none for a stranger, and for a wrong password, which WordPress takes for one."""
    kind, _, pair = header.partition(" ")
    try:
        user, _, password = base64.b64decode(pair, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return frozenset()
    if kind != "Basic" or user != USER or _letters(password) != _letters(DEMO_SECRET):
        return frozenset()
    return ROLES[settings.role]


def demand(may: frozenset[str], right: str, code: str, message: str) -> None:
    """Raises RestError: 401 for a stranger, 403 for an account that may not."""
    if right not in may:
        raise RestError(403 if may else 401, code, message)


def _letters(password: str) -> str:
    """Application passwords are compared without blanks and signs."""
    return re.sub(r"[^a-zA-Z0-9]", "", password)
