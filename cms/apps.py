"""Django's entry to the source of all items."""

from django.apps import AppConfig


class CmsConfig(AppConfig):
    name = "cms"
    verbose_name = "采编"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms import (
            celery,  # noqa: F401  the configured application, in every process that sends a task
            receivers,
            unloaded,
        )

        unloaded.leave_out()  # INSTALLED_APPS names cms before Wagtail's apps
        receivers.connect()
