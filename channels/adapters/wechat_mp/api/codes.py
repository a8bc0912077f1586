"""What the platform's error codes mean: one table from code to error class and Chinese sentence.

Codes and classes: the platform's pages as of 2026-11, see README. A code that is not in the table goes to a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from channels.errors import (
    ChannelError,
    ConfigError,
    Misbehaved,
    Missing,
    OutcomeUnknown,
    Refused,
    Throttled,
    Unreachable,
)

STALE_TOKEN = frozenset({40001, 40014, 42001})
BAD_MEDIA_ID = 40007
ALREADY_GONE = frozenset({"53600"})
NO_RIGHT = frozenset({"48001", "48008", "61007"})
"""The account may not make this call, whatever its credentials."""
BY_HAND = frozenset({"53504", "53505"})
"""The platform wants a person to save and publish the draft in the back office."""
BUSY = -1
QUOTA = 45009

DAY = 86_400
CHINA = 8 * 3600
"""Offset of China Standard Time from UTC in seconds; it has no summer time."""


class Pause(Enum):
    """How long a quota lasts. Seconds, or until the counters start anew at midnight in China."""

    MINUTE = 60
    HOUR = 3600
    MIDNIGHT = -1

    def seconds(self, now: float) -> float:
        """Seconds from `now` (Unix time). Midnight is always more than a minute away: counters may lag."""
        if self is not Pause.MIDNIGHT:
            return float(self.value)
        return max(60.0, DAY - (now + CHINA) % DAY + 60)


@dataclass(frozen=True, slots=True)
class Meaning:
    error: type[ChannelError]
    sentence: str
    pause: Pause | None = None


def _same(codes: tuple[int, ...], error: type[ChannelError], sentence: str) -> dict[int, Meaning]:
    return dict.fromkeys(codes, Meaning(error, sentence))


_CONFIG: dict[int, Meaning] = {
    **_same((40001, 40125), ConfigError, "公众号密钥（AppSecret）不正确，请在终端设置中重新填写"),
    **_same((40013,), ConfigError, "公众号 AppID 不正确，请在终端设置中核对"),
    **_same(
        (40164, 61004),
        ConfigError,
        "本系统的出口 IP 不在公众号白名单内，请把详情中的 IP 加入公众号后台白名单",
    ),
    **_same((40243,), ConfigError, "公众号密钥已被冻结，请在公众号后台解冻（约需 10 分钟）后恢复投递"),
    **_same(
        (89501, 89503, 89506, 89507),
        ConfigError,
        "公众号管理员尚未确认本系统的调用，请管理员在微信中确认后恢复投递",
    ),
    **_same(
        (48001, 48008, 61007),
        ConfigError,
        "该公众号没有调用此接口的权限，请核对账号认证情况，或改为人工发表",
    ),
    **_same((48006,), ConfigError, "本月重置接口次数的机会已用完，请等到下月，或在公众号后台查看用量"),
    **_same((48004, 50002, 50004), ConfigError, "公众号接口被封禁或账号受限，请登录公众号后台查看通知并处理"),
}

_PATIENCE: dict[int, Meaning] = {
    QUOTA: Meaning(Throttled, "该公众号当日接口次数已用完，零点后自动继续", Pause.MIDNIGHT),
    45011: Meaning(Throttled, "对该公众号的调用过于频繁，一分钟后自动继续", Pause.MINUTE),
    53501: Meaning(Throttled, "微信提示发表过于频繁，一小时后自动继续", Pause.HOUR),
}

_CONTENT: dict[int, Meaning] = {
    **_same(
        (40004, 40005, 40006, 40009, 40137, 45001),
        Refused,
        "图片类型或大小不符合微信要求，请更换图片后重新签发",
    ),
    **_same((44003,), Refused, "微信认为图文内容为空，请补充正文后重新签发"),
    **_same((45002, 45008), Refused, "正文超过微信长度上限，请精简正文后重新签发"),
    **_same((45003,), Refused, "标题超过微信长度上限，请缩短标题后重新签发"),
    **_same((45004,), Refused, "摘要超过微信长度上限，请缩短摘要后重新签发"),
    **_same((45005,), Refused, "原文链接超过微信长度上限，请联系技术人员缩短网址"),
    **_same((45110,), Refused, "作者超过微信长度上限，请缩短作者后重新签发"),
    **_same((45166, 40033, 40035), Refused, "微信认为正文含有不允许的内容，请修改正文后重新签发"),
    **_same((53402,), Refused, "封面裁剪失败，请更换尺寸正常的封面后重新签发"),
    **_same((40066, 65316, 65317), Refused, "正文中的链接不被微信接受，请删除外部链接后重新签发"),
    **_same((53503,), Refused, "草稿未通过微信的发表检查，请登录公众号后台查看草稿并按提示修改"),
    **_same((53504, 53505), Refused, "微信要求在公众号后台手工保存并发表这篇草稿，请登录后台处理"),
}

_BUGS: dict[int, Meaning] = {
    **_same((41001, 41002, 41004), Misbehaved, "调用微信时缺少凭据参数，请把详情转交技术人员"),
    **_same((41005, 44001), Misbehaved, "微信没有收到文件内容，请把详情转交技术人员"),
    **_same((47001,), Misbehaved, "微信无法解析提交的数据，请把详情转交技术人员"),
}

_LOOK: dict[int, Meaning] = {
    BAD_MEDIA_ID: Meaning(Missing, "微信端的草稿或素材已不存在，系统将先核对再处理"),
    40059: Meaning(Missing, "微信端查不到这次推送，系统将先核对再处理"),
    53600: Meaning(Missing, "微信端查不到这篇文章，系统将先核对再处理"),
}

_FOLLOWERS: dict[int, Meaning] = {
    **_same(
        (*range(40016, 40030), 40055),
        Refused,
        "微信不接受这个菜单，请按详情检查菜单名称和内容后重新发布",
    ),
    45159: Meaning(Unreachable, "微信暂时不认这个标签（同时打标签时会误报），稍后自动重试"),
    **_same((45157,), Refused, "同名标签已存在或名称不合规，请在公众号后台核对后改用其他名称"),
    **_same((45057,), Refused, "该标签下粉丝过多，微信不允许删除，请在公众号后台处理"),
    **_same((45056,), Refused, "公众号标签已达 100 个上限，请在公众号后台删除不用的标签"),
    **_same((45058,), Refused, "这是微信保留的标签，不能使用，请改用其他名称"),
    **_same((45059,), Refused, "该关注者的标签已达上限，请其减少订阅的内容"),
    **_same((45158,), Refused, "标签名超过 30 字节，请缩短名称"),
    **_same((45029,), Refused, "永久二维码数量已达上限，请改用临时二维码"),
    **_same((40053, 40052, 40099), Misbehaved, "微信不接受二维码的参数，请把详情转交技术人员"),
}

_MASS: dict[int, Meaning] = {
    45028: Meaning(
        Throttled, "该公众号的群发次数已用完，请改期后重新提交复核（后台手工群发也占次数）", Pause.MIDNIGHT
    ),
    45066: Meaning(
        OutcomeUnknown, "微信称同一群发刚刚提交过，结果未知，请一分钟后按待核实页面核对，不要在后台重发"
    ),
    45067: Meaning(Misbehaved, "微信不接受群发标识的长度，请把详情转交技术人员"),
    45065: Meaning(OutcomeUnknown, "微信称同一群发已受理过，请按待核实页面核对，不要在后台重发"),
    **_same((43004, 43019, 46004, 40003), Refused, "该微信号没有关注公众号，请关注后重新发送预览"),
    **_same((40132,), Refused, "微信号不正确，请核对后重新发送预览"),
    **_same((40050, 40152), Refused, "标签在微信端已不存在，请重新选择范围后提交复核"),
}

MEANINGS: dict[int, Meaning] = {**_CONFIG, **_PATIENCE, **_CONTENT, **_BUGS, **_LOOK, **_FOLLOWERS, **_MASS}

QUOTA_SENTENCES: dict[str, str] = {
    "freepublish/delete": "微信每天只允许删除 10 次且今日已用完，零点后自动继续；急需撤下请立即在公众号后台手工删除",
    "freepublish/submit": "该公众号今日发表次数已用完，零点后自动继续；急需发表请在公众号后台手工发表草稿",
}


def failure(code: int, *, endpoint: str, write: bool, now: float, detail: str) -> ChannelError:
    """The error for an `errcode`. `write`: the call may have changed what readers see. `now` in Unix seconds."""
    if code == BUSY:
        return _busy(write=write, detail=detail)
    meaning = MEANINGS.get(code)
    if meaning is None:
        return Misbehaved(
            f"微信返回了未收录的错误码 {code}，请把详情转交技术人员", code=str(code), detail=detail
        )
    if meaning.pause is not None:
        sentence = meaning.sentence
        if meaning.pause is Pause.MIDNIGHT:
            sentence = QUOTA_SENTENCES.get(endpoint, sentence)
        return Throttled(sentence, retry_after=meaning.pause.seconds(now), code=str(code), detail=detail)
    return meaning.error(meaning.sentence, code=str(code), detail=detail)


def _busy(*, write: bool, detail: str) -> ChannelError:
    if write:
        return OutcomeUnknown("微信系统繁忙，本次请求可能已生效，系统将先核对", code=str(BUSY), detail=detail)
    return Unreachable("微信系统繁忙，稍后自动重试", code=str(BUSY), detail=detail)


PUBLISH_FAILURES: dict[int, str] = {
    2: "微信原创校验未通过，请在公众号后台取消原创声明或修改内容后重新签发",
    3: "微信发表失败且未说明原因，请登录公众号后台查看；确认无误后可点“重试”",
    4: "微信平台审核未通过，请按公众号后台通知修改内容后重新签发",
}
"""`publish_status` values that end without an article."""

DELETED_LATER = 5
PUBLISH_REMOVALS: dict[int, str] = {
    DELETED_LATER: "文章发表后已被运营人员在公众号后台删除",
    6: "文章发表后已被微信平台封禁，请登录公众号后台查看原因",
}
"""`publish_status` values of an article that was there and is gone."""
