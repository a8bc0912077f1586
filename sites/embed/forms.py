"""What may stand behind the dot of an embed's address, and how each is kept within its size."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sites.embed import markup, script
from sites.embed.board import Board, Entry
from sites.embed.options import CHARS_MIN

BYTES_MAX = 10_000
"""Of every document, before it is compressed."""
JAVASCRIPT = "application/javascript; charset=utf-8"
KEPT = "public, max-age=86400, stale-while-revalidate=86400, stale-if-error=604800"
"""The script: with it a browser shows the last list while the hub is down. What it shows is asked for anew at every look."""
ASKED = "public, no-cache"
"""What is asked for to learn what is true now; unchanged, it is 304."""
READ = "public, max-age=60, stale-if-error=604800"
"""What servers and frames fetch."""

Render = Callable[[Board, Sequence[Entry]], bytes]


@dataclass(frozen=True, slots=True)
class Form:
    """`policy` makes the Content-Security-Policy of a form that a browser may open as a page."""

    content_type: str
    caching: str
    render: Render
    policy: Callable[[Board], str] | None = None

    def headers(self, board: Board) -> dict[str, str]:
        """Readable from any site, also from one that isolates itself."""
        policy = {"Content-Security-Policy": self.policy(board)} if self.policy else {}
        return {"Cross-Origin-Resource-Policy": "cross-origin", **policy}


def _page_policy(board: Board) -> str:
    return markup.page_policy(board.embed, markup.ancestors(board.embed))


def _preview_policy(board: Board) -> str:
    return markup.page_policy(board.embed, ["'self'"])


def _fragment_policy(board: Board) -> str:  # noqa: ARG001
    return markup.fragment_policy()


FORMS: dict[str, Form] = {
    "js": Form(JAVASCRIPT, KEPT, script.script),
    "fresh.js": Form(JAVASCRIPT, ASKED, script.fresh),
    "json": Form("application/json; charset=utf-8", ASKED, script.json_document),
    "jsonp": Form(JAVASCRIPT, ASKED, script.jsonp),
    "html": Form("text/html; charset=utf-8", READ, markup.page, _page_policy),
    "inc.html": Form("text/html; charset=utf-8", READ, markup.fragment, _fragment_policy),
    "inc.gbk.html": Form("text/html; charset=gbk", READ, markup.gbk_fragment, _fragment_policy),
}
PREVIEW = Form("text/html; charset=utf-8", "no-cache", markup.page, _preview_policy)
"""The frame before it is saved: our own pages may show it."""


def fitted(board: Board, render: Render) -> bytes:
    """At most BYTES_MAX: titles are cut further, all alike, before an item is left out."""
    entries = board.entries()
    for chars in range(board.embed.title_chars, CHARS_MIN - 1, -2):
        body = render(board, [entry.cut(chars) for entry in entries])
        if len(body) <= BYTES_MAX:
            return body
    shortest = [entry.cut(CHARS_MIN) for entry in entries]
    while len(body := render(board, shortest)) > BYTES_MAX and shortest:
        shortest.pop()
    return body
