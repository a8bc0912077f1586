"""The whole description, and what is promised of its versions."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from sites.api.description import api_paths, feed_paths, parameters, replay_paths, schemas, websub_paths
from sites.api.endpoint import KEY
from sites.api.items import CONTENT_TYPE, canonical, checksum
from sites.serving.look import Look
from sites.serving.outline import Outline

VERSION = "1.3.0"
"""Minor: something was added. Major: something that a client may rely on was taken away; tests/sites/test_api_contract.py."""
PROMISE = """\
城中区政务信息发布平台的公开接口，除推送订阅（`/websub/`）和重新投递（`/console/api/replay/`）的受理地址外全部只读。

**版本约定**：同一主版本号（`info.version` 的第一段）内，已有的地址、参数、字段和错误代码不会取消或改变含义；
可能新增地址、可选参数、字段、错误代码，以及 `change` 的新取值。请忽略不认识的字段；遇到不认识的 `change`，
请停止同步并升级程序。确需不兼容的改动时，新版接口另用地址，旧版至少保留六个月。

**错误**：`/api/` 和 `/console/api/` 下一律为 JSON `{"error": 代码, "message": 说明}`，`error` 供程序判断，`message` 供人阅读；
`/websub/` 为一句说明，代码在 `X-Hub-Status` 头中；订阅源和嵌入列表只以状态码为准。

**缓存**：读取成功的应答都有 ETag，请带 `If-None-Match` 轮询，未变化时返回 304。建议间隔 1 至 5 分钟。
"""

SHOWN = "可以不用。密钥在站长控制台（`/console/`）新建，只用来证明已取用；带密钥时应答不作公共缓存"
KEYS = {
    "bearer": {"type": "http", "scheme": "bearer", "description": SHOWN},
    "address": {
        "type": "apiKey",
        "in": "query",
        "name": KEY,
        "description": f"只能填写地址的系统用。{SHOWN}",
    },
}


def outline(look: Look) -> Outline:  # noqa: ARG001 the same at any time
    """The document at `/api/openapi.json`."""
    body = canonical(document())
    return Outline(etag=checksum(body)[:32], changed=None, content_type=CONTENT_TYPE, render=lambda: body)


def document() -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "同声公开接口",
            "summary": "稿件、变更日志、订阅、推送与嵌入",
            "version": VERSION,
            "description": PROMISE,
        },
        "servers": [{"url": settings.PUBLIC_URL}],
        "tags": [
            {"name": "镜像", "description": "变更日志与稿件"},
            {"name": "订阅", "description": "订阅源及其目录"},
            {"name": "推送", "description": "订阅源有变化时主动发送（WebSub）"},
            {"name": "投递", "description": "接口推送的终端要求重新投递"},
            {"name": "嵌入", "description": "网页中的信息列表"},
        ],
        "paths": {**api_paths.PATHS, **feed_paths.PATHS, **websub_paths.PATHS, **replay_paths.PATHS},
        "components": {
            "schemas": schemas.SCHEMAS,
            "parameters": parameters.PARAMETERS,
            "securitySchemes": KEYS,
        },
        "security": [{}, *({name: []} for name in KEYS)],
    }
