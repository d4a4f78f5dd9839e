"""Two decide at once: one wins, the others are told who and when; one complaint sent at once by a double click is one."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from complaints import services
from complaints.choices import Filer
from complaints.models import Complaint, Ruling
from complaints.services import Matter, Sender
from core.models import Entry
from rulebook.errors import Conflict
from rulebook.roles import Role
from tests.complaints.cases import Desk, taken, upheld
from tests.factories import post, sh
from tests.orders.test_races import in_parallel

AT = sh("23 11:00:00")


@pytest.fixture
def desk(transactional_db) -> Desk:
    return Desk()


@pytest.mark.slow
@pytest.mark.postgres
def test_twenty_adjudicate_one_complaint(desk):
    officers = [post(Role.DEPARTMENT, desk.department) for _ in range(4)]
    complaint = taken(desk, order=desk.order())

    def decide(n: int) -> object:
        act = {"pk": complaint.pk, "clerk": officers[n % 4], "reason": "查证", "now": AT}
        return services.dismiss(**act) if n % 2 else services.uphold(**act, branch="B1", point_code="delay")

    answers = in_parallel(20, decide, threads=8)
    won = [answer for answer in answers if isinstance(answer, Complaint)]
    lost = [answer for answer in answers if isinstance(answer, Conflict)]
    assert (len(won), len(lost)) == (1, 19)
    ruling = Ruling.objects.get()
    assert {conflict.winner for conflict in lost} == {f"{ruling.by.name}（{ruling.by.number}）"}
    assert {conflict.at for conflict in lost} == {AT}
    assert Entry.objects.filter(name__in=("complaint_upheld", "complaint_dismissed")).count() == 1


@pytest.mark.slow
@pytest.mark.postgres
def test_the_same_form_sent_eight_times_at_once_files_once(desk):
    sender = Sender(by=desk.agent.actor, who="客户", filer=Filer.CUSTOMER, source="hall", key="token")
    matter = Matter(category="other", text="同一件事", contact_phone="13800138000")
    answers = in_parallel(8, lambda n: services.file_from(sender=sender, matter=matter, order=None, now=AT), threads=8)
    assert {answer.pk for answer in answers} == {Complaint.objects.get().pk}
    assert Entry.objects.filter(name="complaint_filed").count() == 1


@pytest.mark.django_db
def test_the_database_itself_holds_one_ruling_a_round():
    complaint = upheld(Desk())
    again = Ruling(complaint=complaint, round=1, upheld=False, category="other", reason="二次", by=complaint.owner, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save(force_insert=True)


@pytest.mark.django_db
@pytest.mark.postgres
@pytest.mark.parametrize("table", ["ruling", "saying"])
def test_what_was_said_and_decided_is_append_only(table):
    upheld(Desk())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM complaints_{table}")  # noqa: S608
