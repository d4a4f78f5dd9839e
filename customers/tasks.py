"""What customers' chats do by the clock."""

from celery import shared_task

from core import clock
from customers.services import chats


@shared_task
def sweep_chat_pictures() -> int:
    """Remove pictures of chats that no line names: what a process that died half way left behind."""
    return chats.sweep_pictures(clock.now())
