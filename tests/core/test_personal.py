"""Personal data: sealed in the database, found by index, masked on screen (design §6.17)."""

import pytest
from django.db import connection

from core.personal import blind, digits, mask_name, mask_phone, seal, unseal
from orders.models import Order
from tests.factories import Company, placed, sh


@pytest.mark.parametrize(
    ("phone", "shown"),
    [("13800138000", "138****8000"), ("+86 138-0013-8000", "138****8000"), ("0571 8888 8888", "05******8888"), ("12345", "*****"), ("", "")],
)
def test_masks(phone, shown):
    assert mask_phone(phone) == shown


@pytest.mark.parametrize(("name", "shown"), [("张三", "张*"), ("欧阳修远", "欧**"), ("𠮷田", "𠮷*"), ("李", "李"), ("", "")])
def test_names(name, shown):
    assert mask_name(name) == shown


def test_a_country_code_does_not_hide_a_number():
    assert blind(digits("+8613800138000")) == blind(digits("138 0013 8000"))
    assert (blind(""), len(blind("1"))) == ("", 32)


def test_what_was_sealed_elsewhere_is_not_read():
    assert unseal(seal("𠮷")) == "𠮷"
    with pytest.raises(ValueError, match="FIELD_KEY"):
        unseal("gAAAAABnonsense")


@pytest.mark.django_db
def test_the_database_never_holds_a_phone_in_clear():
    Company()
    placed(sh("04 09:00:00"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT shipper_phone, consignee_phone FROM orders_order")
        stored = cursor.fetchone()
    assert "138" not in stored[0][:3]
    assert not {"13800138000", "13900139000"} & set(stored)
    assert Order.objects.get().shipper_phone == "13800138000"
    for text in ("13800138000", "138-0013-8000", "8000", "9000"):
        assert Order.objects.search(text).count() == 1, text
    assert Order.objects.search("7000").count() == 0
