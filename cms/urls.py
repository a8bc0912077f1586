"""Addresses of the whole hub (composition root)."""

from django.db import transaction
from django.urls import include, path, re_path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls
from wagtail.views import serve

from cms.media import library_picture

# Pages are only read: as a transaction, which SQLite begins as a writer, every look would wait for the one who writes.
transaction.non_atomic_requests(serve)

urlpatterns = [
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("wechat/", include("channels.wechat.urls")),
    re_path(r"^media/(?P<path>(?:original_images|images)/[^/]+)$", library_picture),
    path("console/", include("sites.console.urls")),
    path("", include("sites.urls")),
    path("", include(wagtail_urls)),
]

handler404 = "sites.errors.not_found"
