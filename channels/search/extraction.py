"""The text of a file that somebody uploaded, in a process of its own: a file of a few kilobytes can ask for terabytes.

Run as a script (`python -I channels/search/extraction.py pdf`), this module is that process: the file on stdin, JSON on
stdout. It knows docx, xlsx, pptx, ofd, pdf, txt and csv; every one of them within limits of size, ratio, entries, pages,
characters, memory and seconds.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

MAX_BYTES = 30 * 1024 * 1024
"""As large as an upload may be (WAGTAILDOCS_MAX_UPLOAD_SIZE)."""
CHARS_MAX = 100_000
"""Characters kept of one file: a district's longest report has about as many. What follows is not searched."""
PAGES_MAX = 300
ENTRIES_MAX = 5_000
UNPACKED_MAX = 64 * 1024 * 1024
"""Bytes of all parts that are read together."""
RATIO_MAX = 200
"""Unpacked against packed, of a part of more than a megabyte; office XML reaches about 40."""
SECONDS = 20
MEMORY = 1_000_000_000
"""Bytes of address space that the process may take."""
ENCODINGS = ("utf-8-sig", "gb18030")
KINDS = frozenset({"docx", "xlsx", "pptx", "ofd", "pdf", "txt", "csv"})

_PARTS = {
    "docx": r"word/(?:document|footnotes|endnotes|header\d*|footer\d*)\.xml",
    "xlsx": r"xl/(?:sharedStrings|worksheets/sheet\d+)\.xml",
    "pptx": r"ppt/(?:slides/slide|notesSlides/notesSlide)\d+\.xml",
    "ofd": r"(?:.*/)?Pages/Page_\d+/Content\.xml",
}
_TEXT = {"docx": {"t"}, "xlsx": {"t"}, "pptx": {"t"}, "ofd": {"TextCode"}}
"""Elements that hold text. Numbers in cells are no text: nobody looks for them, and there are thousands."""
_BREAKS = frozenset({"p", "br", "tab", "row", "tr", "tc", "si", "c", "TextObject"})
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""An office file of this kind inside a docx name is an encrypted one."""


class Refused(Exception):
    """The file gives no text; `outcome` is one of channels.search.models.Outcome."""

    def __init__(self, outcome: str) -> None:
        super().__init__(outcome)
        self.outcome = outcome


def read(data: bytes, kind: str) -> tuple[str, str, bool]:
    """(outcome, text, whether there was more) of a file; never raises for what is in it. `kind`: its extension."""
    if kind not in KINDS:
        return "unsupported", "", False
    if len(data) > MAX_BYTES:
        return "too_large", "", False
    try:
        done = subprocess.run(  # noqa: S603  (this very file, no shell)
            [sys.executable, "-I", __file__, kind],
            input=data,
            capture_output=True,
            timeout=SECONDS * 2,
            check=True,
        )
    except subprocess.TimeoutExpired:
        return "too_large", "", False
    except subprocess.CalledProcessError as error:
        # Killed by a limit of its own, or out of memory; anything else is a file that the library stumbles over.
        return (
            ("too_large" if error.returncode < 0 or b"MemoryError" in error.stderr else "damaged"),
            "",
            False,
        )
    answer = json.loads(done.stdout)
    return str(answer["outcome"]), str(answer["text"]), bool(answer["is_cut"])


def extract(data: bytes, kind: str) -> Iterator[str]:
    """Pieces of text in the order of reading. Raises Refused, or whatever a library says of a damaged file."""
    if kind == "pdf":
        return _pdf(data)
    if kind in _PARTS:
        return _packed(data, kind)
    return _plain(data)


def _plain(data: bytes) -> Iterator[str]:
    for encoding in ENCODINGS:
        try:
            yield data[: CHARS_MAX * 4].decode(
                encoding, errors="strict" if len(data) <= CHARS_MAX * 4 else "ignore"
            )
        except UnicodeDecodeError:
            continue
        return
    raise Refused("damaged")


def _packed(data: bytes, kind: str) -> Iterator[str]:
    if data.startswith(_OLE):
        raise Refused("encrypted")
    if not zipfile.is_zipfile(io.BytesIO(data)):
        raise Refused("damaged")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        if len(entries) > ENTRIES_MAX:
            raise Refused("too_large")
        wanted = [entry for entry in entries if re.fullmatch(_PARTS[kind], entry.filename)]
        if not wanted:
            raise Refused("damaged")
        left = UNPACKED_MAX
        for entry in sorted(wanted, key=lambda entry: _order(entry.filename)):
            if entry.flag_bits & 1:
                raise Refused("encrypted")
            part = _unpacked(archive, entry, left)
            left -= len(part)
            yield from _words(part, _TEXT[kind])


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> bytes:
    """The part. What an archive says of its sizes is not believed: no more is unpacked than is allowed."""
    with archive.open(entry) as stream:
        part = stream.read(left + 1)
    if len(part) > left or len(part) > max(1_000_000, RATIO_MAX * entry.compress_size):
        raise Refused("too_large")
    return part


def _order(name: str) -> tuple[str, int]:
    number = re.search(r"(\d+)(?=\D*$)", name)
    return re.sub(r"\d+", "", name), int(number.group()) if number else 0


def _words(part: bytes, holders: set[str]) -> Iterator[str]:
    from defusedxml.ElementTree import iterparse

    for _, element in iterparse(io.BytesIO(part), forbid_dtd=True):
        name = element.tag.rpartition("}")[2]
        if name in holders and element.text:
            yield element.text
        elif name in _BREAKS:
            yield "\n"
        if name not in holders:
            element.clear()


def _pdf(data: bytes) -> Iterator[str]:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise Refused("encrypted")
    for number, page in enumerate(reader.pages):
        if number >= PAGES_MAX:
            return
        yield page.extract_text()
        yield "\n"


def gathered(pieces: Iterator[str]) -> tuple[str, bool]:
    """The pieces as one text of at most CHARS_MAX characters, and whether there was more."""
    kept: list[str] = []
    size = 0
    for piece in pieces:
        if size + len(piece) > CHARS_MAX:
            kept.append(piece[: CHARS_MAX - size])
            return _tidy("".join(kept)), True
        kept.append(piece)
        size += len(piece)
    return _tidy("".join(kept)), False


def _tidy(text: str) -> str:
    """Without what no database should hold, and no more than one blank or line break in a row."""
    clean = re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]", " ", text)
    return re.sub(r"[^\S\n]+", " ", re.sub(r"\s*\n\s*", "\n", clean)).strip()


def _answer(data: bytes, kind: str) -> dict[str, Any]:
    try:
        text, is_cut = gathered(extract(data, kind))
    except Refused as refused:
        return {"outcome": refused.outcome, "text": "", "is_cut": False}
    except _damage() as error:
        sys.stderr.write(f"{type(error).__name__}\n")
        return {"outcome": "damaged", "text": "", "is_cut": False}
    return {"outcome": "read" if text else "no_text", "text": text, "is_cut": is_cut}


def _damage() -> tuple[type[Exception], ...]:
    """What the libraries raise for files that are not what their names say."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from pypdf.errors import PyPdfError

    return (
        PyPdfError, ParseError, DefusedXmlException, zipfile.BadZipFile, ValueError, LookupError, TypeError,
        AttributeError, ArithmeticError, OSError, EOFError, RecursionError, NotImplementedError, _zlib_error(),
    )  # fmt: skip


def _zlib_error() -> type[Exception]:
    import zlib

    return zlib.error


def _main(kind: str, say: Callable[[str], Any]) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    say(json.dumps(_answer(sys.stdin.buffer.read(), kind)))


if __name__ == "__main__":
    _main(sys.argv[1], sys.stdout.write)
