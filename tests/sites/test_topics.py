"""专题: which items a topic page shows, by column; closed topics; their pictures."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone
from PIL import Image as Picture

from channels.models import ItemTag
from cms.models import DistrictImage, Topic
from sites.models import ColumnIndex, SiteHome, TopicPage
from tests.sites import build
from tests.sites.reading import soup, words


@pytest.fixture
def topic(portal: SiteHome, news: ColumnIndex) -> TopicPage:
    """/gengxin/, collecting what is tagged 城市更新."""
    term = Topic.objects.create(code="gengxin", name="城市更新", description="老旧小区改造专题")
    page = TopicPage(title="城市更新专题", slug="gengxin", topic=term)
    portal.add_child(instance=page)
    return page


def tagged(portal: SiteHome, headline: str, **fields: object) -> None:
    item = build.place(build.edition(headline=headline, **fields), portal.outlet)
    ItemTag.objects.create(item=item, tag="城市更新")


def test_a_topic_shows_its_items_by_column(reader: Client, portal: SiteHome, topic: TopicPage) -> None:
    build.column_page(portal, "jcdt", slug="jc", title="基层")
    tagged(portal, "要闻一则")
    tagged(portal, "基层一则", column="jcdt")
    tagged(portal, "没有栏目", column="none")
    build.place(build.edition(headline="无关"), portal.outlet)
    page = soup(reader.get("/gengxin/"))
    sections = {
        part.select_one("h2").text: [link.text for link in part.select(".rows a")]  # type: ignore[union-attr]
        for part in page.select(".sections > section")
    }
    assert sections == {"新闻": ["要闻一则"], "基层": ["基层一则"], "其他信息": ["没有栏目"]}
    assert page.select_one(".introduction").get_text(strip=True) == "老旧小区改造专题"  # type: ignore[union-attr]
    assert page.select_one("meta[name=ColumnName]")["content"] == "城市更新专题"  # type: ignore[index]


def test_a_section_goes_on_in_a_list_of_its_own(reader: Client, portal: SiteHome, topic: TopicPage) -> None:
    for n in range(23):
        tagged(portal, f"第{n}条", first_created=build.NOW + timedelta(minutes=n))
    more = soup(reader.get("/gengxin/")).select_one(".more a")
    first = soup(reader.get(str(more["href"])))  # type: ignore[index]
    older = reader.get(str(first.select_one("a[rel=next]")["href"]))  # type: ignore[index]
    assert [link.text for link in soup(older).select(".rows a")] == ["第2条", "第1条", "第0条"]
    assert reader.get("/gengxin/other/").status_code == 200
    assert reader.get("/gengxin/none/").status_code == 404


def test_a_closed_topic_says_when_and_leaves_the_home_page(
    reader: Client, portal: SiteHome, topic: TopicPage
) -> None:
    build.places(1, portal.outlet)
    assert "城市更新专题" in words(reader.get("/"), ".topics")
    closed = timezone.localdate() - timedelta(days=1)
    Topic.objects.update(closed_on=closed)
    assert f"{closed:%Y-%m-%d}" in words(reader.get("/gengxin/"), ".archived")
    assert soup(reader.get("/")).select_one(".topics") is None
    assert f"已归档 {closed:%Y-%m-%d}" in words(reader.get("/topics/"), ".topic-list")


def test_without_topics_the_list_says_so(reader: Client, portal: SiteHome) -> None:
    assert words(reader.get("/topics/"), ".calm") == "本站目前没有进行中的专题。"


def test_a_banner_is_public_while_a_topic_shows_it_and_says_nothing_of_the_camera(
    reader: Client, portal: SiteHome, topic: TopicPage
) -> None:
    exif = Picture.Exif()
    exif[0x010F] = "camera"
    file = BytesIO()
    Picture.new("RGB", (1600, 400), "#336699").save(file, "JPEG", exif=exif)
    image = DistrictImage.objects.create(title="横幅", file=ContentFile(file.getvalue(), name="banner.jpg"))
    image.get_file_hash()
    topic.banner = image
    topic.save()
    url = str(soup(reader.get("/gengxin/")).select_one(".topic-banner")["src"])  # type: ignore[index]
    answer = reader.get(url)
    body = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert answer.headers["content-type"] == "image/jpeg"
    assert b"camera" not in body
    with Picture.open(BytesIO(body)) as picture:
        assert picture.width == 1200
    topic.unpublish()
    assert reader.get(url).status_code == 404
