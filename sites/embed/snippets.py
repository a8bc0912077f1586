"""What a webmaster pastes: one text for each way to put the list on a page."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.html import escape

from sites.embed import addresses, script
from sites.embed.markup import END
from sites.embed.options import Embed, Layout

ROW, CARD, HEAD = 48, 220, 70
"""Pixels that one line, one row of cards and the title with the margins take in a frame of a page's width."""
CARDS_A_ROW = 2
REFRESH_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Snippet:
    """`where` says which pages it is for, `note` what to mind. `text` is plain text, to be escaped like any other."""

    key: str
    label: str
    where: str
    text: str
    note: str

    @property
    def rows(self) -> int:
        """Lines of the field that shows it; long ones are broken."""
        return sum(1 + len(line) // 60 for line in self.text.splitlines())


def snippets(name: str, embed: Embed, title: str, *, is_gbk: bool) -> list[Snippet]:
    fragment = addresses.url(name, "inc.gbk.html" if is_gbk else "inc.html")
    return [
        Snippet(
            "script", "一行代码", "适用于任何网页，包括 ASP 和静态页面，网页编码不限", _script(name, title),
            "粘贴在列表应显示的位置（不要放在 <head> 中）。信息随时更新；平台暂时无法访问时，显示浏览器上次取得的列表。",
        ),
        Snippet(
            "iframe", "内嵌框架", "适用于不允许外来脚本的网页", _iframe(name, embed, title),
            "高度可按页面情况调整。",
        ),
        Snippet(
            "php", "PHP 包含", "适用于 PHP 页面，列表直接写入网页，便于检索", _php(fragment),
            "每 5 分钟取一次并保存在本机；取不到时沿用上次的列表，列表停止提供后自动删除。网页所在目录须可写。",
        ),
        Snippet(
            "ssi", "服务器端包含（SSI）", "适用于 .shtml 页面", _ssi(fragment),
            "第一行加入服务器定时任务，并将目录换成网页所在目录；第二行放入网页。取不到或内容不完整时保留上次的列表。",
        ),
        Snippet(
            "jsonp", "JSONP", "适用于自行编写脚本显示列表的旧系统", _jsonp(name),
            "函数名固定为 tongshengEmbed。标题是纯文本，写入网页时不得当作 HTML。",
        ),
    ]  # fmt: skip


def height(embed: Embed) -> int:
    """Pixels that a frame needs, as far as it can be told from here; a longer list scrolls."""
    is_cards = embed.layout is Layout.CARDS
    lines = -(-embed.count // CARDS_A_ROW) * CARD if is_cards else embed.count * ROW
    return lines + (HEAD if embed.heading else HEAD // 3)


def _script(name: str, title: str) -> str:
    """Without script there is a link to the same list."""
    return (
        f'<script src="{escape(addresses.url(name, "js"))}" async></script>'
        f'<noscript><a href="{escape(addresses.url(name, "html"))}">{escape(title)}</a></noscript>'
    )


def _iframe(name: str, embed: Embed, title: str) -> str:
    return (
        f'<iframe src="{escape(addresses.url(name, "html"))}" title="{escape(title)}"'
        f' width="100%" height="{height(embed)}" frameborder="0" loading="lazy"></iframe>'
    )


def _php(url: str) -> str:
    """Runs from PHP 5.2 on. A copy is taken over only whole; 410 means that the list has ended."""
    return f"""<?php
$url = '{url}';
$copy = dirname(__FILE__) . '/tongsheng-embed.html';
if (!is_file($copy) || time() - filemtime($copy) > {REFRESH_SECONDS}) {{
  $got = @file_get_contents($url, false, stream_context_create(array('http' => array('timeout' => 3))));
  if ($got !== false && strpos($got, '{END}') !== false) @file_put_contents($copy, $got, LOCK_EX);
  elseif (isset($http_response_header[0]) && strpos($http_response_header[0], ' 410')) @file_put_contents($copy, '');
  else @touch($copy);
}}
@readfile($copy);
?>"""


def _ssi(url: str) -> str:
    """A file is replaced at one stroke, and only by a whole one."""
    return (
        f"*/5 * * * * cd /var/www/html && curl -fsS -m 10 -o tongsheng.new '{url}' && "
        f"grep -q '{END}' tongsheng.new && mv tongsheng.new tongsheng-embed.html\n"
        '<!--#include file="tongsheng-embed.html" -->'
    )


def _jsonp(name: str) -> str:
    return (
        f"<script>function {script.CALLBACK}(list) {{ /* list.items[i].title, .url, .date */ }}</script>\n"
        f'<script src="{escape(addresses.url(name, "jsonp"))}" async></script>'
    )
