"""Public addresses that are no pages: permanent links, files, colours, feeds."""

from django.urls import path, re_path

from sites import files, item, theme

urlpatterns = [
    path("i/<uuid:content_id>/", item.permalink, name="permalink"),
    re_path(
        r"^assets/(?P<prefix>[0-9a-f]{2})/(?P<sha256>[0-9a-f]{64})\.(?P<extension>[a-z0-9]{1,5})$",
        files.asset,
        name="asset",
    ),
    path("theme/<slug:code>.css", theme.serve, name="theme"),
]
