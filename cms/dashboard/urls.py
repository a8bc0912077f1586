"""Addresses of the desk, below /admin/desk/."""

from __future__ import annotations

from django.urls import include, path, re_path

from cms.dashboard.views import drill, outlet, pulls
from cms.dashboard.views.item import CorrectView, ItemView, WithdrawView, page_action
from cms.dashboard.views.lists import AskingView, HandoffView, LedgerView
from cms.dashboard.views.matrix import MatrixView
from cms.dashboard.views.package import package
from cms.dashboard.views.placement import PlacementView, act
from cms.dashboard.views.preflight import preflight

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
    path("pulls/", pulls.PullsView.as_view(), name="pulls"),
    path("pulls/<int:pk>/", pulls.OutletPullsView.as_view(), name="outlet_pulls"),
    path("pulls/<int:pk>/keys/<int:key>/revoke/", pulls.revoke_key, name="revoke_key"),
    path(
        "pulls/<int:pk>/invitations/<int:invitation>/revoke/",
        pulls.revoke_invitation,
        name="revoke_invitation",
    ),
    path("pulls/<int:pk>/webmasters/<int:membership>/<slug:verb>/", pulls.webmaster, name="webmaster"),
    path("outlets/<int:pk>/pause/", outlet.PauseView.as_view(), name="pause"),
    path("outlets/<int:pk>/resume/", outlet.resume, name="resume"),
    path("outlets/<int:pk>/try/", outlet.try_connection, name="try"),
    path("outlets/<int:pk>/drill/", drill.DrillView.as_view(), name="drill"),
    path("outlets/<int:pk>/drill/start/", drill.start, name="drill_start"),
    path("outlets/<int:pk>/drill/end/", drill.end, name="drill_end"),
    path("wechat/", include("cms.dashboard.wechat.urls")),
]
