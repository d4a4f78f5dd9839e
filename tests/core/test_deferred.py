"""A machine may be loaded in part: the state comes when it is asked for, and stays protected."""

import pytest

from orders.models import Order
from tests.factories import Company, placed, sh

pytestmark = pytest.mark.django_db


def test_a_deferred_state_is_loaded_when_asked_for():
    company = Company()
    order = placed(sh("04 09:00:00"), branch=company.branch)
    part = Order.objects.only("number").get(pk=order.pk)
    assert part.number == order.number
    assert part.state == "at_branch"
    with pytest.raises(AttributeError):
        part.state = "accepted"
    part.remark = "易碎"
    part.save(update_fields=["remark"])
    assert Order.objects.get(pk=order.pk).remark == "易碎"


def test_a_form_token_is_no_channel_number():
    Company()
    order = placed(sh("04 09:00:00"))
    order.source, order.external_no = "hall", "token"
    assert order.channel_no == ""
    order.source = "partner:7"
    assert order.channel_no == "token"
