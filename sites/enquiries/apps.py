"""Django's entry to the message box."""

from django.apps import AppConfig


class EnquiriesConfig(AppConfig):
    name = "sites.enquiries"
    label = "enquiries"
    verbose_name = "留言"
    default_auto_field = "django.db.models.BigAutoField"
