"""What every environment shares. Variables of the environment: docs/settings.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import environ
from celery.schedules import crontab
from kombu import Queue

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env()
VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))

INSTALLED_APPS = [
    "sites",
    "sites.leaving",
    "sites.shortlinks",
    "sites.linkcheck",
    "sites.inspection",
    "cms",
    "cms.search",
    "channels",
    "channels.pulling",
    "channels.search",
    "channels.wechat",
    "sites.enquiries",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.table_block",
    "wagtail.contrib.routable_page",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "cms.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "sites.policy.ContentSecurityPolicy",
    "sites.modes.ModeSwitch",
    "cms.middleware.SayWhy",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "sites.moved.MovedAddresses",
]

ROOT_URLCONF = "cms.urls"
WSGI_APPLICATION = "cms.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sites.modes.reading",
            ],
        },
    },
]


def sqlite(path: Path, *, synchronous: str = "FULL") -> dict[str, Any]:
    """SQLite as the embedded default needs it: DEFERRED transactions fail under concurrent writers."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": f"PRAGMA journal_mode=WAL;PRAGMA synchronous={synchronous};",
        },
    }


def database() -> dict[str, Any]:
    """DATABASE_URL, or the embedded database. Requests are transactions: Wagtail publishes outside one otherwise."""
    configured = env("DATABASE_URL", default="")
    settings = env.db_url_config(configured) if configured else sqlite(VAR_DIR / "hub.sqlite3")
    if configured and settings["ENGINE"].endswith("sqlite3"):
        settings = sqlite(Path(settings["NAME"]))
    return {**settings, "ATOMIC_REQUESTS": True, "CONN_MAX_AGE": 60}


DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Wagtail keeps the sites' addresses in the cache: with several processes it has to be a shared one.
CACHES = {"default": env.cache("CACHE_URL", default="locmemcache://")}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文")]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
LOCALE_PATHS = [BASE_DIR / "cms" / "locale"]

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

LOGIN_URL = "wagtailadmin_login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"

# The address that readers and outlets see; no trailing slash.
PUBLIC_URL = env("PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
# Keys that seal the secrets of outlets, newest first.
OUTLET_KEYS: list[str] = env.list("OUTLET_KEYS", default=[])
# The stand-ins of remote systems that the demo's outlets talk to.
SANDBOX_URL = env("SANDBOX_URL", default="http://127.0.0.1:8900").rstrip("/")
# Whether `seed_demo` may load the demo district, whose passwords are public.
DEMO_DISTRICT = True
DEMO_PARTS = ["sites.enquiries.demo.load"]  # what seed_demo loads after the district, each with `now`
# Seconds that a worker's claim on a delivery holds; a dead worker's deliveries are taken up after it.
DELIVERY_LEASE_SECONDS: int = env.int("DELIVERY_LEASE_SECONDS", default=180)
# Days after which the name and contact of somebody who left a message are forgotten, counted from its end.
ENQUIRY_CONTACT_DAYS: int = env.int("ENQUIRY_CONTACT_DAYS", default=180)
# A Chinese font file for posters, in place of the one that comes with the packages.
POSTER_FONT: str = env("POSTER_FONT", default="")
# Networks that outbound calls may reach although they are private, e.g. "10.1.0.0/16".
OUTBOUND_ALLOWED_NETWORKS: list[str] = env.list("OUTBOUND_ALLOWED_NETWORKS", default=[])

CELERY_BROKER_URL = env("BROKER_URL", default="memory://localhost/")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_DELIVERY_MODE = "transient"  # the table is the queue: a lost wake-up costs a few seconds
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_TIMEZONE = TIME_ZONE
if CELERY_BROKER_URL.startswith("memory:"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {"polling_interval": 0.05}  # seconds between a wake-up and the engine
# A worker takes all unless it is told otherwise: an outlet or a subscriber that hangs must not hold up the schedule.
CELERY_TASK_QUEUES = [
    Queue("deliver", routing_key="deliver"),
    Queue("upkeep", routing_key="upkeep"),
    Queue("websub", routing_key="websub"),
    Queue("inspection", routing_key="inspection"),
]
CELERY_TASK_DEFAULT_QUEUE = "upkeep"
CELERY_TASK_ROUTES = {
    "channels.tasks.*": {"queue": "deliver"},
    "channels.wechat.tasks.send_pushes": {"queue": "deliver"},
    "sites.websub.tasks.distribute": {"queue": "websub"},
    "sites.linkcheck.tasks.*": {"queue": "inspection"},
    "sites.inspection.tasks.*": {"queue": "inspection"},
}
# `expires` in seconds: after a stop of the workers one wake-up is as good as a thousand.
CELERY_BEAT_SCHEDULE = {
    "wake the engine": {"task": "channels.tasks.wake", "schedule": 2.0, "options": {"expires": 4}},
    "publish what is due": {"task": "cms.tasks.publish_due", "schedule": 20.0, "options": {"expires": 20}},
    "sweep for what no signal told": {
        "task": "cms.tasks.sweep",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "send pushes": {
        "task": "channels.wechat.tasks.send_pushes",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "tell subscribers": {
        "task": "sites.websub.tasks.distribute",
        "schedule": 2.0,
        "options": {"expires": 4},
    },
    "complete the search index": {
        "task": "channels.search.tasks.complete",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "mend the search index": {
        "task": "channels.search.tasks.mend",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "forget old searches": {
        "task": "channels.search.tasks.forget_tallies",
        "schedule": crontab(hour=3, minute=45),
    },
    "heartbeat": {"task": "cms.heartbeat.beat", "schedule": 5.0, "options": {"expires": 5}},
    "fetch reading figures": {
        "task": "channels.wechat.tasks.fetch_figures",
        "schedule": crontab(hour="8-23", minute=35),
        "options": {"expires": 1800},
    },
    "forget unused files": {"task": "channels.tasks.clear_assets", "schedule": crontab(hour=3, minute=20)},
    "tag followers whose task was lost": {
        "task": "channels.wechat.tasks.settle_all_tags",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "forget old pushes": {
        "task": "channels.wechat.tasks.prune_notices",
        "schedule": crontab(hour=3, minute=40),
    },
    "forget what accounts need no more": {
        "task": "channels.wechat.tasks.prune_memory",
        "schedule": crontab(hour=3, minute=50),
    },
    "forget old documents": {"task": "sites.tasks.prune", "schedule": crontab(hour=4, minute=0)},
    "close and open sites": {"task": "sites.tasks.stand", "schedule": crontab(hour=0, minute=1)},
    "give short codes": {
        "task": "sites.shortlinks.tasks.give_codes",
        "schedule": crontab(hour=4, minute=10),
    },
    "forget old subscriptions": {
        "task": "sites.websub.tasks.forget",
        "schedule": crontab(hour=3, minute=30),
    },
    "forget old fetches": {
        "task": "channels.pulling.tasks.prune_pulls",
        "schedule": crontab(hour=3, minute=30),
    },
    "tend messages of readers": {
        "task": "sites.enquiries.tasks.tend",
        "schedule": crontab(hour=3, minute=15),
    },
    "inspect the sites": {"task": "sites.inspection.tasks.nightly", "schedule": crontab(hour=1, minute=30)},
    "inspect what was missed": {
        "task": "sites.inspection.tasks.catch_up",
        "schedule": crontab(minute=20),
        "options": {"expires": 1800},
    },
    "clear sessions": {"task": "cms.tasks.clear_sessions", "schedule": crontab(hour=3, minute=10)},
}

ITEM_PREVIEW = "sites.items.item.preview"
WAGTAIL_SITE_NAME = "同声"
WAGTAILADMIN_BASE_URL = PUBLIC_URL
WAGTAIL_I18N_ENABLED = False
WAGTAILADMIN_PERMITTED_LANGUAGES = [("zh-hans", "简体中文")]
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True
WAGTAIL_FINISH_WORKFLOW_ACTION = "cms.workflows.publish_reviewed"
# No body holds an embed, and no foreign host is asked for one.
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []
WAGTAILIMAGES_IMAGE_MODEL = "cms.DistrictImage"
WAGTAILDOCS_DOCUMENT_MODEL = "cms.DistrictDocument"
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp", "heic", "svg"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILDOCS_EXTENSIONS = [
    "csv", "doc", "docx", "ofd", "pdf", "ppt", "pptx", "rar", "txt", "wps", "xls", "xlsx", "zip",
]  # fmt: skip
WAGTAILDOCS_MAX_UPLOAD_SIZE = 30 * 1024 * 1024
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "cms.search.backend", "SEARCH_CONFIG": "simple"}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "channels": {"level": "INFO"},
        "cms": {"level": "INFO"},
        "sites": {"level": "INFO"},
        "waitress.queue": {
            "level": "ERROR"
        },  # reading our own sites back makes short queues; they are no news
    },
}
