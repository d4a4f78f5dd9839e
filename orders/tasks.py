"""Imports run in the background, a bounded piece at a time; a sweep takes up what was not queued or lost its worker."""

from datetime import timedelta

from celery import shared_task
from django.db import transaction

from core import clock
from core.effects import after_commit
from orders import imports
from orders.choices import ImportState
from orders.jobs import ImportJob

PIECE = 300  # rows a run
STALE = timedelta(seconds=60)


@shared_task(ignore_result=True, soft_time_limit=240, time_limit=270)
def run_import(job_id: int) -> None:
    """Take in the next rows of a job, then queue its next piece."""
    rows = imports.rows_of(ImportJob.objects.get(pk=job_id))
    for _turn in range(PIECE):
        if not imports.step(job_id, rows, now=clock.now()):
            return
    with transaction.atomic():
        after_commit("orders.tasks.run_import", job_id=job_id)


@shared_task(ignore_result=True, soft_time_limit=45, time_limit=50)
def resume_imports() -> None:
    """Every minute from beat."""
    stale = ImportJob.objects.exclude(state=ImportState.DONE).filter(touched_at__lt=clock.now() - STALE)
    with transaction.atomic():
        for key in stale.order_by("touched_at").values_list("pk", flat=True)[:20]:
            after_commit("orders.tasks.run_import", job_id=key)
