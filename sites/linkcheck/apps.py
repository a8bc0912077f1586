"""Django's entry to the link checker: its tables hang on editions and sites, nobody hangs on them."""

from django.apps import AppConfig


class LinkcheckConfig(AppConfig):
    name = "sites.linkcheck"
    label = "linkcheck"
    verbose_name = "链接检查"
    default_auto_field = "django.db.models.BigAutoField"
