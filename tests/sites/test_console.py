"""The console's pages: only one's own outlets, only what is known, and safe to open anywhere."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from channels import outbox, trying
from channels.models import Delivery, Operation, Outcome, Outlet, Placement, State, WithdrawalKind
from channels.pulling import flushing, keys
from channels.pulling.counting import Fetch, Line
from channels.pulling.keys import Ring
from channels.pulling.models import PullKey
from sites.api.description import replay_paths
from sites.console import limits, recipes
from sites.console.sections import SECTIONS
from sites.feeds.variants import VARIANTS
from sites.models import SavedFeed
from sites.serving import keyed
from tests.sites import build, console

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Outlet:
    return build.outlet("jinglan", channel="feed", url="http://jinglan.example/")


@pytest.fixture
def target() -> Outlet:
    return console.pushed(options={"url": "https://hedong.example/items"})


@pytest.fixture
def client(office: Outlet, target: Outlet) -> Client:
    return console.browser(office, target)


def sign(outlet: Outlet, **fields: object) -> Any:
    value = build.edition(**fields)
    outbox.plan(value, [outbox.Target(outlet_id=outlet.pk, reason="测试")], now=timezone.now())
    return value


def take(key: PullKey, value: Any) -> None:
    placement = Placement.objects.get(item=value.content_id)
    fetch = Fetch(
        key_id=key.pk,
        outlet_id=key.outlet_id,
        document="/feeds/jinglan.rss",
        status=200,
        etag=str(uuid4()),
        sequence=1,
        contents=((value.content_id, placement.desired_id),),
        at=timezone.now(),
    )
    flushing.write([Line(fetch, 1)])


def text(client: Client, address: str, **query: Any) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


# ---- rights


@pytest.mark.parametrize("section", [section.name for section in SECTIONS if not section.url_name])
def test_every_page_is_for_the_outlets_own_webmaster(office: Outlet, section: str) -> None:
    outlet = office if section != "push" else console.pushed()
    address = f"/console/{outlet.slug}/" + ("" if section == "outlet" else f"{section}/")
    own, other = (
        console.browser(outlet),
        console.browser(build.outlet("other", channel="feed"), username="other"),
    )
    assert own.get(address).status_code == 200
    assert other.get(address).status_code == 404
    assert Client().get(address).status_code == 302


@pytest.mark.parametrize(
    "act", ["keys/{key}/revoke/", "keys/{key}/rotate/", "push/secret/", "push/test/", "log/replay/"]
)
def test_every_act_is_for_the_outlets_own_webmaster(target: Outlet, act: str) -> None:
    key, _ = keys.make(target, name="x", by="x", now=timezone.now())
    other = console.browser(build.outlet("other", channel="feed"), username="other")
    address = f"/console/hedong/{act.format(key=key.pk)}"
    assert other.post(address).status_code == 404
    assert Client().post(address).status_code == 302
    assert console.browser(target, username="own").get(address).status_code == 405


def test_a_key_of_another_outlet_is_out_of_reach_from_ones_own(client: Client) -> None:
    key, _ = keys.make(build.outlet("other", channel="feed"), name="x", by="x", now=timezone.now())
    assert client.post(f"/console/jinglan/keys/{key.pk}/revoke/").status_code == 404


def test_a_page_is_kept_and_framed_by_nobody(client: Client) -> None:
    answer = client.get("/console/jinglan/")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    page = answer.content.decode()
    assert "style=" not in page
    assert "onclick" not in page


def test_no_link_of_the_menu_is_dead(client: Client) -> None:
    page = text(client, "/console/hedong/")
    menu = page[page.index('aria-label="控制台导航"') : page.index("</nav>")]
    links = re.findall(r'href="([^"]+)"', menu)
    assert len(links) == len(SECTIONS)
    assert [client.get(link).status_code for link in links] == [200] * len(links)


# ---- what one holds


def test_the_first_page_leads_to_the_only_outlet(office: Outlet, target: Outlet) -> None:
    assert console.browser(office).get("/console/").headers["Location"] == "/console/jinglan/"
    page = text(console.browser(office, target, username="two"), "/console/")
    assert "jinglan 站" in page
    assert "hedong 站" in page


def test_the_page_of_an_outlet_says_what_is_owed(client: Client, office: Outlet) -> None:
    key, _ = keys.make(office, name="网站", by="站长", now=timezone.now())
    wrong, old = sign(office, headline="有误的通知"), sign(office, headline="旧的通知")
    take(key, wrong)
    take(key, old)
    outbox.recall(wrong.content_id, kind=WithdrawalKind.GONE, reason="内容有误", now=timezone.now())
    outbox.plan(
        build.edition(uri=old.uri, slug=old.slug, headline="新的通知"),
        [outbox.Target(outlet_id=office.pk, reason="测试")],
        now=timezone.now(),
    )
    page = text(client, "/console/jinglan/")
    assert page.index("有误的通知") < page.index("新的通知"), "what has to go comes first"
    assert "已要求撤下" in page
    assert "最新为第 2 版" in page


def test_the_page_costs_the_same_with_many_items(client: Client, office: Outlet) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            text(client, "/console/jinglan/")
        return len(queries)

    key, _ = keys.make(office, name="网站", by="站长", now=timezone.now())
    take(key, sign(office))
    text(client, "/console/jinglan/")  # gives the changes their numbers
    few = count()
    for _ in range(5):
        take(key, sign(office))
    text(client, "/console/jinglan/")
    assert count() == few


# ---- keys


def test_a_key_is_shown_once_and_works(client: Client, office: Outlet) -> None:
    answer = client.post("/console/jinglan/keys/", {"name": "织梦", "scopes": ["pull"]})
    page = answer.content.decode()
    key = PullKey.objects.get()
    shown = page[page.index(key.prefix) :].partition("<")[0]
    assert keys.digest(shown) == key.digest
    again = text(client, "/console/jinglan/keys/")
    assert key.prefix in again
    assert shown not in again


def test_a_replaced_key_says_how_long_it_works(client: Client, office: Outlet) -> None:
    key, _ = keys.make(office, name="网站", by="站长", now=timezone.now())
    page = client.post(f"/console/jinglan/keys/{key.pk}/rotate/").content.decode()
    assert "原密钥 7 天内仍可使用" in page
    assert "可用至" in page
    again = client.post(f"/console/jinglan/keys/{key.pk}/rotate/", follow=True).content.decode()
    assert "已经替换或吊销" in again


def test_a_revoked_key_is_refused(client: Client, office: Outlet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyed, "ring", Ring())
    key, shown = keys.make(office, name="网站", by="站长", now=timezone.now())
    client.post(f"/console/jinglan/keys/{key.pk}/revoke/")
    value = sign(office)
    assert client.get(f"/feeds/jinglan/{value.content_id}.atom", {"key": shown}).status_code == 403


# ---- feeds


def test_a_choice_is_shown_before_it_is_used(client: Client, office: Outlet) -> None:
    build.column("tzgg", "通知公告")
    sign(office, column="tzgg", headline="停水通知")
    sign(office, column="ywdt", headline="要闻一则")
    page = text(client, "/console/jinglan/feeds/", scope="own", column="tzgg", variant="atom")
    assert "停水通知" in page
    assert "要闻一则" not in page
    assert "http://hub.example/feeds/jinglan/column/tzgg.atom" in page


def test_a_combination_gets_a_lasting_address_when_it_is_saved(client: Client, office: Outlet) -> None:
    asked = "?scope=own&type=news&tags=停水&size=20&variant=rss"
    page = text(client, f"/console/jinglan/feeds/{asked}")
    assert "保存为固定地址" in page
    assert "/feeds/saved/" not in page, "an address that means nothing yet must not be copied"
    client.post(f"/console/jinglan/feeds/{asked}", {"title": "停水新闻"})
    saved = SavedFeed.objects.get()
    assert saved.chosen().size == 20
    assert f"http://hub.example/feeds/saved/{saved.pk}.rss" in text(client, f"/console/jinglan/feeds/{asked}")
    client.post(f"/console/jinglan/feeds/{asked}", {"title": "另一个名字"})
    assert SavedFeed.objects.get().title == "停水新闻"


@pytest.mark.parametrize(
    ("asked", "word"), [({"size": "0"}, "1 到 100"), ({"size": "x"}, "整数"), ({"type": "x"}, "没有这种")]
)
def test_what_cannot_be_chosen_is_said(client: Client, asked: dict[str, str], word: str) -> None:
    assert word in text(client, "/console/jinglan/feeds/", **asked)


def test_an_outlet_that_nothing_is_shown_at_here_has_the_districts_feeds(client: Client) -> None:
    page = text(client, "/console/hedong/feeds/", scope="own")
    assert "投放到本终端" not in page
    assert "http://hub.example/feeds/by/all.rss" in page


def test_every_form_and_every_system_is_named(client: Client, office: Outlet) -> None:
    page = text(client, "/console/jinglan/feeds/")
    assert all(f"/feeds/jinglan.{key}" in page for key in VARIANTS)
    assert all(recipe.title in page for recipe in recipes.RECIPES), "the hub offers a form for each"
    assert "{dede:json url=" in page
    assert "{loop $data $r}" in page


# ---- push


def test_the_address_is_the_webmasters_to_set(client: Client, target: Outlet) -> None:
    client.post("/console/hedong/push/", {"url": "https://new.example/in", "mode": "notify"})
    target.refresh_from_db()
    assert target.options == {"url": "https://new.example/in", "mode": "notify"}
    page = client.post("/console/hedong/push/", {"url": "ftp://new.example/"}).content.decode()
    assert "https://" in page
    target.refresh_from_db()
    assert target.options["url"] == "https://new.example/in"


def test_a_new_signing_secret_is_shown_once(client: Client, target: Outlet) -> None:
    page = client.post("/console/hedong/push/secret/").content.decode()
    target.refresh_from_db()
    secret = target.secrets()["secret"].split()[0]
    assert secret.startswith("whsec_")
    assert secret in page
    assert secret not in text(client, "/console/hedong/push/")


def test_the_secret_before_goes_on_signing_until_the_next_change(client: Client, target: Outlet) -> None:
    before = target.secrets()["secret"]
    seen = []
    for _ in range(2):
        client.post("/console/hedong/push/secret/")
        target.refresh_from_db()
        seen.append(target.secrets()["secret"].split())
    assert seen[0][1:] == [before]
    assert seen[1][1:] == seen[0][:1]
    assert len({before, seen[0][0], seen[1][0]}) == 3


def test_no_page_shows_a_secret_that_is_stored(client: Client, target: Outlet) -> None:
    assert "demo-secret-placeholder" not in text(client, "/console/hedong/push/")


@pytest.mark.parametrize("passed", [True, False])
def test_a_trial_says_what_came_of_it_and_lifts_a_fault(
    client: Client, target: Outlet, monkeypatch: pytest.MonkeyPatch, passed: bool
) -> None:
    monkeypatch.setattr(trying, "try_connection", lambda outlet: trying.Trial(passed, "对方应答"))
    Outlet.objects.filter(pk=target.pk).update(blocked_reason="接收地址不存在（404）")
    page = client.post("/console/hedong/push/test/", follow=True).content.decode()
    target.refresh_from_db()
    assert bool(target.blocked_reason) is not passed
    assert ("试发成功，故障已解除" in page) is passed


def test_trials_are_limited(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Outlet] = []
    monkeypatch.setattr(
        trying, "try_connection", lambda outlet: asked.append(outlet) or trying.Trial(True, "好")
    )
    for _ in range(limits.TRIALS + 2):
        client.post("/console/hedong/push/test/")
    assert len(asked) == limits.TRIALS


def test_an_outlet_without_pushes_has_no_such_page(client: Client) -> None:
    assert client.get("/console/jinglan/push/").status_code == 404
    assert "推送</a>" not in text(client, "/console/jinglan/")


# ---- log


def test_the_log_shows_pulls_and_pushes_with_the_outlets_answer(
    client: Client, office: Outlet, target: Outlet
) -> None:
    key, _ = keys.make(office, name="网站", by="站长", now=timezone.now())
    take(key, sign(office))
    page = text(client, "/console/jinglan/log/")
    assert "/feeds/jinglan.rss" in page
    assert key.prefix in page
    sign(target, headline="推送的通知")
    Delivery.objects.create(
        placement=Placement.objects.get(outlet=target),
        generation=1,
        operation=Operation.DELIVER,
        token="t",
        started_at=timezone.now(),
        finished_at=timezone.now(),
        outcome=Outcome.REFUSED,
        code="422",
        message="对方拒收",
        detail='{"error": "<b>column</b>"}',
    )
    page = text(client, "/console/hedong/log/")
    assert "推送的通知" in page
    assert "422" in page
    assert "&lt;b&gt;column" in page, "an outlet's answer is shown, not obeyed"
    assert "推送的通知" not in text(client, "/console/jinglan/log/")


def test_an_item_is_pushed_once_more(client: Client, target: Outlet) -> None:
    value = sign(target)
    placement = Placement.objects.get()
    Placement.objects.update(state=State.SETTLED, actual_id=placement.desired_id, due_at=None)
    page = client.post("/console/hedong/log/replay/", {"item": str(value.content_id)}, follow=True)
    assert "已安排重新投递" in page.content.decode()
    placement.refresh_from_db()
    assert (placement.state, placement.generation) == (State.DUE, 2)


@pytest.mark.parametrize("asked", [{"item": "x"}, {"since": "x"}, {}, {"item": str(uuid4())}])
def test_a_request_that_makes_no_sense_is_answered_with_a_sentence(
    client: Client, asked: dict[str, str]
) -> None:
    page = client.post("/console/hedong/log/replay/", asked, follow=True).content.decode()
    assert 'role="alert"' in page


def test_who_only_reads_cannot_ask_for_a_push(client: Client) -> None:
    page = client.post("/console/jinglan/log/replay/", {"since": "0"}, follow=True).content.decode()
    assert "不支持重新投递" in page


def test_everything_since_a_number_is_pushed_once_more(client: Client, target: Outlet) -> None:
    sign(target)
    sign(target)
    page = client.post("/console/hedong/log/replay/", {"since": "1"}, follow=True).content.decode()
    assert "已安排重新投递 1 篇" in page


# ---- machines


def ask(key: str, **fields: str) -> Any:
    return Client().post("/console/api/replay/", fields, headers={"authorization": f"Bearer {key}"})


def test_a_program_asks_for_everything_since_a_number(
    target: Outlet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyed, "ring", Ring())
    _, key = keys.make(target, name="脚本", by="站长", now=timezone.now(), scopes=["replay"])
    sign(target)
    sign(target)
    answer = ask(key, since="1")
    assert (answer.status_code, answer.json()) == (200, {"placements": 1, "reached": 2})


@pytest.mark.parametrize(
    ("scopes", "fields", "status", "code"),
    [
        (["pull"], {"since": "0"}, 403, "key_narrow"),
        (["replay"], {"since": "x"}, 400, "since_invalid"),
        (["replay"], {}, 400, "since_invalid"),
        (["replay"], {"since": "9"}, 400, "not_possible"),
    ],
)
def test_a_program_is_refused_with_a_sentence(
    target: Outlet,
    monkeypatch: pytest.MonkeyPatch,
    scopes: list[str],
    fields: dict[str, str],
    status: int,
    code: str,
) -> None:
    monkeypatch.setattr(keyed, "ring", Ring())
    _, key = keys.make(target, name="脚本", by="站长", now=timezone.now(), scopes=scopes)
    answer = ask(key, **fields)
    assert (answer.status_code, answer.json()["error"]) == (status, code)
    assert "请" in answer.json()["message"]
    assert ask("", since="0").status_code == 401
    described = replay_paths.PATHS["/console/api/replay/"]["post"]["responses"]
    assert str(status) in described
    assert status != 400 or f"`{code}`" in described["400"]["description"]


def test_a_program_without_a_key_is_told_so(db: None) -> None:
    answer = Client().post("/console/api/replay/", {"since": "0"})
    assert (answer.status_code, answer.json()["error"]) == (401, "key_missing")


def test_a_program_that_only_looks_is_told_how_to_ask(db: None) -> None:
    answer = Client().get("/console/api/replay/")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert answer.json()["error"] == "method_not_allowed"


def test_a_program_that_asks_all_the_time_is_slowed_down(
    target: Outlet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyed, "ring", Ring())
    _, key = keys.make(target, name="脚本", by="站长", now=timezone.now(), scopes=["replay"])
    sign(target)
    answers = [ask(key, since="0").status_code for _ in range(limits.REPLAYS + 1)]
    assert answers == [200] * limits.REPLAYS + [429]
