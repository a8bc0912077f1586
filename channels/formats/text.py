"""Edition -> plain text, as one would paste it into a form that takes no HTML."""

from __future__ import annotations

from channels import markup
from channels.edition import Attachment, Block, Edition, Heading, Image, ItemList, Paragraph, Quote, Table
from channels.formats.html import signatures
from channels.formats.typed import fact_rows, local_time, spelled_out


def body_text(edition: Edition) -> str:
    """The body's blocks as paragraphs with a blank line between; pictures and files are named in brackets."""
    return "\n\n".join(text for text in map(block_text, spelled_out(edition).body) if text)


def article_text(edition: Edition) -> str:
    """What belongs below the headline: correction note, typed fields, body and credit."""
    parts = []
    if edition.correction:
        parts.append(f"更正说明（{local_time(edition.correction.at)}）：{edition.correction.note}")
    parts.append("\n".join(f"{label}：{value}" for label, value in fact_rows(edition)))
    parts.append(body_text(edition))
    parts.append(" ".join(f"{label}：{name}" for label, name in signatures(edition) if name))
    return markup.xml_text("\n\n".join(part for part in parts if part))


def block_text(block: Block) -> str:
    """One block as text; table cells are separated by tabs, so that a spreadsheet takes them."""
    match block:
        case Paragraph():
            return markup.plain(block.html).strip()
        case Heading() | Quote():
            return block.text.strip()
        case Image():
            return f"[图片：{block.caption or block.alt}]" if block.caption or block.alt else "[图片]"
        case Table():
            rows = ["\t".join(cell.replace("\n", " ") for cell in row) for row in block.rows]
            return "\n".join([block.caption, *rows] if block.caption else rows)
        case ItemList():
            marks = (f"{n}. " if block.ordered else "· " for n in range(1, len(block.items) + 1))
            return "\n".join(mark + markup.plain(item) for mark, item in zip(marks, block.items, strict=True))
        case Attachment():
            return f"[附件：{block.title or block.asset.name}]"
