"""What the offices do each day: branches file, the department decides (§1.4.2); cash is counted, banked and paid out."""

from __future__ import annotations

from datetime import datetime, timedelta

from desk.demo.cashdesk import count_the_day, pay_out, settle_short
from desk.demo.complaining import complain, work_complaints
from desk.demo.excusing import decide, file_the_day, file_the_night, take_up_again, verify
from desk.demo.fining import plan_fines
from desk.demo.lives import World
from desk.demo.service import plan_service
from desk.demo.tending import follow_key_customers, tend_anomalies
from rulebook.due import at


def plan_mornings(world: World, start: datetime, end: datetime) -> None:
    """Plan the filings and decisions of every morning between two instants."""
    day = at(start, 8, 50)
    while day < end:
        if day > start:
            world.timeline.plan(day, lambda now: file_the_night(world, now))
            world.timeline.plan(day + timedelta(minutes=30), lambda now: file_the_day(world, now))
            world.timeline.plan(day + timedelta(minutes=55), lambda now: verify(world, now))
            world.timeline.plan(day + timedelta(minutes=70), lambda now: decide(world, now))
            world.timeline.plan(day + timedelta(minutes=80), lambda now: take_up_again(world, now))
            world.timeline.plan(day + timedelta(minutes=90), lambda now: settle_short(world, now))
            world.timeline.plan(day + timedelta(minutes=100), lambda now: pay_out(world, now))
        plan_service(world, day)
        plan_fines(world, day)
        world.timeline.plan(at(day, 19, 30), lambda now: count_the_day(world, now))
        world.timeline.plan(at(day, 11), lambda now: tend_anomalies(world, now))
        world.timeline.plan(at(day, 10, 10), lambda now: complain(world, now))
        world.timeline.plan(at(day, 11, 20), lambda now: work_complaints(world, now))
        world.timeline.plan(at(day, 14, 20), lambda now: complain(world, now))
        world.timeline.plan(at(day, 16), lambda now: work_complaints(world, now))
        world.timeline.plan(at(day, 15), lambda now: follow_key_customers(world, now))
        world.timeline.plan(at(day, 16, 30), lambda now: tend_anomalies(world, now))
        day += timedelta(days=1)
