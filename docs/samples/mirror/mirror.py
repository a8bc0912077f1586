#!/usr/bin/env python3
"""镜像客户端示例：把同声平台的全部稿件保存到本地文件夹，以后只取变化的部分。只用 Python 3.9 以上的标准库。

    python3 mirror.py https://www.example.gov.cn /srv/mirror                  全部稿件
    python3 mirror.py https://www.example.gov.cn /srv/mirror --feed tanzhong  一个订阅

稿件在 <文件夹>/items/<稿件标识>.json。请用计划任务每 1 至 5 分钟执行一次；随时可以中断，下次从中断处继续。
退出码：0 已同步；1 网络或平台暂时不可用，下次再试；2 须人工处理（见提示）。
"""

import argparse
import hashlib
import json
import os
import shutil
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

TIMEOUT = 60
CURSOR = ".cursor"


class Stop(Exception):
    """须人工处理。"""


def fetch(base, query):
    """日志的一页；None：平台没有这个序号，须从头同步。"""
    request = urllib.request.Request(
        f"{base.rstrip('/')}/api/changes?{urllib.parse.urlencode(query)}",
        headers={"Accept": "application/json", "User-Agent": "tongsheng-mirror/1"},
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        if error.code >= 500 or error.code == 429:
            raise
        said = json.loads(error.read() or b"{}")
        if said.get("error") == "since_ahead":
            return None
        raise Stop(said.get("message") or f"平台拒绝了请求（HTTP {error.code}），请核对地址。") from error


def check(page, since):
    """应答须完整：序号首尾相接，稿件与校验值相符。"""
    expected = since
    for entry in page["changes"]:
        if entry["previous"] != expected:
            raise Stop(f"应答缺少 {expected} 号之后的变更，请把本提示告知平台管理人员。")
        if entry["change"] not in ("put", "remove", "superseded"):
            raise Stop("平台接口已升级，请更新本程序。")
        if (
            entry["change"] == "put"
            and hashlib.sha256(canonical(entry["item"])).hexdigest() != entry["checksum"]
        ):
            raise Stop(f"稿件 {entry['content_id']} 与校验值不符，请检查网络中间设备是否改写内容。")
        expected = entry["sequence"]


def canonical(item):
    return json.dumps(item, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def write(path, content):
    """整体写入或完全不写：先写临时文件，再改名。"""
    temporary = path.with_name(path.name + ".tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def apply(folder, entry):
    """重复执行结果相同。"""
    path = folder / f"{entry['content_id']}.json"
    if entry["change"] == "put":
        write(path, canonical(entry["item"]))
    elif entry["change"] == "remove":
        path.unlink(missing_ok=True)


def load(folder):
    """上次的进度：日志名称、订阅、序号。"""
    try:
        return json.loads((folder / CURSOR).read_text())
    except (FileNotFoundError, ValueError):
        return {}


def begin_anew(folder):
    """在旁边从头建立，完成后才替换：其间旧镜像照常可用。"""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def mirror(base, root, **chosen):
    """同步一次；返回处理的变更数。"""
    items, building, count = root / "items", root / "items.new", 0
    folder = building if building.exists() or not items.exists() else items
    folder.mkdir(parents=True, exist_ok=True)
    has_more = True
    while has_more:
        held = load(folder)
        since = held.get("next", 0)
        page = fetch(base, {"since": since, **chosen})
        follows = {"log": page and page["log"], "chosen": chosen}
        if since and (page is None or {**held, **follows} != held):
            print("平台的日志已更换或改选了订阅，正在从头同步……", file=sys.stderr)
            folder = building
            begin_anew(folder)
            continue
        check(page, since)
        for entry in page["changes"]:
            apply(folder, entry)
        write(folder / CURSOR, canonical({**follows, "next": page["next"]}))
        count += len(page["changes"])
        has_more = page["has_more"]
    if folder == building:
        old = root / "items.old"
        shutil.rmtree(old, ignore_errors=True)
        if items.exists():
            items.rename(old)
        building.rename(items)
        shutil.rmtree(old, ignore_errors=True)
    return count


def main():
    parser = argparse.ArgumentParser(description="把同声平台的稿件镜像到本地文件夹")
    parser.add_argument("base", help="平台地址，如 https://www.example.gov.cn")
    parser.add_argument("folder", type=Path, help="镜像文件夹")
    parser.add_argument("--feed", help="只要一个订阅，名称见 /api/feeds")
    asked = parser.parse_args()
    chosen = {"feed": asked.feed} if asked.feed else {}
    try:
        count = mirror(asked.base, asked.folder, **chosen)
    except Stop as stop:
        print(f"同步停止：{stop}", file=sys.stderr)
        return 2
    except (OSError, ValueError, KeyError) as error:
        print(f"暂时无法同步，下次再试：{error}", file=sys.stderr)
        return 1
    print(f"已同步，本次处理 {count} 条变更。")
    return 0


if __name__ == "__main__":
    sys.exit(main())
