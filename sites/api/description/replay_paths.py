"""The address at which a webmaster's program asks for a delivery again; sites.console.views.machine answers it."""

from __future__ import annotations

from typing import Any

from channels.pulling.replaying import AT_ONCE
from sites.api.description.responses import error
from sites.api.description.schemas import schema
from sites.websub.views import FORM

REPLAYING = f"""\
接口推送的终端丢失稿件时，要求把日志中某个序号之后有变更的稿件全部重新投递，每次最多 {AT_ONCE} 篇。须用带有“要求重新投递”权限的密钥。
`reached` 小于日志最后序号的，请以它为 `since` 再次要求。
"""


PATHS: dict[str, Any] = {
    "/console/api/replay/": {
        "post": {
            "operationId": "replay",
            "tags": ["投递"],
            "summary": "要求重新投递",
            "description": REPLAYING,
            "security": [{"bearer": []}],
            "requestBody": {"required": True, "content": {FORM: {"schema": schema("Replaying")}}},
            "responses": {
                "200": {
                    "description": "已列入投递",
                    "content": {"application/json": {"schema": schema("Replayed")}},
                },
                "400": error("`since_invalid`：序号有误；`not_possible`：该终端不支持，或其后没有变更"),
                "401": error("没有密钥，或密钥不正确"),
                "403": error("密钥已吊销、已失效或没有此项权限"),
                "405": error("`method_not_allowed`：只支持 POST"),
                "429": error("`too_many_requests`：请求过于频繁，请 10 分钟后再试"),
            },
        }
    },
}
