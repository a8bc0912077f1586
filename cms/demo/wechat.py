"""What the demo account's pages show a newcomer: a menu draft, keyword replies, and a push that is being put together.

Each part is laid down once; whatever the account has of it already is left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from channels.models import Outlet
from channels.wechat import menus
from channels.wechat.menus import Button, Kind
from channels.wechat.models import KeywordReply, Menu, Push
from channels.wechat.push import verbs

MENU = (
    Button(
        "查通知",
        below=(
            Button("最新通知", Kind.CLICK, "newest"),
            Button("停水停电", Kind.CLICK, "find:停水"),
            Button("招聘招考", Kind.CLICK, "find:招聘"),
        ),
    ),
    Button(
        "办事服务",
        below=(
            Button("医保缴费", Kind.CLICK, "find:医保"),
            Button("入学转学", Kind.CLICK, "find:转学"),
            Button("办事时间", Kind.CLICK, "find:办事时间"),
            Button("投诉建议", Kind.CLICK, "find:投诉建议"),
        ),
    ),
    Button("我的街道", Kind.CLICK, "interest"),
)
REPLIES = (
    # words, text
    (
        "办事时间 上班时间 几点上班",
        "街道便民服务中心办事时间（演示）：\n工作日 9:00—12:00、13:00—17:00\n咨询电话：0772-0000000",
    ),
    (
        "投诉建议 投诉 建议",
        "反映问题、提出建议（演示）：\n电话：0772-0000000\n来信请写明时间、地点和联系方式，工作人员将尽快答复。",
    ),
)
TITLES = {1: "停水提醒：文昌路片区请提前储水"}
"""Place in the push, from 0 -> a title of the push's own."""


@transaction.atomic
def load(outlet: Outlet, items: Sequence[UUID], *, by: str) -> None:
    """`items` are signed and wanted at `outlet`; they go into the push in this order."""
    if not Menu.objects.filter(outlet=outlet).exists():
        menus.keep(outlet, MENU)
    if not KeywordReply.objects.filter(outlet=outlet).exists():
        KeywordReply.objects.bulk_create(
            KeywordReply(outlet=outlet, words=words, text=text, rank=rank * 10)
            for rank, (words, text) in enumerate(REPLIES, start=1)
        )
    if not Push.objects.filter(outlet=outlet).exists():
        _push(outlet, items, by)


def _push(outlet: Outlet, items: Sequence[UUID], by: str) -> None:
    now = timezone.now()
    push = verbs.create(outlet, by=by, now=now)
    articles = verbs.add(push.pk, items, by=by, now=now)
    owns = [
        verbs.Own(pk=article.pk, headline=TITLES.get(place, "")) for place, article in enumerate(articles)
    ]
    plan = verbs.Plan(at=None, note="演示：尚未提交复核，可直接修改")
    verbs.arrange(push.pk, plan, owns, by=by, now=now)
