"""Schemas of the description. Objects may gain properties, so none of them is closed."""

from __future__ import annotations

from typing import Any

from channels.edition import ItemType
from sites.models import Mode
from sites.models.subscription import CALLBACK_MAX, TOPIC_MAX
from sites.serving.documents import UUID_PATTERN
from sites.websub.intake import SECRET_BYTES


def schema(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required.split(), "properties": properties}


def _list(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


TEXT = {"type": "string"}
COUNT = {"type": "integer", "minimum": 0}
MOMENT = {"type": "string", "format": "date-time"}
URL = {"type": "string", "format": "uri"}
CONTENT_ID = {"type": "string", "format": "uuid", "pattern": f"^{UUID_PATTERN}$"}
WORDS = _list(_object("value", role=TEXT, contentType=TEXT, value=TEXT))
NAMED = _list(_object("", rel=TEXT, role=TEXT, name=TEXT, literal=TEXT, uri=TEXT))
RENDITIONS = _list(
    _object(
        "href",
        name=TEXT,
        href=URL,
        contentType=TEXT,
        title=TEXT,
        sizeInBytes=COUNT,
        width=COUNT,
        height=COUNT,
    )
)

_ITEM = {
    **_object(
        "uri standard type profile version versionCreated pubStatus language headlines bodies renditions",
        uri={"type": "string", "pattern": "^urn:uuid:", "description": "永久不变，与订阅源中的标识相同"},
        standard=_object("name version schema", name=TEXT, version=TEXT, schema=URL),
        type=TEXT,
        representationType=TEXT,
        profile={"type": "string", "enum": [kind.value for kind in ItemType]},
        version={"type": "string", "pattern": "^[1-9][0-9]*$"},
        firstCreated=MOMENT,
        versionCreated=MOMENT,
        expires={**MOMENT, "description": "有效期至；过期后请自行标注或下线"},
        pubStatus=TEXT,
        language=TEXT,
        headlines=WORDS,
        descriptions=WORDS,
        bodies={
            **WORDS,
            "description": "`main`：HTML；`plain`：纯文本；`facts`：该类稿件的要素（政策文件、公示、办事指南等），"
            "`value` 是 JSON 文本，字段名见《订阅源格式》",
        },
        slugline=TEXT,
        contentCreated=MOMENT,
        by=TEXT,
        infoSources=NAMED,
        organisations=NAMED,
        subjects=NAMED,
        altIds=_list(_object("value", role=TEXT, value=TEXT)),
        renditions=RENDITIONS,
        associations=_list(
            _object(
                "uri renditions",
                uri=TEXT,
                name=TEXT,
                rel=TEXT,
                type=TEXT,
                renditions=RENDITIONS,
                descriptions=WORDS,
            )
        ),
    ),
    "description": "一篇稿件的现行版本，ninjs 3.1。字节为规范 JSON（RFC 8785）：键按字母排序、无空白、UTF-8。",
}

_CHANGE = {
    **_object(
        "sequence previous change content_id at",
        sequence={"type": "integer", "minimum": 1, "description": "变更序号"},
        previous={**COUNT, "description": "本页上一条的序号，第一条为 `since`；对不上说明应答缺失"},
        change={
            "type": "string",
            "enum": ["put", "remove", "superseded"],
            "description": "put：保存；remove：删除本地副本；superseded：已被 `by` 号变更取代，无需处理",
        },
        content_id=CONTENT_ID,
        at=MOMENT,
        by={"type": "integer", "minimum": 1, "description": "仅 superseded：同一稿件的最新序号"},
        replacement={**URL, "description": "仅 remove：替代稿件的地址"},
        version={"type": "integer", "minimum": 1, "description": "仅 put：版本号"},
        expires={**MOMENT, "description": "仅 put：有效期至"},
        addresses=_object("item permalink", item=URL, permalink=URL),
        checksum={
            "type": "string",
            "pattern": "^[0-9a-f]{64}$",
            "description": "仅 put：`item` 的规范 JSON 的 SHA-256",
        },
        item=schema("Item"),
    ),
    "allOf": [
        {
            "if": {"properties": {"change": {"const": "put"}}},
            "then": {"required": ["version", "addresses", "checksum", "item"]},
            "else": {"properties": {"item": False, "checksum": False, "version": False}},
        },
        {"if": {"properties": {"change": {"const": "superseded"}}}, "then": {"required": ["by"]}},
    ],
}

SCHEMAS: dict[str, Any] = {
    "Error": _object(
        "error message",
        error={"type": "string", "pattern": "^[a-z_]+$"},
        message={"type": "string", "minLength": 1},
        last={**COUNT, "description": "仅 since_ahead：日志的最后序号"},
        replacement={**URL, "description": "仅 gone：替代稿件的地址"},
    ),
    "Changes": _object(
        "log since next last has_more changes",
        log={"type": "string", "description": "日志的名称；与上次不同时，请从 since=0 重新同步"},
        since=COUNT,
        next={**COUNT, "description": "下一次请求的 since"},
        last={**COUNT, "description": "日志的最后序号"},
        has_more={"type": "boolean", "description": "是否还有后续；有则立即以 next 继续"},
        changes=_list(schema("Change")),
    ),
    "Change": _CHANGE,
    "Item": _ITEM,
    "Feeds": _object(
        "variants feeds",
        variants=_list(_object("key label media_type", key=TEXT, label=TEXT, media_type=TEXT)),
        feeds=_list(schema("Feed")),
    ),
    "Feed": _object(
        "name kind code title addresses changes",
        name=TEXT,
        kind={"type": "string", "enum": ["all", "column", "unit", "type", "outlet"]},
        code=TEXT,
        title=TEXT,
        addresses={"type": "object", "additionalProperties": URL, "description": "格式 -> 地址"},
        changes={**URL, "description": "该订阅的变更日志"},
    ),
    "Embed": _object(
        "name tag title url items",
        name={**TEXT, "description": "列表的名称，与地址中的相同"},
        tag={**TEXT, "description": "内容的标记；未变则列表未变"},
        title=TEXT,
        url={**URL, "description": "更多信息的地址"},
        items=_list(
            _object(
                "title url date",
                title={**TEXT, "description": "纯文本，写入网页前须转义"},
                url=URL,
                date={"type": "string", "format": "date", "description": "发布日期（北京时间）"},
                image={**URL, "description": "仅图文卡片"},
            )
        ),
    ),
    "Replaying": _object("since", since={**COUNT, "description": "已有的最后一个日志序号；0 表示全部"}),
    "Replayed": _object(
        "placements reached",
        placements={**COUNT, "description": "将重新投递的稿件数"},
        reached={**COUNT, "description": "到日志的哪个序号为止"},
    ),
    "Subscribing": _object(
        "hub.mode hub.topic hub.callback",
        **{
            "hub.mode": {
                "type": "string",
                "enum": list(Mode.values),
                "description": "subscribe：订阅或续订；unsubscribe：退订",
            },
            "hub.topic": {
                **URL,
                "maxLength": TOPIC_MAX,
                "description": "订阅地址，与订阅源中 `rel=self` 的地址一字不差",
            },
            "hub.callback": {
                **URL,
                "maxLength": CALLBACK_MAX,
                "description": "接收推送的网址：http 或 https，端口为 80、443 或 1024 以上，不在内部网络",
            },
            "hub.secret": {
                "type": "string",
                "maxLength": SECRET_BYTES - 1,
                "description": f"密钥，少于 {SECRET_BYTES} 字节；填写后每次推送都有签名",
            },
            "hub.lease_seconds": {
                "type": "integer",
                "minimum": 1,
                "description": "租期（秒）；不填为 10 天，超过 30 天的按 30 天",
            },
        },
    ),
}
