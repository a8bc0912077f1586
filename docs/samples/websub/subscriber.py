#!/usr/bin/env python3
"""订阅端示例：接收同声的推送（WebSub），把订阅源中的稿件保存为一个 JSON 文件。只用 Python 标准库（3.9 以上）。

    python3 subscriber.py 订阅源地址 --callback http://本站地址:8009 --store 稿件.json

订阅源须为 Atom（地址以 .atom 结尾）。更正的稿件会覆盖旧版，撤下的稿件会从文件中删除；到期前自动续订。
"""

from __future__ import annotations

import argparse
import hmac
import json
import os
import re
import secrets
import threading
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ET
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ATOM = "{http://www.w3.org/2005/Atom}"
TOMBSTONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
BODY_MAX = 20 * 1024 * 1024
RENEW_AT = 0.8  # 租期过去八成时续订
PAUSE = 60  # 秒，请求失败后重试的间隔


class Store:
    """稿件，按编号（atom:id）保存；每次改动整体写入，不会留下半个文件。"""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.items = json.loads(path.read_text("utf-8")) if path.exists() else {}
        self.updated = ""
        self.lock = threading.Lock()

    def take(self, document: bytes) -> None:
        """并入一份订阅源；比已有内容旧的不用：读取和推送可能同时到达。"""
        if b"<!DOCTYPE" in document[:1000]:
            raise ValueError("文档含有 DOCTYPE，不予处理")
        feed = ET.fromstring(document)
        with self.lock:
            if text(feed, "updated") < self.updated:
                return
            self.updated = text(feed, "updated")
            for entry in feed.iter(f"{ATOM}entry"):
                self.items[text(entry, "id")] = {
                    "title": text(entry, "title"),
                    "updated": text(entry, "updated"),
                    "content": text(entry, "content") or text(entry, "summary"),
                    "link": page(entry),
                }
            for gone in feed.iter(TOMBSTONE):  # 撤稿
                self.items.pop(gone.get("ref"), None)
            self.write()

    def write(self) -> None:
        part = self.path.with_suffix(".part")
        part.write_text(json.dumps(self.items, ensure_ascii=False, indent=1), "utf-8")
        os.replace(part, self.path)


def text(element: ET.Element, name: str) -> str:
    return (element.findtext(f"{ATOM}{name}") or "").strip()


def page(entry: ET.Element) -> str:
    links = entry.iter(f"{ATOM}link")
    return next((x.get("href", "") for x in links if x.get("rel", "alternate") == "alternate"), "")


class Subscription:
    """一个订阅：先发现受理地址，再请求订阅，等待核实。"""

    def __init__(self, feed: str, callback: str, store: Store) -> None:
        self.feed = feed
        self.callback = f"{callback.rstrip('/')}/{secrets.token_urlsafe(16)}"  # 别人猜不到的地址
        self.secret = secrets.token_urlsafe(32)
        self.store = store
        self.topic = self.hub = ""

    def start(self) -> None:
        """请求订阅；不成则过一会儿再试。续订也是如此。"""
        try:
            links = self.fetch()
            self.topic, self.hub = links["self"], links["hub"]
            self.ask()
        except (urllib.error.URLError, TimeoutError) as error:
            print("请求订阅未成功，稍后再试：", error, flush=True)
            self.later(PAUSE)

    def fetch(self) -> dict[str, str]:
        """读取一次完整内容，返回 Link 头中的地址。"""
        with urllib.request.urlopen(self.feed, timeout=20) as answer:
            self.store.take(answer.read(BODY_MAX))
            header = ", ".join(answer.headers.get_all("Link") or [])
        return {rel: url for url, rel in re.findall(r'<([^>]*)>; *rel="?(\w+)"?', header)}

    def ask(self) -> None:
        form = {
            "hub.mode": "subscribe",
            "hub.topic": self.topic,
            "hub.callback": self.callback,
            "hub.secret": self.secret,
        }
        with urllib.request.urlopen(self.hub, urllib.parse.urlencode(form).encode(), timeout=20):
            print("已请求订阅，等待核实", flush=True)

    def confirmed(self, lease: int) -> None:
        """订阅生效：补读一次，以免漏掉请求期间的变化；到期之前再续。"""
        print(f"订阅已生效，租期 {lease} 秒", flush=True)
        self.later(lease * RENEW_AT)
        self.fetch()

    def later(self, seconds: float) -> None:
        timer = threading.Timer(seconds, self.start)
        timer.daemon = True
        timer.start()

    def answer_to(self, said: dict[str, str]) -> bytes | None:
        """对核实请求的答复：是自己请求的才原样返回 hub.challenge；None 表示不认可。"""
        if said.get("hub.topic") != self.topic:
            return None
        if said.get("hub.mode") == "denied":
            print("订阅被拒绝：", said.get("hub.reason", ""), flush=True)
            return b""
        if said.get("hub.mode") != "subscribe":
            return None
        threading.Thread(target=self.confirmed, args=[int(said["hub.lease_seconds"])], daemon=True).start()
        return said["hub.challenge"].encode()

    def is_genuine(self, body: bytes, header: str) -> bool:
        method, _, digest = header.partition("=")
        if method not in {"sha256", "sha384", "sha512"}:
            return False
        return hmac.compare_digest(hmac.new(self.secret.encode(), body, method).hexdigest(), digest)


class Handler(BaseHTTPRequestHandler):
    subscription: Subscription

    def do_GET(self) -> None:
        """核实。"""
        address = urllib.parse.urlsplit(self.path)
        said = dict(urllib.parse.parse_qsl(address.query))
        answer = self.subscription.answer_to(said) if self.is_ours(address.path) else None
        self.answer(404 if answer is None else 200, answer or b"")

    def do_POST(self) -> None:
        """推送：签名不符的不用，也不告诉对方。"""
        length = int(self.headers.get("Content-Length") or 0)
        if not self.is_ours(self.path) or not 0 < length <= BODY_MAX:
            self.answer(404)
            return
        body = self.rfile.read(length)
        if self.subscription.is_genuine(body, self.headers.get("X-Hub-Signature", "")):
            self.subscription.store.take(body)
            print("已收到推送", flush=True)
        self.answer(202)

    def is_ours(self, path: str) -> bool:
        own = urllib.parse.urlsplit(self.subscription.callback).path
        return hmac.compare_digest(path.encode(), own.encode())

    def answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """回调地址是秘密，不写入日志。"""


def main() -> None:
    words = argparse.ArgumentParser(description="接收同声推送的示例")
    words.add_argument("feed", help="订阅源地址（.atom）")
    words.add_argument("--callback", required=True, help="本站对外地址，如 http://www.example.cn:8009")
    words.add_argument("--listen", type=int, help="监听端口，默认与对外地址的端口相同")
    words.add_argument("--store", type=Path, default=Path("items.json"), help="保存稿件的文件")
    given = words.parse_args()
    port = given.listen or urllib.parse.urlsplit(given.callback).port or 80
    Handler.subscription = Subscription(given.feed, given.callback, Store(given.store))
    server = ThreadingHTTPServer(("", port), Handler)
    threading.Thread(target=Handler.subscription.start, daemon=True).start()
    server.serve_forever()


if __name__ == "__main__":
    main()
