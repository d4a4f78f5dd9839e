"""Wiring only. The Celery app is imported here so that every entry point publishes to the configured broker."""

from ecomlogistics.celery import app as celery_app

__all__ = ["celery_app"]
