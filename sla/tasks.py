from celery import shared_task

from core import clock
from sla import services


@shared_task(ignore_result=True, soft_time_limit=45, time_limit=50, expires=4)
def tick(**_future: object) -> None:
    """Announce what is due, every 5 s from beat; missed ticks do not pile up, nothing is lost between them."""
    services.tick(now=clock.now())
