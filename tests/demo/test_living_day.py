"""The demo company and its living day, at three in the afternoon."""

from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.test import TestCase

from core.models import Entry
from desk.demo.company import SHOWCASE
from network.choices import UnitKind
from network.models import Account, Person, Post, Unit
from notify.models import Message
from orders.models import Order
from penalties.models import BonusRun, Penalty, RegulationVersion
from penalties.services import carried_faults, ledger_faults
from pricing.models import TariffVersion
from rulebook.roles import Role
from sla.models import Deadline, Heartbeat, Step
from tests.factories import sh

AFTERNOON = sh("04 15:00:00")
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]  # the day is built within the first test


class TestLivingDay(TestCase):
    """A small living day, built once for all that look at it. Django's own class, so that its database is made for it alone too."""

    @classmethod
    def setUpTestData(cls) -> None:
        with time_machine.travel(AFTERNOON, tick=False):
            call_command("demo", orders=60, verbosity=0)

    def test_the_company_has_everybody_everywhere(self) -> None:
        assert Counter(Unit.objects.values_list("kind", flat=True)) == {
            UnitKind.COMPANY: 1, UnitKind.DIVISION: 3, UnitKind.AREA: 6, UnitKind.REGION: 12, UnitKind.BRANCH: 40,
            UnitKind.DEPARTMENT: 12,
        }  # fmt: skip
        assert set(Post.objects.values_list("role", flat=True)) == {role.value for role in Role}
        assert set(Account.objects.values_list("username", flat=True)) >= {role.value for role in Role}
        assert Person.objects.get(account__username="branch_clerk").unit.code == SHOWCASE
        assert not any(account.has_usable_password() for account in Account.objects.all())

    def test_the_day_is_alive_at_this_minute(self) -> None:
        """What the scenes promise the visitor: 8, 5 and 2 minutes left, overdue ones, and work for every desk."""
        assert Order.objects.count() == 60
        here = Deadline.objects.filter(holder__code=SHOWCASE, clause="§1.2.1.1", stopped_at=None)
        left = {clock.due_at - AFTERNOON for clock in here}
        assert {timedelta(minutes=m) for m in (9, 8, 5, 2, 1, -2, -9)} <= left
        assert here.filter(state="breached").count() >= 2
        for state in ("unassigned", "at_branch", "accepted", "postponed", "waybilled", "cancelled"):
            assert Order.objects.filter(state=state).exists(), state
        assert Order.objects.filter(state="cancelled", branch__code=SHOWCASE, reason_confirmed_at=None).exists()
        assert Deadline.objects.filter(clause="§1.2.1.3", stopped_at=None, due_at__gt=AFTERNOON).count() >= 3

    def test_its_history_is_true(self) -> None:
        """Nothing from the future; nothing overdue that the tick has not announced; every message sent."""
        assert not Entry.objects.filter(recorded_at__gt=AFTERNOON).exists()
        assert not Step.objects.due(AFTERNOON - timedelta(seconds=5)).exists()
        assert not Message.objects.filter(sent_at=None).exists()
        assert not Step.objects.filter(attempts__gt=0).exists()
        assert Heartbeat.objects.get().at <= AFTERNOON
        for order in Order.objects.all():
            facts = list(Entry.objects.filter(order_number=order.number, seq__isnull=False).order_by("seq"))
            assert [entry.seq for entry in facts] == list(range(1, len(facts) + 1))
            assert facts[0].name == "order_submitted"

    def test_there_is_a_fine_in_every_state(self) -> None:
        """The visitor is the one fined: as clerk, manager, regional manager. Some amounts are known, of others nothing is."""
        of_role = Counter(Penalty.objects.filter(cause__startswith="manual/").values_list("person__account__username", "state"))
        assert of_role == {
            ("branch_clerk", "reversed"): 1, ("branch_clerk", "imposed"): 1, ("branch_clerk", "assessed"): 1,
            ("branch_manager", "appealed"): 1, ("branch_manager", "upheld"): 1, ("regional_manager", "settled"): 1,
        }  # fmt: skip
        assert set(RegulationVersion.objects.values_list("code", flat=True)) == {"rp_3.3.1_a", "rp_3.3.1_b", "rp_3.3.1_c"}
        assert BonusRun.objects.count() == 1
        assert (list(ledger_faults()), list(carried_faults())) == ([], [])

    def test_orders_carry_the_invented_tariffs_price_and_some_are_left_to_the_branch(self) -> None:
        listed = Order.objects.exclude(price=None)
        assert listed.exists()
        assert set(listed.values_list("price_state", flat=True)) <= {"listed", "campaign", "contract"}
        assert Order.objects.filter(price=None).exists()
        assert "虚构" in TariffVersion.objects.get(state="live").note
