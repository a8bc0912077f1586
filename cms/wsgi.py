"""The WSGI application: documents are answered before Django, see docs/adr/0022-documents-before-django.md."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.production")
# By name: this is the composition root, and `cms` imports nothing of `sites`.
_django = get_wsgi_application()
application = import_string("sites.serving.wsgi_layer.DocumentLayer")(_django)
import_string("sites.serving.keeping.keep_behind")()
import_string("sites.shortlinks.counting.tally").soon.begin()

# What has been loaded stays for good: the collector need not walk through it again and again while requests are answered.
gc.collect()
gc.freeze()
