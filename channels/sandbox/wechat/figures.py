"""Reading figures: the four /datacube/ calls on articles, with figures that come from a hash and stay the same.

Fields as on the platform's pages of 2025-11; the ranges (one day, thirty for the summary) as three public clients
agree on them. An article is read for thirty days.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from channels.sandbox.articles import ApiError
from channels.sandbox.clock import day_of
from channels.sandbox.store import Document
from channels.sandbox.wechat.call import Call, Endpoint, Endpoints
from channels.sandbox.wechat.desk import Desk, require
from channels.sandbox.wechat.shelf import PUBLISHED, PUSHED

DAYS = 30
SUMMARY_DAYS = 30
SCENES = ("公众号消息", "聊天会话", "朋友圈", "公众号主页", "其他", "推荐", "搜一搜")
SHARES_OF_SCENES = ((0.52, 0.12, 0.14, 0.06, 0.03, 0.09, 0.04), (0.04, 0.2, 0.22, 0.24, 0.08, 0.14, 0.08))
"""How readers of a pushed and of a published article came."""


@dataclass(frozen=True, slots=True)
class Read:
    """An article with its readers: `total` in thirty days, most of them on the first."""

    msgid: str
    notified: bool
    day: date
    title: str
    url: str
    total: int
    dice: bytes

    def on(self, day: date) -> int:
        """Readers who are new on a day."""
        return self.until(day) - self.until(day - timedelta(days=1))

    def until(self, day: date) -> int:
        """Readers up to the end of a day."""
        age = (day - self.day).days
        return 0 if age < 0 else int(self.total * (1 - 0.45 ** (min(age, DAYS - 1) + 1)))

    def counts(self, readers: int) -> Document:
        """What belongs to so many readers."""
        return {
            "read_user": readers,
            "read_user_source": self._sources(readers),
            "share_user": readers * (3 + self.dice[0] % 6) // 100,
            "zaikan_user": readers * (1 + self.dice[1] % 3) // 100,
            "like_user": readers * (2 + self.dice[2] % 4) // 100,
            "comment_count": readers * (self.dice[3] % 3) // 100,
            "collection_user": readers * (1 + self.dice[4] % 4) // 100,
        }

    def rates(self) -> Document:
        return {
            "read_delivery_rate": round((5 + self.dice[5] % 60) / 1000, 7) if self.notified else 0.0,
            "read_finish_rate": round((35 + self.dice[6] % 50) / 100, 7),
            "read_avg_activetime": round((4 + self.dice[7] % 20) / 10, 7),
            "read_jump_position": [
                {"position": position, "rate": rate}
                for position, rate in enumerate((0.31, 0.14, 0.1, 0.08, 0.37), start=1)
            ],
        }

    def _sources(self, readers: int) -> list[Document]:
        shares = SHARES_OF_SCENES[0 if self.notified else 1]
        parts = [{"user_count": int(readers * share), "scene_desc": scene} for scene, share in zip(SCENES, shares, strict=True)]  # fmt: skip
        return [{"user_count": readers, "scene_desc": "全部"}, *parts]


class Figures:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def endpoints(self) -> Endpoints:
        return {
            "datacube/getarticletotaldetail": Endpoint(self._detail),
            "datacube/getarticleread": Endpoint(self._read),
            "datacube/getarticleshare": Endpoint(self._share),
            "datacube/getbizsummary": Endpoint(self._summary),
        }

    def _detail(self, call: Call) -> Document:
        """Articles published on the day, with a cumulative row for every day since."""
        first, _ = self._range(call, most=1)
        rows = [
            {
                "ref_date": article.day.isoformat(),
                "msgid": article.msgid,
                "publish_type": 0 if article.notified else 1,
                "title": article.title,
                "content_url": article.url,
                "detail_list": [self._day(article, day) for day in self._days_of(call, article)],
            }
            for article in self._articles(call)
            if article.day == first
        ]
        return self._answer(call, rows)

    def _day(self, article: Read, day: date) -> Document:
        extra = {"praise_money": 0, "read_subscribe_user": article.until(day) // 200}
        return {
            "stat_date": day.isoformat(),
            **article.counts(article.until(day)),
            **extra,
            **article.rates(),
        }

    def _days_of(self, call: Call, article: Read) -> list[date]:
        last = min(self._last(call), article.day + timedelta(days=DAYS - 1))
        return _days(article.day, last)

    def _read(self, call: Call) -> Document:
        first, last = self._range(call, most=1)
        return self._answer(call, self._daily(call, first, last, ("read_user", "read_user_source")))

    def _share(self, call: Call) -> Document:
        first, last = self._range(call, most=1)
        return self._answer(call, self._daily(call, first, last, ("share_user",)))

    def _daily(self, call: Call, first: date, last: date, names: tuple[str, ...]) -> list[Document]:
        """Every article that was read on a day, with that day's figures."""
        articles = list(self._articles(call))
        return [
            {
                "ref_date": day.isoformat(),
                "msgid": article.msgid,
                "detail": {name: article.counts(article.on(day))[name] for name in names},
            }
            for day in _days(first, min(last, self._last(call)))
            for article in articles
            if article.on(day)
        ]

    def _summary(self, call: Call) -> Document:
        first, last = self._range(call, most=SUMMARY_DAYS)
        articles = list(self._articles(call))
        rows = [
            {"ref_date": day.isoformat(), "detail": _summed(articles, day)}
            for day in _days(first, min(last, self._last(call)))
        ]
        return self._answer(call, rows)

    def _articles(self, call: Call) -> Iterator[Read]:
        for kind in (PUBLISHED, PUSHED):
            for entry in self._desk.store.all(call.kind(kind)):
                for index, article in enumerate(entry["articles"], start=1):
                    msgid = f"{entry['msg_data_id']}_{index}"
                    dice = hashlib.sha256(f"{call.appid} {article['title']} {msgid}".encode()).digest()
                    total = 40 + int.from_bytes(dice[8:10]) % (4000 if kind == PUSHED else 900)
                    day = day_of(entry["update_time"])
                    yield Read(msgid, kind == PUSHED, day, article["title"], article["url"], total, dice)

    def _last(self, call: Call) -> date:
        """The last day that has figures."""
        return self._desk.clock.today() - timedelta(days=2 if call.account.figures_delayed else 1)

    def _range(self, call: Call, *, most: int) -> tuple[date, date]:
        """The asked days, both inclusive. Raises ApiError."""
        require(call.account.verified)
        try:
            first, last = (date.fromisoformat(call.word(name)) for name in ("begin_date", "end_date"))
        except ValueError:
            raise ApiError(61500, "date format error") from None
        yesterday = self._desk.clock.today() - timedelta(days=1)
        if first > last or last > yesterday or (last - first).days >= most:
            raise ApiError(61501, "date range error")
        return first, last

    def _answer(self, call: Call, rows: list[Document]) -> Document:
        return {"list": rows, "is_delay": call.account.figures_delayed}


def _summed(articles: list[Read], day: date) -> Document:
    """The account's figures of a day."""
    parts = [article.counts(article.on(day)) for article in articles]
    sums = {
        name: sum(part[name] for part in parts)
        for name in (
            "read_user",
            "share_user",
            "zaikan_user",
            "like_user",
            "comment_count",
            "collection_user",
        )
    }
    places = range(len(SCENES) + 1)
    counts = [sum(part["read_user_source"][place]["user_count"] for part in parts) for place in places]
    sources = [{"user_count": count, "scene_desc": scene} for count, scene in zip(counts, ("全部", *SCENES), strict=True)]  # fmt: skip
    published = sum(article.day == day for article in articles)
    return {
        **sums,
        "read_user_source": sources,
        "redirect_ori_page_user": sums["read_user"] // 25,
        "send_page_count": published,
    }


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
