"""/verify/: is this official and current? Whatever people paste, and never more than the public may know."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from channels.edition import Correction, ItemType
from channels.facts import PolicyFacts, PolicyStatus
from channels.models import EditionRecord, Item, Outlet, Placement, State, WithdrawalKind
from sites.models import ColumnIndex, SiteHome
from sites.shortlinks.links import link_for
from sites.verify import views
from sites.verify.clues import CLUES_MAX, read
from tests.sites import build
from tests.sites.reading import words

ARTICLE = "http://mp.weixin.qq.com/s?__biz=MzA5&mid=100&idx=1&sn=ab12#rd"
BLOG = "https://school.example/2026/11/water/"


@pytest.fixture
def item(portal: SiteHome, news: ColumnIndex) -> Item:
    """Signed twice, the second time corrected; in path mode at an office as well."""
    office = build.site("tanzhong", parent=portal)
    build.column_page(office, "ywdt", slug="dt")
    value = build.edition(headline="停水通知", slug="water")
    build.place(value, portal.outlet, office.outlet)
    note = Correction(note="结束时间更正为 20:00", major=True, at=build.NOW)
    return build.place(replace(value, correction=note), portal.outlet, office.outlet)


@pytest.fixture
def copies(item: Item) -> list[Outlet]:
    """A WeChat article and a school's WordPress page of it, both proven."""
    outlets = [
        build.outlet("wechat", channel="wechat_mp"),
        build.outlet("school", channel="wordpress", options={"url": "https://school.example/"}),
    ]
    assert item.current is not None
    build.place(item.current.edition(), *outlets)
    newest = Item.objects.get(pk=item.pk).current
    for outlet, url in zip(outlets, (ARTICLE, BLOG), strict=True):
        Placement.objects.filter(outlet=outlet).update(actual=newest, remote_url=url, state=State.SETTLED)
    Placement.objects.update(desired=newest)
    return outlets


def verdict(reader: Client, text: str) -> str:
    answer = reader.get("/verify/", {"q": text})
    assert answer.status_code == 200
    return words(answer, ".verdict")


def test_it_says_whose_it_is_which_version_and_what_was_corrected(reader: Client, item: Item) -> None:
    text = verdict(reader, f"http://hub.example/i/{item.pk}/")
    assert text.startswith("是官方信息，当前有效")
    for fact in ("停水通知", "城中区委宣传部", "2026-11-20 09:30", "第 2 版", "结束时间更正为 20:00"):
        assert fact in text
    assert "portal 站" in text
    assert "tanzhong 站" in text


@pytest.mark.parametrize(
    "pasted",
    [
        "{code}",
        "{CODE}",
        "urn:uuid:{pk}",
        "http://hub.example/s/{code}?o=portal",
        "【停水】详见 portal.example/news/water/ ，请互相转告。",
        "https://portal.example/news/water/?from=singlemessage",
        "http://portal.example/item/{pk}/",
        "http://portal.example/tanzhong/dt/water/",
        "http://hub.example/tanzhong/dt/water",
        "转发：短码 {code} 停水",
    ],
)
def test_it_understands_what_people_paste(reader: Client, item: Item, pasted: str) -> None:
    code = link_for(item.pk, now=build.NOW).code
    text = verdict(reader, pasted.format(code=code, CODE=code.upper(), pk=item.pk))
    assert text.startswith("是官方信息，当前有效"), text


@pytest.mark.parametrize(
    "pasted",
    [
        "https://mp.weixin.qq.com/s?__biz=MzA5&mid=100&idx=1&sn=ab12&chksm=9&scene=27#wechat_redirect",
        "http://school.example/2026/11/water?utm_source=x",
    ],
)
def test_it_knows_the_copies_elsewhere(reader: Client, item: Item, copies: list[Outlet], pasted: str) -> None:
    assert verdict(reader, pasted).startswith("是官方信息，当前有效")


def test_another_article_of_the_same_account_is_not_taken_for_it(
    reader: Client, item: Item, copies: list[Outlet]
) -> None:
    assert verdict(reader, ARTICLE.replace("mid=100", "mid=200")).startswith("未找到")
    assert "“school 站”" in verdict(reader, "https://school.example/other/")


def test_an_earlier_version_is_told_as_such(reader: Client, item: Item, copies: list[Outlet]) -> None:
    first = EditionRecord.objects.get(item=item, number=1)
    Placement.objects.filter(outlet=copies[1]).update(actual=first)
    text = verdict(reader, BLOG)
    assert text.startswith("是官方信息，但您看到的不是最新版本")
    assert "第 1 版" in text


@pytest.mark.parametrize("kind", WithdrawalKind)
def test_a_withdrawn_item_is_told_as_such_and_a_silent_one_tells_no_more(
    reader: Client, item: Item, kind: WithdrawalKind
) -> None:
    Item.objects.update(withdrawn_at=build.NOW, withdrawal_kind=kind, withdrawal_reason="内容有误")
    text = verdict(reader, str(item.pk))
    assert text.startswith("已撤回")
    for secret in ("停水通知", "内容有误"):
        assert (secret in text) is (kind == WithdrawalKind.NOTICE)


def test_an_expired_item_is_official_and_over(reader: Client, portal: SiteHome, news: ColumnIndex) -> None:
    item = build.place(build.edition(expires=build.NOW.replace(year=2025)), portal.outlet)
    assert verdict(reader, str(item.pk)).startswith("是官方信息，但已过有效期")


def test_a_document_that_was_repealed_is_official_and_holds_no_more(
    reader: Client, portal: SiteHome, news: ColumnIndex
) -> None:
    policy = PolicyFacts(status=PolicyStatus.REPEALED)
    item = build.place(build.edition(type=ItemType.POLICY_DOC, policy=policy), portal.outlet)
    assert verdict(reader, str(item.pk)).startswith("是官方信息，但该文件已废止")


def test_nothing_found_is_never_called_a_fake(reader: Client, item: Item) -> None:
    for text in ("https://example.com/news/water/", "停水三天，快囤水！", "222222", str(build.NOBODY)):
        told = verdict(reader, text)
        assert told.startswith("未找到")
        assert "12345" in told
        assert not any(word in told for word in ("虚假", "谣言", "假消息"))


def test_what_was_never_meant_for_the_public_is_not_found(reader: Client, portal: SiteHome) -> None:
    hidden = build.place(build.edition(headline="内部稿件"), build.outlet("periodical", channel="handoff"))
    code = link_for(hidden.pk, now=build.NOW).code
    for text in (str(hidden.pk), code):
        assert verdict(reader, text).startswith("未找到")
    assert "内部稿件" not in reader.get(f"/s/{code}", follow=True).content.decode()


def test_what_is_pasted_is_shown_as_text(reader: Client, portal: SiteHome) -> None:
    answer = reader.get("/verify/", {"q": "</textarea><script>alert(1)</script>"})
    assert b"<script>alert" not in answer.content


def test_it_may_not_be_asked_without_end(reader: Client, item: Item, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "PER_PLACE", 2)
    asked = f"/verify/?q={item.pk}"
    assert [reader.get(asked).status_code for _ in range(3)] == [200, 200, 429]
    assert reader.get("/verify/").status_code == 200


def test_a_verification_asks_the_database_a_bounded_number_of_times(
    reader: Client, portal: SiteHome, item: Item, django_assert_max_num_queries: build.QueryCount
) -> None:
    asked = f"/verify/?q={quote('http://portal.example/news/water/')}"
    reader.get(asked)
    with django_assert_max_num_queries(16):
        reader.get(asked)


@given(st.text(max_size=300))
def test_whatever_is_pasted_is_read(text: str) -> None:
    clues = read(text)
    assert all(link.hostname for link in clues.links)


def test_the_work_is_bounded_whatever_is_pasted() -> None:
    links = read(" ".join(f"http://host{n}.example/" for n in range(500)))
    assert len(links.links) == CLUES_MAX
    assert not read("http://[::1 http://host:99999999/ http:///x")
