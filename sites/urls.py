"""Public addresses that are no pages: permanent links, files, colours, feeds, embeds."""

from django.urls import path, re_path

from sites import find, sitemaps, theme, view
from sites.api import endpoint
from sites.api import views as api
from sites.embed import builder
from sites.embed import views as embed
from sites.enquiries import views as enquiries
from sites.feeds import views as feeds
from sites.items import item
from sites.leaving import views as leaving
from sites.media import banners, files
from sites.posters import views as posters
from sites.service import views as service
from sites.shortlinks import qr
from sites.shortlinks import views as short
from sites.verify import views as verify
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
    path("messages/", enquiries.form, name="enquiries"),
    path("messages/status/", enquiries.status, name="enquiry_status"),
    path("messages/answers/", enquiries.public_answers, name="enquiry_answers"),
    path("messages/<slug:code>/", enquiries.status, name="enquiry"),
    path("find/", find.find, name="find"),
    re_path(r"^(?P<site>(?:[\w-]+/)*)service/calendar\.ics$", service.ics_of, name="service_calendar"),
    path("view/", view.view, name="view"),
    path("sitemap.xml", sitemaps.index, name="sitemap_index"),
    re_path(r"^sitemap-(?P<number>0|[0-9]{6})\.xml$", sitemaps.part, name="sitemap_part"),
    path("robots.txt", sitemaps.robots, name="robots"),
    re_path(r"^banners/(?P<pk>\d{1,9})-(?P<mark>[0-9a-f]{12})\.jpg$", banners.banner, name="banner"),
    path("find/suggest", find.suggest, name="find_suggest"),
    path("favicon.ico", theme.icon, name="icon"),
    path("theme/<slug:code>.css", theme.serve, name="theme"),
    path("s/", short.index, name="short_index"),
    re_path(r"^s/(?P<code>[^/]{1,40})/?$", short.short, name="short"),
    path("qr/i/<uuid:content_id>.svg", qr.svg, name="qr"),
    path("qr/i/<uuid:content_id>.png", qr.png, name="qr_png"),
    path("verify/", verify.page, name="verify"),
    path("poster/<uuid:content_id>.pdf", posters.poster, name="poster"),
    path("out/", leaving.leave, name="leave"),
]
