"""The text of attachments: read by the worker, once for the same bytes, within limits; bad files are told, not tried for ever."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.files.storage import default_storage

from channels import assets, finding, outbox
from channels.edition import Attachment
from channels.models import AssetFile, Outlet
from channels.search import entries, extraction, reading
from channels.search.models import AttachmentText, Outcome
from channels.search.tasks import complete
from tests.channels.builders import NOW, edition, outlet, targets

pytestmark = pytest.mark.django_db

WORD = "<w:document xmlns:w='w'><w:body>{}</w:body></w:document>"
SLIDE = "<p:sld xmlns:p='p' xmlns:a='a'><a:p><a:r><a:t>{}</a:t></a:r></a:p></p:sld>"


def packed(compression: int = zipfile.ZIP_DEFLATED, **parts: str | bytes) -> bytes:
    """A package of parts; `__` in a name stands for the slash."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, part in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", part)
    return stream.getvalue()


def docx(text: str = "请携带<b/>户口簿") -> bytes:
    return packed(word__document=WORD.format(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"))


def pdf(text: str = "", password: str = "") -> bytes:
    """One page, with or without a line of text."""
    from pypdf import PdfWriter
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    names = DictionaryObject({NameObject(key): NameObject(value) for key, value in font.items()})
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F1"): names})}
    )
    stream = DecodedStreamObject()
    stream.set_data(f"BT /F1 12 Tf 10 100 Td ({text}) Tj ET".encode() if text else b"")
    page[NameObject("/Contents")] = writer._add_object(stream)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def directly(data: bytes, kind: str) -> tuple[str, str]:
    """In this process: the process of its own takes its time."""
    answer = extraction._answer(data, kind)
    return answer["outcome"], answer["text"]


@pytest.mark.parametrize(
    ("kind", "data", "text"),
    [
        ("docx", docx("户口簿"), "户口簿"),
        (
            "xlsx",
            packed(
                xl__sharedStrings="<sst><si><t>户口</t></si><si><t>簿</t></si></sst>", xl__other="<t>no</t>"
            ),
            "户口\n簿",
        ),
        (
            "pptx",
            packed(ppt__slides__slide2=SLIDE.format("二"), ppt__slides__slide1=SLIDE.format("一")),
            "一\n二",
        ),
        (
            "ofd",
            packed(Doc_0__Pages__Page_0__Content="<o:P xmlns:o='o'><o:TextCode>户口簿</o:TextCode></o:P>"),
            "户口簿",
        ),
        ("pdf", pdf("household register"), "household register"),
        ("txt", "户口簿".encode("gb18030"), "户口簿"),
        ("csv", "\ufeff名称,户口簿\r\n".encode(), "名称,户口簿"),
    ],
)
def test_every_kind_is_read(kind: str, data: bytes, text: str) -> None:
    assert directly(data, kind) == ("read", text)


@pytest.mark.parametrize(
    ("kind", "data", "outcome"),
    [
        ("pdf", pdf(), "no_text"),
        ("pdf", pdf("x", password="secret"), "encrypted"),
        ("pdf", b"%PDF-1.4 nothing", "damaged"),
        ("docx", b"a form", "damaged"),
        ("docx", packed(other="<x/>"), "damaged"),
        ("docx", packed(word__document="<w:document"), "damaged"),
        ("docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 encrypted", "encrypted"),
        ("docx", packed(word__document="<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), "damaged"),
        ("docx", packed(word__document=b" " * 8_000_000), "too_large"),
        ("txt", b"\xff\xfe\x00\x80\xff", "damaged"),
        ("txt", b"", "no_text"),
    ],
)
def test_what_gives_no_text_says_why(kind: str, data: bytes, outcome: str) -> None:
    assert directly(data, kind) == (outcome, "")


def test_a_package_of_too_many_entries_or_too_many_bytes_is_not_unpacked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many = packed(**{f"a{n}": "" for n in range(20)}, word__document=WORD)
    monkeypatch.setattr(extraction, "ENTRIES_MAX", 20)
    assert directly(many, "docx") == ("too_large", "")

    monkeypatch.setattr(extraction, "UNPACKED_MAX", 1_000)
    slides = {f"ppt__slides__slide{n}": SLIDE.format("一" * 100) for n in range(5)}
    assert directly(packed(zipfile.ZIP_STORED, **slides), "pptx") == ("too_large", "")


def test_a_long_text_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extraction, "CHARS_MAX", 5)
    assert extraction._answer("一二三四五六".encode(), "txt") == {
        "outcome": "read",
        "text": "一二三四五",
        "is_cut": True,
    }


def test_the_process_of_its_own_answers_and_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert extraction.read(docx("户口簿"), "docx") == ("read", "户口簿", False)
    assert extraction.read(b"x", "rar") == ("unsupported", "", False)
    monkeypatch.setattr(extraction, "MAX_BYTES", 3)
    assert extraction.read(b"1234", "txt") == ("too_large", "", False)


@pytest.fixture
def site() -> Outlet:
    return outlet("portal", "hosted")


def sign(site: Outlet, data: bytes, name: str = "报名表.docx") -> UUID:
    asset = assets.freeze(data, content_type="application/octet-stream", name=name)
    value = edition(headline="报名须知", body=(Attachment(asset=asset, title="报名表"),))
    outbox.plan(value, targets(site), now=NOW)
    return value.content_id


def found(text: str) -> list[tuple[str, int]]:
    return [(hit.file, hit.where) for hit in finding.find(text, limit=5, now=NOW)]


def test_the_worker_adds_the_text_and_every_item_with_the_file_is_found(site: Outlet) -> None:
    file = docx("户口簿")  # once: a zip file carries the time at which it is made
    sign(site, file)
    sign(site, file)
    assert found("报名表") == [("报名表 报名表.docx", finding.Where.ATTACHMENT)] * 2
    assert found("户口簿") == []

    complete()
    assert found("户口簿") == [("报名表 报名表.docx", finding.Where.ATTACHMENT)] * 2
    assert AttachmentText.objects.get().outcome == Outcome.READ
    sign(site, file)
    assert len(found("户口簿")) == 3


def test_a_file_without_text_is_recorded_and_not_read_again(
    site: Outlet, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign(site, b"%PDF", "扫描件.pdf")
    calls: list[str] = []

    def read(data: bytes, kind: str) -> tuple[str, str, bool]:
        calls.append(kind)
        return "no_text", "", False

    monkeypatch.setattr(extraction, "read", read)
    complete()
    complete()
    assert calls == ["pdf"]
    assert AttachmentText.objects.get().get_outcome_display() == "无文本层"
    assert [hit.file for hit in finding.find("扫描件", limit=1, now=NOW)] == ["报名表 扫描件.pdf"]


def test_a_file_that_ends_its_worker_is_given_up(site: Outlet, monkeypatch: pytest.MonkeyPatch) -> None:
    sign(site, docx())
    AttachmentText.objects.update(attempts=reading.ATTEMPTS_MAX)
    monkeypatch.setattr(extraction, "read", pytest.fail)

    assert reading.read_waiting(limit=5, now=NOW) == 1
    assert AttachmentText.objects.get().outcome == Outcome.DAMAGED


def test_a_missing_file_and_a_file_of_another_kind_are_told(site: Outlet) -> None:
    sign(site, b"1", "a.docx")
    sign(site, b"2", "b.rar")
    default_storage.delete(AssetFile.objects.get(path__endswith=".docx").path)

    assert reading.read_waiting(limit=5, now=NOW) == 2
    outcomes = dict(AttachmentText.objects.values_list("asset__path", "outcome"))
    assert {path.rpartition(".")[2]: outcome for path, outcome in outcomes.items()} == {
        "docx": "damaged",
        "rar": "unsupported",
    }


def test_a_correction_without_the_file_is_not_found_by_it(site: Outlet) -> None:
    content_id = sign(site, docx("户口簿"))
    complete()
    outbox.plan(edition(content_id, headline="报名须知"), targets(site), now=NOW)

    assert found("户口簿") == []
    assert entries.mend(limit=5) == 0


def test_the_same_task_beside_itself_reads_once(site: Outlet, monkeypatch: pytest.MonkeyPatch) -> None:
    sign(site, docx("户口簿"))
    real: Any = extraction.read

    def meanwhile(data: bytes, kind: str) -> Any:
        AttachmentText.objects.update(outcome=Outcome.READ, text="先到")
        return real(data, kind)

    monkeypatch.setattr(extraction, "read", meanwhile)
    reading.read_waiting(limit=5, now=NOW)
    assert AttachmentText.objects.get().text == "先到"
