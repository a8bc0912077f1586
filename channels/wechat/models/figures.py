"""ArticleFigures (阅读数据): what readers did with one article up to one day; FiguresDay: what was asked for which day."""

from __future__ import annotations

from django.db import models


class ArticleFigures(models.Model):
    """One article and day of counting; the counts are totals since publication. Null: the platform did not say.

    `msg_data_id` and `idx` name the article for publishing and pushing alike. `item` is ours when a receipt knows it.
    `finish_rate` is between 0 and 1, `minutes` the average time of reading, `sources` pairs of scene and readers.
    """

    outlet = models.ForeignKey(
        "syndication.Outlet", on_delete=models.PROTECT, related_name="figures", db_index=False
    )
    msg_data_id = models.CharField(max_length=40)
    idx = models.PositiveSmallIntegerField("位置")
    stat_date = models.DateField("统计日期")
    published_on = models.DateField("发表日期")
    item = models.ForeignKey(
        "syndication.Item", verbose_name="稿件", null=True, on_delete=models.PROTECT, related_name="figures"
    )
    title = models.CharField("标题", max_length=255, blank=True)
    url = models.URLField("网址", max_length=500, blank=True)
    notified = models.BooleanField("通知关注者", null=True)
    reads = models.PositiveIntegerField("阅读人数", null=True)
    shares = models.PositiveIntegerField("分享人数", null=True)
    collects = models.PositiveIntegerField("收藏人数", null=True)
    likes = models.PositiveIntegerField("点赞人数", null=True)
    recommends = models.PositiveIntegerField("推荐人数", null=True)
    comments = models.PositiveIntegerField("留言条数", null=True)
    follows = models.PositiveIntegerField("阅读后关注人数", null=True)
    finish_rate = models.FloatField("读完率", null=True)
    minutes = models.FloatField("平均阅读分钟", null=True)
    sources = models.JSONField("阅读来源", default=list)

    class Meta:
        verbose_name = "阅读数据"
        verbose_name_plural = "阅读数据"
        constraints = [
            models.UniqueConstraint(
                fields=["outlet", "msg_data_id", "idx", "stat_date"], name="figures_once"
            ),
        ]
        indexes = [models.Index(fields=["outlet", "published_on"], name="figures_by_day")]

    def __str__(self) -> str:
        return f"{self.msg_data_id}_{self.idx} {self.stat_date}"


class FiguresDay(models.Model):
    """The last asking for the articles that an account published on `day`. `problem`: why it brought nothing."""

    outlet = models.ForeignKey(
        "syndication.Outlet", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    day = models.DateField("发表日期")
    asked_at = models.DateTimeField("取数时间")
    articles = models.PositiveIntegerField("文章数", default=0)
    delayed = models.BooleanField("数据未齐", default=False)
    problem = models.CharField("未取得的原因", max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["outlet", "day"], name="figures_day_once")]

    def __str__(self) -> str:
        return f"{self.outlet_id} {self.day}"
