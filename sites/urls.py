"""Public addresses that are no pages: permanent links, files, colours, feeds, embeds."""

from django.urls import path, re_path

from sites import files, find, item, theme
from sites.api import endpoint
from sites.api import views as api
from sites.embed import builder
from sites.embed import views as embed
from sites.feeds import views as feeds
from sites.websub import views as websub

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
    re_path(
        r"^feeds/(?P<name>[^.]+)/(?P<content_id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(?P<form>atom|html|gbk\.html)$",
        feeds.entry,
        name="feed_entry",
    ),
    re_path(r"^feeds/(?P<name>[^.]+)\.(?P<variant>[a-z.]+)$", feeds.feed, name="feed"),
    path("feeds.opml", feeds.opml, name="opml"),
    path("feeds/", feeds.index, name="feeds"),
    path("websub/", websub.hub, name="websub"),
    path("api/changes", api.changes_since, name="api_changes"),
    path("api/items/<str:content_id>", api.item, name="api_item"),
    path("api/feeds", api.feeds, name="api_feeds"),
    path("api/openapi.json", api.openapi, name="api_openapi"),
    re_path(r"^api(?:/.*)?$", endpoint.unknown, name="api_unknown"),
    path("embed/", builder.page, name="embed_builder"),
    path("embed/preview/", embed.preview, name="embed_preview"),
    re_path(r"^embed/(?P<name>[^.]+)\.(?P<form>[a-z.]+)$", embed.document, name="embed"),
    path("find/", find.find, name="find"),
    path("theme/<slug:code>.css", theme.serve, name="theme"),
]
