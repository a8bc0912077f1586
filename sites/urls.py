"""Public addresses that are no pages: permanent links, files, colours, feeds."""

from django.urls import path, re_path

from sites import feeds, files, find, item, theme

urlpatterns = [
    path("i/<uuid:content_id>/", item.permalink, name="permalink"),
    re_path(
        r"^assets/(?P<prefix>[0-9a-f]{2})/(?P<sha256>[0-9a-f]{64})\.(?P<extension>[a-z0-9]{1,5})$",
        files.asset,
        name="asset",
    ),
    re_path(
        r"^pictures/(?P<width>[0-9]{1,4})/(?P<prefix>[0-9a-f]{2})/(?P<sha256>[0-9a-f]{64})\.(?P<extension>[a-z0-9]{1,5})$",
        files.picture,
        name="picture",
    ),
    re_path(r"^feeds/(?P<slug>[-\w]+)\.(?P<form>atom|rss)$", feeds.feed, name="feed"),
    path("feeds/<slug:slug>/<uuid:content_id>.atom", feeds.entry, name="feed_entry"),
    path("find/", find.find, name="find"),
    path("theme/<slug:code>.css", theme.serve, name="theme"),
]
