"""Interest (街道、主题) that followers may choose, and Follower: who has chosen, as long as he follows."""

from __future__ import annotations

from django.db import models


class InterestKind(models.TextChoices):
    STREET = "street", "街道"
    TOPIC = "topic", "主题"


class Interest(models.Model):
    """A street is chosen instead of another, a topic beside others. `tag_id` is the platform's tag, once it is made."""

    outlet = models.ForeignKey(
        "syndication.Outlet", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    kind = models.CharField("类别", max_length=10, choices=InterestKind.choices, default=InterestKind.STREET)
    code = models.SlugField("代码", max_length=50)
    name = models.CharField("名称", max_length=10, help_text="微信标签名，最多 10 个汉字")
    tag_id = models.PositiveIntegerField("微信标签", null=True, editable=False)
    rank = models.PositiveIntegerField("排序", default=100)

    class Meta:
        verbose_name = "关注内容"
        verbose_name_plural = "关注内容"
        ordering = ["kind", "rank", "code"]
        constraints = [
            models.UniqueConstraint(fields=["outlet", "code"], name="interest_code_once"),
            models.UniqueConstraint(fields=["outlet", "name"], name="interest_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Follower(models.Model):
    """Somebody who has chosen interests; nobody else is kept, and he only until he unfollows or takes them back.

    `tagged` are the platform's tags that we have given him. `unsettled`: they are not yet those of his interests.
    `changes` counts his choices, so that a choice made while he is being tagged is not lost.
    """

    outlet = models.ForeignKey(
        "syndication.Outlet", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    openid = models.CharField(max_length=64)
    interests = models.ManyToManyField(Interest, related_name="followers")
    tagged = models.JSONField(default=list)
    unsettled = models.BooleanField(default=True)
    changes = models.PositiveIntegerField(default=0)
    since = models.DateTimeField("首次选择")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["outlet", "openid"], name="follower_once")]
        indexes = [
            models.Index(fields=["outlet"], condition=models.Q(unsettled=True), name="follower_unsettled")
        ]

    def __str__(self) -> str:
        return f"follower {self.pk}"
