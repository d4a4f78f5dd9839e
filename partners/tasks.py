from threading import Condition, Lock, Thread

import structlog
from celery import shared_task
from django.conf import settings
from django.db import connection

from core import clock
from partners import services
from partners.dialects import inbox
from partners.models import Push
from partners.services import sending

log = structlog.get_logger(__name__)


@shared_task(ignore_result=True, soft_time_limit=45, time_limit=50)
def forget_nonces() -> None:
    """Every few minutes from beat: used nonces are kept no longer than they protect."""
    services.forget_nonces(now=clock.now())


@shared_task(ignore_result=True, soft_time_limit=240, time_limit=290)
def forget_calls() -> None:
    """Every night from beat: the log of calls is kept for so many days."""
    services.forget_calls(now=clock.now())


@shared_task(ignore_result=True, soft_time_limit=45, time_limit=50)
def settle_inbox() -> None:
    """Every minute from beat: messages that wait for their order are looked after."""
    inbox.settle(now=clock.now())


@shared_task(ignore_result=True, soft_time_limit=20, time_limit=30)
def push(ids: list[int]) -> None:
    """Tell these partners what has just been stored for them."""
    senders.start(ids)


@shared_task(ignore_result=True, soft_time_limit=20, time_limit=30, expires=9)
def sweep_pushes() -> None:
    """Every 10 s from beat: what is due again, and what a dead broker, worker or sender left behind."""
    senders.start(None)


class Senders:
    """
    The threads of this process that send pushes, so that a slow receiver never keeps a worker from its other tasks.

    Each takes one push, sends it, and goes on with what else there is for the same receiver. No more is claimed than threads
    are free: what is held by nobody's hands would run out of its lease.
    """

    def __init__(self, threads: int) -> None:
        self._free = self._threads = threads
        self._claiming = Lock()
        self._idle = Condition()

    def start(self, partners: list[int] | None) -> None:
        """Claim what may be sent and return; the threads do the rest."""
        with self._claiming:
            claimed = sending.claim(now=clock.now(), limit=self._free, partners=partners)
            self._count(-len(claimed))
        for push in claimed:
            Thread(target=self._run, args=[push], name=f"push-{push.pk}").start()

    def wait(self, seconds: float) -> bool:
        """Wait until nothing is being sent any more."""
        with self._idle:
            return self._idle.wait_for(lambda: self._free == self._threads, seconds)

    def _run(self, first: Push) -> None:
        try:
            batch = [first]
            while batch:
                sending.settle(batch[0], sending.tell(batch[0], now=clock.now()), now=clock.now())
                batch = sending.claim(now=clock.now(), limit=1, partners=[first.partner_id])
        except Exception:  # the database is away: the lease ends, the sweep sends it
            log.exception("push not settled", push=first.pk)
        finally:
            connection.close()
            self._count(1)

    def _count(self, freed: int) -> None:
        with self._idle:
            self._free += freed
            self._idle.notify_all()


senders = Senders(settings.PUSH_THREADS)
