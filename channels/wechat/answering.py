"""From a follower's message to the reply, and to what has to be remembered: loads what replies.py composes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.db.models import F

from channels import finding
from channels.adapters.wechat_mp.api.callback import (
    Clicked,
    Followed,
    Message,
    NoReply,
    OtherMessage,
    Reply,
    Scanned,
    TextMessage,
    TextReply,
    Unfollowed,
)
from channels.models import Item, Outlet, WithdrawalKind
from channels.wechat import interests, replies
from channels.wechat.models import Greeting, Interest, InterestKind, KeywordReply, Scene, SceneKind
from channels.wechat.replies import Card

FOUND_MAX = 20
"""Hits that one search looks at; the page shows the others."""
SUBSCRIBE, CODE = "订阅", "interest:"
MORE = "更多"
FIND = "find:"
PLACEHOLDER = "{account_name}"

Effect = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Answer:
    """`effect` writes what the message changes; it runs once, however often the message comes. Database only.

    `tags`: the platform's tags have to follow.
    """

    reply: Reply
    effect: Effect | None = None
    tags: bool = False


def answer(outlet: Outlet, message: Message, *, now: datetime) -> Answer:
    """Reads only. Asking again for the same message gives the same answer."""
    read = _ANSWERS.get(type(message))
    return read(outlet, message, now) if read else Answer(NoReply())


def _text(outlet: Outlet, message: TextMessage, now: datetime) -> Answer:
    return _words(outlet, message.openid, message.text, now)


def _words(outlet: Outlet, openid: str, text: str, now: datetime) -> Answer:
    said = " ".join(text.split())
    more = more_url(said)
    if not said:
        return Answer(_default(outlet))
    if command := _COMMANDS.get(said.casefold()):
        return command(outlet, openid, now)
    if said.startswith((SUBSCRIBE, CODE)) and (found := _interest(outlet, said)):
        return _choose(outlet, openid, found, now)
    if reply := _configured(outlet, said, now):
        return Answer(reply)
    if len(said) > replies.QUERY_MAX:
        return Answer(replies.too_long(more=more_url("")))
    wanted = said.removeprefix(MORE).strip() or said
    hits = finding.find(wanted, limit=FOUND_MAX, outlet=outlet, now=now)
    if not hits and (meant := finding.meant(wanted, now=now)):
        cards = [_card_of(hit) for hit in finding.find(meant, limit=FOUND_MAX, outlet=outlet, now=now)]
        return Answer(replies.listed(replies.instead(wanted, meant), cards, more=more_url(meant)))
    cards = [_card_of(hit) for hit in hits]
    return Answer(replies.results(wanted, cards, more=more_url(wanted) or more, as_list=wanted != said))


def _clicked(outlet: Outlet, message: Clicked, now: datetime) -> Answer:
    button = message.button
    if button == "interest":
        return _choices(outlet, message.openid, now)
    if button == "newest":
        return _newest(outlet, message.openid, now)
    return _words(outlet, message.openid, button.removeprefix(FIND), now)


def _followed(outlet: Outlet, message: Followed, now: datetime) -> Answer:
    reply, scene = _at_scene(outlet, message.openid, message.scene, now)
    greeting = _greeting(outlet).welcome or replies.welcome(PLACEHOLDER, more=more_url(""))
    words = TextReply(greeting.replace(PLACEHOLDER, account_name(outlet)))
    return Answer(reply or words, _counted(scene, follows=1))


def _scanned(outlet: Outlet, message: Scanned, now: datetime) -> Answer:
    reply, scene = _at_scene(outlet, message.openid, message.scene, now)
    fallback = TextReply(replies.help_text(more=more_url("")))
    return Answer(reply or fallback, _counted(scene, follows=0))


def _unfollowed(outlet: Outlet, message: Unfollowed, now: datetime) -> Answer:  # noqa: ARG001
    return Answer(NoReply(), lambda: interests.forget(outlet, message.openid))


def _other(outlet: Outlet, message: OtherMessage, now: datetime) -> Answer:  # noqa: ARG001
    return Answer(_default(outlet))


_ANSWERS: Mapping[type[Message], Callable[[Outlet, Any, datetime], Answer]] = {
    TextMessage: _text,
    Clicked: _clicked,
    Followed: _followed,
    Scanned: _scanned,
    Unfollowed: _unfollowed,
    OtherMessage: _other,
}


def _newest(outlet: Outlet, openid: str, now: datetime) -> Answer:  # noqa: ARG001
    hits = [_card_of(hit) for hit in finding.newest(limit=replies.LISTED_MAX, outlet=outlet, now=now)]
    if not hits:
        return Answer(TextReply("暂时没有新的通知。"))
    return Answer(replies.listed("最新信息：", hits, more=more_url("")))


def _choices(outlet: Outlet, openid: str, now: datetime) -> Answer:  # noqa: ARG001
    rows = interests.offered(outlet)
    names = {kind: [row.name for row in rows if row.kind == kind] for kind in InterestKind}
    own = [row.name for row in interests.chosen(outlet, openid)]
    return Answer(replies.choices(names[InterestKind.STREET], names[InterestKind.TOPIC], own))


def _choose(outlet: Outlet, openid: str, interest: Interest, now: datetime) -> Answer:
    before = interests.chosen(outlet, openid)
    exclusive = interest.kind == InterestKind.STREET
    kept = [row for row in before if row.pk != interest.pk and not (exclusive and row.kind == interest.kind)]
    if len(kept) >= interests.CHOSEN_MAX:
        return Answer(TextReply("您订阅的内容已达上限，请先回复“取消订阅”，再重新选择。"))
    reply = replies.chose(interest.name, [*(row.name for row in kept), interest.name])
    return Answer(reply, lambda: interests.choose(outlet, openid, interest, now=now), tags=True)


def _take_back(outlet: Outlet, openid: str, now: datetime) -> Answer:  # noqa: ARG001
    had_any = bool(interests.chosen(outlet, openid))
    return Answer(replies.took_back(had_any=had_any), lambda: interests.take_back(outlet, openid), tags=True)


def _help(outlet: Outlet, openid: str, now: datetime) -> Answer:  # noqa: ARG001
    return Answer(TextReply(replies.help_text(more=more_url(""))))


_COMMANDS: Mapping[str, Callable[[Outlet, str, datetime], Answer]] = {
    **dict.fromkeys(("我的街道", "街道", "订阅", "interest"), _choices),
    **dict.fromkeys(("取消订阅", "退订", "td"), _take_back),
    **dict.fromkeys(("最新", "最新通知", "newest"), _newest),
    **dict.fromkeys(("帮助", "?", "？", "help"), _help),
}


def _interest(outlet: Outlet, said: str) -> Interest | None:
    """What somebody names after “订阅”, or what a menu button names by its code."""
    rows = Interest.objects.filter(outlet=outlet)
    if said.startswith(CODE):
        return rows.filter(code=said.removeprefix(CODE)).first()
    return rows.filter(name=said.removeprefix(SUBSCRIBE).strip()).first()


def _configured(outlet: Outlet, said: str, now: datetime) -> Reply | None:
    """The first keyword reply that fits; whole words before parts."""
    rows = list(KeywordReply.objects.filter(outlet=outlet).select_related("item__current"))
    folded = said.casefold()
    for row in rows:
        if any(word.casefold() == folded for word in row.all_words()):
            return _said_by(row, outlet, now)
    for row in rows:
        if row.contains and any(word.casefold() in folded for word in row.all_words()):
            return _said_by(row, outlet, now)
    return None


def _said_by(row: KeywordReply, outlet: Outlet, now: datetime) -> Reply | None:
    if row.item is not None and row.item.current is not None:
        return replies.card(card_of_item(row.item, outlet, now=now))
    return TextReply(row.text.replace(PLACEHOLDER, account_name(outlet))) if row.text else None


def _at_scene(outlet: Outlet, openid: str, scene: str, now: datetime) -> tuple[Reply | None, Scene | None]:
    """What the code leads to, as it is now; None for a code that is not ours or leads to nothing."""
    row = Scene.objects.filter(outlet=outlet, scene=scene).first() if scene else None
    if row is None or row.kind == SceneKind.FOLLOW:
        return None, row
    if row.kind == SceneKind.STREETS:
        return _choices(outlet, openid, now).reply, row
    item = _item(row.content_id)
    return (replies.card(card_of_item(item, outlet, now=now)) if item else None), row


def _counted(scene: Scene | None, *, follows: int) -> Effect | None:
    if scene is None:
        return None
    rows = Scene.objects.filter(pk=scene.pk)

    def count() -> None:
        rows.update(scans=F("scans") + 1, follows=F("follows") + follows)

    return count


def _item(content_id: UUID | None) -> Item | None:
    rows = Item.objects.select_related("current").filter(current__isnull=False)
    return rows.filter(content_id=content_id).first() if content_id else None


def card_of_item(item: Item, outlet: Outlet | None, *, now: datetime) -> Card:
    """An item as it is now, taken back or corrected included."""
    assert item.current is not None
    edition = item.current.edition()
    explains = item.withdrawal_kind == WithdrawalKind.NOTICE
    return Card(
        title=edition.headline,
        digest=edition.summary,
        url=finding.address_of(item, outlet),
        picture=finding.cover_url(edition),
        correction=edition.correction.note if edition.correction else "",
        over=edition.expires is not None and edition.expires <= now,
        withdrawn=item.withdrawn_at is not None,
        reason=item.withdrawal_reason if explains else "",
        replacement=item.replacement_url,
    )


def _card_of(hit: finding.Found) -> Card:
    correction = hit.edition.correction
    return Card(
        title=hit.title,
        digest=hit.edition.summary or hit.excerpt,
        url=hit.url,
        picture=hit.cover,
        correction=correction.note if correction else "",
        titled=hit.where is finding.Where.TITLE,
    )


def _default(outlet: Outlet) -> Reply:
    text = _greeting(outlet).default
    return TextReply(text.replace(PLACEHOLDER, account_name(outlet)) or replies.help_text(more=more_url("")))


def _greeting(outlet: Outlet) -> Greeting:
    return Greeting.objects.filter(outlet=outlet).first() or Greeting(outlet=outlet)


def account_name(outlet: Outlet) -> str:
    return str(outlet.options.get("account_name") or outlet.name)


def more_url(words: str) -> str:
    """The public page with every result."""
    return f"{settings.PUBLIC_URL}/find/" + (f"?q={quote(words[: replies.QUERY_MAX])}" if words else "")


def try_out(outlet: Outlet, text: str, *, now: datetime) -> Reply:
    """What a follower who writes `text` would be told; changes nothing. For the desk."""
    return _words(outlet, "", text, now).reply
