"""What people do by hand in the back office (公众号后台), behind the hub's back."""

from __future__ import annotations

from channels.sandbox.articles import ApiError
from channels.sandbox.wechat.desk import Desk
from channels.sandbox.wechat.drafts import Drafts
from channels.sandbox.wechat.massing import Massing
from channels.sandbox.wechat.publishing import Publishing
from channels.sandbox.wechat.shelf import Shelf


class Office:
    """Every action raises ValueError with a sentence for people when it cannot be done."""

    def __init__(
        self, desk: Desk, drafts: Drafts, shelf: Shelf, publishing: Publishing, massing: Massing
    ) -> None:
        self._desk = desk
        self._drafts = drafts
        self._shelf = shelf
        self._publishing = publishing
        self._massing = massing

    def publish(self, appid: str, media_id: str, base: str, *, notify: bool = False) -> str:
        """The article_id, or the msg_id when followers were notified (群发)."""
        try:
            if notify:
                return self._massing.by_hand(appid, media_id, base)
            return self._publishing.by_hand(appid, media_id, base)
        except ApiError as error:
            spent = error.code == 45028
            raise ValueError(
                "群发次数已用完，请改日再发。" if spent else "草稿已不存在，请刷新后再试。"
            ) from error

    def drop_draft(self, appid: str, media_id: str) -> None:
        self._drafts.remove(appid, media_id)

    def edit(self, appid: str, key: str, old: str, new: str) -> None:
        """The one small edit of a public article; `key` is an article_id or a msg_id."""
        try:
            self._shelf.edit(appid, key, old, new)
        except ApiError as error:
            raise ValueError("文章已不存在，请刷新后再试。") from error

    def delete(self, appid: str, key: str, index: int = 0) -> None:
        """`index` from 1, 0 for all."""
        try:
            self._shelf.delete(appid, key, index)
        except ApiError as error:
            raise ValueError("文章已不存在，请刷新后再试。") from error

    def ban(self, appid: str, key: str) -> None:
        """The platform's own doing."""
        try:
            self._shelf.ban(appid, key)
        except ApiError as error:
            raise ValueError("文章已不存在，请刷新后再试。") from error
