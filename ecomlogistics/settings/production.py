"""The real thing. Refuses to start, naming everything that is missing or unsafe."""

from django.core.exceptions import ImproperlyConfigured

from ecomlogistics.settings.base import *
from ecomlogistics.settings.environment import refusals

if wrong := refusals():
    raise ImproperlyConfigured("cannot start: " + "; ".join(wrong))

DEMO = False
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "localhost"]  # the container's own health check
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
