"""Django's entry to the table of trusted hosts."""

from django.apps import AppConfig


class LeavingConfig(AppConfig):
    name = "sites.leaving"
    label = "leaving"
    verbose_name = "外链提示"
    default_auto_field = "django.db.models.BigAutoField"
