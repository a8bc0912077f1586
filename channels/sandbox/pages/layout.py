"""The frame of every page: one banner that says sandbox, one style sheet, no foreign assets."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import quote, urlsplit

from aiohttp import web

BANNER = "沙箱：仅供演示、演练和测试，不连接任何真实系统"
CSS = """
:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0;background:#ededed;color:#1f1f1f;font:17px/1.6 -apple-system,"PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif;overflow-wrap:anywhere}
.sandbox{padding:6px 16px;background:#d9a520;color:#1f1f1f;font-size:14px;text-align:center}
.sandbox a{color:inherit;text-decoration:none}
main{max-width:677px;min-height:calc(100vh - 35px);margin:0 auto;padding:24px 20px 48px;background:#fff}
main.wide{max-width:1080px}
h1{margin:0 0 14px;font-size:22px;line-height:1.4}
h2{margin:32px 0 8px;font-size:18px}
.meta{margin:0 0 22px;color:#767676;font-size:15px}
.meta b{color:#576b95;font-weight:normal}
img{max-width:100%;height:auto}
a{color:#576b95}
.foot{margin-top:28px;padding-top:14px;border-top:1px solid #eee;font-size:15px}
.gone{padding:30vh 20px 0;text-align:center}
.gone i{display:block;width:64px;height:64px;margin:0 auto 20px;border-radius:50%;background:#c9c9c9;color:#fff;font:bold 40px/64px sans-serif}
.note{padding:8px 14px;background:#e7f7ee;border-left:4px solid #07c160;font-size:15px}
.note.bad{background:#fdecea;border-color:#c0392b}
table{width:100%;border-collapse:collapse;font-size:15px}
.list th,.list td{padding:7px 8px;border-bottom:1px solid #e5e5e5;text-align:left;vertical-align:top}
.list th{color:#666;font-weight:normal;white-space:nowrap}
.list td.do{width:1%;white-space:nowrap}
.off{color:#767676;text-decoration:line-through}
.empty{color:#767676}
article table{margin:12px 0}article td,article th{border:1px solid #ccc;padding:6px}
form{margin:0}
.do form{display:inline-block;margin:0 0 4px 6px}
button{padding:4px 14px;border:1px solid #d0d0d0;border-radius:4px;background:#fff;font:inherit;font-size:15px;cursor:pointer}
button.main{border-color:#067a3e;background:#067a3e;color:#fff}
button.risky{color:#c0392b}
input,select{max-width:100%;padding:5px 8px;border:1px solid #c4c4c4;border-radius:4px;font:inherit;font-size:15px}
.fields{display:grid;grid-template-columns:9em minmax(0,30em);gap:10px 14px;align-items:center}
.fields button{justify-self:start}
.tabs{display:flex;flex-wrap:wrap;gap:4px 18px;margin:0 0 8px;font-size:15px}
details{margin:6px 0}summary{color:#576b95;cursor:pointer;font-size:15px}
details form{display:flex;flex-wrap:wrap;gap:8px;margin:6px 0}
@media(max-width:600px){.fields{grid-template-columns:1fr;gap:4px}.fields label{margin-top:8px}
.list,.list tbody,.list tr,.list td{display:block;width:auto}.list thead{display:none}
.list tr{padding:8px 0;border-bottom:1px solid #e5e5e5}.list td,.list td.do{width:auto;padding:1px 0;border:0;white-space:normal}.do form{margin:4px 8px 0 0}
.list td[data-head]::before{content:attr(data-head) "：";color:#767676}.list td[data-head=""]::before{content:none}}
"""
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' http: https: data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)


def page(
    title: str, body: str, *, head: str = "", status: int = 200, kind: str = "", style: str = ""
) -> web.Response:
    """`kind` is the class of main: wide, phone (whose forms may lead elsewhere: menu links) or none."""
    return web.Response(
        status=status,
        content_type="text/html",
        charset="utf-8",
        headers={"Content-Security-Policy": f"{POLICY} http: https:" if kind == "phone" else POLICY},
        text=f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{escape(title)}</title>'
        f'<link rel="icon" href="data:,">{head}'
        f'<style>{CSS}{style}</style></head><body><div class="sandbox"><a href="/">{BANNER}</a></div>'
        f'<main class="{kind}">{body}</main></body></html>',
    )


def table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], *, empty: str = "") -> str:
    """Cells are HTML. A column without a head holds the buttons."""
    if not rows and empty:
        return f'<p class="empty">{empty}</p>'
    head = "".join(f"<th>{name}</th>" for name in heads)
    body = "".join(
        "<tr>" + "".join(_cell(name, cell, first=not place) for place, (name, cell) in enumerate(zip(heads, row, strict=True))) + "</tr>"
        for row in rows
    )  # fmt: skip
    return f'<table class="list"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _cell(name: str, cell: str, *, first: bool) -> str:
    if not name:
        return f'<td class="do" data-head="">{cell}</td>'
    return f'<td data-head="{"" if first else name}">{cell}</td>'


def button(action: str, label: str, kind: str = "", **fields: str) -> str:
    """A form of one button."""
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in fields.items()
    )
    return f'<form method="post" action="{escape(action)}">{hidden}<button class="{kind}">{label}</button></form>'


def gone(text: str) -> str:
    return f'<div class="gone"><i>!</i><p>{text}</p></div>'


def back_to(path: str, note: str = "", *, bad: bool = False) -> web.HTTPSeeOther:
    """Back after a form, with a word about what became of it."""
    mark = "?" if "?" not in path else "&"
    return web.HTTPSeeOther(f"{path}{mark}{'problem' if bad else 'note'}={quote(note)}" if note else path)


def note_of(request: web.Request) -> str:
    note, problem = request.query.get("note", ""), request.query.get("problem", "")
    shown = f'<p class="note">{escape(note)}</p>' if note else ""
    return shown + (f'<p class="note bad">{escape(problem)}</p>' if problem else "")


async def form_of(request: web.Request) -> dict[str, str]:
    """The fields of a form of our own pages. Raises HTTPForbidden for a form of another site."""
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise web.HTTPForbidden
    return {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
