"""转载信息：从区信息发布平台取信息，存入 SQLite，并写出一个列表网页。由定时任务每 5 分钟运行一次。

更正自动更新，撤稿自动删除；平台暂时无法访问时，已有内容不变。存下来的内容在表 items 中，可由自己的程序取用。

    pip install feedparser          Python 3.8 及以上
    python3 poll.py                 取一次
    python3 poll.py --all           全部重新核对一遍：停用两个月以上再启用时运行
"""

import html
import sqlite3
import sys
import urllib.error
import urllib.request
import xml.etree.ElementTree as ET
from datetime import datetime
from pathlib import Path

import feedparser

FEED = "https://hub.example.gov.cn/feeds/jinglan.atom"  # 改成本单位的地址，以 .atom 结尾
FOLDER = Path(__file__).resolve().parent
TIMEOUT = 10
LISTED = 10
NOTHING = b'<feed xmlns="http://www.w3.org/2005/Atom"/>'
TOMBSTONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
TABLES = """
CREATE TABLE IF NOT EXISTS items (id TEXT PRIMARY KEY, title TEXT, url TEXT, html TEXT, published TEXT, updated TEXT);
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT);
"""


def main():
    database = sqlite3.connect(str(FOLDER / "items.sqlite3"))
    database.executescript(TABLES)
    if "--all" in sys.argv:
        database.execute("DELETE FROM state")
    try:
        for line in poll(database, reads_all="--all" in sys.argv):
            print(line)
    except (OSError, ET.ParseError) as error:  # 没有应答、应答不完整：下次再取
        print("没有取到，已有内容不变：", error)
        return 1
    (FOLDER / "list.html").write_text(page(database), encoding="utf-8")
    return 0


def poll(database, reads_all):
    """取一次，返回有哪些变化。中途出错时什么都不改。"""
    state = dict(database.execute("SELECT name, value FROM state"))
    answer = get(FEED, {"If-None-Match": state.get("etag"), "If-Modified-Since": state.get("modified")})
    if answer is None:
        return ["没有变化"]
    first, headers = answer
    held = {row[0]: row[1:] for row in database.execute("SELECT id, updated, title FROM items")}
    listed, floor = read(first, held, reads_all)
    deleted = {stone.get("ref") for stone in ET.fromstring(first).iter(TOMBSTONE)}
    # 应当列出而没有列出的，是有效期已过；没有列出而且较旧的，只是翻到后面去了。
    ended = {id for id in set(held) - set(listed) if floor is None or moment(held[id][0]) > floor}
    changed = [entry for id, entry in listed.items() if id not in held or held[id][0] != entry.updated]
    gone = (set(held) & deleted - set(listed)) | ended
    with database:
        database.executemany("DELETE FROM items WHERE id = ?", [(id,) for id in gone])
        database.executemany("REPLACE INTO items VALUES (?, ?, ?, ?, ?, ?)", map(row, changed))
        tags = {"etag": headers.get("ETag"), "modified": headers.get("Last-Modified")}
        database.executemany("REPLACE INTO state VALUES (?, ?)", tags.items())
    return [f"{'更新' if entry.id in held else '新增'} {entry.title}" for entry in changed] + [
        f"撤下 {held[id][1]}" for id in gone
    ]


def get(url, headers):
    """返回 (内容, 应答头)；内容没有变化时平台答复 304，返回 None。"""
    request = urllib.request.Request(url, headers={name: value for name, value in headers.items() if value})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            return answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        if error.code == 304:
            return None
        if error.code == 410:  # 该订阅已停止提供
            return NOTHING, {}
        raise


def read(document, held, reads_all):
    """逐页读取，读到没有变化的一条为止：各页按最后变化的先后排列，后面的都没有变化。

    返回读到的全部条目，以及读到什么时间为止（None 表示已经读完）。
    """
    listed = {}
    while True:
        feed = feedparser.parse(document, sanitize_html=False)  # 正文已由平台清除脚本和样式
        listed.update((entry.id, entry) for entry in feed.entries)
        following = [link.href for link in feed.feed.get("links", []) if link.rel == "next"]
        if not following:
            return listed, None
        last = feed.entries[-1]
        if not reads_all and last.id in held and held[last.id][0] == last.updated:
            return listed, moment(last.updated)
        document, _ = get(following[0], {})


def row(entry):
    content = entry.content[0].value if "content" in entry else entry.get("summary", "")
    return entry.id, entry.title, entry.link, content, entry.published, entry.updated


def moment(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def page(database):
    newest = database.execute(
        "SELECT title, url FROM items ORDER BY published DESC, id LIMIT ?", (LISTED,)
    ).fetchall()
    lines = "".join(
        f'<li><a href="{html.escape(url)}">{html.escape(title)}</a></li>\n' for title, url in newest
    )
    return f'<!DOCTYPE html>\n<meta charset="utf-8">\n<title>转载信息</title>\n<ul>\n{lines}</ul>\n'


if __name__ == "__main__":
    sys.exit(main())
