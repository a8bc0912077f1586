"""《政府网站工作年度报表》 of one site and year: the lines, those that the hub counts, those that people type.

The wording of the lines follows the annex of 国办函〔2018〕12号 as it is used in practice; local forms may differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from channels.edition import ItemType
from channels.models import Outlet, Placement
from channels.wechat.accounts import CHANNEL
from sites.enquiries.figures import statistics
from sites.inspection.models import YearReport
from sites.models import ColumnIndex, SiteHome

ZONE = ZoneInfo("Asia/Shanghai")
OVERVIEW_TYPES = ("概况信息", "机构职能", "负责人信息")
CATALOGUE_TYPES = ("政策文件", "信息公开目录", "信息公开年报", "信息公开指南", "依申请公开")
TEXT_MAX = 200


@dataclass(frozen=True, slots=True)
class Row:
    """`unit` empty: a text. A counted row may be overruled by what people type: the hub does not know everything."""

    key: str
    group: str
    title: str
    unit: str = ""
    is_counted: bool = False


ROWS = (
    Row("name", "网站基本情况", "网站名称", is_counted=True),
    Row("url", "网站基本情况", "首页网址", is_counted=True),
    Row("sponsor", "网站基本情况", "主办单位", is_counted=True),
    Row("site_type", "网站基本情况", "网站类型", is_counted=True),
    Row("site_id_code", "网站基本情况", "政府网站标识码", is_counted=True),
    Row("icp", "网站基本情况", "ICP备案号", is_counted=True),
    Row("police_record", "网站基本情况", "公安机关备案号", is_counted=True),
    Row("visitors", "网站基本情况", "独立用户访问总量", "个"),
    Row("visits", "网站基本情况", "网站总访问量", "次"),
    Row("published", "信息发布", "信息发布总数", "条", is_counted=True),
    Row("overview", "信息发布", "概况类信息更新量", "条", is_counted=True),
    Row("dynamic", "信息发布", "政务动态信息更新量", "条", is_counted=True),
    Row("catalogue", "信息发布", "信息公开目录信息更新量", "条", is_counted=True),
    Row("topics_kept", "专栏专题", "维护数量", "个"),
    Row("topics_new", "专栏专题", "新开设数量", "个"),
    Row("readings", "解读回应", "解读信息发布总数", "条", is_counted=True),
    Row("readings_material", "解读回应", "解读材料数量", "条"),
    Row("readings_product", "解读回应", "解读产品数量", "个"),
    Row("readings_media", "解读回应", "媒体评论文章数量", "篇"),
    Row("responses", "解读回应", "回应公众关注热点或重大舆情数量", "次"),
    Row("online_registered", "办事服务", "是否发布服务事项目录"),
    Row("services_number", "办事服务", "政务服务事项数量", "项"),
    Row("services_online", "办事服务", "可全程在线办理政务服务事项数量", "项"),
    Row("services_done", "办事服务", "办件量", "件"),
    Row("letters_received", "互动交流", "收到留言数量", "条", is_counted=True),
    Row("letters_done", "互动交流", "办结留言数量", "条", is_counted=True),
    Row("letters_days", "互动交流", "平均办理时间", "天", is_counted=True),
    Row("letters_public", "互动交流", "公开答复数量", "条", is_counted=True),
    Row("surveys", "互动交流", "征集调查期数", "期"),
    Row("surveys_voices", "互动交流", "收到意见数量", "条"),
    Row("surveys_results", "互动交流", "公布调查结果期数", "期"),
    Row("interviews", "互动交流", "在线访谈期数", "期"),
    Row("security_checks", "安全防护", "安全检测评估次数", "次"),
    Row("security_found", "安全防护", "发现问题数量", "个"),
    Row("security_mended", "安全防护", "问题整改数量", "个"),
    Row("security_system", "安全防护", "是否建立安全监测预警机制"),
    Row("security_drill", "安全防护", "是否开展应急演练"),
    Row("security_duty", "安全防护", "是否明确网站安全责任人"),
    Row("media_wechat", "移动新媒体", "微信名称", is_counted=True),
    Row("media_wechat_published", "移动新媒体", "微信信息发布量", "条", is_counted=True),
    Row("media_wechat_followers", "移动新媒体", "微信订阅数", "个"),
    Row("media_weibo", "移动新媒体", "微博名称、信息发布量、关注量"),
    Row("media_other", "移动新媒体", "其他"),
    Row("innovation_search", "创新发展", "搜索即服务"),
    Row("innovation_languages", "创新发展", "多语言版本"),
    Row("innovation_accessible", "创新发展", "无障碍浏览"),
    Row("innovation_other", "创新发展", "其他"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filled:
    """A row with its value: what people have typed, or else what the hub has counted."""

    row: Row
    value: str
    counted: str
    is_typed: bool

    @property
    def is_missing(self) -> bool:
        return not self.value


def filled(counted: Mapping[str, str], typed: Mapping[str, str]) -> list[tuple[str, list[Filled]]]:
    """By group, in the order of the form. Pure."""
    groups: dict[str, list[Filled]] = {}
    for row in ROWS:
        own, said = counted.get(row.key, ""), str(typed.get(row.key, "")).strip()
        groups.setdefault(row.group, []).append(Filled(row, said or own, own, bool(said) and said != own))
    return list(groups.items())


def clean(row: Row, text: str) -> str:
    """What people type, as it is kept. Raises ValueError, in words, for a number that is none."""
    text = text.strip()[:TEXT_MAX]
    if row.unit and text:
        try:
            number = float(text.replace(",", "").replace("，", ""))
        except ValueError as error:
            raise ValueError(f"“{row.title}”应填数字，请核对") from error
        if not 0 <= number < 1e12:
            raise ValueError(f"“{row.title}”应填不小于 0 的数字，请核对")
        text = f"{number:.2f}".rstrip("0").rstrip(".")
    return text


def counted(home: SiteHome, year: int) -> dict[str, str]:
    """What the hub knows of a site's year; seven queries."""
    begin, end = (datetime(one, 1, 1, tzinfo=ZONE) for one in (year, year + 1))
    placed = Placement.objects.filter(
        outlet=home.outlet_id, published_at__gte=begin, published_at__lt=end, actual__isnull=False
    )
    codes = _codes(home)
    numbers = placed.aggregate(
        published=Count("pk"),
        overview=Count("pk", filter=Q(column_code__in=codes(OVERVIEW_TYPES))),
        dynamic=Count("pk", filter=Q(column_code__in=codes(("工作动态",)))),
        catalogue=Count("pk", filter=Q(column_code__in=codes(CATALOGUE_TYPES))),
        readings=Count(
            "pk", filter=Q(item__item_type=ItemType.INTERPRETATION) | Q(column_code__in=codes(("政策解读",)))
        ),
    )
    letters = statistics(year, sites=[home.pk])
    accounts = list(Outlet.objects.active().real().filter(channel=CHANNEL))
    articles = Placement.objects.filter(
        outlet__in=[one.pk for one in accounts],
        delivered_at__gte=begin,
        delivered_at__lt=end,
        actual__isnull=False,
    )
    return {
        "name": home.full_name,
        "url": home.get_full_url() or "",
        "sponsor": home.unit.name if home.unit else "",
        "site_type": {"portal": "政府门户网站", "news": "专项网站"}.get(home.kind, "部门网站"),
        "site_id_code": home.site_id_code,
        "icp": home.icp,
        "police_record": home.police_record,
        **{key: str(number) for key, number in numbers.items()},
        "letters_received": str(letters.received),
        "letters_done": str(letters.closed),
        "letters_days": "" if letters.mean_days is None else f"{letters.mean_days:g}",
        "letters_public": str(letters.public_answers),
        "media_wechat": "、".join(one.options.get("account_name", one.name) for one in accounts),
        "media_wechat_published": str(articles.count()) if accounts else "",
    }


def report_of(home: SiteHome, year: int) -> YearReport:
    """Stored or new."""
    return YearReport.objects.filter(home=home, year=year).first() or YearReport(home=home, year=year)


def _codes(home: SiteHome) -> Callable[[Sequence[str]], set[str]]:
    """The codes that the site's columns of some types collect."""
    by_type: dict[str, set[str]] = {}
    for page in ColumnIndex.objects.child_of(home).prefetch_related("columns"):
        by_type.setdefault(page.column_type, set()).update(column.code for column in page.columns.all())
    return lambda types: set().union(*(by_type.get(one, set()) for one in types))
