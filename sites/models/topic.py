"""TopicPage (专题): a page of one site that shows what the site has on a topic. What it shows is made in sites.lists.topics."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.http import Http404, HttpRequest, HttpResponseBase
from wagtail.admin.panels import FieldPanel, HelpPanel
from wagtail.models import Page
from wagtail.url_routing import RouteResult


class TopicPage(Page):
    """Collects every item placed at the site's outlet that carries `topic`. The topic says when it was closed."""

    topic = models.ForeignKey(
        "cms.Topic",
        verbose_name="专题",
        on_delete=models.PROTECT,
        related_name="+",
        help_text="收录带有该专题的稿件",
    )
    banner = models.ForeignKey(
        "cms.DistrictImage",
        verbose_name="横幅图片",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="建议宽 1200 像素、高 300 像素；留空则用专题的封面图，都没有则只显示文字",
    )
    introduction = models.TextField(
        "导语", max_length=1000, blank=True, help_text="每段一行；留空则用专题说明"
    )
    on_home = models.BooleanField("在首页显示", default=True, help_text="专题结束后自动撤下首页")

    parent_page_types: ClassVar[list[str]] = ["hosted_sites.SiteHome"]
    subpage_types: ClassVar[list[str]] = []
    show_in_menus_default = False

    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        FieldPanel("topic"),
        FieldPanel("banner"),
        FieldPanel("introduction"),
        FieldPanel("on_home"),
        HelpPanel("<p>本页显示投放到本站、且标有该专题的全部稿件，按栏目分组。</p>"),
    ]

    class Meta:
        verbose_name = "专题页"
        verbose_name_plural = "专题页"

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:  # noqa: ARG002
        """`<column>/` is everything that the topic has in one column."""
        if not self.live or len(path_components) > 1:
            raise Http404("没有这个页面")
        return RouteResult(self, kwargs={"column": path_components[0]} if path_components else {})

    def serve(self, request: HttpRequest, column: str = "") -> HttpResponseBase:
        from sites.lists import topics

        return topics.topic(request, self, column)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponseBase:  # noqa: ARG002
        return self.serve(request)
