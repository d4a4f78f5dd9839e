"""The embedded way: one machine, one command. Keys are made once and kept in the state folder."""

import os

from ecomlogistics.settings.base import *
from ecomlogistics.settings.environment import flag
from ecomlogistics.settings.keys import kept_key

SECRET_KEY = SECRET_KEY or kept_key(STATE_DIR / "secret_key")
FIELD_KEY = FIELD_KEY or kept_key(STATE_DIR / "field_key")
DEMO = flag("DEMO")
if DEMO and "MFA_ROLES" not in os.environ:
    MFA_ROLES = []
