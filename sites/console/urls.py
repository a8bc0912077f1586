"""Addresses of the console, below /console/."""

from __future__ import annotations

from django.urls import path

from sites.console.views import feeds, home, keys, log, machine, push, signing

app_name = "console"
urlpatterns = [
    path("", home.home, name="home"),
    path("login/", signing.sign_in, name="login"),
    path("logout/", signing.sign_out, name="logout"),
    path("invitation/<str:token>/", signing.invitation, name="invitation"),
    path("api/replay/", machine.replay, name="machine_replay"),
    path("<slug:slug>/", home.outlet, name="outlet"),
    path("<slug:slug>/feeds/", feeds.feeds, name="feeds"),
    path("<slug:slug>/keys/", keys.keys, name="keys"),
    path("<slug:slug>/keys/<int:pk>/rotate/", keys.rotate, name="key_rotate"),
    path("<slug:slug>/keys/<int:pk>/revoke/", keys.revoke, name="key_revoke"),
    path("<slug:slug>/push/", push.push, name="push"),
    path("<slug:slug>/push/secret/", push.secret, name="push_secret"),
    path("<slug:slug>/push/test/", push.test, name="push_test"),
    path("<slug:slug>/log/", log.log, name="log"),
    path("<slug:slug>/log/replay/", log.replay, name="replay"),
]
