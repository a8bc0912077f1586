"""The look of an embedded list, written once: the script sets it property by property, the frame has a stylesheet.

Text is read on white, whatever the page around it: so the contrast is known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sites.embed.options import Embed, Layout

Style = Mapping[str, str]
INK, GREY, LINE, GROUND = "#1f2328", "#57606a", "#d8dee4", "#fff"


def parts(embed: Embed) -> dict[str, Style]:
    """CSS by part of the list, properties as scripts name them."""
    return {
        "box": {
            "background": GROUND, "color": INK, "padding": ".75em 1em", "lineHeight": "1.6",
            "textAlign": "left", "overflowWrap": "anywhere", "boxSizing": "border-box",
        },
        "title": {
            "margin": "0 0 .4em", "padding": "0 0 .3em", "fontSize": "1.15em", "lineHeight": "1.4",
            "fontWeight": "bold", "borderBottom": f"2px solid {embed.colour}",
        },
        "note": {"margin": ".3em 0", "fontSize": ".9em", "color": GREY},
        "list": {"listStyle": "none", "margin": "0", "padding": "0", **_list(embed.layout)},
        "item": {
            "listStyle": "none", "margin": "0", "float": "none", "width": "auto", **_item(embed.layout)
        },
        "link": {"color": embed.colour, "textDecoration": "none"},
        "date": {"color": GREY, "fontSize": ".9em", "whiteSpace": "nowrap"},
        "image": {
            "display": "block", "width": "100%", "height": "auto", "aspectRatio": "16/10", "objectFit": "cover",
            "margin": "0 0 .4em", "border": "0",
        },
    }  # fmt: skip


def stylesheet(embed: Embed) -> str:
    """The same for a document of one's own, with what only a stylesheet can say."""
    own = parts(embed)
    if embed.layout is not Layout.CARDS:
        own.pop("image")
    rules = "".join(f".{_class(part)}{{{_declarations(style)}}}" for part, style in own.items())
    return (
        "body{margin:0;background:#fff;font:1rem/1.6 'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif}"
        f"{rules}"
        ".tongsheng a:hover{text-decoration:underline}"
        ".tongsheng a:focus-visible{outline:3px solid #0b57d0;outline-offset:2px}"
    )


def _list(layout: Layout) -> Style:
    if layout is not Layout.CARDS:
        return {}
    return {"display": "grid", "gridTemplateColumns": "repeat(auto-fill,minmax(9em,1fr))", "gap": "1em"}


def _item(layout: Layout) -> Style:
    row = {"padding": ".4em 0", "borderBottom": f"1px dotted {LINE}"}
    match layout:
        case Layout.PLAIN:
            return row
        case Layout.DATED:
            return {**row, "display": "flex", "justifyContent": "space-between", "gap": "1em"}
        case Layout.CARDS:
            return {"padding": ".5em", "border": f"1px solid {LINE}", "borderRadius": "4px"}


def _class(part: str) -> str:
    return "tongsheng" if part == "box" else f"tongsheng-{part}"


def _declarations(style: Style) -> str:
    return ";".join(f"{_kebab(name)}:{value}" for name, value in style.items())


def _kebab(name: str) -> str:
    return re.sub("[A-Z]", lambda found: f"-{found[0].lower()}", name)
