"""Addresses of the desk, below /admin/desk/."""

from __future__ import annotations

from django.db.transaction import non_atomic_requests
from django.urls import include, path, re_path

from cms.dashboard.views import account, drill, figures, outlet
from cms.dashboard.views.item import CorrectView, ItemView, WithdrawView, page_action
from cms.dashboard.views.lists import AskingView, HandoffView, LedgerView
from cms.dashboard.views.matrix import MatrixView
from cms.dashboard.views.package import package
from cms.dashboard.views.placement import PlacementView, act
from cms.dashboard.views.preflight import preflight
from cms.dashboard.views.pushes import home
from cms.dashboard.wechat.interests import InterestsView
from cms.dashboard.wechat.menu import MenuView
from cms.dashboard.wechat.replies import RepliesView, ReplyView
from cms.dashboard.wechat.scenes import ScenesView, SceneView, item_code

app_name = "desk"
urlpatterns = [
    path("", MatrixView.as_view(), name="matrix"),
    path("asking/", AskingView.as_view(), name="asking"),
    path("ledger/", LedgerView.as_view(), name="ledger"),
    path("handoff/", HandoffView.as_view(), name="handoff"),
    path("items/<uuid:content_id>/", ItemView.as_view(), name="item"),
    path("items/<uuid:content_id>/withdraw/", WithdrawView.as_view(), name="withdraw"),
    path("items/<uuid:content_id>/correct/", CorrectView.as_view(), name="correct"),
    re_path(r"^pages/(?P<page_id>\d+)/(?P<action>correct|withdraw)/$", page_action, name="page_action"),
    path("pages/<int:page_id>/preflight/", preflight, name="preflight"),
    path("placements/<int:pk>/", PlacementView.as_view(), name="placement"),
    path("placements/<int:pk>/package/", package, name="package"),
    path("placements/<int:pk>/<slug:verb>/", act, name="act"),
    path("pushes/", home, name="wechat_pushes_home"),
    path("wechat/<slug:slug>/pushes/", include("cms.dashboard.push_urls")),
    path("outlets/<int:pk>/pause/", outlet.PauseView.as_view(), name="pause"),
    path("outlets/<int:pk>/resume/", outlet.resume, name="resume"),
    path("outlets/<int:pk>/drill/", drill.DrillView.as_view(), name="drill"),
    path("outlets/<int:pk>/drill/start/", drill.start, name="drill_start"),
    path("outlets/<int:pk>/drill/end/", drill.end, name="drill_end"),
    path("wechat/", account.AccountsView.as_view(), name="wechat_accounts"),
    path("wechat/<slug:slug>/", account.AccountView.as_view(), name="wechat_account"),
    path("wechat/<slug:slug>/probe/", account.probe, name="wechat_probe"),
    path("wechat/<slug:slug>/figures/", figures.FiguresView.as_view(), name="wechat_figures"),
    path("wechat/<slug:slug>/figures.csv", figures.export, name="wechat_figures_csv"),
    # Those that speak to the platform are no transactions: see channels/wechat/accounts.py.
    path("wechat/<slug:slug>/menu/", non_atomic_requests(MenuView.as_view()), name="wechat_menu"),
    path("wechat/<slug:slug>/replies/", RepliesView.as_view(), name="wechat_replies"),
    path("wechat/<slug:slug>/replies/new/", ReplyView.as_view(), name="wechat_reply_new"),
    path("wechat/<slug:slug>/replies/<int:pk>/", ReplyView.as_view(), name="wechat_reply"),
    path(
        "wechat/<slug:slug>/interests/",
        non_atomic_requests(InterestsView.as_view()),
        name="wechat_interests",
    ),
    path("wechat/<slug:slug>/scenes/", non_atomic_requests(ScenesView.as_view()), name="wechat_scenes"),
    path(
        "wechat/<slug:slug>/scenes/<int:pk>/", non_atomic_requests(SceneView.as_view()), name="wechat_scene"
    ),
    path(
        "wechat/<slug:slug>/scenes/items/<uuid:content_id>/",
        non_atomic_requests(item_code),
        name="wechat_item_code",
    ),
]
