"""Django's entry to the engine. The label is `syndication`: `channels` is the name of another well-known package."""

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "channels"
    label = "syndication"
    verbose_name = "发布引擎"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from channels import checks  # noqa: F401  registers the system checks
