"""What the reports do by the clock."""

from celery import shared_task

from core import clock
from reports import books


@shared_task(ignore_result=True, soft_time_limit=550, time_limit=600)
def check_books() -> None:
    """Once a night: do the books of the collected cash tie out?"""
    books.check(now=clock.now())
