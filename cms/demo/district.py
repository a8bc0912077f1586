"""What the demo district consists of: units, columns, outlets, sites and routing rules. Tables only."""

from __future__ import annotations

from dataclasses import dataclass, field

UNITS = (
    # code, name, short name, kind
    ("qwxcb", "中共柳州市城中区委宣传部", "区委宣传部", "party"),
    ("qzfb", "柳州市城中区人民政府办公室", "区政府办", "department"),
    ("rsj", "柳州市城中区人力资源和社会保障局", "区人社局", "department"),
    ("ybj", "柳州市城中区医疗保障局", "区医保局", "department"),
    ("zjj", "柳州市城中区住房和城乡建设局", "区住建局", "department"),
    ("jyj", "柳州市城中区教育局", "区教育局", "department"),
    ("chengzhong", "柳州市城中区城中街道办事处", "城中街道", "street"),
    ("gongyuan", "柳州市城中区公园街道办事处", "公园街道", "street"),
    ("zhongnan", "柳州市城中区中南街道办事处", "中南街道", "street"),
    ("yanjiang", "柳州市城中区沿江街道办事处", "沿江街道", "street"),
    ("tanzhong", "柳州市城中区潭中街道办事处", "潭中街道", "street"),
    ("hedong", "柳州市城中区河东街道办事处", "河东街道", "street"),
    ("jinglan", "柳州市城中区静兰街道办事处", "静兰街道", "street"),
    ("yanshixx", "柳州市城中区演示小学", "演示小学", "school"),
)

STREETS = tuple((code, name) for code, _, name, kind in UNITS if kind == "street")
FOLLOWED = "pinzhi"
"""The outlet whose followers may choose one of these streets (code, name)."""
PUSHED = ("chengshi-gengxin", "tingshui", "yibao")
"""The items of the push that is being put together there."""

SUBSCRIBER = "jinglan"
DEMO_KEY = "ts_jinglan_demo-key-placeholder"
"""Of the outlet whose own system pulls."""

COLUMNS = (
    # code, name, description
    ("yaowen", "城中要闻", "城中区重要会议、重点工作和重大活动"),
    ("bumen", "部门动态", "区直各部门工作动态"),
    ("jiceng", "基层动态", "街道、社区和村屯消息"),
    ("gonggao", "通知公告", "通知、公告、公示和招聘信息"),
    ("bianmin", "便民服务", "停水停电、缴费、报名等便民提示"),
    ("jiaoyu", "教育信息", "招生入学和校园动态"),
    ("zhengce", "政策文件", "区政府及部门印发的规范性文件和政策措施"),
    ("jiedu", "政策解读", "以文字、图解等形式解读政策文件"),
    ("gongshi", "公示", "拟认定、拟聘、名单等事项的公示"),
    ("banshi", "办事指南", "事项的办理条件、材料、流程、时限和地点"),
)

TOPICS = (
    # code, name, description
    ("wenming", "创建全国文明城市", "城中区创建全国文明城市工作动态和参与方式"),
    ("jiugai", "老旧小区改造", "老旧小区改造的政策、计划、公示和进展"),
)


EXCERPTS = ("办事指南", "政策解读")
"""The column pages that show more of an item than its title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOutlet:
    """`site` names the hosted site that it belongs to; `options` may use {public} and {sandbox}."""

    slug: str
    name: str
    channel: str
    group: str
    options: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    url: str = ""


DEMO_ACCOUNT = {
    "secret": "demo-secret-placeholder",
    "callback_token": "demotoken",
    "callback_key": "placeholder" * 3 + "demoaeskey",
}
"""What the sandbox takes for a demo account's secrets: 43 characters make a key."""

OUTLETS = (
    DemoOutlet(slug="menhu", name="城中区门户网", channel="hosted", group="区级平台", url="{public}/"),
    DemoOutlet(slug="xinhua", name="城中新华网", channel="hosted", group="区级平台", url="{public}/xinhua/"),
    DemoOutlet(
        slug="pinzhi",
        name="微信公众号“品质城中”",
        channel="wechat_mp",
        group="区级平台",
        url="{sandbox}/",
        options={
            "appid": "wxdemo000000000001",
            "account_name": "品质城中",
            "author": "城中发布",
            "api_base": "{sandbox}",
            "kind": "service",
            "verified": "yes",
            "publishing": "auto",
            "correction": "replace",
        },
        secrets=DEMO_ACCOUNT,
    ),
    DemoOutlet(
        slug="jiaoyugzh",
        name="微信公众号“城中教育”",
        channel="wechat_mp",
        group="部门和学校",
        url="{sandbox}/",
        options={
            "appid": "wxdemo000000000002",
            "account_name": "城中教育",
            "author": "城中教育",
            "api_base": "{sandbox}",
            "kind": "subscription",
            "verified": "no",
            "publishing": "draft",
            "correction": "manual",
        },
        secrets=DEMO_ACCOUNT,
    ),
    DemoOutlet(
        slug="egov",
        name="电子政务统一平台",
        channel="web_post",
        group="区级平台",
        url="{sandbox}/receiver/egov/",
        options={"url": "{sandbox}/receiver/egov/items"},
        secrets={"secret": "demo-secret-placeholder"},
    ),
    DemoOutlet(
        slug="neikan",
        name="内刊《城中工作》",
        channel="handoff",
        group="区级平台",
        options={
            "instructions": "下载稿件包\n按版式要求排入下一期《城中工作》\n付印后登记期号和页码，或粘贴电子版网址"
        },
    ),
    DemoOutlet(
        slug="tanzhong", name="潭中街道网站", channel="hosted", group="街道", url="{public}/tanzhong/"
    ),
    DemoOutlet(slug="hedong", name="河东街道网站", channel="hosted", group="街道", url="{public}/hedong/"),
    DemoOutlet(
        slug="jinglan",
        name="静兰街道网站（自建，订阅）",
        channel="feed",
        group="街道",
        url="{public}/feeds/jinglan.atom",
    ),
    DemoOutlet(
        slug="zhongnan",
        name="中南街道网站（WordPress）",
        channel="wordpress",
        group="街道",
        url="{sandbox}/wordpress/zhongnan/",
        options={
            "url": "{sandbox}/wordpress/zhongnan",
            "username": "tongsheng",
            "status": "publish",
            "categories": "gonggao=tongzhi，*=dongtai",
        },
        secrets={"password": DEMO_ACCOUNT["secret"]},
    ),
    DemoOutlet(slug="jyj", name="区教育局网站", channel="hosted", group="部门和学校", url="{public}/jiaoyu/"),
    DemoOutlet(
        slug="yanshixx", name="演示小学网站", channel="hosted", group="部门和学校", url="{public}/yanshixx/"
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSite:
    """`pages`: column pages as (slug, title, ColumnType, codes of the columns shown). An empty slug is the portal."""

    slug: str
    outlet: str
    title: str
    full_name: str
    slogan: str
    kind: str
    colour: str
    unit: str
    pages: tuple[tuple[str, str, str, tuple[str, ...]], ...]


SITES = (
    DemoSite(
        slug="menhu",
        outlet="menhu",
        title="城中区门户网",
        full_name="柳州市城中区人民政府门户网站",
        slogan="品质城中 一站知晓",
        kind="portal",
        colour="#a8161c",
        unit="qzfb",
        pages=(
            ("yaowen", "城中要闻", "工作动态", ("yaowen",)),
            ("bumen", "部门动态", "工作动态", ("bumen", "jiaoyu")),
            ("jiceng", "基层动态", "工作动态", ("jiceng",)),
            ("gonggao", "通知公告", "政策文件", ("gonggao",)),
            ("bianmin", "便民服务", "办事服务", ("bianmin",)),
            ("zhengce", "政策文件", "政策文件", ("zhengce",)),
            ("jiedu", "政策解读", "政策解读", ("jiedu",)),
            ("gongshi", "公示", "信息公开目录", ("gongshi",)),
            ("banshi", "办事指南", "办事服务", ("banshi",)),
        ),
    ),
    DemoSite(
        slug="xinhua",
        outlet="xinhua",
        title="城中新华网",
        full_name="城中新华网",
        slogan="城中新闻 第一时间",
        kind="news",
        colour="#0b4f8a",
        unit="qwxcb",
        pages=(
            ("yaowen", "要闻", "工作动态", ("yaowen",)),
            ("jiceng", "街道社区", "工作动态", ("jiceng",)),
            ("bumen", "部门", "工作动态", ("bumen", "jiaoyu")),
            ("fuwu", "服务", "办事服务", ("bianmin", "gonggao")),
        ),
    ),
    DemoSite(
        slug="tanzhong",
        outlet="tanzhong",
        title="潭中街道",
        full_name="柳州市城中区潭中街道办事处",
        slogan="",
        kind="office",
        colour="#1d6b4f",
        unit="tanzhong",
        pages=(
            ("dongtai", "街道动态", "工作动态", ("jiceng", "yaowen", "bumen")),
            ("gonggao", "通知公告", "政策文件", ("gonggao",)),
            ("bianmin", "便民服务", "办事服务", ("bianmin",)),
        ),
    ),
    DemoSite(
        slug="hedong",
        outlet="hedong",
        title="河东街道",
        full_name="柳州市城中区河东街道办事处",
        slogan="",
        kind="office",
        colour="#7a3f0c",
        unit="hedong",
        pages=(
            ("dongtai", "街道动态", "工作动态", ("jiceng", "yaowen", "bumen")),
            ("gonggao", "通知公告", "政策文件", ("gonggao",)),
            ("bianmin", "便民服务", "办事服务", ("bianmin",)),
        ),
    ),
    DemoSite(
        slug="jiaoyu",
        outlet="jyj",
        title="区教育局",
        full_name="柳州市城中区教育局",
        slogan="",
        kind="office",
        colour="#5a2d82",
        unit="jyj",
        pages=(
            ("dongtai", "教育动态", "工作动态", ("jiaoyu", "yaowen")),
            ("gonggao", "通知公告", "政策文件", ("gonggao",)),
        ),
    ),
    DemoSite(
        slug="yanshixx",
        outlet="yanshixx",
        title="演示小学",
        full_name="柳州市城中区演示小学",
        slogan="",
        kind="office",
        colour="#0f6674",
        unit="yanshixx",
        pages=(
            ("xiaoyuan", "校园动态", "工作动态", ("jiaoyu",)),
            ("tongzhi", "通知", "政策文件", ("gonggao", "bianmin")),
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoRule:
    name: str
    outlets: tuple[str, ...]
    columns: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    item_types: tuple[str, ...] = ()
    hours: int | None = None


RULES = (
    DemoRule(name="门户网收录全部公开稿件", outlets=("menhu",), hours=24),
    DemoRule(name="城中要闻必转", outlets=("xinhua", "tanzhong", "hedong"), columns=("yaowen",), hours=12),
    DemoRule(
        name="城中要闻同步推送", outlets=("pinzhi", "jinglan", "zhongnan", "neikan"), columns=("yaowen",)
    ),
    DemoRule(name="通知公告送政务平台", outlets=("egov",), columns=("gonggao",), hours=24),
    DemoRule(
        name="通知公告同步街道和公众号",
        outlets=("tanzhong", "hedong", "jinglan", "zhongnan", "pinzhi"),
        columns=("gonggao",),
    ),
    DemoRule(
        name="便民信息进街道和公众号",
        outlets=("tanzhong", "hedong", "jinglan", "pinzhi", "egov"),
        item_types=("service_notice",),
    ),
    DemoRule(
        name="教育信息进教育局和学校",
        outlets=("jyj", "yanshixx", "xinhua", "jiaoyugzh"),
        columns=("jiaoyu",),
    ),
    DemoRule(name="基层动态进新闻网", outlets=("xinhua",), columns=("jiceng", "bumen")),
)
