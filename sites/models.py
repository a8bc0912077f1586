"""The tree of hosted sites: SiteHome and ColumnIndex. Items of any owner appear in a column by Placement."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from modelcluster.fields import ParentalManyToManyField
from wagtail.models import Page


class SiteHome(Page):
    """The home page and the settings of one hosted site; lives on a host of its own or below another site's path."""

    outlet = models.OneToOneField(
        "syndication.Outlet", verbose_name="发布终端", null=True, on_delete=models.PROTECT, related_name="+"
    )
    full_name = models.CharField("网站全称", max_length=100, help_text="页眉显示的规范名称")
    slogan = models.CharField("副标题", max_length=100, blank=True)
    kind = models.CharField(
        "站点类型",
        max_length=10,
        choices=[("portal", "门户网"), ("news", "新闻网"), ("office", "子站")],
        default="office",
    )
    colour = models.CharField("主色", max_length=7, default="#b5121b", help_text="如 #b5121b")
    unit = models.ForeignKey(
        "cms.Unit", verbose_name="主办单位", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    site_id_code = models.CharField("网站标识码", max_length=10, blank=True)
    icp = models.CharField("ICP备案编号", max_length=50, blank=True)
    police_record = models.CharField("公安备案号", max_length=50, blank=True)
    address = models.CharField("地址", max_length=200, blank=True)
    contact = models.CharField("联系方式", max_length=100, blank=True)

    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page", "hosted_sites.SiteHome"]
    subpage_types: ClassVar[list[str]] = ["hosted_sites.ColumnIndex", "hosted_sites.SiteHome"]

    class Meta:
        verbose_name = "站点首页"
        verbose_name_plural = "站点首页"


class ColumnIndex(Page):
    """A column of one site: shows every item placed at the site's outlet whose column is among `columns`."""

    columns = ParentalManyToManyField("cms.Column", verbose_name="收录栏目", blank=True, related_name="+")
    description = models.CharField("栏目描述", max_length=200, blank=True)
    column_type = models.CharField("栏目类别", max_length=20, default="工作动态")

    parent_page_types: ClassVar[list[str]] = ["hosted_sites.SiteHome"]
    subpage_types: ClassVar[list[str]] = ["cms.NewsPage", "cms.NoticePage", "cms.ServiceNoticePage"]

    class Meta:
        verbose_name = "栏目页"
        verbose_name_plural = "栏目页"
