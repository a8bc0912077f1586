"""A Wagtail site and nothing else, as `wagtail start` would make it: the yardstick of the memory benchmark.

`python -m benchmarks.bare migrate|serve PORT`, with VAR_DIR for its database.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from django.conf import settings

WAGTAIL_APPS = [
    "contrib.redirects",
    "embeds",
    "sites",
    "users",
    "snippets",
    "documents",
    "images",
    "search",
    "admin",
]
DJANGO_APPS = ["auth", "contenttypes", "sessions", "messages", "staticfiles"]
SETTINGS: dict[str, Any] = {
    "SECRET_KEY": "bench",
    "ALLOWED_HOSTS": ["*"],
    "ROOT_URLCONF": "bare_urls",
    "INSTALLED_APPS": [
        *(f"wagtail.{name}" for name in WAGTAIL_APPS),
        "wagtail",
        "modelcluster",
        "taggit",
        *(f"django.contrib.{name}" for name in DJANGO_APPS),
    ],
    "MIDDLEWARE": [
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    "TEMPLATES": [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
    "LANGUAGE_CODE": "zh-hans",  # the catalogs that every Chinese Wagtail loads
    "STATIC_URL": "/static/",
    "USE_TZ": True,
    "WAGTAIL_SITE_NAME": "bare",
    "WAGTAILADMIN_BASE_URL": "http://127.0.0.1",
    "WAGTAILDOCS_EXTENSIONS": ["pdf"],
}


def configure() -> None:
    folder = Path(os.environ["VAR_DIR"])
    urls = ModuleType("bare_urls")
    sys.modules["bare_urls"] = urls
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "bare.sqlite3"}
    settings.configure(**SETTINGS, DATABASES={"default": database})
    import django

    django.setup()
    from django.urls import include, path
    from wagtail import urls as wagtail_urls
    from wagtail.admin import urls as admin_urls

    urls.urlpatterns = [path("admin/", include(admin_urls)), path("", include(wagtail_urls))]  # type: ignore[attr-defined]


def main(verb: str, port: str = "0") -> None:
    configure()
    if verb == "migrate":
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        return
    import waitress
    from django.core.wsgi import get_wsgi_application

    waitress.serve(get_wsgi_application(), listen=f"127.0.0.1:{port}", threads=8)


if __name__ == "__main__":
    main(*sys.argv[1:])
