"""Forms of the push editor: the plan of the push, one article, and the small ones beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from django import forms
from wagtail.images import get_image_model
from wagtail.images.widgets import AdminImageChooser

from channels.edition import Asset
from channels.wechat.models import ARTICLES_MAX, Push, PushArticle
from channels.wechat.push import content, tags, verbs
from cms import freezing

NOW, LATER = "now", "later"
ALL = ""


class PlanForm(forms.Form):
    """When and to whom."""

    when = forms.ChoiceField(
        label="发送时间",
        widget=forms.RadioSelect,
        choices=[(NOW, "复核通过后立即发送"), (LATER, "按排定时间发送")],
    )
    at = forms.DateTimeField(
        label="排定时间",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
    tag = forms.ChoiceField(label="发送范围", required=False)
    note = forms.CharField(label="备注", required=False, max_length=300, help_text="仅内部可见")

    def __init__(self, push: Push, data: Any = None) -> None:
        super().__init__(
            data,
            initial={
                "when": LATER if push.scheduled_at else NOW,
                "at": push.scheduled_at,
                "tag": "" if push.tag_id is None else str(push.tag_id),
                "note": push.note,
            },
        )
        self._tags = {str(tag.id): tag for tag in tags.known(push.outlet)}
        choices = [(ALL, "全部关注者")]
        choices += [(key, f"标签：{tag.name}（约 {tag.count} 人）") for key, tag in self._tags.items()]
        held = str(push.tag_id) if push.tag_id is not None else ALL
        if held and held not in self._tags:
            choices.append((held, f"标签：{push.tag_name}"))
        self._held = (push.tag_id, push.tag_name)
        cast("forms.ChoiceField", self.fields["tag"]).choices = choices

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("when") == LATER and not values.get("at") and "at" not in self.errors:
            self.add_error("at", "请填写排定时间，或选择立即发送")
        return values

    def plan(self) -> verbs.Plan:
        values = self.cleaned_data
        at = values["at"] if values["when"] == LATER else None
        return verbs.Plan(at=at, tag=self._tag(values["tag"]), note=values["note"])

    def _tag(self, chosen: str) -> tuple[int, str] | None:
        if not chosen:
            return None
        known = self._tags.get(chosen)
        return (known.id, known.name) if known else (int(chosen), self._held[1])


class ArticleForm(forms.Form):
    """What the push says itself of one article; empty is inherited."""

    position = forms.IntegerField(min_value=1, max_value=99, label="顺序")
    headline = forms.CharField(label="标题", required=False, max_length=content.TITLE_MAX)
    summary = forms.CharField(
        label="摘要",
        required=False,
        max_length=content.DIGEST_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    cover: Any = forms.ModelChoiceField(label="封面", required=False, queryset=None)
    focal_x = forms.FloatField(label="焦点横向 %", required=False, min_value=0, max_value=100)
    focal_y = forms.FloatField(label="焦点纵向 %", required=False, min_value=0, max_value=100)
    out = forms.BooleanField(label="移出", required=False)

    def __init__(self, article: PushArticle, data: Any = None) -> None:
        held = article.cover or {}
        focal = held.get("focal") or (None, None)
        super().__init__(
            data,
            prefix=f"a{article.pk}",
            initial={
                "position": article.position,
                "headline": article.headline,
                "summary": article.summary,
                "cover": held.get("picture"),
                "focal_x": _percent(focal[0]),
                "focal_y": _percent(focal[1]),
            },
        )
        self.article = article
        cast("Any", self.fields["cover"]).queryset = get_image_model().objects.all()
        self.fields["cover"].widget = AdminImageChooser()

    def own(self) -> verbs.Own:
        """Raises ContentError when the chosen picture cannot be read."""
        values = self.cleaned_data
        picture = values["cover"]
        return verbs.Own(
            pk=self.article.pk,
            headline=values["headline"],
            summary=values["summary"],
            cover=self._cover(picture) if picture else None,
            picture=picture.pk if picture else None,
        )

    def _cover(self, picture: Any) -> Asset:
        """Frozen when it is chosen: a later change in the library changes nothing here."""
        held = self.article.cover or {}
        asset = content.asset_of(held) if held.get("picture") == picture.pk else freezing.picture(picture)
        x, y = self.cleaned_data["focal_x"], self.cleaned_data["focal_y"]
        if x is None or y is None:
            return asset
        return replace(asset, focal=(round(x / 100, 4), round(y / 100, 4)))


def article_forms(articles: Sequence[PushArticle], data: Any = None) -> list[ArticleForm]:
    return [ArticleForm(article, data) for article in articles[:ARTICLES_MAX]]


def in_order(forms_: Sequence[ArticleForm]) -> list[verbs.Own]:
    """By the numbers that were given; equal ones keep their order. Raises ContentError."""
    kept = [form for form in forms_ if not form.cleaned_data["out"]]
    return [form.own() for form in sorted(kept, key=lambda form: form.cleaned_data["position"])]


class OutsideForm(forms.Form):
    day = forms.DateField(label="日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    note = forms.CharField(label="说明", required=False, max_length=200)


class PreviewForm(forms.Form):
    names = forms.CharField(
        label="接收预览的微信号",
        max_length=400,
        help_text="须已关注该公众号；多个之间用逗号或空格分开；每天共 100 次",
    )

    def wanted(self) -> list[str]:
        return self.cleaned_data["names"].replace("，", " ").replace(",", " ").replace("、", " ").split()


class SentForm(forms.Form):
    """One address for each article; the first is needed."""

    looked = forms.BooleanField(
        label="已核对已发出：我已在公众号后台或手机上看到这次推送",
        error_messages={"required": "请先核对并勾选"},
    )
    note = forms.CharField(label="核对依据", max_length=200, error_messages={"required": "请填写核对依据"})

    def __init__(self, push: Push, data: Any = None) -> None:
        seen = push.evidence.get("finished", [])
        urls = dict(seen[-1]["articles"]) if len(seen) == 1 else {}
        super().__init__(data, prefix="sent")
        for article in push.articles.all():
            self.fields[f"url{article.position}"] = forms.URLField(
                label=f"{article.place}文章地址",
                required=article.position == 1,
                max_length=500,
                assume_scheme="https",
                initial=article.url or urls.get(article.position, ""),
                error_messages={"required": "请填写头条文章的地址"},
            )

    def addresses(self) -> dict[int, str]:
        values = self.cleaned_data
        return {int(name[3:]): url for name, url in values.items() if name.startswith("url") and url}


class NotSentForm(forms.Form):
    looked = forms.BooleanField(
        label="已核对未发出：我已登录公众号后台，群发记录中没有这次推送",
        error_messages={"required": "请先核对并勾选"},
    )
    note = forms.CharField(label="核对依据", max_length=200, error_messages={"required": "请填写核对依据"})

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, prefix="not_sent")


def _percent(fraction: float | None) -> float | None:
    return None if fraction is None else round(fraction * 100, 1)
