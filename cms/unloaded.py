"""What Wagtail 8.0.1 loads in every process though nothing here uses it: a sixth of an embedded hub's memory (ADR 0032).

Its REST API v3 is not mounted (the public reads sites.api), but the ready() of its apps adds their routers to it all the
same: django-ninja and three pydantic schemas for each page type. Its explorer's API needs the Django REST framework,
which loads what it finds for field types, test clients and pages that nobody sees here, psycopg among it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any


def _nothing(*_: Any) -> None:
    """In the place of whatever those ready() call."""


class _NoApi:
    add_router = staticmethod(_nothing)


API: dict[str, dict[str, Any]] = {
    "wagtail.api.v3.api": {"api": _NoApi},
    "wagtail.contrib.redirects.api.v3": {"router": None},
    "wagtail.documents.api.v3.registry": {"register_content_types": _nothing},
    "wagtail.documents.api.v3.router": {"router": None},
    "wagtail.images.api.v3.registry": {"register_content_types": _nothing},
    "wagtail.images.api.v3.router": {"router": None},
    "wagtail.snippets.api.v3": {"register_content_types": _nothing},
    "wagtail.snippets.api.v3.router": {"router": None},
}
"""What the ready() of Wagtail's apps import of it: module -> name -> what they get instead."""


OPTIONAL = ("django.contrib.postgres", "pygments", "requests")
"""What rest_framework.compat does without where it is not installed."""


def leave_out() -> None:
    """Before the ready() of any of Wagtail's apps. A version that asks for another name fails there, loudly."""
    for name, values in API.items():
        module = ModuleType(name)
        vars(module).update(values)
        sys.modules.setdefault(name, module)
    with _hidden(OPTIONAL):
        import_module("rest_framework.compat")


@contextmanager
def _hidden(names: tuple[str, ...]) -> Iterator[None]:
    """Imports of these fail within, as if they were not installed, unless they are loaded already."""
    absent = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]  # None is Python's own mark for it
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]
