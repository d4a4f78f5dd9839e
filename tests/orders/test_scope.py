"""A row at hand is judged as the queryset judges it: `seen_by` is `visible_to`."""

from network.models import Account, Person
from orders.models import Order
from rulebook.roles import Role
from tests.factories import Company, accepted, placed, post, sh

NINE = sh("04 09:00:00")


def test_what_one_may_act_on_is_what_one_sees(db: None) -> None:
    company = Company()
    finance = post(Role.FINANCE, company.department)
    idle = Person.objects.create(account=Account.objects.create(username="idle"), number="P0", name="未任职")
    placed(NINE)
    placed(NINE, branch=company.third)
    accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=NINE)
    for person in Person.objects.all():
        seen = {order.pk for order in Order.objects.all() if order.seen_by(person)}
        assert seen == set(Order.objects.visible_to(person).values_list("pk", flat=True)), person.name
    counts = [Order.objects.visible_to(person).count() for person in (company.clerk, company.regional_manager, company.agent)]
    assert counts == [1, 1, 3]
    assert [sum(order.seen_by(person) for order in Order.objects.all()) for person in (finance, idle)] == [3, 0]
