"""Django's entry to the admin's search; it has a migration and no tables."""

from django.apps import AppConfig


class DeskSearchConfig(AppConfig):
    name = "cms.search"
    label = "desk_search"
    verbose_name = "后台搜索"
