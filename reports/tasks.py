"""What the reports do by the clock."""

from celery import shared_task

from core import clock
from reports import books, watches


@shared_task(ignore_result=True, soft_time_limit=550, time_limit=600)
def check_books() -> None:
    """Once a night: do the books of the collected cash tie out?"""
    books.check(now=clock.now())


@shared_task(ignore_result=True, soft_time_limit=550, time_limit=600)
def list_watches() -> None:
    """Each morning: what the fraud watch and day's end found (§1.4.3f, §1.2.2.c), nights that were missed included."""
    watches.list_recent(now=clock.now())
