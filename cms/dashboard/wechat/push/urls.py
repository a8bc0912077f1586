"""Addresses of the pushes of one account, below /admin/desk/wechat/<slug>/pushes/."""

from __future__ import annotations

from django.urls import path

from cms.dashboard.wechat.push import editor, pushes
from cms.dashboard.wechat.push.review import CheckView, ConfirmView

urlpatterns = [
    path("", pushes.PushesView.as_view(), name="wechat_pushes"),
    path("new/", pushes.create, name="wechat_push_new"),
    path("outside/", pushes.note_outside, name="wechat_push_outside"),
    path("outside/<int:pk>/forget/", pushes.forget_outside, name="wechat_push_outside_forget"),
    path("<int:pk>/", editor.PushView.as_view(), name="wechat_push"),
    path("<int:pk>/pick/", editor.PickView.as_view(), name="wechat_push_pick"),
    path("<int:pk>/phone/", editor.phone, name="wechat_push_phone"),
    path("<int:pk>/tags/", pushes.refresh_tags, name="wechat_push_tags"),
    path("<int:pk>/confirm/", ConfirmView.as_view(), name="wechat_push_confirm"),
    path("<int:pk>/check/", CheckView.as_view(), name="wechat_push_check"),
    path("<int:pk>/articles/<int:article>/", editor.CompareView.as_view(), name="wechat_push_compare"),
    path("<int:pk>/do/<slug:verb>/", editor.act, name="wechat_push_act"),
]
