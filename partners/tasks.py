from celery import shared_task

from core import clock
from partners import services


@shared_task(ignore_result=True, soft_time_limit=45, time_limit=50)
def forget_nonces() -> None:
    """Every few minutes from beat: used nonces are kept no longer than they protect."""
    services.forget_nonces(now=clock.now())


@shared_task(ignore_result=True, soft_time_limit=20, time_limit=30)
def push(ids: list[int]) -> None:
    """Tell these partners what has just been stored for them."""
