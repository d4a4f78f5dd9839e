"""What complaints do by the clock."""

from celery import shared_task

from complaints.services import evidence
from core import clock


@shared_task
def sweep_evidence() -> int:
    """Remove files of evidence that no row names: what a process that died half way left behind."""
    return evidence.sweep(clock.now())
