"""The Celery application: `celery -A cms.celery worker`, `celery -A cms.celery beat`."""

import os

from celery import Celery
from django.conf import settings

OWN = ("channels", "cms", "sites")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.production")
app = Celery("tongsheng")
app.config_from_object("django.conf:settings", namespace="CELERY")
# "Current" is per thread: without a default, the web server's threads would send to an unconfigured application.
app.set_default()
app.autodiscover_tasks(
    lambda: [name for name in settings.INSTALLED_APPS if name.partition(".")[0] in OWN] + ["sites.websub"]
)
app.autodiscover_tasks(["cms"], related_name="heartbeat")
