"""What an account says to a follower: pure composing.

The platform lets us answer one message with one reply, and a news reply with one article. So when one notice clearly is
the answer (the only one, or the only one with the words in its title) it comes as a card; otherwise the reader gets a
list of titles to choose from, since a card of the wrong notice would hide the right one. Both name the way to the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from channels.adapters.wechat_mp.api.callback import TEXT_MAX, NewsReply, Reply, TextReply

LISTED_MAX = 5
QUERY_MAX = 200
"""Characters of a message that are taken for a search."""
TITLE_CUT = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A notice as it is now. `withdrawn`: it must not be shown; `reason` and `replacement` may then be said.

    `correction` is the visible note of a corrected edition. `over`: its validity has ended.
    """

    title: str
    digest: str
    url: str
    picture: str = ""
    correction: str = ""
    over: bool = False
    withdrawn: bool = False
    reason: str = ""
    replacement: str = ""
    titled: bool = False


def card(notice: Card, *, others: int = 0, words: str = "") -> Reply:
    """One notice, truthfully: what was taken back is said so and never shown."""
    if notice.withdrawn:
        return withdrawn(notice)
    digest = notice.digest
    if notice.correction:
        digest = f"【已更正】{notice.correction} {digest}"
    if notice.over:
        digest = f"【已过有效期】{digest}"
    if others:
        tail = f"（另有 {others} 条相关信息，回复“更多 {words}”查看）"
        digest = f"{digest[: 120 - len(tail)]}{tail}" if len(tail) < 100 else digest
    return NewsReply(title=notice.title, digest=digest.strip(), url=notice.url, picture=notice.picture)


def withdrawn(notice: Card) -> Reply:
    lines = [f"《{notice.title}》已由发布单位撤回，请勿再转发。"]
    if notice.reason:
        lines.append(f"说明：{notice.reason}")
    if notice.replacement:
        lines.append(f"请以替代信息为准：{link(notice.replacement, '查看替代信息')}")
    return TextReply("\n".join(lines))


def results(words: str, hits: Sequence[Card], *, more: str, as_list: bool = False) -> Reply:
    """The answer to a search. `more` is the address of the page with all results; `hits` come best first."""
    if not hits:
        return nothing(words, more=more)
    titled = [hit for hit in hits if hit.titled]
    if not as_list and (len(hits) == 1 or len(titled) == 1):
        best = titled[0] if titled else hits[0]
        return card(best, others=len(hits) - 1, words=words)
    return listed(f"与“{words}”有关的信息：", hits, more=more)


def listed(head: str, hits: Sequence[Card], *, more: str) -> Reply:
    """As many of the first LISTED_MAX titles as the platform's limit holds, and the way to the rest."""
    foot = link(more, "查看更多")
    lines = [head]
    for number, hit in enumerate(hits[:LISTED_MAX], start=1):
        line = f"{number}. {link(hit.url, hit.title[:TITLE_CUT])}"
        if len("\n".join([*lines, line, foot]).encode()) > TEXT_MAX:
            break
        lines.append(line)
    return TextReply("\n".join([*lines, foot]))


def instead(words: str, meant: str) -> str:
    return f"没有找到与“{words[:30]}”有关的信息，以下是“{meant}”的查找结果："


def nothing(words: str, *, more: str) -> Reply:
    return TextReply(
        f"没有找到与“{words[:30]}”有关的信息。您可以：\n"
        "1. 换用更短的关键词，如“停水”“招聘”\n"
        "2. 回复“最新”，查看最新通知\n"
        "3. 回复“我的街道”，订阅所在街道的通知\n"
        f"{link(more, '到网页上查找')}"
    )


def too_long(*, more: str) -> Reply:
    return TextReply(
        f"您发来的文字较长，请改发一个简短的关键词，如“停水”“社保缴费”，便于查找。\n{link(more, '到网页上查找')}"
    )


def help_text(*, more: str) -> str:
    return (
        "回复关键词即可查找通知，如“停水”“招聘”；\n"
        "回复“最新”查看最新通知；\n"
        f"回复“我的街道”订阅所在街道的通知。\n{link(more, '到网页上查找')}"
    )


def welcome(account_name: str, *, more: str) -> str:
    return f"欢迎关注{account_name}。\n{help_text(more=more)}"


def choices(streets: Sequence[str], topics: Sequence[str], chosen: Sequence[str]) -> Reply:
    """What can be chosen, and how."""
    if not streets and not topics:
        return TextReply("本公众号暂未开放按街道订阅。回复关键词可查找通知。")
    lines = [f"您已订阅：{'、'.join(chosen)}" if chosen else "订阅所在街道，街道的通知将推送给您。"]
    for label, names in (("街道", streets), ("主题", topics)):
        if names:
            lines.append(f"【{label}】{'、'.join(names)}")
    example = (streets or topics)[0]
    lines.append(f"回复“订阅”加名称即可，如：订阅{example}")
    if chosen:
        lines.append("回复“取消订阅”取消全部订阅")
    return TextReply("\n".join(lines))


def chose(name: str, chosen: Sequence[str]) -> Reply:
    rest = [other for other in chosen if other != name]
    also = f"\n您还订阅了：{'、'.join(rest)}" if rest else ""
    return TextReply(
        f"已为您订阅“{name}”，相关通知将推送给您。{also}\n回复“我的街道”更换，回复“取消订阅”取消全部订阅。"
    )


def took_back(*, had_any: bool) -> Reply:
    if had_any:
        return TextReply("已取消全部订阅，您的选择将从本系统删除。回复“我的街道”可重新选择。")
    return TextReply("您还没有订阅任何街道或主题。回复“我的街道”可以选择。")


def link(url: str, text: str) -> str:
    """The one markup that a chat knows. Angle brackets in the text would end it."""
    plain = text.replace("<", "＜").replace(">", "＞")
    return f'<a href="{quote(url, safe=":/?#[]@!$&()*+,;=%-._~")}">{plain}</a>'
