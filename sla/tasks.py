from datetime import timedelta

from celery import shared_task
from django.db import transaction

from core import clock
from core.effects import after_commit
from sla import services
from sla.choices import OutageActState
from sla.models import OutageAct

PIECE = 300  # rows a run
STALE = timedelta(seconds=60)


@shared_task(ignore_result=True, soft_time_limit=45, time_limit=50, expires=4)
def tick(**_future: object) -> None:
    """Announce what is due, every 5 s from beat; missed ticks do not pile up, nothing is lost between them."""
    services.tick(now=clock.now())


@shared_task(ignore_result=True, soft_time_limit=240, time_limit=270)
def run_outage_act(act_id: int) -> None:
    """Carry an act on an outage some rows further, then queue the next piece."""
    for _turn in range(PIECE):
        if not services.step_outage(act_id, now=clock.now()):
            return
    with transaction.atomic():
        after_commit("sla.tasks.run_outage_act", act_id=act_id)


@shared_task(ignore_result=True, soft_time_limit=45, time_limit=50)
def resume_outage_acts() -> None:
    """Every minute from beat: take up what was not queued or lost its worker."""
    stale = OutageAct.objects.filter(state=OutageActState.RUNNING, touched_at__lt=clock.now() - STALE)
    with transaction.atomic():
        for key in stale.order_by("touched_at").values_list("pk", flat=True)[:20]:
            after_commit("sla.tasks.run_outage_act", act_id=key)
