"""What pages of official documents have in common: their numbers and the date under the text."""

from __future__ import annotations

from datetime import date

from channels.edition import AltId
from cms import proofing


class OfficialDocument:
    """Mixed into a page type with these fields, which its form names and explains in its own way."""

    doc_number: str
    index_number: str
    issued_on: date | None

    def alt_ids(self) -> tuple[AltId, ...]:
        numbers = {
            "doc_number": proofing.normal_doc_number(self.doc_number),
            "index_number": self.index_number.strip(),
        }
        return tuple(AltId(role=role, value=value) for role, value in numbers.items() if value)

    def issue_date(self) -> str:
        return self.issued_on.isoformat() if self.issued_on else ""
