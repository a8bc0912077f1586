"""Django's entry to the tables of pulling."""

from django.apps import AppConfig


class PullingConfig(AppConfig):
    name = "channels.pulling"
    label = "pulling"
    verbose_name = "拉取与站长"
    default_auto_field = "django.db.models.BigAutoField"
