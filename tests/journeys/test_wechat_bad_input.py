"""Bad input from the desk's side: each is told before it is signed, and ends as an article or with a sentence."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client

from channels import rendering
from channels.contract import Severity
from channels.edition import Asset, Image, ItemList, Paragraph, Table
from channels.models import Placement, State
from channels.sandbox.config import SandboxConfig
from channels.sandbox.running import RunningSandbox, running_sandbox
from channels.wechat.models import Notice
from tests.channels.platform_calls import TOKEN, post, push, signed, text
from tests.channels.pushes import Hub

pytestmark = pytest.mark.django_db
WORD = (
    '<p class="MsoNormal" style="mso-pagination:none"><o:p></o:p><!--[if gte mso 9]><xml></xml><![endif]-->'
    '<span lang="EN-US" style="font-family:仿宋_GB2312;mso-bidi-font-size:10.5pt">请提前储水。</span></p>'
)
GONE = Image(asset=Asset(sha256="0" * 64, content_type="image/png", name="已删除.png", size=900), alt="图")
NUMBERS = itertools.count(1)
BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><xml><MsgType>&b;</MsgType></xml>'


@dataclass(frozen=True)
class Case:
    """`told`: words of the pre-flight finding, `blocks` whether it is one that blocks. `shown`: what readers see.

    `refused`: words of the sentence that the placement ends with instead.
    """

    changes: dict[str, Any]
    told: str = ""
    blocks: bool = False
    shown: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    refused: str = ""
    title: str = field(default="停水通知")


CASES = {
    "empty body": Case({"body": ()}, told="正文为空", blocks=True, refused="正文为空"),
    "25,000 characters in one paragraph": Case(
        {"body": (Paragraph(html="水" * 25_000),)}, told="长度上限", blocks=True, refused="请分段或精简"
    ),
    "25,000 characters in paragraphs": Case(
        {"body": tuple(Paragraph(html=f"{number}" + "水" * 249) for number in range(100))},
        told="其余由“阅读原文”查看",
        shown=("此处为节选",),
    ),
    "a table of 40 columns": Case(
        {"body": (Table(rows=tuple(tuple(f"{row}-{n}" for n in range(40)) for row in range(3))),)},
        told="40 列",
        shown=("2-39",),
        hidden=("<table",),
    ),
    "a list in a list": Case(
        {"body": (ItemList(items=("一、<ul><li>内层</li></ul>", "二"), ordered=True),)},
        shown=("内层", "<li>二</li>"),
        hidden=("<ul",),
    ),
    "Word paste": Case(
        {"body": (Paragraph(html=WORD),)}, shown=("请提前储水。",), hidden=("mso", "Mso", "仿宋", "<span")
    ),
    "an emoji title": Case({}, title="停水通知💧", told="表情符号"),
    "a title of 33 characters": Case({}, title="停" * 33, told="33", blocks=True, refused="超过微信上限 32"),
    "text from right to left": Case(
        {"body": (Paragraph(html="إشعار بانقطاع المياه"),)}, shown=("direction:rtl", "إشعار")
    ),
    "no picture": Case({}, told="默认封面"),
    "a deleted picture": Case({"body": (Paragraph(html="见图"), GONE)}, refused="“已删除.png”的文件已丢失"),
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox(SandboxConfig(publish_seconds=0)) as running:
        yield running
        assert running.violations() == []


@pytest.fixture
def hub(sandbox: RunningSandbox) -> Hub:
    """With an account of its own: its token outlives no test's database."""
    return Hub(sandbox.url, appid=f"wxdemo6{next(NUMBERS):011d}")


def article_of(hub: Hub, sandbox: RunningSandbox, placement: Placement) -> dict[str, Any]:
    """What the platform keeps of the placement's article."""
    article_id = placement.receipt["remote_id"].partition(":")[2]
    articles = sandbox.documents(f"article:{hub.outlet.options['appid']}")
    (found,) = [one for one in articles if one["article_id"] == article_id]
    shown: dict[str, Any] = found["articles"][0]
    return shown


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_an_edition_is_told_of_and_comes_to_a_clear_end(
    hub: Hub, sandbox: RunningSandbox, case: Case
) -> None:
    item = hub.item(case.title, **case.changes)
    findings = rendering.findings(hub.outlet, item.current.edition())
    hub.engine()

    told = [one for one in findings if case.told and case.told in f"{one.problem}{one.fix}{one.place}"]
    assert bool(told) is bool(case.told), findings
    assert any(one.severity is Severity.BLOCK for one in findings) is case.blocks
    placement = Placement.objects.get(item=item)
    if case.refused:
        assert (placement.state, placement.remedy) == (State.ASKING, "editor")
        assert case.refused in placement.message
        return
    assert placement.state == State.SETTLED
    article = article_of(hub, sandbox, placement)
    assert [part for part in case.shown if part not in article["content"]] == []
    assert [part for part in case.hidden if part in article["content"]] == []
    assert article["title"] == case.title


def test_two_items_with_one_title_are_two_articles_of_which_one_can_be_taken_back(
    hub: Hub, sandbox: RunningSandbox
) -> None:
    first, second = hub.item("停水通知"), hub.item("停水通知")
    hub.engine()
    ids = {Placement.objects.get(item=item).receipt["remote_id"] for item in (first, second)}
    assert len(ids) == 2
    hub.withdraw(first)
    hub.engine()
    assert (len(sandbox.copies(first.uri)), len(sandbox.copies(second.uri))) == (0, 1)


def test_what_comes_to_the_door_and_is_no_message_leaves_no_trace(hub: Hub, client: Client) -> None:
    """An XML bomb, and a true push of last week that somebody sends again."""
    hub.outlet.set_secrets({"secret": "x", "callback_token": TOKEN})
    hub.outlet.save()
    week_ago, body, kind = push(text("停水"), now=time.time() - 7 * 86_400)
    for query, sent in ((signed(), BOMB.encode()), (week_ago, body)):
        response = client.post("/wechat/pinzhi/", data=sent, content_type=kind, query_params=query)
        assert (response.status_code, response.content) == (403, b"")
    assert not Notice.objects.exists()


def test_a_message_of_twenty_kilobytes_is_answered(hub: Hub, client: Client) -> None:
    hub.outlet.set_secrets({"secret": "x", "callback_token": TOKEN})
    hub.outlet.save()
    response = post(client, text("停水" * 3400))
    assert response.status_code == 200
    assert "简短的关键词" in response.content.decode()
