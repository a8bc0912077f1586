"""What an account answers by itself: configured keywords, the welcome, and what it says to anything else."""

from __future__ import annotations

from django.db import models


class KeywordReply(models.Model):
    """`words` are separated by blanks or commas; any of them fits. Answers with the item, or else with the text."""

    outlet = models.ForeignKey("syndication.Outlet", on_delete=models.CASCADE, related_name="+")
    words = models.CharField("关键词", max_length=200, help_text="多个关键词用空格或逗号分隔，任一符合即回复")
    contains = models.BooleanField(
        "包含即回复", default=False, help_text="不勾选时，关注者发来的文字须与关键词完全相同"
    )
    text = models.TextField("回复文字", max_length=600, blank=True, help_text="可含网址；不超过 600 字")
    item = models.ForeignKey(
        "syndication.Item",
        verbose_name="回复稿件",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    rank = models.PositiveIntegerField("排序", default=100, help_text="数字小的优先")

    class Meta:
        verbose_name = "关键词回复"
        verbose_name_plural = "关键词回复"
        ordering = ["rank", "pk"]

    def __str__(self) -> str:
        return self.words

    def all_words(self) -> list[str]:
        return self.words.replace("，", " ").replace(",", " ").replace("、", " ").split()


class Greeting(models.Model):
    """One account's standing texts; `{account_name}` stands for its name. Empty: the hub's own wording."""

    outlet = models.OneToOneField("syndication.Outlet", on_delete=models.CASCADE, related_name="+")
    welcome = models.TextField("关注欢迎语", max_length=600, blank=True)
    default = models.TextField(
        "默认回复", max_length=600, blank=True, help_text="关注者发来图片、语音等无法查找的内容时回复"
    )

    class Meta:
        verbose_name = "欢迎语"
        verbose_name_plural = "欢迎语"

    def __str__(self) -> str:
        return f"{self.outlet_id}"
