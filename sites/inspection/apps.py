"""Django's entry to the inspection: its runs, what people have explained, and the yearly report."""

from django.apps import AppConfig


class InspectionConfig(AppConfig):
    name = "sites.inspection"
    label = "inspection"
    verbose_name = "体检"
    default_auto_field = "django.db.models.BigAutoField"
