"""Public addresses that are no pages: files, feeds, permanent links."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
