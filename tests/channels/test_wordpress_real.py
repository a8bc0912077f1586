"""wordpress against a real WordPress: what the stand-in may have got wrong shows here."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.request import urlopen

import pytest
from bs4 import BeautifulSoup

from channels import outbox
from channels.adapters.wordpress.adapter import WordPressAdapter
from channels.contract import Presence, Receipt
from channels.edition import (
    Correction,
    Edition,
    Heading,
    Image,
    ItemList,
    Paragraph,
    Quote,
    ServiceFacts,
    Table,
)
from channels.engine import Dispatcher
from channels.errors import ConfigError
from channels.formats.html import article_html
from channels.http import HttpClient
from channels.models import Outlet, Placement, State, WithdrawalKind
from tests.channels.builders import Clock, targets
from tests.channels.conformance import failure
from tests.channels.stage import SIGNED, URI, Killed, Memory, MemoryAssets, Stage, picture, sample, token_for
from tests.channels.wordpress_stage import outlet
from tests.wordpress import WordPress

pytestmark = pytest.mark.wordpress
SLUG = "20261123-tingshui-7f0c1a52"
AWKWARD = (
    "“弯引号” \"直引号\" it's 'single' 8) 办理 :) ;-) [gallery] [audio] 3x4 -- ... (tm) a - b 0772-2812345 "
    "A&amp;B &lt;b&gt; ``x'' 𠮷😀 C:\\new https://www.example.com/a?b=1&amp;c=2"
)
RICH: dict[str, Any] = {
    "headline": "A&B <停水> 通知",
    "correction": Correction(note="时间有误，应为“八时” - 见 [附表]", major=True, at=SIGNED),
    "service": ServiceFacts(area="文昌路 1-20 号", start=SIGNED, contact="0772-2812345"),
    "body": (
        Paragraph(html=AWKWARD),
        Paragraph(html="https://www.example.com/video"),
        Paragraph(html="<strong>粗</strong><em>斜</em><u>线</u><s>删</s>x<sub>2</sub><sup>3</sup>行<br>行"),
        Paragraph(html='<a href="https://www.example.com/?a=1&amp;b=2">链接</a> <a href="tel:110">110</a>'),
        Heading(text="一、“安排”", level=3),
        Table(rows=(("路段", "时间"), ("文昌路\n东段", "8:00--18:00")), caption="安排表", header_column=True),
        Image(asset=picture(0), alt='示意"图"', caption="范围 (tm)"),
        ItemList(items=("一", "<strong>二</strong>"), ordered=True),
        Quote(text="第一行\n第二行", attribution="某人"),
    ),
}


@pytest.fixture
def site(wordpress: WordPress) -> WordPress:
    wordpress.clear()
    return wordpress


class Nothing:
    """The site outlives the stage."""

    def finish(self, uri: str, version: int | None) -> None: ...

    def close(self) -> None: ...


def set_up(stage: Stage, site: WordPress, user: str = "writer", **values: str) -> None:
    config = outlet(site.url, user, **{"password": site.passwords.get(user, ""), **values})
    stage.adapter = WordPressAdapter(config, http=stage.http, assets=stage.assets)


@pytest.fixture
def stage(site: WordPress) -> Iterator[Stage]:
    stage = Stage(Nothing())  # type: ignore[arg-type]
    set_up(stage, site)
    yield stage
    stage.close()


def statuses(site: WordPress) -> list[str]:
    return [status for _, status, _ in site.posts()]


def article_of(page: str) -> BeautifulSoup:
    """What the theme shows of the post, without what WordPress adds to a picture for small screens."""
    shown = BeautifulSoup(page, "html.parser").find(attrs={"data-tongsheng-item": URI})
    assert shown is not None
    for picture_tag in shown.find_all("img"):
        picture_tag.attrs = {name: picture_tag[name] for name in ("alt", "width", "height")}
    return BeautifulSoup(shown.decode_contents().strip(), "html.parser")


@pytest.mark.parametrize("user", ["writer", "desk"])
def test_a_post_is_what_was_signed(stage: Stage, site: WordPress, user: str) -> None:
    """Authors go through KSES, editors do not; the page is the same."""
    set_up(stage, site, user, categories="tzgg=tongzhi")
    edition = sample(1, **RICH)

    receipt = stage.place(edition)

    assert receipt.remote_url == f"{site.url}/{SLUG}/"
    page = site.get(f"/{SLUG}/")[1]
    expected = BeautifulSoup(article_html(edition, lambda asset: ""), "html.parser")
    for tag in expected.find_all("img"):
        del tag["src"]
    assert str(article_of(page)) == str(expected)
    assert "<h1>A&amp;B &lt;停水&gt; 通知</h1>" in page
    row = site.sql("SELECT post_date_gmt, post_excerpt, comment_count FROM wp_posts WHERE post_type = 'post'")
    assert row.strip() == f"2026-11-23 01:30:00\t{edition.summary}\t0"
    assert site.php("echo get_the_category(get_posts()[0]->ID)[0]->slug;") == "tongzhi"
    assert site.php("echo basename(get_the_post_thumbnail_url(get_posts()[0]));").startswith("ts-")


def test_a_picture_is_uploaded_once_with_its_texts(stage: Stage, site: WordPress) -> None:
    first = stage.place(sample(1))
    files = site.files()
    assert len(files) == 2
    stage.place(sample(2), previous=first)
    stage.memory = Memory()  # the hub has forgotten everything
    stage.place(sample(3), previous=first)

    assert site.files() == files
    alt = site.sql(
        "SELECT meta_value FROM wp_postmeta WHERE meta_key = '_wp_attachment_image_alt' ORDER BY meta_id"
    )
    assert alt.split() == ["示意图0", "示意图1"]
    page = BeautifulSoup(site.get(f"/{SLUG}/")[1], "html.parser")
    pictures = [str(tag["src"]) for tag in page.select("figure img")]
    assert [src.rpartition("/")[2] for src in pictures] == [
        f"ts-{picture(n).sha256[:32]}.png" for n in range(2)
    ]
    for src in pictures:
        with urlopen(src) as answer:
            assert answer.headers["Content-Type"] == "image/png"


def test_a_picture_deleted_from_the_library_is_put_there_again(stage: Stage, site: WordPress) -> None:
    first = stage.place(sample(1))
    site.php(
        "foreach (get_posts(['post_type' => 'attachment']) as $file) wp_delete_attachment($file->ID, true);"
    )
    assert site.files() == []

    stage.place(sample(2), previous=first)

    assert len(site.files()) == 2


def test_a_second_edition_changes_the_same_post(stage: Stage, site: WordPress) -> None:
    first = stage.place(sample(1))
    second = stage.place(sample(2), previous=first)

    assert (second.remote_id, second.remote_url) == (first.remote_id, first.remote_url)
    assert site.posts() == [(int(first.remote_id), "publish", SLUG)]
    assert "第2次发布" in site.get(f"/{SLUG}/")[1]


def test_an_older_edition_never_overwrites_a_newer_one(stage: Stage, site: WordPress) -> None:
    second = stage.place(sample(2))
    late = stage.deliver(sample(1), previous=second)

    assert stage.verify(late).version == 2


def test_a_withdrawn_post_is_in_the_trash_and_comes_back_at_its_address(
    stage: Stage, site: WordPress
) -> None:
    receipt = stage.place(sample(1))

    gone = stage.withdraw(receipt)
    assert stage.verify(gone).presence is Presence.ABSENT
    assert (statuses(site), site.get(f"/{SLUG}/")[0]) == (["trash"], 404)
    assert stage.verify(stage.withdraw(gone)).presence is Presence.ABSENT

    again = stage.place(sample(2))
    assert again.remote_url == receipt.remote_url
    assert statuses(site) == ["trash", "publish"]


def test_whatever_answer_is_lost_there_is_one_page(stage: Stage, site: WordPress) -> None:
    """The process dies after every request in turn; what it had created is found again by its mark."""
    stage.deliver(sample(1))
    requests = stage.http.answered
    assert requests < 14
    for death in range(1, requests + 1):
        site.clear()
        stage.memory, stage.http.answered, stage.http.kill_after = Memory(), 0, death
        with pytest.raises(Killed):
            stage.deliver(sample(1))
        stage.http.kill_after = None
        # What it remembered is lost as well: only the site itself can tell.
        stage.memory = Memory()
        stage.settle(stage.deliver(sample(1)), version=1)
        assert statuses(site) == ["publish"], f"killed after request {death}"
        assert len(site.files()) == 2, f"killed after request {death}"


def test_a_lost_delivery_is_found_and_withdrawn_without_a_receipt(stage: Stage, site: WordPress) -> None:
    stage.deliver(sample(1))
    lost = Receipt(token=token_for(sample(1)), uri=URI, version=1, settled=False)
    assert stage.verify(lost).presence is Presence.PRESENT

    assert stage.verify(stage.withdraw(lost)).presence is Presence.ABSENT
    assert statuses(site) == ["trash"]


def test_two_workers_at_once_leave_one_page(stage: Stage, site: WordPress) -> None:
    edition = sample(1, body=(Paragraph(html="无图"),), cover=None)

    async def deliver(memory: Memory) -> Receipt:
        rendering = stage.adapter.render(edition)
        return await stage.adapter.deliver(rendering, previous=None, token="0" * 32, checkpoint=memory)

    async def race() -> list[Receipt]:
        return await asyncio.gather(deliver(Memory()), deliver(Memory()))

    one, other = stage.run(race())

    assert one.remote_id == other.remote_id
    assert statuses(site).count("publish") == 1


def test_somebody_elses_post_is_never_touched(stage: Stage, site: WordPress) -> None:
    """Numbers are given again when a site is set up anew."""
    number = site.php(
        "echo wp_insert_post(['post_title' => '别人的文章', 'post_content' => '内容', 'post_status' => 'publish']);"
    )
    stale = Receipt(token=token_for(sample(1)), uri=URI, version=1, remote_id=number)

    assert stage.verify(stage.withdraw(stale)).presence is Presence.ABSENT
    assert stage.place(sample(1), previous=stale).remote_id != number
    assert statuses(site) == ["publish", "publish"]


def test_what_the_webmaster_does_by_hand_is_seen(stage: Stage, site: WordPress) -> None:
    receipt = stage.place(sample(1))
    for status in ("draft", "private", "trash"):
        site.php(f"wp_update_post(['ID' => {receipt.remote_id}, 'post_status' => '{status}']);")
        assert stage.verify(receipt).presence is Presence.ABSENT, status


def test_a_draft_waits_for_the_webmaster_and_stays_published_afterwards(
    stage: Stage, site: WordPress
) -> None:
    set_up(stage, site, status="draft")
    receipt = stage.deliver(sample(1))
    assert (receipt.awaits_person, receipt.watched, site.get(f"/{SLUG}/")[0]) == (True, True, 404)
    assert stage.verify(receipt).presence is Presence.PENDING

    site.php(f"wp_publish_post({receipt.remote_id});")
    seen = stage.verify(receipt)
    assert (seen.presence, seen.version, seen.remote_url) == (Presence.PRESENT, 1, f"{site.url}/{SLUG}/")

    stage.place(sample(2), previous=seen.receipt)
    assert "第2次发布" in site.get(f"/{SLUG}/")[1]


def test_a_site_without_pretty_permalinks_is_asked_by_its_front_page(stage: Stage, site: WordPress) -> None:
    site.php("update_option('permalink_structure', '');")
    try:
        receipt = stage.place(sample(1))
        assert receipt.remote_url == f"{site.url}/?p={receipt.remote_id}"
        assert stage.verify(stage.withdraw(receipt)).presence is Presence.ABSENT
    finally:
        site.php("update_option('permalink_structure', '/%postname%/');")


def test_a_site_without_a_trash_takes_the_post_back_as_a_draft(stage: Stage, site: WordPress) -> None:
    receipt = stage.place(sample(1))
    with site.plugin("define('EMPTY_TRASH_DAYS', 0);"):
        gone = stage.withdraw(receipt)
    assert stage.verify(gone).presence is Presence.ABSENT
    assert (statuses(site), site.get(f"/{SLUG}/")[0]) == (["draft"], 404)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            "add_filter('rest_pre_dispatch', function () { http_response_code(403); die('<html>blocked'); });",
            "防火墙",
        ),
        ("add_filter('rest_pre_dispatch', function () { die('<html>Log in'); });", "程序报错"),
        ("echo '<b>Warning</b>: Undefined variable';", "程序报错"),
        (
            "add_filter('rest_authentication_errors', fn() => new WP_Error('rest_closed', 'No.', ['status' => 401]));",
            "关闭",
        ),
        ("add_filter('wp_is_application_passwords_available', '__return_false');", "应用密码"),
    ],
)
def test_what_stands_before_the_interface_is_for_the_administrator(
    stage: Stage, site: WordPress, code: str, said: str
) -> None:
    receipt = stage.place(sample(1))
    with site.plugin(code):
        errors = [
            failure(lambda: stage.deliver(sample(2), previous=receipt)),
            failure(lambda: stage.withdraw(receipt)),
            failure(lambda: stage.verify(receipt)),
            failure(stage.probe),
        ]
    assert all(isinstance(error, ConfigError) and said in error.message for error in errors)


def test_a_site_that_hides_its_accounts_is_published_at_all_the_same(stage: Stage, site: WordPress) -> None:
    hide = (
        "unset($routes['/wp/v2/users/me'], $routes['/wp/v2/users'], $routes['/wp/v2/users/(?P<id>[\\d]+)']);"
    )
    with site.plugin(f"add_filter('rest_endpoints', function ($routes) {{ {hide} return $routes; }});"):
        stage.place(sample(1))
    assert statuses(site) == ["publish"]


@pytest.mark.parametrize(
    ("user", "values", "said"),
    [
        ("writer", {"password": "not-the-password"}, "应用密码"),
        ("nobody", {}, "应用密码"),
        ("guest", {}, "角色设为“编辑”或“作者”"),
        ("webmaster", {}, "不要使用网站管理员的账号"),
        ("writer", {"categories": "tzgg=nosuch"}, "分类目录"),
        ("writer", {"categories": "tzgg=999"}, "分类目录"),
    ],
)
def test_what_the_administrator_has_to_mend_is_said_before_anything_is_written(
    stage: Stage, site: WordPress, user: str, values: dict[str, str], said: str
) -> None:
    set_up(stage, site, user, **values)
    for call in (lambda: stage.deliver(sample(1, pictures=0)), stage.probe):
        error = failure(call)
        assert isinstance(error, ConfigError)
        assert said in error.message
    assert site.posts() == []


def test_a_probe_of_a_site_as_it_should_be(stage: Stage, site: WordPress) -> None:
    set_up(stage, site, "writer", categories="*=1")
    assert stage.probe() == "对方网站接口可用，账号权限够用，对应的 1 个分类目录都在"
    assert site.posts() == []


def test_an_account_that_lost_its_role_is_for_the_administrator(stage: Stage, site: WordPress) -> None:
    receipt = stage.place(sample(1))
    site.php("get_user_by('login', 'writer')->set_role('contributor');")
    try:
        errors = [
            failure(lambda: stage.deliver(sample(2), previous=receipt)),
            failure(lambda: stage.withdraw(receipt)),
        ]
    finally:
        site.php("get_user_by('login', 'writer')->set_role('author');")
    assert all(isinstance(error, ConfigError) for error in errors)
    assert site.get(f"/{SLUG}/")[0] == 200


def test_another_account_publishes_no_second_page_beside_the_first_one_s(
    stage: Stage, site: WordPress
) -> None:
    first = stage.place(sample(1))
    lost = Receipt(token=token_for(sample(1)), uri=URI, version=1, settled=False)
    set_up(stage, site, "second")
    for previous in (first, None):
        stage.memory = Memory()
        error = failure(lambda: stage.deliver(sample(2), previous=previous))  # noqa: B023
        assert isinstance(error, ConfigError)
    assert isinstance(failure(lambda: stage.withdraw(first)), ConfigError)
    assert isinstance(failure(lambda: stage.withdraw(lost)), ConfigError)
    assert statuses(site) == ["publish"]

    set_up(stage, site, "desk")
    assert stage.place(sample(2), previous=first).remote_id == first.remote_id


@pytest.mark.django_db
def test_the_engine_signs_corrects_withdraws_and_restores(site: WordPress) -> None:
    clock = Clock()
    place = Outlet(slug="jinglan", name="静兰街道网站", channel="wordpress")
    place.options = {"url": site.url, "username": "desk", "categories": "tzgg=tongzhi"}
    place.set_secrets({"password": site.passwords["desk"]})
    place.save()
    local = partial(HttpClient, allowed_networks=["127.0.0.0/8"])

    def settle() -> Placement:
        for _ in range(3):
            Dispatcher(http=local, assets=MemoryAssets(), now=clock, jitter=lambda: 0.5).run()
            clock.forward(seconds=3)
        return Placement.objects.select_related("actual").get()

    def sign(edition: Edition) -> Placement:
        outbox.plan(edition, targets(place), now=clock())
        return settle()

    first = sign(sample(1))
    assert (first.state, first.remote_url) == (State.SETTLED, f"{site.url}/{SLUG}/")
    assert sign(sample(2)).state == State.SETTLED
    assert "第2次发布" in site.get(f"/{SLUG}/")[1]

    outbox.recall(first.item_id, kind=WithdrawalKind.GONE, reason="内容有误", now=clock())
    gone = settle()
    assert (gone.state, gone.actual, site.get(f"/{SLUG}/")[0]) == (State.SETTLED, None, 404)

    assert sign(sample(2)).state == State.SETTLED
    assert statuses(site) == ["trash", "publish"]
    assert len(site.files()) == 2
