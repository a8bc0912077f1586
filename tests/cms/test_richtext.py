"""Stored rich text becomes clean blocks, whatever was pasted into it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.edition import Heading, ItemList, Paragraph
from cms import richtext

BASE = "http://hub.example/gonggao/20261123-abc123/"


class Gone:
    def page(self, pk: int) -> str | None:
        return None

    def document(self, pk: int) -> str | None:
        return None


class Known(Gone):
    def page(self, pk: int) -> str | None:
        return f"http://hub.example/i/{pk}/"

    def document(self, pk: int) -> str | None:
        return f"http://hub.example/documents/{pk}/form.docx"


def blocks(source, links=None):
    return richtext.to_blocks(source, links=links or Known(), base_url=BASE)


def test_paragraphs_headings_and_lists_become_blocks_of_their_kind():
    found = blocks("<h2>一、时间</h2><p>见<b>附件</b>。</p><ol><li>甲</li><li>乙</li></ol><h3>二</h3>")
    assert found == (
        Heading(text="一、时间", level=2),
        Paragraph(html="见<strong>附件</strong>。"),
        ItemList(items=("甲", "乙"), ordered=True),
        Heading(text="二", level=3),
    )


@pytest.mark.parametrize(
    "blank",
    ["<p></p>", "<p> </p>", "<p>&nbsp;</p>", "<p><br/></p>", "<p>\u3000\u200b</p>", "<p><b> </b></p>"],
)
def test_a_blank_paragraph_is_dropped(blank):
    assert blocks(f"<p>甲</p>{blank}<p>乙</p>") == (Paragraph(html="甲"), Paragraph(html="乙"))


def test_blanks_at_both_ends_go_and_those_inside_stay():
    assert blocks("<p>\u3000\u3000各街道办事处,<br/>各部门:<br/>&nbsp;</p>") == (
        Paragraph(html="各街道办事处,<br>各部门:"),
    )


def test_text_pasted_from_word_keeps_its_words_only():
    pasted = (
        "<!--[if gte mso 9]><xml><w:WordDocument/></xml><![endif]--><style>p.MsoNormal{}</style>"
        '<p class="MsoNormal" style="mso-spacerun:yes"><span lang="EN-US" style="font-size:16pt">'
        '<o:p>关于</o:p></span><font face="仿宋">停水的<b>通知</b></font></p>'
        "<div><p>第二段</p></div><table><tr><td>甲</td><td>乙</td></tr></table><script>alert(1)</script>"
    )
    assert blocks(pasted) == (
        Paragraph(html="关于停水的<strong>通知</strong>"),
        Paragraph(html="第二段"),
        Paragraph(html="甲"),
        Paragraph(html="乙"),
    )


def test_links_are_absolute_and_stored_ones_resolved():
    found = blocks(
        '<p><a linktype="page" id="7">甲</a><a linktype="document" id="3">乙</a>'
        '<a href="/a">丙</a><a href="https://e.example/x?a=1&amp;b=2">丁</a></p>'
    )
    assert found == (
        Paragraph(
            html='<a href="http://hub.example/i/7/">甲</a>'
            '<a href="http://hub.example/documents/3/form.docx">乙</a>'
            '<a href="http://hub.example/a">丙</a><a href="https://e.example/x?a=1&amp;b=2">丁</a>'
        ),
    )


@pytest.mark.parametrize(
    "anchor", ['linktype="page" id="9"', 'href="javascript:alert(1)"', 'href="#top"', 'href="http://["', ""]
)
def test_a_link_that_leads_nowhere_keeps_its_words(anchor):
    assert blocks(f"<p>请看<a {anchor}>这里</a>。</p>", links=Gone()) == (Paragraph(html="请看这里。"),)


def test_a_list_in_a_list_stays_below_its_entry_and_does_not_count_with_it():
    source = (
        "<ol><li>申请<ul><li>身份证</li><li><b>户口</b>簿<ol><li>首页</li><li>本人页</li></ol></li></ul></li>"
        "<li>领取</li><li> </li></ol>"
    )
    assert blocks(source) == (
        ItemList(
            items=(
                "申请<br>· 身份证<br>· <strong>户口</strong>簿<br>\u3000（1）首页<br>\u3000（2）本人页",
                "领取",
            ),
            ordered=True,
        ),
    )


@pytest.mark.parametrize(
    ("source", "items"),
    [
        ("<ul><li>甲<ul><li>乙</li></ul>丙</li></ul>", ("甲<br>· 乙<br>丙",)),
        ("<ul><li>甲</li><ul><li>乙</li></ul></ul>", ("甲", "· 乙")),
        ("<ul><li><ul><li>乙</li></ul></li></ul>", ("· 乙",)),
        ("<ul><li>甲<ul><li></li></ul></li></ul>", ("甲",)),
        ("<ul>\n<li>甲\n<ol>\n<li> </li>\n<li>乙</li>\n</ol>\n</li>\n</ul>", ("甲\n<br>（1）乙",)),
        ("<ul><li>若A&lt;B，则<b>A&amp;B</b></li></ul>", ("若A&lt;B，则<strong>A&amp;B</strong>",)),
    ],
)
def test_lists_in_lists_of_any_make_are_told_once_and_in_order(source, items):
    assert blocks(source) == (ItemList(items=items),)


def test_a_written_angle_bracket_is_no_tag():
    assert blocks("若A&lt;B，则停水<p>乙</p>")[0] == Paragraph(html="若A&lt;B，则停水")


def test_loose_text_between_blocks_becomes_a_paragraph():
    assert blocks("甲<p>乙</p><b>丙</b>丁") == (
        Paragraph(html="甲"),
        Paragraph(html="乙"),
        Paragraph(html="<strong>丙</strong>丁"),
    )


@given(st.text(alphabet="<>/pbauliol =\"'&;甲 \u3000", max_size=80))
def test_any_markup_gives_clean_blocks_that_stay_the_same_when_read_again(source):
    for block in blocks(source):
        if isinstance(block, Paragraph):
            assert richtext.inline(block.html) == block.html
            assert richtext.plain(block.html)
