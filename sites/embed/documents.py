"""The documents of embeds: an outline from keys, rendered when it is wanted."""

from __future__ import annotations

from sites.embed import addresses
from sites.embed.board import Board, board_of
from sites.embed.forms import FORMS, Form, fitted
from sites.feeds.addresses import JOINT
from sites.serving.look import Look
from sites.serving.outline import Outline, digest


def outline(name: str, form: str, look: Look) -> Outline | None:
    """The document at `/embed/<name>.<form>`; None for an embed or a form that there is none of."""
    kind, embed = FORMS.get(form), addresses.embed_of(name)
    if kind is None or embed is None:
        return None
    board = board_of(name, embed, look.now)
    return outlined(board, kind, form) if board else None


def outlined(board: Board, form: Form, *said: str) -> Outline:
    """`said`: what the bytes depend on besides the board.

    Codes joined in an address are not kept in the database: anybody can write them without end. Who means them saves them.
    """
    return Outline(
        etag=digest(board.tag, said),
        changed=board.changed,
        until=board.until,
        lasting=bool(board.lines) and JOINT not in board.name,
        content_type=form.content_type,
        render=lambda: fitted(board, form.render),
        headers=form.headers(board),
        caching=form.caching,
    )
