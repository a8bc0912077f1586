"""handoff against a site that a person fills by hand, in GBK, with the words laid out in its own way."""

from __future__ import annotations

import io
import zipfile

import pytest
from aiohttp import web

from channels.adapters.handoff.adapter import HandoffAdapter
from channels.adapters.handoff.likeness import likeness
from channels.contract import AssetReader, Http, OutletConfig, Presence
from channels.edition import Asset, Attachment, Edition, Heading, Image, ItemList, Paragraph, Quote, Table
from channels.formats import package
from channels.formats.html import article_html
from channels.markup import squeeze
from tests.channels.conformance import AdapterConformance
from tests.channels.loopback import Fault, Loopback
from tests.channels.stage import URI, picture, sample

STEPS = "登录内刊采编系统\n新建稿件\n\n提交排版"


class ForeignSite(Loopback):
    """A page for each item, typed in by a person. `page` is the whole body of the answer."""

    secrets = ()
    uploads = writes = 0

    def __init__(self) -> None:
        super().__init__()
        self.pages: dict[str, tuple[int, bytes]] = {}
        self.content_type = "text/html"

    def posted_at(self, uri: str) -> str:
        return f"{self.url}/news/{uri}.html"

    def copies(self, uri: str) -> list[int]:
        return [self.pages[uri][0]] if uri in self.pages else []

    def forget(self, uri: str) -> None:
        self.pages.pop(uri, None)

    def finish(self, uri: str, version: int | None) -> None:
        """The person follows the checklist."""
        self.forget(uri)
        if version is not None:
            self.pages[uri] = (version, page(version))

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        uri = request.path.removeprefix("/news/").removesuffix(".html")
        if uri not in self.pages:
            return web.Response(status=404, text="页面不存在")
        return web.Response(body=self.pages[uri][1], headers={"Content-Type": self.content_type})


def page(version: int, *, body: str | None = None, encoding: str = "gbk") -> bytes:
    """The site's own layout: blanks between the signs, headline in the title."""
    edition = sample(version)
    text = article_html(edition, lambda asset: asset.path) if body is None else body
    html = (
        f'<html><head><meta charset="{encoding}"><title>{edition.headline}_内刊</title></head>'
        f"<body><div>首页 &gt; 通知</div>{text.replace('停水', '停 水').replace('，', ',')}<script>统计</script></body></html>"
    )
    return html.encode(encoding, "xmlcharrefreplace")


class TestHandoff(AdapterConformance):
    write_remedies = {}
    opaque_looks = frozenset({Fault.UNAUTHORISED})

    def make_remote(self) -> ForeignSite:
        return ForeignSite()

    def make_adapter(self, remote: ForeignSite, *, http: Http, assets: AssetReader) -> HandoffAdapter:
        config = OutletConfig(
            slug="neikan", name="内刊", public_url="http://hub.example", options={"instructions": STEPS}
        )
        return HandoffAdapter(config, http=http, assets=assets)

    def test_nothing_is_settled_before_a_person_reports(self) -> None:
        with self.stage() as stage:
            receipt = stage.deliver(sample())
            assert receipt.awaits_person
            assert not receipt.settled
            assert stage.verify(receipt).presence is Presence.UNKNOWN
            assert stage.remote.requests == []

    def test_an_update_keeps_the_known_address(self) -> None:
        with self.stage() as stage:
            first = stage.place(sample(1))
            second = stage.deliver(sample(2), previous=first)
            assert second.remote_url == stage.remote.posted_at(URI)
            assert "第 2 版" in second.note

    def test_a_page_that_still_shows_the_old_edition_is_told_apart(self) -> None:
        with self.stage() as stage:
            first = stage.place(sample(1))
            second = stage.confirmed(stage.deliver(sample(2), previous=first))
            seen = stage.verify(second)
            assert seen.presence is Presence.UNKNOWN
            assert sample(2).headline in seen.note

    def test_a_page_that_lacks_a_part_of_the_text_says_which(self) -> None:
        with self.stage() as stage:
            receipt = stage.confirmed(stage.deliver(sample()))
            stage.remote.pages[URI] = (1, page(1, body=f"<h1>{sample().headline}</h1><p>详见附件</p>"))
            seen = stage.verify(receipt)
            assert seen.presence is Presence.UNKNOWN
            assert "0%" in seen.note
            assert "因管网检修，文昌路片区" in seen.note, "in the words that were written"

    @pytest.mark.parametrize(
        ("old", "new", "named"),
        [
            ("咨询电话为一二三四五六。", "咨询电话为六五四三二一。", "六五四三二一"),
            ("此前所发<strong>停水时段</strong>作废不用。", "", "作废不用"),
        ],
    )
    def test_a_small_correction_is_not_settled_by_the_old_page(self, old: str, new: str, named: str) -> None:
        """One number among many sentences: a share of equal text would pass the old page."""
        with self.stage() as stage:
            common = "".join(f"第{number}条注意事项请大家仔细阅读。" for number in range(40))
            first, second = (
                sample(version, headline="停水通知", body=(Paragraph(html=f"{common}{part}"),))
                for version, part in ((1, old), (2, new))
            )
            old_page, new_page = (
                f"<h1>停水通知</h1>{article_html(edition, lambda asset: asset.path)}".encode()
                for edition in (first, second)
            )
            stage.remote.pages[URI] = (1, old_page)
            receipt = stage.confirmed(stage.deliver(first))
            assert stage.verify(receipt).presence is Presence.PRESENT

            receipt = stage.confirmed(stage.deliver(second, previous=receipt))

            seen = stage.verify(receipt)
            assert seen.presence is Presence.UNKNOWN
            assert named in seen.note
            stage.remote.pages[URI] = (2, new_page)
            assert stage.verify(receipt).presence is Presence.PRESENT

    def test_every_kind_of_block_is_found_on_a_page_that_shows_it_all(self) -> None:
        body = (
            Paragraph(html="因管网<em>检修</em>施工，停水八小时。<br>请相互转告周边邻居。"),
            ItemList(items=("文昌路东段全部小区", "<strong>东台路</strong>沿线商铺门面"), ordered=True),
            ItemList(items=("提前储备生活用水",)),
            Quote(text="施工期间多有不便敬请谅解", attribution="施工单位项目部"),
            Table(
                rows=(("路段名称一览", "停水时间安排"), ("文昌路东段两侧", "上午八时\n至十八时整")),
                caption="停水安排一览表",
            ),
            Heading(text="二、咨询服务电话"),
        )
        with self.stage() as stage:
            edition = sample(headline="停水通知", body=body)
            receipt = stage.confirmed(stage.deliver(edition))
            html = f"<h1>停水通知</h1>{article_html(edition, lambda asset: asset.path)}"
            stage.remote.pages[URI] = (1, html.encode())
            seen = stage.verify(receipt)
            assert (seen.presence, seen.note) == (Presence.PRESENT, "")
            assert len(receipt.raw["digests"]) >= 9, "what is compared is most of the text"
            lacking = likeness("停水通知", receipt.raw)
            assert lacking.share == 0

    def test_a_wrong_address_is_told_from_a_withdrawn_item(self) -> None:
        with self.stage() as stage:
            receipt = stage.place(sample())
            stage.remote.pages[URI] = (1, "<title>内刊首页</title>".encode())
            assert stage.verify(receipt).presence is Presence.UNKNOWN
            assert stage.verify(stage.confirmed(stage.withdraw(receipt))).presence is Presence.ABSENT

    def test_a_withdrawn_item_that_is_still_shown_stays_open(self) -> None:
        with self.stage() as stage:
            receipt = stage.place(sample())
            assert stage.verify(stage.confirmed(stage.withdraw(receipt))).presence is Presence.PRESENT

    def test_one_number_in_a_table_is_a_correction(self) -> None:
        def scheduled(version: int, hour: str) -> Edition:
            rows = (("路段", "时间"), ("文昌路", "8时"), ("东台路", hour))
            return sample(version, headline="停水通知", body=(Paragraph(html="请储水。"), Table(rows=rows)))

        with self.stage() as stage:
            first, second = scheduled(1, "9时"), scheduled(2, "10时")
            html = f"<h1>停水通知</h1>{article_html(first, lambda asset: asset.path)}"
            stage.remote.pages[URI] = (1, html.encode())
            receipt = stage.confirmed(stage.deliver(first))
            assert stage.verify(receipt).presence is Presence.PRESENT

            seen = stage.verify(stage.confirmed(stage.deliver(second, previous=receipt)))

            assert seen.presence is Presence.UNKNOWN
            assert "东台路10时" in seen.note

    @pytest.mark.parametrize(
        ("encoding", "content_type"),
        [
            ("gbk", "text/html; charset=gb2312"),
            ("gbk", "text/html"),
            ("utf-8", "text/html; charset=utf-8"),
            ("utf-8", "text/html"),
        ],
    )
    def test_pages_of_old_systems_are_decoded(self, encoding: str, content_type: str) -> None:
        with self.stage() as stage:
            receipt = stage.confirmed(stage.deliver(sample()))
            stage.remote.content_type = content_type
            stage.remote.pages[URI] = (1, page(1, encoding=encoding))
            assert stage.verify(receipt).presence is Presence.PRESENT

    def test_the_steps_are_the_outlets_own(self) -> None:
        with self.stage() as stage:
            steps = stage.adapter.render(sample()).payload["checklist"]
            assert steps[:3] == ["登录内刊采编系统", "新建稿件", "提交排版"]
            assert "填写" in steps[-1]


def test_a_package_is_the_same_every_time_and_complete() -> None:
    form = Asset(sha256="f" * 64, content_type="application/pdf", name="x.pdf", size=3)
    edition = sample(
        body=(
            Paragraph(html="正文"),
            Image(asset=picture(1), alt="图"),
            Attachment(asset=form, title="报名表/2026:终稿"),
        )
    )
    content = package.contents(edition)
    files = {picture(0).sha256: b"cover", picture(1).sha256: b"one", form.sha256: b"pdf"}

    archive = package.package_zip(content, files)

    assert archive == package.package_zip(content, dict(reversed(files.items())))
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert opened.namelist() == [
            "稿件.txt",
            "稿件.html",
            "操作清单.txt",
            "图片/01-示意图0.png",
            "图片/02-示意图1.png",
            "附件/03-报名表_2026_终稿.pdf",
        ]
        assert {entry.date_time for entry in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert opened.read("附件/03-报名表_2026_终稿.pdf") == b"pdf"
        page = opened.read("稿件.html").decode()
        assert 'src="图片/02-示意图1.png"' in page
        assert 'href="附件/03-报名表_2026_终稿.pdf"' in page
        assert opened.read("稿件.txt").decode("utf-8-sig").splitlines()[0] == edition.headline


def test_a_package_without_one_of_its_files_is_not_made() -> None:
    with pytest.raises(KeyError):
        package.package_zip(package.contents(sample()), {})


def test_squeezing_drops_every_blank() -> None:
    assert squeeze("停 水\n通\u3000知\u200b") == "停水通知"
