"""The tree of hosted sites: SiteHome and ColumnIndex. Items of any owner appear in a column by Placement.

A SiteHome below another one is a site in path mode (/tanzhong/); a Site row rooted at it makes it one in host mode.
What a page shows is made in sites.pages and sites.items.item.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponseBase
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.models import Page
from wagtail.url_routing import RouteResult

from sites import cadence
from sites.colophon import check_mark_url
from sites.models.closure import Closure
from sites.theme import check_colour

# The vocabulary of ColumnType in the annex 网页设计规范 of 国办发〔2017〕47号; it may be added to.
COLUMN_TYPES = [
    "概况信息", "机构职能", "负责人信息", "工作动态", "政策文件", "信息公开指南", "信息公开目录", "信息公开年报",
    "依申请公开", "数据发布", "数据开放", "政策解读", "回应关切", "办事服务", "咨询投诉", "征集调查", "在线访谈",
]  # fmt: skip


View = Callable[[HttpRequest, "SiteHome"], HttpResponseBase]
ARCHIVE = re.compile(r"\d{4}(-\d\d)?")
LAYOUTS = [("lines", "标题列表"), ("pictures", "图片列表"), ("excerpts", "摘要列表")]


class SiteHome(Page):
    """The home page and the settings of one hosted site; lives on a host of its own or below another site's path."""

    outlet = models.OneToOneField(
        "syndication.Outlet",
        verbose_name="发布终端",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        limit_choices_to={"channel": "hosted"},
        help_text="投放到该终端的稿件在本站显示",
    )
    full_name = models.CharField("网站全称", max_length=100, help_text="页眉显示的规范名称")
    slogan = models.CharField("副标题", max_length=100, blank=True)
    kind = models.CharField(
        "站点类型",
        max_length=10,
        choices=[("portal", "门户网"), ("news", "新闻网"), ("office", "子站")],
        default="office",
    )
    colour = models.CharField(
        "主色",
        max_length=7,
        default="#b5121b",
        validators=[check_colour],
        help_text="页眉底色，白色文字须看得清（对比度不低于 4.5:1）",
    )
    unit = models.ForeignKey(
        "cms.Unit", verbose_name="主办单位", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    site_id_code = models.CharField(
        "网站标识码",
        max_length=10,
        blank=True,
        validators=[RegexValidator(r"^(\d{10}|bm\d{8})$", "网站标识码为 10 位数字，请核对后重新填写")],
        help_text="10 位数字；未设置时页脚标明“演示”",
    )
    icp = models.CharField("ICP备案编号", max_length=50, blank=True, help_text="如 X ICP备########号")
    police_record = models.CharField("公安备案号", max_length=50, blank=True)
    mark = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        verbose_name="网站标识图片",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="标识管理机构发放的党政机关（或事业单位）网站标识，PNG 或 JPG；图片说明写“党政机关”，供读屏软件朗读",
    )
    mark_url = models.URLField(
        "网站标识链接",
        max_length=300,
        blank=True,
        validators=[check_mark_url],
        help_text="标识查验页的地址，以 https://bszs.conac.cn/ 开头；未设置时页脚显示“演示”字样",
    )
    address = models.CharField("地址", max_length=200, blank=True)
    contact = models.CharField("联系方式", max_length=100, blank=True, help_text="办公电话或电子邮箱")
    supports_ipv6 = models.BooleanField(
        "本网站支持IPv6",
        default=False,
        help_text="域名已有 AAAA 记录、经 IPv6 能打开本站后再勾选，页脚随即标明",
    )

    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page", "hosted_sites.SiteHome"]
    subpage_types: ClassVar[list[str]] = [
        "hosted_sites.ColumnIndex",
        "hosted_sites.TopicPage",
        "hosted_sites.SiteHome",
    ]
    show_in_menus_default = True

    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        MultiFieldPanel(
            [
                FieldPanel("full_name"),
                FieldPanel("slogan"),
                FieldPanel("kind"),
                FieldPanel("colour", widget=forms.TextInput(attrs={"type": "color"})),
                FieldPanel("outlet"),
            ],
            heading="站点",
        ),
        MultiFieldPanel(
            [
                FieldPanel("unit"),
                FieldPanel("contact"),
                FieldPanel("address"),
                FieldPanel("site_id_code"),
                FieldPanel("icp"),
                FieldPanel("police_record"),
                FieldPanel("mark"),
                FieldPanel("mark_url"),
                FieldPanel("supports_ipv6"),
            ],
            heading="页脚与备案",
        ),
    ]

    class Meta:
        verbose_name = "站点首页"
        verbose_name_plural = "站点首页"

    def clean(self) -> None:
        super().clean()
        if bool(self.mark) != bool(self.mark_url):
            missing = "mark_url" if self.mark else "mark"
            raise ValidationError({missing: "网站标识的图片和链接要同时设置，请补全，或者都留空"})
        if self.mark and self.mark.is_svg():
            raise ValidationError({"mark": "网站标识请使用 PNG 或 JPG 图片"})

    @property
    def closure_now(self) -> Closure | None:
        """None for an open site."""
        return getattr(self, "closure", None) if self.pk else None

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """`item/<content_id>/` is every item's second address at the site; sites.inner has more; the rest are pages."""
        from sites import inner

        if self.live and len(path_components) == 2 and path_components[0] == "item":
            return RouteResult(self, kwargs={"content_id": _content_id(path_components[1])})
        if self.live and (view := inner.view_of(path_components)):
            return RouteResult(self, kwargs={"view": view})
        child = self._child(path_components[0]) if path_components else None
        return child.route(request, path_components[1:]) if child else super().route(request, path_components)

    def _child(self, slug: str) -> Page | None:
        """The column or site below, in one statement where Wagtail takes two; None for any other page."""
        both = self.get_children().filter(slug=slug).select_related("columnindex", "sitehome").first()
        found = getattr(both, "columnindex", None) or getattr(both, "sitehome", None)
        if found is not None:
            found._cached_parent_obj = self  # as Wagtail does
        return found

    def serve(
        self, request: HttpRequest, content_id: UUID | None = None, view: View | None = None
    ) -> HttpResponseBase:
        from sites import home, standing
        from sites.items import item

        if content_id:
            return item.by_content_id(request, self, content_id)
        if stopped := standing.instead(request, self, is_home=view is None):
            return stopped
        return view(request, self) if view else home.home(request, self)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponseBase:  # noqa: ARG002
        return self.serve(request)


class ColumnIndex(Page):
    """A column of one site: shows every item placed at the site's outlet whose column is among `columns`."""

    columns = ParentalManyToManyField("cms.Column", verbose_name="收录栏目", blank=True, related_name="+")
    description = models.CharField("栏目描述", max_length=200, blank=True)
    column_type = models.CharField(
        "栏目类别", max_length=20, default="工作动态", choices=[(name, name) for name in COLUMN_TYPES]
    )
    update_class = models.CharField(
        "更新类别",
        max_length=10,
        blank=True,
        choices=cadence.CHOICES,
        help_text="体检按此计算更新时限；不选则按栏目类别判断",
    )

    layout = models.CharField(
        "版式",
        max_length=10,
        choices=LAYOUTS,
        default="lines",
        help_text="图片新闻用图片列表，办事指南用摘要列表",
    )

    parent_page_types: ClassVar[list[str]] = ["hosted_sites.SiteHome"]
    subpage_types: ClassVar[list[str]] = [
        "cms.NewsPage",
        "cms.NoticePage",
        "cms.ServiceNoticePage",
        "cms.PolicyPage",
        "cms.InterpretationPage",
        "cms.PublicNoticePage",
        "cms.ServiceGuidePage",
    ]
    show_in_menus_default = True

    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        FieldPanel("columns", widget=forms.CheckboxSelectMultiple),
        FieldPanel("description"),
        FieldPanel("column_type"),
        FieldPanel("layout"),
        FieldPanel("update_class"),
        HelpPanel("<p>本栏目页显示投放到本站、且属于所选栏目的全部稿件，包括其他单位共享的稿件。</p>"),
    ]

    class Meta:
        verbose_name = "栏目页"
        verbose_name_plural = "栏目页"

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:  # noqa: ARG002
        """`2026-11/` and `2026/` are the archive; any other `<slug>/` is an item placed here, never the page below:
        readers see what was signed."""
        if not self.live or len(path_components) > 1:
            raise Http404("没有这个页面")
        if path_components:
            name = path_components[0]
            return RouteResult(self, kwargs={"past" if ARCHIVE.fullmatch(name) else "slug": name})
        return RouteResult(self)

    def serve(self, request: HttpRequest, slug: str = "", past: str = "") -> HttpResponseBase:
        from sites.items import item
        from sites.lists import column

        return item.by_slug(request, self, slug) if slug else column.column(request, self, past)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponseBase:  # noqa: ARG002
        return self.serve(request)


def _content_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404("没有这个页面") from error
