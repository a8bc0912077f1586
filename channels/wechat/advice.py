"""What a finding of a probe means for the account's operator, and what to do about it: Chinese wording, no network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from channels.adapters.wechat_mp.api.capabilities import Capability, Finding, Standing

LABELS: Mapping[Capability, str] = {
    Capability.TOKEN: "凭据与 IP 白名单",
    Capability.DRAFT: "草稿箱",
    Capability.PUBLISH: "发表（不通知）",
    Capability.MASS: "群发（通知关注者）",
    Capability.MENU: "自定义菜单",
    Capability.STATISTICS: "阅读数据",
}

WORDS: Mapping[Standing, str] = {
    Standing.GRANTED: "可用",
    Standing.DENIED: "不可用",
    Standing.UNCLEAR: "未能确认",
    Standing.SKIPPED: "未检测",
}

GRANTED: Mapping[Capability, str] = {
    Capability.TOKEN: "AppID、密钥和 IP 白名单均有效",
    Capability.DRAFT: "可以建立、读取和删除草稿",
    Capability.PUBLISH: "稿件签发后自动发表，不通知关注者",
    Capability.MASS: "可以由本系统群发推送",
    Capability.MENU: "可以读取和设置自定义菜单",
    Capability.STATISTICS: "每天上午自动取回前一日的阅读数据",
}


@dataclass(frozen=True, slots=True)
class Advice:
    """`meaning`: what follows from it. `step`: what a person has to do; empty for nothing."""

    meaning: str
    step: str = ""


_BASIC = "公众号后台“设置与开发—基本配置”"
_CODES: Mapping[str, Advice] = {
    "40013": Advice(
        "微信不认识这个 AppID", f"到{_BASIC}核对 AppID，不要填成小程序或企业微信的，改正后再检测"
    ),
    "40125": Advice("AppSecret 不正确", f"密钥遗失只能重置：在{_BASIC}重置 AppSecret，填入终端设置后再检测"),
    "40001": Advice(
        "密钥不正确，或有其他系统正在重置令牌",
        f"在{_BASIC}核对 AppSecret；确认没有其他系统用旧接口换取令牌，再检测",
    ),
    "40243": Advice("AppSecret 已被冻结", f"由公众号管理员在{_BASIC}解冻，约 10 分钟后生效，再检测"),
    "89501": Advice("公众号管理员尚未确认这个 IP 的调用", "请管理员在微信中点“确认”，然后再检测"),
    "89503": Advice("这个 IP 的调用正等待公众号管理员确认", "请管理员在微信中点“确认”，然后再检测"),
    "89506": Advice("公众号管理员 24 小时内两次拒绝了这个 IP", "与管理员沟通，24 小时后再检测"),
    "89507": Advice("公众号管理员 1 小时内拒绝了这个 IP", "与管理员沟通，1 小时后再检测"),
    "48004": Advice("该接口已被微信封禁", "登录公众号后台“通知中心”查看原因，按要求整改后再检测"),
    "50002": Advice("账号受限、冻结、注销或正在迁移", "登录公众号后台查看通知，恢复后再检测"),
    "50004": Advice("账号被禁止换取令牌，可能因处罚", "登录公众号后台查看通知，恢复后再检测"),
    "45009": Advice("当日次数已用完，权限本身可用", "零点后自动恢复，无需操作"),
}

_DENIED: Mapping[Capability, Advice] = {
    Capability.DRAFT: Advice(
        "没有草稿箱权限，本系统无法向该账号投稿",
        "核对账号是否已开启草稿箱；不能开启的，请改用“人工交办”终端",
    ),
    Capability.PUBLISH: Advice(
        "没有发表权限：系统只建草稿，由人在公众号后台点“发表”",
        "2025 年 7 月起个人主体、未认证企业主体的账号没有发表接口；完成认证后再检测即可恢复自动发表",
    ),
    Capability.MASS: Advice("没有群发权限，推送须在公众号后台手工进行", "完成微信认证后再检测"),
    Capability.MENU: Advice("没有菜单权限，菜单须在公众号后台设置", "完成微信认证后再检测"),
    Capability.STATISTICS: Advice("没有数据权限，本系统不显示阅读数据", "完成微信认证后再检测"),
}


def advise(finding: Finding) -> Advice:
    """For every finding one; a code without an entry of its own says what the platform said."""
    if finding.code in {"40164", "61004"}:
        seen = f"微信看到的出口 IP 是 {finding.address}" if finding.address else "微信没有说明看到的 IP"
        return Advice(
            f"出口 IP 不在白名单：{seen}",
            f"在{_BASIC}把这个 IP 加入“IP 白名单”；单位网络有多个出口的，须全部加入，再检测",
        )
    if finding.code in _CODES:
        return _CODES[finding.code]
    if finding.standing is Standing.GRANTED:
        return Advice(GRANTED[finding.capability])
    if finding.standing is Standing.SKIPPED:
        return Advice("取得令牌后才能检测", "先解决凭据问题")
    if finding.standing is Standing.DENIED and finding.capability in _DENIED:
        return _DENIED[finding.capability]
    return Advice(finding.message or "微信没有给出明确答复", "稍后再检测；多次如此请把代码和详情转交技术人员")


def contradictions(findings: Mapping[Capability, Finding], *, verified: bool) -> list[str]:
    """Sentences where what the operator has entered and what the platform allows cannot both be true.

    Whether an account is a 公众号 or a 服务号 shows in no call that only reads, so that stays the operator's word.
    """
    found = []
    denied = {one for one, finding in findings.items() if finding.standing is Standing.DENIED}
    granted = {one for one, finding in findings.items() if finding.standing is Standing.GRANTED}
    if verified and denied & {Capability.PUBLISH, Capability.MASS}:
        found.append(
            "终端设置为“已认证”，但微信不允许发表或群发：请核对认证是否过期，或把认证情况改为“未认证”"
        )
    if not verified and Capability.PUBLISH in granted:
        found.append("终端设置为“未认证”，但微信允许发表：请把认证情况改为“已认证”")
    return found
