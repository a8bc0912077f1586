"""What followers are told: one clear answer as a card, several as a list, the truth about what was taken back."""

from __future__ import annotations

from typing import Any

import pytest

from channels import outbox
from channels.adapters.wechat_mp.api.callback import (
    TEXT_MAX,
    Clicked,
    Followed,
    Message,
    NewsReply,
    OtherMessage,
    Scanned,
    TextMessage,
    TextReply,
    Viewed,
)
from channels.edition import Correction
from channels.models import Item, Outlet, WithdrawalKind
from channels.search import entries
from channels.wechat import replies
from channels.wechat.answering import answer
from channels.wechat.models import Greeting, KeywordReply
from channels.wechat.replies import Card
from tests.channels.builders import NOW, edition, outlet, targets

MORE = "http://hub.example/find/?q=x"
HEAD: dict[str, Any] = {"openid": "oDEMO_li", "account": "gh_demo", "at": 1, "key": "k"}


def scanned(scene: str) -> Scanned:
    return Scanned(**HEAD, scene=scene)


def card(title: str, **changes: Any) -> Card:
    return Card(title=title, **{"digest": "摘要", "url": "https://h.example/1", **changes})


class TestComposing:
    def test_the_only_hit_is_a_card(self) -> None:
        reply = replies.results("停水", [card("停水通知")], more=MORE)

        assert reply == NewsReply("停水通知", "摘要", "https://h.example/1")

    def test_the_only_title_among_hits_is_a_card_that_tells_of_the_others(self) -> None:
        reply = replies.results("停水", [card("停水通知", titled=True), card("甲"), card("乙")], more=MORE)

        assert isinstance(reply, NewsReply)
        assert "另有 2 条相关信息，回复“更多 停水”查看" in reply.digest

    def test_several_are_a_list_of_five_and_a_way_to_the_rest(self) -> None:
        hits = [card(f"停水{n}", titled=True, url=f"https://h.example/{n}") for n in range(9)]
        reply = replies.results("停水", hits, more=MORE)

        assert isinstance(reply, TextReply)
        assert reply.text.count("<a href=") == 6
        assert '<a href="https://h.example/0">停水0</a>' in reply.text
        assert MORE in reply.text
        assert "停水5" not in reply.text

    def test_a_list_of_long_titles_keeps_whole_links(self) -> None:
        hits = [card("长" * 60, url="https://h.example/" + "x" * 400, titled=True) for _ in range(5)]
        reply = replies.results("长", hits, more=MORE)

        assert isinstance(reply, TextReply)
        assert len(reply.text.encode()) <= TEXT_MAX
        assert reply.text.count("<a ") == reply.text.count("</a>") == 4

    def test_no_hit_is_three_suggestions_and_the_page(self) -> None:
        reply = replies.results("无此事", [], more=MORE)

        assert isinstance(reply, TextReply)
        assert all(f"\n{n}. " in reply.text for n in (1, 2, 3))
        assert MORE in reply.text

    def test_a_withdrawn_one_is_never_shown(self) -> None:
        reply = replies.card(
            card("停水通知", withdrawn=True, reason="内容有误", replacement="https://h.example/2")
        )

        assert isinstance(reply, TextReply)
        assert "已由发布单位撤回" in reply.text
        assert "内容有误" in reply.text
        assert "https://h.example/2" in reply.text
        assert "https://h.example/1" not in reply.text

    def test_corrected_and_over_are_said(self) -> None:
        reply = replies.card(card("停水通知", correction="时间改为九时", over=True))

        assert isinstance(reply, NewsReply)
        assert reply.digest == "【已过有效期】【已更正】时间改为九时 摘要"

    def test_a_link_cannot_be_broken_out_of(self) -> None:
        assert (
            replies.link('https://h.example/"><b', "<甲>")
            == '<a href="https://h.example/%22%3E%3Cb">＜甲＞</a>'
        )


@pytest.mark.django_db
class TestAnswering:
    @pytest.fixture
    def account(self) -> Outlet:
        return outlet("pinzhi", "wechat_mp", name="公众号", options={"account_name": "品质城中"})

    @pytest.fixture
    def item(self, account: Outlet) -> Item:
        value = edition(headline="停水通知", correction=Correction(note="时间有误", major=True, at=NOW))
        outbox.plan(value, targets(outlet("portal", "hosted")), now=NOW)
        return Item.objects.get()

    def text(self, account: Outlet, message: Message) -> str:
        reply = answer(account, message, now=NOW).reply
        assert isinstance(reply, TextReply)
        return reply.text

    def say(self, account: Outlet, words: str) -> str:
        return self.text(account, TextMessage(**HEAD, text=words))

    def test_a_found_notice_says_that_it_was_corrected(self, account: Outlet, item: Item) -> None:
        for message in (TextMessage(**HEAD, text="停水"), Clicked(**HEAD, button="find:停水")):
            reply = answer(account, message, now=NOW).reply

            assert isinstance(reply, NewsReply)
            assert reply.url == f"http://hub.example/i/{item.pk}/"
            assert reply.digest.startswith("【已更正】时间有误")

    def test_a_withdrawn_one_is_not_found(self, account: Outlet, item: Item) -> None:
        outbox.recall(item.pk, kind=WithdrawalKind.GONE, reason="误", now=NOW)

        assert "没有找到" in self.say(account, "停水")

    def test_a_word_typed_in_pinyin_or_by_its_sound_is_answered_with_what_was_meant(
        self, account: Outlet, item: Item
    ) -> None:
        entries.spell(limit=5)

        for said in ("tingshui", "挺水"):
            text = self.say(account, said)
            assert text.startswith(f"没有找到与“{said}”有关的信息，以下是“停水”的查找结果：")
            assert f"http://hub.example/i/{item.pk}/" in text
            assert "/find/?q=%E5%81%9C%E6%B0%B4" in text

    def test_the_welcome_names_the_account(self, account: Outlet) -> None:
        assert self.text(account, Followed(**HEAD, scene="")).startswith("欢迎关注品质城中。")
        Greeting.objects.create(outlet=account, welcome="您好，这里是{account_name}！", default="收到")
        assert self.text(account, Followed(**HEAD, scene="unknown")) == "您好，这里是品质城中！"
        assert self.text(account, OtherMessage(**HEAD, kind="image")) == "收到"

    def test_a_configured_word_comes_before_a_search(self, account: Outlet, item: Item) -> None:
        KeywordReply.objects.create(outlet=account, words="停水，断水", text="请拨打{account_name}热线")
        KeywordReply.objects.create(outlet=account, words="热线", text="电话", contains=True)

        assert self.say(account, "断水") == "请拨打品质城中热线"
        assert self.say(account, "热线是多少") == "电话"
        assert "没有找到" in self.say(account, "断水吗")

    def test_a_configured_item_that_was_withdrawn_is_told_as_withdrawn(
        self, account: Outlet, item: Item
    ) -> None:
        KeywordReply.objects.create(outlet=account, words="公告", item=item)
        assert isinstance(answer(account, TextMessage(**HEAD, text="公告"), now=NOW).reply, NewsReply)

        outbox.recall(item.pk, kind=WithdrawalKind.NOTICE, reason="内容有误", now=NOW)
        assert "说明：内容有误" in self.say(account, "公告")

    def test_the_newest_are_listed(self, account: Outlet, item: Item) -> None:
        assert "停水通知" in self.say(account, "最新")
        assert "停水通知" in self.text(account, Clicked(**HEAD, button="newest"))

    def test_more_asks_for_the_list(self, account: Outlet, item: Item) -> None:
        assert "1. <a href=" in self.say(account, "更多 停水")

    @pytest.mark.parametrize("words", ["水" * 201, "水" * 6800])
    def test_a_long_text_is_asked_to_be_short(self, account: Outlet, words: str) -> None:
        assert "简短的关键词" in self.say(account, words)

    def test_what_needs_no_reply_gets_none(self, account: Outlet) -> None:
        from channels.adapters.wechat_mp.api.callback import NoReply

        assert answer(account, Viewed(**HEAD, url="https://x"), now=NOW).reply == NoReply()
