"""Addresses of the accounts' pages, below /admin/desk/wechat/."""

from __future__ import annotations

from django.db.transaction import non_atomic_requests
from django.urls import URLPattern, URLResolver, include, path

from cms.dashboard.wechat import account, figures
from cms.dashboard.wechat.interests import InterestsView
from cms.dashboard.wechat.menu import MenuView
from cms.dashboard.wechat.push.pushes import home
from cms.dashboard.wechat.replies import RepliesView, ReplyView
from cms.dashboard.wechat.scenes import ScenesView, SceneView, item_code

# Those that speak to the platform are no transactions: see channels/wechat/accounts.py.
of_one: list[URLPattern | URLResolver] = [
    path("", account.AccountView.as_view(), name="wechat_account"),
    path("probe/", account.probe, name="wechat_probe"),
    path("pushes/", include("cms.dashboard.wechat.push.urls")),
    path("menu/", non_atomic_requests(MenuView.as_view()), name="wechat_menu"),
    path("replies/", RepliesView.as_view(), name="wechat_replies"),
    path("replies/new/", ReplyView.as_view(), name="wechat_reply_new"),
    path("replies/<int:pk>/", ReplyView.as_view(), name="wechat_reply"),
    path("interests/", non_atomic_requests(InterestsView.as_view()), name="wechat_interests"),
    path("scenes/", non_atomic_requests(ScenesView.as_view()), name="wechat_scenes"),
    path("scenes/<int:pk>/", non_atomic_requests(SceneView.as_view()), name="wechat_scene"),
    path("scenes/items/<uuid:content_id>/", non_atomic_requests(item_code), name="wechat_item_code"),
    path("figures/", figures.FiguresView.as_view(), name="wechat_figures"),
    path("figures.csv", figures.export, name="wechat_figures_csv"),
]
urlpatterns = [
    path("", account.AccountsView.as_view(), name="wechat_accounts"),
    path("pushes/", home, name="wechat_pushes_home"),
    path("<slug:slug>/", include(of_one)),
]
