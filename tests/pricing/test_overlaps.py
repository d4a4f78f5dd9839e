"""Two versions, contracts or campaigns of one key on one day cannot be: the service says so, the database holds it (§3.3, §5.1)."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from core.models import Entry
from customers.services import add
from pricing.models import Campaign, Contract, Lane, TariffVersion
from pricing.services import campaigns, contracts, tariffs
from rulebook.errors import Conflict, Denied, Refused
from rulebook.events import On
from tests.factories import sh
from tests.pricing.prices import D, lane, live

pytestmark = pytest.mark.django_db


def draft(by, since: str, code: str = "T2", **more):
    made = tariffs.draft(code=code, valid_from=date.fromisoformat(since), lanes=[lane()], by=by, now=sh("04 09:00:00"), **more)
    return tariffs.approve(pk=made.pk, by=by, now=sh("04 09:00:00"))


@pytest.mark.parametrize(
    ("since", "refused"),
    [("2026-11-03", True), ("2026-11-04", True), ("2026-11-05", False), ("2026-12-01", False)],
)
def test_a_version_begins_tomorrow_at_the_earliest(pricer, since, refused):
    """What is in force today is not changed afterwards."""
    live(pricer)
    made = draft(pricer, since)
    if not refused:
        assert tariffs.publish(pk=made.pk, by=pricer, now=sh("04 23:59:59")).state == "live"
        return
    with pytest.raises(Refused) as said:
        tariffs.publish(pk=made.pk, by=pricer, now=sh("04 09:00:00"))
    assert (said.value.clause, said.value.field) == ("§3.3", "valid_from")
    assert TariffVersion.objects.get(code="T1").valid_to is None


def test_two_versions_from_the_same_day_and_one_inside_another(pricer):
    live(pricer)
    first, same = draft(pricer, "2026-11-10"), draft(pricer, "2026-11-10", code="T3")
    earlier = draft(pricer, "2026-11-08", code="T4", valid_to=date(2026, 11, 12))
    tariffs.publish(pk=first.pk, by=pricer, now=sh("04 09:00:00"))
    for made in (same, earlier):
        with pytest.raises(Refused):
            tariffs.publish(pk=made.pk, by=pricer, now=sh("04 09:00:00"))
    assert [(v.code, v.valid_to) for v in TariffVersion.objects.filter(state="live").order_by("valid_from")] == [
        ("T1", date(2026, 11, 9)), ("T2", None),
    ]  # fmt: skip


def test_steps_of_a_version_are_taken_in_order_and_noted(pricer, company):
    version = live(pricer)
    for step in (tariffs.approve, tariffs.publish, tariffs.send_back):
        with pytest.raises(Conflict):
            step(pk=version.pk, by=pricer, now=sh("04 09:00:00"))
    with pytest.raises(Denied):
        tariffs.approve(pk=version.pk, by=company.manager, now=sh("04 09:00:00"))
    noted = Entry.objects.filter(subject=f"tariff/{version.pk}").order_by("pk").values_list("name", flat=True)
    assert list(noted) == [On.TARIFF_APPROVED, On.TARIFF_PUBLISHED]


def test_a_place_lies_in_one_zone(pricer):
    lanes = [lane(), lane(start=("浙北", ("3301", "3304")))]
    with pytest.raises(Refused):
        tariffs.draft(code="Y", valid_from=date(2026, 11, 5), lanes=lanes, by=pricer, now=sh("04 09:00:00"))
    assert TariffVersion.objects.count() == 0


@pytest.mark.postgres
def test_the_database_refuses_overlaps_and_edits_of_what_is_live(pricer, company):
    version = live(pricer)
    raw = {"drafted_by": pricer, "drafted_at": sh("01 00:00:00"), "state": "live"}
    with pytest.raises(IntegrityError), transaction.atomic():
        TariffVersion.objects.create(code="X", valid_from=date(2027, 1, 1), **raw)
    TariffVersion.objects.create(code="Z", origin="33", valid_from=date(2027, 1, 1), **raw)
    with pytest.raises(IntegrityError), transaction.atomic():
        Lane.objects.filter(version=version).update(heavy_rate=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        version.surcharges.first().delete()


@pytest.mark.postgres
def test_the_database_refuses_two_contracts_and_two_campaigns_a_day(pricer, company):
    customer = add(name="甲", phone="13700137000", branch=company.branch, now=sh("01 09:00:00"))
    day = {"valid_from": date(2026, 11, 1), "valid_to": date(2026, 11, 30)}
    terms = {"customer": customer, "branch": company.branch, "applied_by": pricer, "applied_at": sh("01 09:00:00"), "state": "approved"}
    Contract.objects.create(code="A", **day, **terms)
    with pytest.raises(IntegrityError), transaction.atomic():
        Contract.objects.create(code="B", valid_from=date(2026, 11, 30), valid_to=date(2026, 12, 1), **terms)
    Contract.objects.create(code="C", valid_from=date(2026, 12, 1), valid_to=date(2026, 12, 1), **terms)
    gift = {"audience": "everyone", "benefit": "gift", "gift": "x", "created_by": pricer, "created_at": sh("01 09:00:00")}
    Campaign.objects.create(name="一", **day, **gift)
    with pytest.raises(IntegrityError), transaction.atomic():
        Campaign.objects.create(name="二", **day, **gift)


@pytest.mark.parametrize("share", [D("NaN"), D("-0.1"), D("1")])
def test_fuel_that_cannot_be(pricer, share):
    with pytest.raises(Refused):
        campaigns.set_fuel(share=share, valid_from=date(2026, 11, 5), by=pricer, now=sh("04 09:00:00"))


def test_a_contract_is_for_the_branchs_own_customer_and_a_period_that_can_be(company, pricer):
    customer = add(name="甲", phone="13700137000", branch=company.branch, now=sh("01 09:00:00"))
    apply = {"code": "A", "customer": customer, "reason": "量大", "now": sh("04 09:00:00")}
    with pytest.raises(Refused) as said:
        contracts.apply(**apply, valid_from=date(2026, 11, 5), valid_to=date(2026, 11, 4), by=company.manager)
    assert said.value.field == "valid_to"
    with pytest.raises(Refused) as said:
        contracts.apply(**apply, valid_from=date(2026, 11, 4), valid_to=date(2026, 11, 4), by=company.third_clerk)
    assert said.value.field == "customer"
    with pytest.raises(Refused):
        add(name="乙", phone="137 0013 7000", branch=company.branch, now=sh("01 09:00:00"))
