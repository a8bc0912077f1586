"""The tables of the index. The text itself is in tables of the database's own kind, see channels/search/store.py."""

from channels.search.models.attachment_text import AttachmentText, Outcome
from channels.search.models.entry import Entry
from channels.search.models.tally import SearchTally

__all__ = ["AttachmentText", "Entry", "Outcome", "SearchTally"]
