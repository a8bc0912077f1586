"""The addresses under /api/."""

from __future__ import annotations

from typing import Any

from sites.api.description.parameters import parameter
from sites.api.description.responses import json, refused

CHANGES = """\
按序号列出全部变更，没有缺号，日志不清理：从 0 开始总能得到全部现行稿件，结果与逐篇读取完全相同（逐字节）。

- 每篇稿件只有最新一条变更带内容；较早的为 `superseded`。已撤下的、未向公众提供的为 `remove`，不带内容。
- 保存进度：处理完一页后记下 `next` 和 `log`。`log` 变了（平台更换域名、升级格式或从备份恢复），请从 0 重新同步。
- 到期稿件不产生变更：仍为 `put`，带 `expires`，由镜像方按时间标注或下线。
- 带 `outlet` 或 `feed` 时，每篇稿件只出现一次，序号会跳跃；不再符合条件的为 `remove`。一页可能为空而 `has_more` 为真。
"""


def _get(operation: str, tag: str, summary: str, **more: Any) -> dict[str, Any]:
    return {"get": {"operationId": operation, "tags": [tag], "summary": summary, **more}}


PATHS: dict[str, Any] = {
    "/api/changes": _get(
        "changes",
        "镜像",
        "变更日志",
        description=CHANGES,
        parameters=[parameter(name) for name in ("since", "limit", "outlet", "feed")],
        responses={
            **json("日志的一页", "Changes"),
            **refused(s400="参数有误，或 since 大于 last", s404="没有这个终端或订阅", s410="该终端已停用"),
        },
    ),
    "/api/items/{content_id}": _get(
        "item",
        "镜像",
        "一篇稿件的现行版本",
        parameters=[parameter("content_id")],
        responses={
            **json("现行版本；历史版本不提供", "Item"),
            **refused(s400="标识或参数有误", s404="没有这篇稿件", s410="已不再提供，请删除本地副本"),
        },
    ),
    "/api/feeds": _get(
        "feeds",
        "订阅",
        "全部订阅及其各种格式的地址",
        responses={**json("订阅目录", "Feeds"), **refused(s400="参数有误")},
    ),
    "/api/openapi.json": _get(
        "openapi",
        "订阅",
        "本说明",
        responses={
            "200": {
                "description": "OpenAPI 3.1",
                "content": {"application/json": {"schema": {"type": "object"}}},
            },
            "304": {"description": "未变化"},
            **refused(s400="参数有误"),
        },
    ),
}
