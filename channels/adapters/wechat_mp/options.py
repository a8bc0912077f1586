"""The settings of an account as an outlet, as the desk asks for them."""

from __future__ import annotations

from channels.adapters.wechat_mp.api.line import API_BASE
from channels.adapters.wechat_mp.article.render import AUTHOR_MAX
from channels.contract import Option

UNKNOWN_WAIT = 900
"""Seconds after a lost submit before "not in the list" means that it never went out: a job may hold the draft."""

OPTIONS = (
    Option(
        name="appid",
        label="开发者 ID（AppID）",
        help="公众号后台“设置与开发—基本配置”中查看",
        unique=True,
        drill="wxdemo9{number:011d}",
    ),
    Option(
        name="secret",
        label="开发者密码（AppSecret）",
        help="在同一页面重置后取得；保存后不再显示",
        secret=True,
        drill="demo-secret-placeholder",
    ),
    Option(
        name="kind",
        label="账号类型",
        help="在公众号后台“账号详情”中查看；决定群发次数：公众号每天 1 次，服务号每位关注者每月 4 次",
        default="subscription",
        choices=(("subscription", "公众号（原订阅号）"), ("service", "服务号")),
    ),
    Option(
        name="verified",
        label="已认证",
        help="未认证的账号不能由接口发表文章，只能建草稿",
        default="yes",
        choices=(("yes", "是"), ("no", "否")),
    ),
    Option(
        name="publishing",
        label="发表方式",
        help="“直接发表”不通知关注者；账号没有发表权限时自动改为只建草稿",
        default="auto",
        choices=(
            ("auto", "签发后直接发表"),
            ("draft", "只建草稿，由值班人员在公众号后台发表"),
            ("push", "不单独发表，随推送（群发）发出"),
        ),
    ),
    Option(
        name="correction",
        label="更正方式",
        help="公众号不能修改已发表的文章，须选定一种办法；编辑签发更正前会看到说明",
        default="replace",
        choices=(
            ("replace", "删除重发（网址改变，每天最多 10 篇）"),
            ("notice", "保留旧文，另发更正说明"),
            ("manual", "人工修改（公众号后台，每篇限一次少量改字）"),
        ),
    ),
    Option(name="account_name", label="公众号名称", help="仅在本系统内显示，如“品质城中”", required=False),
    Option(
        name="author",
        label="默认作者",
        help=f"稿件没有作者时使用，最多 {AUTHOR_MAX} 字",
        required=False,
    ),
    Option(
        name="callback_token",
        label="消息推送令牌（Token）",
        help="自拟 3 至 32 位字母数字，与公众号后台“服务器配置”中填写的一致",
        secret=True,
        required=False,
    ),
    Option(
        name="callback_key",
        label="消息加解密密钥（EncodingAESKey）",
        help="公众号后台“服务器配置”中随机生成的 43 位字符；请选“安全模式”，填写后只接收加密消息",
        secret=True,
        required=False,
    ),
    Option(
        name="links",
        label="外部链接",
        help="公众号正文中的外部链接点不开，须换一种方式给出",
        default="footnote",
        choices=(("footnote", "文末注释（显示网址）"), ("qr", "文末二维码"), ("none", "只保留文字")),
    ),
    Option(
        name="api_base",
        label="接口地址",
        help="一般不需要修改",
        required=False,
        default=API_BASE,
        drill="{sandbox}",
    ),
    Option(
        name="unknown_wait",
        label="结果不明时的等待（秒）",
        help="发表请求没有得到答复时，等待这么久仍查不到文章才重新提交",
        required=False,
        default=str(UNKNOWN_WAIT),
    ),
)
