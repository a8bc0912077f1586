"""SVG to PNG, in a process of its own: a drawing of a few hundred bytes can ask for terabytes or hours.

Run as a script (`python -I channels/svg.py`), this module is that process: SVG on stdin, PNG on stdout.
"""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

MAX_BYTES = 3_000_000
SECONDS = 10
MEMORY = 1_500_000_000
"""Bytes of address space that the process may take."""
_LINK = re.compile(r"(?:#|data:image/(?:png|jpeg|gif|webp)[;,])", re.IGNORECASE)
_URL = re.compile(r"url\(\s*['\"]?\s*([^)]*)", re.IGNORECASE)
_FORBIDDEN = frozenset({"script", "foreignobject", "iframe", "audio", "video", "handler", "listener"})
_SPOKEN = frozenset({"text", "tspan", "textpath"})


class Unfit(ValueError):
    """A drawing that is not rendered; the message is a Chinese clause that says why and what to do."""


def is_svg(data: bytes) -> bool:
    """Whether `data` looks like an SVG document rather than a bitmap."""
    head = data[:2000].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith(b"<") and b"<svg" in data[:20_000]


def to_png(data: bytes, *, side: int) -> bytes:
    """The drawing with its longer side `side` pixels long. Raises Unfit.

    Drawings that act, fetch or hold text are refused: text would be set in whatever font this machine has, or vanish.
    """
    if len(data) > MAX_BYTES:
        raise Unfit("是过大的 SVG 文件，请导出为 PNG 后重新上传并签发")
    _inspect(data)
    try:
        done = subprocess.run(  # noqa: S603  (this very file, no shell)
            [sys.executable, "-I", __file__, str(side)],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        raise Unfit("是过于复杂或有误的 SVG 文件，请导出为 PNG 后重新上传并签发") from error
    return done.stdout


def _inspect(data: bytes) -> None:
    from lxml import etree  # here, so that the process of the drawing need not load it

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise Unfit("是有误的 SVG 文件，请导出为 PNG 后重新上传并签发") from error
    dtd: Any = root.getroottree().docinfo.internalDTD
    if dtd is not None and dtd.entities():
        raise Unfit("的 SVG 文件含有实体定义，请导出为 PNG 后重新上传并签发")
    nodes = [node for node in root.iter() if isinstance(node.tag, str)]
    names = {_local(str(node.tag)) for node in nodes}
    if names & _FORBIDDEN:
        raise Unfit("的 SVG 文件含有脚本或网页内容，请导出为 PNG 后重新上传并签发")
    if names & _SPOKEN:
        raise Unfit("的 SVG 文件含有文字，显示取决于字体，请把文字转为轮廓或导出为 PNG 后重新上传并签发")
    for node in nodes:
        for name, value in node.attrib.items():
            _harmless(_local(str(name)), str(value).strip())
        _no_address(node.text or "" if _local(str(node.tag)) == "style" else "")


def _local(name: str) -> str:
    return name.rpartition("}")[2].lower()


def _harmless(name: str, value: str) -> None:
    if name.startswith("on"):
        raise Unfit("的 SVG 文件含有脚本，请导出为 PNG 后重新上传并签发")
    if name in {"href", "src"} and not _LINK.match(value):
        raise Unfit("的 SVG 文件引用了外部内容，请导出为 PNG 后重新上传并签发")
    _no_address(value)


def _no_address(style: str) -> None:
    foreign = any(not _LINK.match(address) for address in _URL.findall(style))
    if foreign or "@import" in style.lower():
        raise Unfit("的 SVG 文件引用了外部内容，请导出为 PNG 后重新上传并签发")


def _main(side: int) -> None:
    import resource

    import resvg_py

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    source = sys.stdin.buffer.read().decode("utf-8")
    png = resvg_py.svg_to_bytes(svg_string=source, skip_system_fonts=True, width=side, height=side)
    sys.stdout.buffer.write(bytes(png))


if __name__ == "__main__":
    _main(int(sys.argv[1]))
