from celery import shared_task

from core import clock
from notify import services


@shared_task(ignore_result=True, soft_time_limit=20, time_limit=30)
def send(ids: list[int]) -> None:
    """Send messages right after the transaction that stored them."""
    services.send(ids, now=clock.now())


@shared_task(ignore_result=True, soft_time_limit=20, time_limit=30, expires=9)
def sweep() -> None:
    """Send what was not queued or got lost on the way; every 10 s from beat."""
    services.sweep(now=clock.now())
