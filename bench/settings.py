"""Settings of the benches: the product's own, with the URLs of the floor where its server asks for them."""

import os

from ecomlogistics.settings.local import *  # noqa: F403

if urls := os.environ.get("BENCH_URLCONF"):
    ROOT_URLCONF = urls
    MIDDLEWARE = ["allauth.account.middleware.AccountMiddleware"]  # refuses to start without it
