"""The public side of the message box: writing, looking up, public answers; programs, floods and markup are kept out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache, caches
from django.core.cache.backends.redis import RedisCache
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client, override_settings
from django.utils import timezone

from cms.models import Unit
from sites.enquiries import demo, figures, limits, tasks, tokens, verbs
from sites.enquiries.models import Act, Enquiry, Kind, Reason, State, Step
from sites.models import SiteHome
from tests.sites import build
from tests.sites.build import QueryCount
from tests.sites.reading import soup

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
FOREIGN = "script:not([src]):not([type='application/ld+json']), img[onerror]"
"""What none of our pages has."""
MARKUP = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


def token(site: SiteHome, *, age: timedelta = timedelta(minutes=1)) -> str:
    return tokens.make(site.pk, now=timezone.now() - age)


def message(site: SiteHome, **fields: str) -> dict[str, str]:
    values = {"kind": "question", "text": "请问医保缴费何时截止？", "token": token(site)}
    return {**values, **fields}


def received(site: SiteHome, *, at: datetime = NOW, **values: Any) -> Enquiry:
    fields = {"kind": "question", "text": "请问医保缴费何时截止？", **values}
    return verbs.receive(site, fields, nonce=tokens.new_code(), now=at)


def answered(site: SiteHome, *, at: datetime = NOW, publish: bool = True, **values: Any) -> Enquiry:
    enquiry = received(site, at=at, **values)
    return verbs.answer(
        enquiry.pk, text="十二月底截止。", public_text=enquiry.text, publish=publish, by="bianji", now=at
    )


@pytest.fixture(autouse=True)
def _no_counts() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def test_a_message_is_sent_and_found_again_by_its_code(portal: SiteHome, reader: Client) -> None:
    page = soup(reader.get("/messages/"))
    assert page.select_one("[name=token]")
    assert not page.select(FOREIGN)
    sent = reader.post(
        "/messages/", message(portal, name="李某", contact="0772-0000000", consent="on"), follow=True
    )
    enquiry = Enquiry.objects.get()
    assert (enquiry.site, enquiry.unit, enquiry.kind) == (portal, portal.unit, Kind.QUESTION)
    assert enquiry.person() == {"name": "李某", "contact": "0772-0000000"}
    assert "李某" not in enquiry.sealed
    assert f"{enquiry.code[:5]}-{enquiry.code[5:]}" in sent.text
    assert sent["Cache-Control"] == "no-store"
    shown = reader.get(
        "/messages/status/", {"code": f" {enquiry.code[:5].lower()}-{enquiry.code[5:]} "}, follow=True
    )
    assert "办理中" in shown.text
    assert "医保缴费" in shown.text
    assert "李某" not in shown.text
    verbs.answer(enquiry.pk, text="十二月底截止。", by="bianji", now=timezone.now())
    assert "十二月底截止。" in reader.get(f"/messages/{enquiry.code}/").text
    assert "csrftoken" not in reader.cookies
    assert "sessionid" not in reader.cookies


def test_the_form_knows_the_page_and_the_site_that_the_reader_came_from(
    portal: SiteHome, reader: Client
) -> None:
    office = build.site("tanzhong", parent=portal, full_name="潭中街道办事处")
    page = soup(reader.get("/messages/", {"page": "http://portal.example/tanzhong/news/x/"}))
    assert page.select_one(".masthead .name").text == "潭中街道办事处"  # type: ignore[union-attr]
    assert page.select_one("[name=page]")["value"] == "http://portal.example/tanzhong/news/x/"  # type: ignore[index]
    assert page.select_one("[name=kind][checked]")["value"] == "correction"  # type: ignore[index]
    came = {"referer": "http://portal.example/tanzhong/news/"}
    assert soup(reader.get("/messages/", headers=came)).select_one("[name=page]")["value"] == came["referer"]  # type: ignore[index]
    foreign = {"referer": "http://elsewhere.example/tanzhong/"}
    assert "elsewhere.example" not in reader.get("/messages/", headers=foreign).text
    assert "潭中街道办事处" in reader.get("/tanzhong/messages/", follow=True).text
    reader.post("/messages/", message(office))
    assert Enquiry.objects.get().site == office


@pytest.mark.parametrize("page", ["javascript:alert(1)", "//evil.example/x", "x" * 501, "data:text/html,x"])
def test_a_page_that_is_no_web_address_is_not_taken_over(portal: SiteHome, reader: Client, page: str) -> None:
    assert not soup(reader.get("/messages/", {"page": page})).select_one("[name=page]").get("value")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": "  "}, "请填写留言内容"),
        ({"text": "字" * 2001}, "不能超过 2000 字"),
        ({"text": "有空\x00字符在内"}, "不能含有不可见的控制字符"),
        ({"kind": "correction"}, "找错请填写有错误的网页地址"),
        ({"kind": "hack"}, "请从列出的类别中选择"),
        ({"kind": "correction", "page": "javascript:alert(1)"}, "http:// 或 https://"),
        ({"name": "李某"}, "请勾选同意"),
        ({"name": "李" * 31, "consent": "on"}, "不能超过 30 字"),
        ({"website": "http://spam.example/"}, "须留空"),
        ({"token": "forged.1.2:x"}, "页面已失效"),
        ({"token": ""}, "页面已失效"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_written_is_kept(
    portal: SiteHome, reader: Client, fields: dict[str, str], said: str
) -> None:
    answer = reader.post("/messages/", message(portal, **fields))
    assert answer.status_code == 422
    assert said in soup(answer).select_one("[role=alert]").text  # type: ignore[union-attr]
    assert (fields.get("text") or "请问医保缴费何时截止？").strip()[:5] in answer.text
    assert not Enquiry.objects.exists()


def test_a_token_is_taken_from_three_seconds_to_twelve_hours() -> None:
    found = tokens.make(7, now=NOW)
    for age in (timedelta(seconds=3), timedelta(hours=12)):
        assert tokens.read(found, now=NOW + age).site == 7
    tick = timedelta(microseconds=1)
    for age in (timedelta(seconds=3) - tick, timedelta(hours=12) + tick):
        with pytest.raises(tokens.StaleToken):
            tokens.read(found, now=NOW + age)


@pytest.mark.parametrize(
    ("age", "said"), [(timedelta(minutes=-1), "提交过快"), (timedelta(hours=13), "停留时间过长")]
)
def test_programs_are_too_fast_and_old_pages_get_a_new_token(
    portal: SiteHome, reader: Client, age: timedelta, said: str
) -> None:
    stale = token(portal, age=age)
    answer = reader.post("/messages/", message(portal, token=stale))
    assert said in answer.text
    assert soup(answer).select_one("[name=token]")["value"] != stale  # type: ignore[index]


def test_a_form_that_is_sent_twice_is_one_message(portal: SiteHome, reader: Client) -> None:
    values = message(portal)
    first, second = reader.post("/messages/", values), reader.post("/messages/", values)
    assert first["Location"] == second["Location"]
    assert Enquiry.objects.count() == 1


def test_markup_in_every_field_stays_text(portal: SiteHome, reader: Client) -> None:
    values = message(portal, kind="correction", text=MARKUP, name=MARKUP[:30], contact=MARKUP, consent="on")
    values["page"] = f"http://portal.example/{MARKUP}"
    wrong = reader.post("/messages/", values)
    assert not soup(wrong).select(FOREIGN)
    values["page"] = "http://portal.example/?q=%3Cscript%3E"
    sent = reader.post("/messages/", values, follow=True)
    enquiry = Enquiry.objects.get()
    verbs.answer(enquiry.pk, text=MARKUP, public_text=MARKUP, publish=True, by=MARKUP, now=NOW)
    for answer in (sent, reader.get(f"/messages/{enquiry.code}/"), reader.get("/messages/answers/")):
        assert answer.status_code == 200
        assert not soup(answer).select(FOREIGN)
        assert MARKUP in soup(answer).text
    assert not soup(reader.get("/messages/status/", {"code": MARKUP})).select(FOREIGN)


def _cache_keys() -> list[str]:
    """Whatever this run keeps its cache in: memory, or a Redis of its own number."""
    if isinstance(caches["default"], RedisCache):
        return [key.decode() for key in caches["default"]._cache.get_client().scan_iter()]
    return [str(key) for key in cache._cache]  # type: ignore[attr-defined]


def test_one_address_sends_ten_an_hour_and_no_address_is_kept(portal: SiteHome, reader: Client) -> None:
    for _ in range(limits.SENDING[0].most):
        assert reader.post("/messages/", message(portal), REMOTE_ADDR="203.0.113.9").status_code == 302
    refused = reader.post("/messages/", message(portal), REMOTE_ADDR="203.0.113.9")
    assert refused.status_code == 429
    assert "提交次数过多" in refused.text
    assert "医保缴费" in refused.text
    assert reader.post("/messages/", message(portal), REMOTE_ADDR="203.0.113.10").status_code == 302
    assert not any("203.0.113" in key for key in _cache_keys())
    day = timezone.localdate()
    assert limits.address_hash("203.0.113.9", day) != limits.address_hash(
        "203.0.113.9", day + timedelta(days=1)
    )
    assert limits.address_hash("2001:db8::1", day) == limits.address_hash("2001:db8::2", day)


def test_codes_cannot_be_tried_out(portal: SiteHome, reader: Client) -> None:
    for _ in range(limits.LOOKING[0].most):
        assert reader.get("/messages/ABCDEFGHJK/").status_code == 404
    assert reader.get("/messages/ABCDEFGHJK/").status_code == 429


def test_only_what_was_made_public_is_listed_and_every_page_has_the_tags(
    portal: SiteHome, reader: Client
) -> None:
    answered(portal, text="公开的问题甲")
    answered(portal, text="不公开的问题乙", publish=False)
    received(portal, text="没有答复的问题丙")
    page = reader.get("/messages/answers/")
    assert "公开的问题甲" in page.text
    assert "问题乙" not in page.text
    assert "问题丙" not in page.text
    names = {tag.get("name") for tag in soup(page).select("meta")}
    assert {"SiteName", "SiteDomain", "SiteIDCode", "ColumnName", "ColumnDescription", "ColumnType"} <= names
    assert {"SiteName", "SiteIDCode"} <= {
        tag.get("name") for tag in soup(reader.get("/messages/")).select("meta")
    }


def test_answers_are_read_page_by_page_and_none_is_lost(
    portal: SiteHome, reader: Client, django_assert_num_queries: QueryCount
) -> None:
    office = build.site("tanzhong", parent=portal)
    for number in range(23):
        answered(
            office if number % 2 else portal,
            text=f"第{number:02}个问题在这里",
            at=NOW + timedelta(minutes=number // 3),
        )
    seen: list[str] = []
    address = "/messages/answers/"
    while address:
        page = soup(reader.get(address))
        seen += [row.text.strip() for row in page.select(".answers h2")]
        following = page.select_one("[rel=next]")
        address = str(following["href"]) if following else ""
    assert len(seen) == len(set(seen)) == 23
    assert len(soup(reader.get("/messages/answers/", {"site": office.pk})).select(".answers h2")) == 10
    assert reader.get("/messages/answers/", {"before": "x"}).status_code == 404
    assert reader.get("/messages/answers/", {"before": "9" * 40 + ".1"}).status_code == 404


def test_verbs_keep_a_history_and_refuse_what_has_moved_on(portal: SiteHome) -> None:
    enquiry = received(portal)
    other = Unit.objects.create(code="ybj", name="城中区医保局")
    verbs.transfer(enquiry.pk, other, note="业务归口", by="甲", now=NOW)
    verbs.close(enquiry.pk, Reason.DUPLICATE, note="", by="甲", now=NOW)
    with pytest.raises(verbs.Moved):
        verbs.answer(enquiry.pk, text="答", by="乙", now=NOW)
    verbs.reopen(enquiry.pk, note="不是重复", by="乙", now=NOW)
    verbs.answer(enquiry.pk, text="答一", by="乙", now=NOW)
    verbs.answer(enquiry.pk, text="答二", public_text="问", publish=True, by="乙", now=NOW)
    acts = [Act(step.act) for step in Step.objects.filter(enquiry=enquiry)]
    assert acts == [
        Act.RECEIVED, Act.TRANSFERRED, Act.CLOSED, Act.REOPENED, Act.ANSWERED, Act.REVISED, Act.PUBLISHED,
    ]  # fmt: skip
    assert "答一" in Step.objects.get(act=Act.REVISED).note
    with pytest.raises(IntegrityError), transaction.atomic():
        Enquiry.objects.filter(pk=enquiry.pk).update(state=State.OPEN)


@override_settings(ENQUIRY_CONTACT_DAYS=180)
def test_who_wrote_is_forgotten_half_a_year_after_the_end() -> None:
    site = build.site("portal")
    now = timezone.now()
    old = answered(
        site, at=now - timedelta(days=181), text="请打13800000000找我", name="李某", contact="电话"
    )
    young = answered(site, at=now - timedelta(days=179), name="王某")
    waiting = received(site, at=now - timedelta(days=400), name="赵某")
    tasks.tend()
    tasks.tend()
    old.refresh_from_db(), young.refresh_from_db(), waiting.refresh_from_db()
    assert old.person() == {}
    assert "13800000000" not in old.text
    assert young.person() == {"name": "王某"}
    assert waiting.person() == {"name": "赵某"}
    assert Step.objects.filter(act=Act.PURGED).count() == 1


def test_a_new_key_seals_who_wrote_again(portal: SiteHome) -> None:
    enquiry = received(portal, name="李某")
    with override_settings(OUTLET_KEYS=["newer", *settings.OUTLET_KEYS]):
        call_command("reseal", stdout=StringIO())
    enquiry.refresh_from_db()
    with override_settings(OUTLET_KEYS=["newer"]):
        assert enquiry.person() == {"name": "李某"}


def test_figures_tell_what_is_overdue_and_how_the_year_went(
    portal: SiteHome, django_assert_num_queries: QueryCount
) -> None:
    first = received(portal, at=NOW)
    verbs.answer(first.pk, text="答", public_text="问", publish=True, by="乙", now=NOW + timedelta(days=3))
    second = received(portal, at=NOW)
    verbs.answer(second.pk, text="答", by="乙", now=NOW + timedelta(days=4))
    spam = received(portal, at=NOW)
    verbs.close(spam.pk, Reason.SPAM, note="", by="乙", now=NOW)
    late = received(portal, at=NOW)
    due = datetime(2026, 11, 25, 4, tzinfo=UTC)
    assert list(figures.overdue(due)) == []
    assert list(figures.overdue(due + timedelta(days=1))) == [late]
    assert list(figures.overdue(due + timedelta(days=1), sites=[])) == []
    with django_assert_num_queries(2):
        found = figures.statistics(2026, now=NOW + timedelta(days=91))
    assert found == figures.Statistics(2026, 3, 2, 3.5, 1, 1)
    assert figures.statistics(2025) == figures.Statistics(2025, 0, 0, None, 0, 0)


def test_the_demo_has_answered_messages_and_an_open_one_however_often_it_is_loaded(portal: SiteHome) -> None:
    for _ in range(2):
        demo.load(now=timezone.now())
    states = sorted(Enquiry.objects.values_list("state", "sealed"))
    assert states == [("answered", ""), ("answered", ""), ("open", "")]
    assert Enquiry.objects.exclude(published_at=None).count() == 2
