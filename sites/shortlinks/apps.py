"""Django's entry to the tables of short links."""

from django.apps import AppConfig


class ShortLinksConfig(AppConfig):
    name = "sites.shortlinks"
    label = "shortlinks"
    verbose_name = "短链接"
    default_auto_field = "django.db.models.BigAutoField"
