"""The one form behind every door: what it keeps, how it writes it, what it refuses with which code (issue “Bad input”)."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.forms import DEFAULTS, DraftForm, values_of
from orders.phones import canonical
from rulebook.prohibited import prohibited

GOOD: dict[str, Any] = {
    "shipper_name": "张三",
    "shipper_phone": "13800138000",
    "shipper_place": "330106",
    "shipper_address": "文三路 100 号",
    "consignee_name": "李四",
    "consignee_phone": "0571-88886666",
    "consignee_place": "310104",
    "consignee_address": "漕溪北路 200 号",
    "goods": "五金配件",
    "pieces": "10",
    "weight_kg": "120",
}


def filled(**changes: Any) -> DraftForm:
    return DraftForm({**DEFAULTS, **GOOD, **changes})


def codes(form: DraftForm) -> dict[str, str]:
    return {name: errors[0].code for name, errors in form.errors.as_data().items()}


def test_a_good_form_is_a_draft() -> None:
    form = filled(volume_m3="0.8", remark=" 易碎 ")
    assert form.is_valid(), form.errors
    draft = form.draft()
    assert (draft.shipper.name, draft.consignee.phone, draft.remark) == ("张三", "0571-88886666", "易碎")
    assert (str(draft.weight_kg), str(draft.volume_m3), draft.pieces) == ("120.00", "0.800", 10)
    assert (draft.payer, draft.delivery, draft.slip_return, draft.pickup) == ("shipper", "self_pickup", "none", True)


def test_equal_contents_are_equal_however_they_are_written() -> None:
    one = filled(weight_kg="120", shipper_phone="138 0013 8000")
    two = filled(weight_kg="120.00", shipper_phone="+86-13800138000")
    assert one.is_valid()
    assert two.is_valid()
    assert one.draft().digest() == two.draft().digest()


def test_a_draft_fills_the_form_it_came_from() -> None:
    form = filled(appointment="2026-11-05T14:30", insured=True, declared_value="5000")
    assert form.is_valid()
    again = DraftForm(values_of(form.draft()))
    assert again.is_valid(), again.errors
    assert again.draft() == form.draft()


def test_an_unticked_box_is_no() -> None:
    form = DraftForm({name: value for name, value in {**DEFAULTS, **GOOD}.items() if name != "pickup"})
    assert form.is_valid()
    assert form.draft().pickup is False


def test_appointments_without_an_offset_are_shanghai_time() -> None:
    form = filled(appointment="2026-11-05T14:30")
    assert form.is_valid()
    assert form.draft().appointment == datetime(2026, 11, 5, 6, 30, tzinfo=UTC)


PHONES = [
    ("13800138000", "13800138000"),
    ("138 0013 8000", "13800138000"),
    ("１３８００１３８０００", "13800138000"),
    ("+86 138-0013-8000", "13800138000"),
    ("(+86)13800138000", "13800138000"),
    ("008613800138000", "13800138000"),
    ("19912345678", "19912345678"),
    ("13800138000-1234", "13800138000-1234"),
    ("0571-88886666", "0571-88886666"),
    ("057188886666", "0571-88886666"),
    ("(0571)8888 6666", "0571-88886666"),
    ("0571－88886666 转 801", "0571-88886666-801"),
    ("010-62345678", "010-62345678"),
    ("02162345678", "021-62345678"),
    ("0891-6324567", "0891-6324567"),
    ("400-800-1234", "4008001234"),
    ("800 810 1234", "8008101234"),
    ("95338", "95338"),
    ("12800138000", None),
    ("1380013800", None),
    ("138001380001", None),
    ("8888666", None),
    ("88886666", None),
    ("0571-1888666", None),
    ("0571-888866", None),
    ("110", None),
    ("abc", None),
    ("13800138000-12345", None),
    ("٠٥٧١٨٨٨٨٦٦٦٦", None),
    ("1" * 41, None),
    ("138\x000013800", None),
]


@pytest.mark.parametrize(("written", "kept"), PHONES)
def test_phones(written: str, kept: str | None) -> None:
    assert canonical(written) == kept


BORDERS = [  # field, value, code of the error or None
    ("weight_kg", "0.01", None),
    ("weight_kg", "0.00", "min_value"),
    ("weight_kg", "100000", None),
    ("weight_kg", "100000.01", "max_value"),
    ("weight_kg", "1.001", "max_decimal_places"),
    ("weight_kg", "", "required"),
    ("weight_kg", "１２.５", None),
    ("volume_m3", "", None),
    ("volume_m3", "0", None),
    ("volume_m3", "0.001", None),
    ("volume_m3", "0.0005", "max_decimal_places"),
    ("volume_m3", "1000", None),
    ("volume_m3", "1000.001", "max_value"),
    ("volume_m3", "-0.001", "min_value"),
    ("pieces", "1", None),
    ("pieces", "0", "min_value"),
    ("pieces", "99999", None),
    ("pieces", "100000", "max_value"),
    ("pieces", "1.5", "invalid"),
    ("declared_value", "9999999.99", None),
    ("declared_value", "10000000", "max_value"),
    ("declared_value", "0.001", "max_decimal_places"),
    ("cod_amount", "-1", "min_value"),
    ("shipper_name", "张" * 60, None),
    ("shipper_name", "张" * 61, "max_length"),
    ("shipper_address", "路" * 200, None),
    ("shipper_address", "路" * 201, "max_length"),
    ("remark", "x" * 1_000_000, "max_length"),
    ("shipper_place", "330100", None),
    ("shipper_place", "330000", "place_too_wide"),
    ("shipper_place", "000000", "place"),
    ("shipper_place", "", "required"),
    ("delivery", "helicopter", "invalid_choice"),
    ("delivery", "", "required"),
    ("appointment", "2026-13-01T00:00", "invalid"),
    ("appointment", "1999-12-31T23:59", "invalid"),
]


@pytest.mark.parametrize(("field", "value", "code"), BORDERS)
def test_borders(field: str, value: str, code: str | None) -> None:
    """Money has two decimals and is never a float (§0.9)."""
    assert codes(filled(**{field: value})) == ({field: code} if code else {})


GOODS = [
    ("五金配件", None),
    ("汽油", "flammables"),
    ("汽油滤清器", None),
    ("纸箱、鞭炮", "explosives"),
    ("白酒", None),
    (" 硫酸 ", "corrosives"),
]


@pytest.mark.parametrize(("goods", "code"), GOODS)
def test_prohibited_goods_by_their_whole_name(goods: str, code: str | None) -> None:
    row = prohibited(goods)
    assert (row.code if row else None) == code


def test_prohibited_goods_cite_their_clause() -> None:
    error = filled(goods="鞭炮").errors.as_data()["goods"][0]
    assert error.params["clause"] == "§4.4.4"
    assert "§4.4.4" in error.messages[0]


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(sorted(DraftForm.base_fields)),
        st.one_of(st.text(max_size=300), st.integers().map(str), st.floats().map(str), st.decimals().map(str)),
        max_size=6,
    )
)
def test_nothing_typed_breaks_the_form(values: dict[str, str]) -> None:
    form = filled(**values)
    if form.is_valid():
        draft = form.draft()
        assert Decimal("0.01") <= draft.weight_kg <= 100000
        assert draft.flat()
        draft.shipper.name.encode()
    else:
        assert all(messages for messages in form.errors.values())
