"""What a follower's phone shows: own messages, replies, pushes as cards, and notes of the platform."""

from __future__ import annotations

from channels.sandbox.store import Document
from channels.sandbox.wechat.desk import Desk

SHOWN_PUSHES = 500
"""Followers whose phones show a push; more would only cost time."""


class Chats:
    """Lines of `chat:<appid>:<openid>`: {by: me|account|note, text, cards [{title, url, description, picurl}], at}."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def lines(self, appid: str, openid: str) -> list[Document]:
        """Oldest first."""
        return list(reversed(self._desk.store.all(f"chat:{appid}:{openid}", limit=60)))

    def add(
        self, appid: str, openid: str, by: str, *, text: str = "", cards: list[Document] | None = None
    ) -> None:
        line = {"by": by, "text": text, "cards": cards or [], "at": self._desk.clock.now()}
        self._desk.store.put(f"chat:{appid}:{openid}", str(self._desk.store.next("chat")), line)

    def say(self, appid: str, openid: str, text: str) -> None:
        self.add(appid, openid, "account", text=text)

    def push(self, appid: str, openids: list[str], entry: Document) -> None:
        cards = [_card(article, article["url"]) for article in entry["articles"]]
        for openid in openids[:SHOWN_PUSHES]:
            self.add(appid, openid, "account", text="群发", cards=cards)

    def preview(self, appid: str, openid: str, draft: Document) -> None:
        """Only the chosen person sees it, before anything is public."""
        path = f"/phone/{appid}/preview/{draft['media_id']}"
        cards = [_card(article, f"{path}/{index}") for index, article in enumerate(draft["articles"])]
        self.add(appid, openid, "account", text="预览", cards=cards)


def _card(article: Document, url: str) -> Document:
    picture, digest = article.get("thumb_url", ""), article["digest"]
    return {"title": article["title"], "url": url, "description": digest, "picurl": picture}
