"""Sanitising, repairing and reading HTML."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from channels import markup

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal {mso-style:x}</style></head>
<body><!--[if gte mso 9]><xml><w:WordDocument>85</w:WordDocument></xml><![endif]-->
<p class=MsoNormal style='mso-margin-top-alt:auto;font-family:仿宋'><b><span lang=EN-US style='color:red'>一、停水范围<o:p></o:p></span></b></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<h1 style="text-align:center"><font face=宋体>关于停水的通知</font></h1>
<div>文昌路<br>至东台路</div>
<ul type=disc><li class=MsoNormal>请提前<i>储水</i></li><li> </li></ul>
<v:shape id="1"><v:imagedata src="file:///C:/1.png"/></v:shape>
<img src="file:///C:/Users/me/clip_image001.png"><script>alert(1)</script></body></html>"""


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        ("<b>粗</b><i>斜</i><strike>删</strike>", "<strong>粗</strong><em>斜</em><s>删</s>"),
        (
            '<a href="https://a.cn/" onclick="x()" style="x" target="_blank">链</a>',
            '<a href="https://a.cn/">链</a>',
        ),
        ('<a href="javascript:alert(1)">x</a>', "x"),
        ('<a href="JaVaScRiPt:alert(1)">x</a>', "x"),
        ('<a href="data:text/html,x">x</a>', "x"),
        ('<a href="mailto:a@b.cn">信</a>', '<a href="mailto:a@b.cn">信</a>'),
        ("文<script>alert(1)</script>字", "文字"),
        ("<p>一</p><h2>二</h2>", "一二"),
        ("<img src=x onerror=alert(1)>图", "图"),
        ("<span style='mso-fareast'>文</span>", "文"),
        ("1 < 2 & 3", "1 &lt; 2 &amp; 3"),
        ("行<br/>行", "行<br>行"),
        ("<b>没有关", "<strong>没有关</strong>"),
        ("纵\x0b表\x00符", "纵表符"),
        ("<svg><style><a title='</style><img src=x onerror=alert(1)>'>", ""),
    ],
)
def test_inline_keeps_the_words_and_little_else(html: str, clean: str) -> None:
    assert markup.inline(html) == clean


@given(
    st.text(max_size=200)
    | st.from_regex(r"(</?(a|b|p|svg|math|style|script)( on\w+=\w+)?>|\w|&\w{1,4};?){0,20}")
)
def test_inline_is_safe_and_idempotent(html: str) -> None:
    clean = markup.inline(html)

    assert markup.inline(clean) == clean
    tags = BeautifulSoup(clean, "html.parser").find_all(True)
    assert {tag.name for tag in tags} <= markup.INLINE_TAGS
    assert {name for tag in tags for name in tag.attrs} <= {"href"}


def test_inline_makes_links_absolute_when_told_where_it_stands() -> None:
    assert (
        markup.inline('<a href="../x">链</a>', base_url="http://a.cn/b/c/")
        == '<a href="http://a.cn/b/x">链</a>'
    )


def test_what_word_leaves_is_gone_and_the_words_stay() -> None:
    assert markup.from_word(WORD).split("\n") == [
        "<p><strong>一、停水范围</strong></p>",
        "",
        "<h2>关于停水的通知</h2>",
        "<p>文昌路<br/>至东台路</p>",
        "<ul><li>请提前<em>储水</em></li></ul>",
    ]


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<",
        "<!--",
        "<![CDATA[x",
        "<p><div><p>",
        "<?xml version='1.0'?><p>x",
        "\x00",
        "http://a.cn/x",
        "a.txt",
    ],
)
def test_broken_html_is_repaired_without_a_crash(html: str) -> None:
    assert "<!--" not in markup.from_word(html)


def test_every_kind_of_address_becomes_absolute() -> None:
    html = '<a href="/a">x</a><img src="b.png" srcset="c.png 1x, /d.png 2x"/><a href="http://o.cn/">y</a>'

    assert markup.absolutise(html, "http://hub.example/tzgg/") == (
        '<a href="http://hub.example/a">x</a>'
        '<img src="http://hub.example/tzgg/b.png" srcset="http://hub.example/tzgg/c.png 1x, http://hub.example/d.png 2x"/>'
        '<a href="http://o.cn/">y</a>'
    )


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("一<br>二", "一\n二"),
        ("<strong>粗</strong> &amp; &lt;", "粗 & <"),
        ("无", "无"),
        ("", ""),
        ("http://a.cn/?a&amp;b", "http://a.cn/?a&b"),
    ],
)
def test_plain_is_the_text(html: str, text: str) -> None:
    assert markup.plain(html) == text


@pytest.mark.parametrize(
    ("html", "mark"),
    [
        (
            '<meta name="tongsheng:item" content="urn:x"><meta name="tongsheng:version" content="3">',
            ("urn:x", 3),
        ),
        ('<META NAME="tongsheng:item" CONTENT=" urn:x ">', ("urn:x", None)),
        (
            '<meta name="tongsheng:item" content="urn:x"><meta name="tongsheng:version" content="x">',
            ("urn:x", None),
        ),
        ('<meta name="tongsheng:version" content="3">', None),
        ("<p>tongsheng:item</p>", None),
        ('<head></head><body><meta name="tongsheng:item" content="urn:x"></body>', None),
        ("", None),
    ],
)
def test_a_page_says_which_item_it_shows(html: str, mark: tuple[str, int | None] | None) -> None:
    found = markup.mark_of(html.encode())

    assert (found and (found.uri, found.version)) == mark


@pytest.mark.parametrize(
    ("page", "charset"),
    [
        ("<meta charset=gb2312><title>囍事通知</title>".encode("gbk"), ""),
        ("<title>囍事通知</title>".encode("gbk"), "GB2312"),
        ("<title>囍事通知</title>".encode(), "utf-8"),
        ("<title>囍事通知</title>".encode("utf-8-sig"), ""),
        ("<title>囍事通知</title>".encode("gbk"), "utf-8"),
        ("<title>囍事通知</title>".encode("gbk"), "no-such-code"),
        (b'<?xml version="1.0" encoding="gbk"?><title>' + "囍事通知</title>".encode("gbk"), ""),
    ],
)
def test_the_code_page_of_a_page_is_found(page: bytes, charset: str) -> None:
    assert markup.readable_text(page, charset=charset)[0] == "囍事通知"


@given(st.binary(max_size=300), st.text(max_size=10))
def test_any_bytes_are_a_page(page: bytes, charset: str) -> None:
    assert markup.mark_of(page, charset=charset) is None
    markup.readable_text(page, charset=charset)


def test_scripts_are_no_text_and_blocks_are_lines() -> None:
    _, text = markup.readable_text("<p>一<b>二</b></p><script>三</script><p>四</p>".encode(), charset="utf-8")

    assert text.split() == ["一二", "四"]


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("http://a.cn/", True),
        ("https://a.cn", True),
        ("javascript:x", False),
        ("/a", False),
        ("http://[", False),
    ],
)
def test_what_a_web_address_is(url: str, is_one: bool) -> None:
    assert markup.is_web_address(url) is is_one


def test_a_control_character_cannot_hide_a_scheme() -> None:
    assert markup.inline('<a href="java&#11;script:alert(1)">一</a>二&#11;三&#xfffe;') == "一二三"


def test_text_for_documents_has_no_control_characters() -> None:
    text = "a\x00\x0b\x7f\x85\x9f\ud800\ufdd0\ufffe\uffff\U0001fffe\U0010ffff"

    assert markup.xml_text(f"{text}\t\r\n\xa0汉\ufffd😀\U0010fffd") == "a\t\r\n\xa0汉\ufffd😀\U0010fffd"
