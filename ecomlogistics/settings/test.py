"""Tests: fixed keys, a cheap hash, tasks run by hand or by a real worker that a test starts."""

import os
import sys
import tempfile
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

from django.template.base import Node

from ecomlogistics.settings.base import *

SECRET_KEY = "test-secret-key-that-is-long-enough-to-be-accepted"
FIELD_KEY = "test-field-key-that-is-long-enough-to-be-accepted"
ALLOWED_HOSTS = ["*"]
DEMO = True
MFA_ROLES: list[str] = []
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}

# Tests run side by side: each process empties a Redis database of its own.
if text("REDIS_URL") and (PROCESS := os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")):
    AT = urlsplit(text("REDIS_URL"))
    CACHES = {"default": stores.cache(AT._replace(path=f"/{int(AT.path[1:] or 0) + int(PROCESS)}").geturl())}
KEPT_SECONDS = 0
PARTNER_LOG_SECONDS = 0  # written when a test says so: no thread of its own
MEDIA_ROOT = Path(tempfile.mkdtemp(prefix="ecom-media-"))

# A kept connection of a live server's thread would hold up the removal of the test database.
DATABASES["default"]["CONN_MAX_AGE"] = 0

# A file, not memory: live-server and race tests use several threads, each with a connection of its own.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(Path(tempfile.mkdtemp(prefix="ecom-test-")) / "test.sqlite3")}
elif TEMPLATE := os.environ.get("TEST_TEMPLATE"):  # migrated once for all processes (scripts/test.py)
    DATABASES["default"]["TEST"] = {"TEMPLATE": TEMPLATE}


class Undefined(str):
    """Rendering a name that our own template does not know fails the test; Django's admin may do as it likes."""

    def __contains__(self, _part: object) -> bool:
        return True

    def __mod__(self, name: object) -> str:
        origin = _origin(sys._getframe(1))
        if str(BASE_DIR / "templates") in origin or any(f"/{app}/templates/" in origin for app in OWN_APPS):
            raise AssertionError(f"{origin}: undefined template variable {name}")
        return ""


def _origin(frame: FrameType | None) -> str:
    """Return the file of the template node that is being rendered."""
    while frame is not None:
        node = frame.f_locals.get("self")
        if isinstance(node, Node) and getattr(node, "origin", None):
            return str(node.origin)
        frame = frame.f_back
    return ""


OWN_APPS = INSTALLED_APPS[INSTALLED_APPS.index("core") :]
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = Undefined("undefined")
