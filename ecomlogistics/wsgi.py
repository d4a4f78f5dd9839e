import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecomlogistics.settings.local")

application = get_wsgi_application()
_ = get_resolver().url_patterns  # loaded here, before the workers are forked, not by the first visitor of each
