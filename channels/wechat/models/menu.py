"""Menu (自定义菜单): an account's menu as it is being written, and as it was last published and read back."""

from __future__ import annotations

from django.db import models


class Menu(models.Model):
    """`draft` and `published` are lists of buttons as channels.adapters.wechat_mp.api.menus writes them."""

    outlet = models.OneToOneField("syndication.Outlet", on_delete=models.CASCADE, related_name="+")
    draft = models.JSONField("草稿", default=list)
    published = models.JSONField("已发布", default=list)
    published_at = models.DateTimeField("发布时间", null=True)
    published_by = models.CharField("发布人", max_length=150, blank=True)
    checked = models.CharField("核对结果", max_length=500, blank=True)

    class Meta:
        verbose_name = "自定义菜单"
        verbose_name_plural = "自定义菜单"

    def __str__(self) -> str:
        return f"menu of outlet {self.outlet_id}"
