"""What delivery does by the clock."""

from celery import shared_task

from core import clock
from delivery.services import proofs


@shared_task
def sweep_proofs() -> int:
    """Remove picture files that no row names: what a process that died half way left behind."""
    return proofs.sweep(clock.now())
