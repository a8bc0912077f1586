"""Capture: what a page says becomes an edition, complete, clean, and the same every time."""

import json
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from PIL import Image as Pillow

from channels import assets
from channels.edition import (
    AltId,
    Attachment,
    Correction,
    Edition,
    Heading,
    Image,
    ItemList,
    Lane,
    Organisation,
    Paragraph,
    Quote,
    Subject,
    Table,
)
from channels.errors import ContentError
from channels.models import AssetFile
from cms.capture import capture, keywords
from cms.models import NewsPage
from tests.factories import (
    make_body,
    make_column,
    make_column_page,
    make_document,
    make_image,
    make_page,
    make_site,
    make_unit,
    picture_bytes,
)

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def body_of(*blocks):
    return capture(make_page(blocks=blocks), now=NOW).body


def table(data, **fields):
    return (
        "table",
        {
            "data": data,
            "first_row_is_table_header": True,
            "first_col_is_header": False,
            "table_caption": "",
            **fields,
        },
    )


def figure(image, **fields):
    return (
        "figure",
        {"image": {"image": image.pk, "alt_text": "江景", "decorative": False, **fields}, "caption": "图"},
    )


def test_every_field_of_a_page_arrives_in_the_edition():
    column, unit = make_column("gonggao", name="通知公告"), make_unit("rsj", name="区人社局")
    page = make_page(
        "notice",
        parent=make_column_page(make_site(), column, slug="gonggao"),
        unit=unit,
        title="  关于放假的\u3000通知 ",
        summary="摘要\n第二行",
        author="甲",
        editor="乙",
        proofreader="丙",
        reviewer=" 丁 ",
        keywords="放假,通知、 元旦 放假",
        lane=Lane.URGENT,
        doc_number="城政办发[2026]3号",
        index_number="演示-1",
        issued_on=date(2026, 11, 18),
        origin_url="https://example.gov.cn/a",
        source="某报",
        desk_note="内部",
        valid_until=NOW + timedelta(days=3),
    )
    edition = capture(page, now=NOW)
    assert edition.uri == f"urn:uuid:{page.content_id}"
    assert (edition.version, edition.type.value, edition.slug) == (0, "notice", page.slug)
    assert (edition.headline, edition.summary) == ("关于放假的 通知", "摘要 第二行")
    assert (edition.by, edition.editor, edition.source, edition.ed_note) == ("甲", "乙", "某报", "内部")
    assert (edition.proofreader, edition.reviewer) == ("丙", "丁")
    assert edition.issuer == Organisation(code="rsj", name="区人社局")
    assert edition.subjects == (Subject(scheme="column", code="gonggao", name="通知公告"),)
    assert edition.keywords == ("放假", "通知", "元旦")
    assert edition.alt_ids == (
        AltId(role="doc_number", value="城政办发〔2026〕3号"),
        AltId(role="index_number", value="演示-1"),
    )
    assert edition.issued_on == "2026-11-18"
    assert edition.origin_url == "https://example.gov.cn/a"
    assert edition.lane is Lane.URGENT
    assert edition.expires == NOW + timedelta(days=3)
    assert edition.canonical_url == f"http://hub.example/gonggao/{page.slug}/"
    assert edition.permalink == f"http://hub.example/i/{page.content_id}/"


def test_the_source_is_the_unit_unless_another_is_given():
    assert capture(make_page(unit=make_unit(name="区医保局")), now=NOW).source == "区医保局"


def test_service_facts_are_typed_and_bound_the_validity():
    ends = NOW + timedelta(hours=8)
    page = make_page("service_notice", area="文昌路", starts_at=NOW, ends_at=ends, contact="0772-0000000")
    edition = capture(page, now=NOW)
    assert edition.service
    assert (edition.service.area, edition.service.start, edition.service.end) == ("文昌路", NOW, ends)
    assert edition.service.contact == "0772-0000000"
    assert edition.expires == ends + timedelta(hours=24)


def test_each_kind_of_block_arrives():
    document = make_document("报名表.docx", b"the form")
    found = body_of(
        ("paragraph", "<p>甲</p><p>乙</p>"),
        ("heading", {"text": "一、时间", "level": "3"}),
        ("list", {"items": ["A < B", " "], "ordered": True}),
        ("quote", {"text": "引文", "attribution": "出处"}),
        ("attachment", {"document": document.pk, "title": ""}),
    )
    assert found[:5] == (
        Paragraph(html="甲"),
        Paragraph(html="乙"),
        Heading(text="一、时间", level=3),
        ItemList(items=("A &lt; B",), ordered=True),
        Quote(text="引文", attribution="出处"),
    )
    assert isinstance(found[5], Attachment)
    assert found[5].title == "报名表.docx"
    assert assets.read(found[5].asset) == b"the form"


def test_what_was_pasted_from_word_is_read_in_order():
    pasted = (
        '<p class="MsoNormal" style="text-indent:32pt"><span style="font-family:仿宋">各街道办事处：</span><o:p></o:p></p>'
        "<ol><li>申请材料<ul><li>身份证</li><li>户口簿</li></ul></li><li>办理地点</li></ol>"
        '<p class="MsoListParagraph"><span lang="EN-US">3.</span><span>联系电话</span></p>'
        "<table><tr><td>地点</td><td>时间</td></tr></table>"
    )
    assert body_of(("paragraph", pasted)) == (
        Paragraph(html="各街道办事处："),
        ItemList(items=("申请材料<br>· 身份证<br>· 户口簿", "办理地点"), ordered=True),
        Paragraph(html="3.联系电话"),
        Paragraph(html="地点"),
        Paragraph(html="时间"),
    )


def test_empty_blocks_are_left_out():
    assert body_of(
        ("paragraph", "<p> </p>"),
        ("heading", {"text": " ", "level": "2"}),
        ("list", {"items": [""], "ordered": False}),
        ("quote", {"text": "", "attribution": "甲"}),
        table([[None, ""], ["", None]]),
        ("paragraph", "<p>有字</p>"),
    ) == (Paragraph(html="有字"),)


def test_a_table_is_a_rectangle_of_plain_cells():
    (found,) = body_of(
        table(
            [["岗位", " 人数 ", None], ["综合\n服务", 2, ""], ["", None, ""], ["窗口", "1", None]],
            first_col_is_header=True,
            table_caption="岗位表",
        )
    )
    assert found == Table(
        rows=(("岗位", "人数"), ("综合 服务", "2"), ("窗口", "1")),
        caption="岗位表",
        header_row=True,
        header_column=True,
    )


def test_a_merged_cell_is_repeated_where_it_spans():
    (found,) = body_of(
        table(
            [["日期", "时段", "范围"], ["周一", "上午", "文昌路"], [None, "下午", None]],
            mergeCells=[
                {"row": 1, "col": 0, "rowspan": 2, "colspan": 1},
                {"row": 1, "col": 2, "rowspan": 9, "colspan": 9},
            ],
        )
    )
    assert isinstance(found, Table)
    assert found.rows[2] == ("周一", "下午", "文昌路")


def test_a_picture_is_frozen_small_and_without_where_it_was_taken():
    exif = Pillow.Exif()
    exif[0x010F] = "a camera"
    exif.get_ifd(0x8825)[1] = "N"
    data = picture_bytes(size=(2400, 1200), exif=exif)
    assert Pillow.open(BytesIO(data)).getexif()
    image = make_image(
        data=data, focal_point_x=600, focal_point_y=300, focal_point_width=10, focal_point_height=10
    )
    (found,) = body_of(figure(image))
    assert isinstance(found, Image)
    assert (found.alt, found.caption) == ("江景", "图")
    assert (found.asset.width, found.asset.height, found.asset.content_type) == (1600, 800, "image/jpeg")
    assert found.asset.focal == (0.25, 0.25)
    frozen = Pillow.open(BytesIO(assets.read(found.asset)))
    assert frozen.size == (1600, 800)
    assert not frozen.getexif()


def test_a_picture_taken_sideways_is_turned_upright():
    exif = Pillow.Exif()
    exif[0x0112] = 6
    (found,) = body_of(figure(make_image(data=picture_bytes(size=(400, 200), exif=exif))))
    assert isinstance(found, Image)
    assert (found.asset.width, found.asset.height) == (200, 400)


@pytest.mark.parametrize(
    ("name", "kept"), [("a.png", "image/png"), ("a.webp", "image/jpeg"), ("a.gif", "image/gif")]
)
def test_formats_that_outlets_know(name, kept):
    image = make_image(name)
    (found,) = body_of(figure(image))
    assert isinstance(found, Image)
    assert found.asset.content_type == kept
    if kept == "image/gif":
        with image.file.open("rb") as file:
            assert assets.read(found.asset) == file.read()


def test_a_decorative_picture_has_no_alternative_text():
    (found,) = body_of(figure(make_image(), decorative=True))
    assert isinstance(found, Image)
    assert found.alt == ""


def test_the_cover_is_described_by_the_library():
    edition = capture(make_page(cover=make_image(description="城区江景")), now=NOW)
    assert edition.cover
    assert edition.cover.alt == "城区江景"


def test_replacing_a_picture_in_the_library_changes_nothing_that_was_captured():
    image = make_image()
    before = capture(make_page(blocks=[figure(image)]), now=NOW)
    (asset,) = before.assets
    with open(image.file.path, "wb") as file:
        file.write(picture_bytes(size=(50, 50)))
    assert Pillow.open(BytesIO(assets.read(asset))).size == (320, 180)


def test_a_master_that_is_found_again_is_held_again():
    image = make_image()
    first = capture(make_page(blocks=[figure(image)]), now=NOW).assets
    AssetFile.objects.all().delete()
    assert capture(make_page(blocks=[figure(image)]), now=NOW).assets == first
    assert AssetFile.objects.get().sha256 == first[0].sha256


DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><rect width="40" height="20" fill="#00f"/></svg>'


def test_a_photo_of_a_phone_becomes_a_jpeg():
    (found,) = body_of(figure(make_image("IMG_0001.heic")))
    assert isinstance(found, Image)
    assert (found.asset.content_type, found.asset.name.rpartition(".")[2]) == ("image/jpeg", "jpg")
    assert (found.asset.width, found.asset.height) == (320, 180)
    assert Pillow.open(BytesIO(assets.read(found.asset))).format == "JPEG"


def test_a_drawing_becomes_pixels_that_can_do_nothing():
    (found,) = body_of(figure(make_image("平面图.svg", data=DRAWING)))
    assert isinstance(found, Image)
    assert (found.asset.content_type, found.asset.width, found.asset.height) == ("image/png", 1600, 800)
    assert found.asset.name.endswith(".png")
    assert Pillow.open(BytesIO(assets.read(found.asset))).convert("RGB").getpixel((9, 9)) == (0, 0, 255)


def test_a_drawing_with_a_script_is_refused_by_name():
    data = DRAWING.replace(b"</svg>", b"<script>alert(1)</script></svg>")
    page = make_page(blocks=[figure(make_image("平面图.svg", data=data, title="平面图"))])
    with pytest.raises(ContentError, match="图片“平面图”的 SVG 文件含有脚本"):
        capture(page, now=NOW)


def test_sixteen_bits_of_a_picture_keep_their_shades():
    buffer = BytesIO()
    Pillow.new("I;16", (40, 40), 30_000).save(buffer, "PNG")
    (found,) = body_of(figure(make_image("扫描.png", data=buffer.getvalue())))
    assert isinstance(found, Image)
    assert Pillow.open(BytesIO(assets.read(found.asset))).convert("L").getpixel((1, 1)) in {116, 117}


@pytest.mark.parametrize("name", ["合影.jpg", "合影.png", "合影.gif"])
@pytest.mark.parametrize("damage", ["cut", "missing", "no picture"])
def test_a_picture_that_cannot_be_read_is_named(name, damage):
    image = make_image(name, title="合影")
    page = make_page(blocks=[figure(image)])
    path = image.file.path
    with open(path, "rb") as file:
        data = file.read()
    if damage == "missing":
        image.file.storage.delete(image.file.name)
    else:
        with open(path, "wb") as file:
            file.write(data[: len(data) // 3] if damage == "cut" else b"<html>")
    with pytest.raises(ContentError, match="图片“合影”无法读取或已损坏"):
        capture(page, now=NOW)


def test_a_missing_attachment_is_named():
    document = make_document("报名表.docx", title="报名表")
    page = make_page(blocks=[("attachment", {"document": document.pk, "title": "附件"})])
    document.file.storage.delete(document.file.name)
    with pytest.raises(ContentError, match="附件“报名表”"):
        capture(page, now=NOW)


def test_a_block_whose_picture_was_deleted_from_the_library_is_left_out():
    image = make_image()
    page = make_page(blocks=[figure(image), ("paragraph", "<p>甲</p>")])
    image.delete()
    page = NewsPage.objects.get(pk=page.pk)
    assert capture(page, now=NOW).body == (Paragraph(html="甲"),)


def test_links_to_items_outlive_moves_and_links_to_sections_are_absolute():
    target = make_page()
    parent = target.get_parent()
    source = f'<p><a linktype="page" id="{target.pk}">稿</a><a linktype="page" id="{parent.pk}">栏</a></p>'
    (found,) = capture(make_page(parent=parent.specific, blocks=[("paragraph", source)]), now=NOW).body
    assert found == Paragraph(
        html=f'<a href="http://hub.example/i/{target.content_id}/">稿</a><a href="{parent.full_url}">栏</a>'
    )


def test_an_unsaved_page_can_be_captured_for_a_preview():
    edition = capture(NewsPage(title="新稿", body=make_body()), now=NOW)
    assert edition.headline == "新稿"
    assert edition.canonical_url == edition.permalink
    assert edition.first_created == NOW


def test_a_correction_note_stays_until_the_next_one():
    page = make_page(correction_note="日期有误,已更正", correction_major=True)
    first = capture(page, now=NOW)
    assert first.correction == Correction(note="日期有误,已更正", major=True, at=NOW)
    page.correction_note = ""
    later = NOW + timedelta(days=1)
    assert capture(page, now=later, earlier=first).correction == first.correction
    page.correction_note, page.correction_major = "另有一处", False
    assert capture(page, now=later, earlier=first).correction == Correction(
        note="另有一处", major=False, at=later
    )


def test_the_same_note_again_is_not_a_new_correction():
    page = make_page(correction_note="更正", correction_major=False)
    first = capture(page, now=NOW)
    assert capture(page, now=NOW + timedelta(days=1), earlier=first).correction == first.correction


def test_keywords_split_at_any_mark():
    assert keywords(" 甲，乙,丙、丁；戊  己 ") == ("甲", "乙", "丙", "丁", "戊", "己")
    assert keywords(" ") == ()


TEXT = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Z", "Cc")), max_size=30)
CELLS = st.lists(st.lists(st.none() | TEXT, max_size=4), max_size=4)
BLOCK = st.one_of(
    st.tuples(st.just("paragraph"), TEXT.map(lambda text: f"<p>{text}</p>")),
    st.tuples(
        st.just("heading"), st.fixed_dictionaries({"text": TEXT, "level": st.sampled_from(["2", "3"])})
    ),
    st.tuples(st.just("quote"), st.fixed_dictionaries({"text": TEXT, "attribution": TEXT})),
    st.tuples(
        st.just("list"),
        st.fixed_dictionaries({"items": st.lists(TEXT, max_size=3), "ordered": st.booleans()}),
    ),
    st.tuples(
        st.just("table"),
        st.fixed_dictionaries(
            {"data": CELLS, "table_caption": TEXT, "first_row_is_table_header": st.booleans()}
        ),
    ),
)


class Captured(TestCase):
    @settings(max_examples=60, deadline=None)
    @given(title=TEXT, blocks=st.lists(BLOCK, max_size=5))
    def test_capture_is_deterministic_and_its_json_round_trips(self, title, blocks):
        page = NewsPage(
            title=title, body=json.dumps([{"type": kind, "value": value} for kind, value in blocks])
        )
        edition = capture(page, now=NOW)
        again = NewsPage(title=title, body=page.body, content_id=page.content_id)
        later = capture(again, now=timezone.now())
        assert later.checksum == edition.checksum
        assert Edition.from_json(edition.to_json()) == edition
        assert edition.headline == " ".join(edition.headline.split())
