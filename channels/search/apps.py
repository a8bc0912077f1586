"""Django's entry to the index's own tables."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "channels.search"
    label = "search_index"
    verbose_name = "信息检索"
    default_auto_field = "django.db.models.BigAutoField"
