"""The server settings of an account (服务器配置): where its messages go, how they are signed, and what goes wrong on the way."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, fields

from channels.sandbox.store import Document, Store
from channels.sandbox.wechat.crypto import KEY_CHARS

MODES = ("plain", "compatible", "safe")
FORMATS = ("xml", "json")
_TOKEN = re.compile(r"^[A-Za-z0-9]{3,32}$")
_KEY = re.compile(rf"^[A-Za-z0-9]{{{KEY_CHARS}}}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hookup:
    """Knobs: each event is delivered `times` (0, 1, 3) times, after `delay` seconds; `shuffle` holds events back for
    `delay` (at least 0.2) seconds and delivers what has come together the other way round. Events carry real time,
    or the sandbox's with `stamps` "sandbox".
    """

    url: str = ""
    token: str = ""
    aes_key: str = ""
    mode: str = "plain"
    format: str = "xml"
    times: int = 1
    shuffle: bool = False
    delay: float = 0.0
    stamps: str = "real"

    def __post_init__(self) -> None:
        """Raises ValueError with a sentence for people."""
        if self.mode not in MODES or self.format not in FORMATS or self.stamps not in {"real", "sandbox"}:
            raise ValueError("加密方式、数据格式或时间来源不对，请重新选择。")
        if self.url and not self.url.startswith(("http://", "https://")):
            raise ValueError("服务器地址须以 http:// 或 https:// 开头。")
        if self.url and not _TOKEN.match(self.token):
            raise ValueError("令牌须为 3 至 32 位英文或数字。")
        if self.url and self.mode != "plain" and not _KEY.match(self.aes_key):
            raise ValueError(f"消息加解密密钥须为 {KEY_CHARS} 位英文或数字。")
        if self.times < 0 or self.delay < 0:
            raise ValueError("送达次数和延迟不能是负数。")

    def to_json(self) -> Document:
        return asdict(self)


def hookup_of(store: Store, appid: str) -> Hookup:
    return Hookup(**(store.get("callback", appid) or {}))


def set_hookup(store: Store, appid: str, changes: Document) -> Hookup:
    """Raises ValueError for an unknown name or a value that does not fit."""
    unknown = set(changes) - {entry.name for entry in fields(Hookup)}
    if unknown:
        raise ValueError(f"a server has no such setting: {', '.join(sorted(unknown))}")
    hookup = Hookup(**{**hookup_of(store, appid).to_json(), **changes})
    store.put("callback", appid, hookup.to_json())
    return hookup
