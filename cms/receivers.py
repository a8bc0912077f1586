"""Wagtail's signals, as hints: each only says that something may have changed."""

from __future__ import annotations


def connect() -> None:
    """Attach the receivers; called once by CmsConfig.ready."""
