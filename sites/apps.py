"""Django's entry to the public side. The label is `hosted_sites`: `sites` belongs to django.contrib."""

from django.apps import AppConfig


class SitesConfig(AppConfig):
    name = "sites"
    label = "hosted_sites"
    verbose_name = "站点"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from sites.serving import receivers

        receivers.connect()
