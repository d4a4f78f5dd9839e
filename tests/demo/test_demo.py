"""What the demo and the simulation refuse, and the simulation that repeats by its seed."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from desk.demo import simulation
from desk.demo.company import BRANCHES
from network.choices import UnitKind
from network.models import Unit
from orders.models import Order
from tests.factories import sh

AFTERNOON = sh("04 15:00:00")


def demo(**options: object) -> str:
    out = StringIO()
    call_command("demo", stdout=out, **options)
    return out.getvalue()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_second_build_changes_nothing_and_a_fresh_one_starts_anew() -> None:
    demo(orders=3)
    assert "已存在" in demo(orders=3)
    assert Order.objects.count() == 3
    demo(orders=5, fresh=True)
    assert Order.objects.count() == 5
    assert Unit.objects.filter(kind=UnitKind.BRANCH).count() == 40


def test_it_refuses_a_database_with_data_of_somebody_else(db: None) -> None:
    Unit.objects.create(code="HQ", name="真公司", kind=UnitKind.COMPANY, path="HQ/")
    for fresh in (False, True):
        with pytest.raises(CommandError, match="拒绝"):
            demo(fresh=fresh)


def test_it_refuses_outside_demo_mode(db: None, settings) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="演示模式"):
        demo()
    with pytest.raises(CommandError, match="演示模式"):
        call_command("simulate", into_this_database=True)
    assert not Unit.objects.exists()


def test_every_branch_can_be_the_nearest_one() -> None:
    assert len({row.code for row in BRANCHES}) == len(BRANCHES) == 40
    assert all(row.place.startswith(tuple(row.serves)) for row in BRANCHES)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_same_seed_plays_the_same_day() -> None:
    """Twice the same plan in an emptied database: the same orders, the same ends, the same breaches."""

    def play(seed: int) -> list[object]:
        call_command("flush", interactive=False, verbosity=0)
        plan = simulation.Plan(orders=25, first=date(2026, 11, 4), days=1, seed=seed)
        outcome = simulation.play(plan, name="演示", on_act=lambda: None)
        ends = Order.objects.order_by("placed_at", "pk").values_list(
            "placed_at", "state", "branch__code", "waybilled_at"
        )
        breaches = outcome.breaches.values_list("at", "clause", "responsible_unit__code", "responsible_person__number")
        return [list(ends), list(breaches), [(s.part, s.whole, s.beside) for s in outcome.scores], outcome.ticks]

    first = play(3)
    assert len(first[0]) == 25
    assert play(3) == first
    assert play(4) != first
