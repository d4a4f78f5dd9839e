from celery import shared_task

from core import clock
from notify import notices, services


@shared_task(ignore_result=True, soft_time_limit=20, time_limit=30)
def send(ids: list[int]) -> None:
    """Send messages right after the transaction that stored them."""
    services.send(ids, now=clock.now())


@shared_task(ignore_result=True, soft_time_limit=20, time_limit=30, expires=9)
def sweep() -> None:
    """Send what was not queued or got lost on the way; every 10 s from beat."""
    services.sweep(now=clock.now())


@shared_task(ignore_result=True, soft_time_limit=50, time_limit=60)
def send_notices(ids: list[int]) -> None:
    """Send notices to customers right after the transaction that stored them."""
    notices.send(ids, now=clock.now())


@shared_task(ignore_result=True, soft_time_limit=50, time_limit=60, expires=14)
def sweep_notices() -> None:
    """Send notices that are due again or were left behind; every 15 s from beat."""
    notices.sweep(now=clock.now())
