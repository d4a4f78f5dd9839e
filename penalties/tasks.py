"""What penalties do by the clock."""

from celery import shared_task

from core import clock
from penalties.services import books


@shared_task(ignore_result=True, soft_time_limit=550, time_limit=600)
def check_ledger() -> None:
    """Once a night: do penalties and ledger say the same?"""
    books.check_ledger(now=clock.now())
