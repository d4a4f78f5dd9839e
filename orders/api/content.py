"""The JSON shape of an order's content, laid over the one form: which path of the body is which field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from orders.forms import DEFAULTS, DraftForm, DraftReader, PlaceCode, RefunderForm, form_field
from orders.services import Draft, Party

PATHS: dict[str, str] = {
    "branch_code": "branch_code",
    **{
        f"{role}.{part}": f"{role}_{part}"
        for role in ("shipper", "consignee")
        for part in ("name", "phone", "place", "address")
    },
    "goods.name": "goods",
    **{f"goods.{name}": name for name in ("pieces", "weight_kg", "volume_m3", "packing")},
    "pickup.wanted": "pickup",
    "pickup.appointment": "appointment",
    **{
        f"services.{name}": name
        for name in ("insured", "declared_value", "cod_amount", "payer", "delivery", "slip_return", "product")
    },
    "remark": "remark",
}
"""Dotted path in the body → field of `DraftForm`."""

GROUPS = frozenset(path.split(".")[0] for path in PATHS if "." in path)
PATH_OF = {name: path for path, name in PATHS.items()}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a body: where, a stable code, words, and the clause where one applies."""

    field: str
    code: str
    message: str
    clause: str = ""


class Faulty(Exception):
    """The body is wrong in these places (400); never empty."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(faults[0].message)
        self.faults = faults


def path_of(name: str) -> str:
    """Return how the body calls a field that a service named: "shipper.phone", "weight_kg" → "goods.weight_kg"."""
    return PATH_OF.get(form_field(name), name)


def read(
    body: object, *, besides: Mapping[str, type], start: Mapping[str, Any] = DEFAULTS
) -> tuple[Draft, dict[str, Any]]:
    """
    Return the content that a body describes and the values of the keys it may have besides.

    :param start: what fields hold that the body does not name: the defaults, or the present content when it edits
    :raises Faulty: unknown keys, wrong types, or what the form says
    """
    if not isinstance(body, dict):
        raise Faulty([Fault("", "type", _("请求内容须为 JSON 对象。"))])
    leaves, faults = _leaves(body, besides)
    extra = {name: leaves.pop(name) for name in besides if name in leaves}
    form = DraftReader({**start, **{PATHS[path]: _as_text(value) for path, value in leaves.items() if value is not None}})
    wrong = {fault.field for fault in faults}
    if not form.is_valid():
        faults += [fault for fault in form_faults(form) if fault.field not in wrong]
    if faults:
        raise Faulty(faults)
    return form.draft(), extra


def refunder(said: Mapping[str, Any] | None) -> Party | None:
    """
    Return who takes refused goods back, as a body names them under "refunder"; None where it names nobody.

    :raises Faulty: unknown keys, wrong types, or what the form says
    """
    if not said:
        return None
    faults = [_unknown(f"refunder.{key}") for key in said if key not in RefunderForm.base_fields]
    faults += [Fault(f"refunder.{key}", "type", _("类型不正确：此项须为%s。") % _("文本")) for key, value in said.items() if not isinstance(value, str | None)]
    form = RefunderForm(dict(said))
    if not form.is_valid():
        found, wrong = form.errors.as_data(), {fault.field for fault in faults}
        faults += [_fault(f"refunder.{name}", found[name][0]) for name in form.fields if name in found and f"refunder.{name}" not in wrong]
    if faults:
        raise Faulty(faults)
    return form.party()


def form_faults(form: forms.Form) -> list[Fault]:
    """Return a form's errors as faults, one a field, in the order of the form."""
    found = form.errors.as_data()
    return [_fault(path_of(name), found[name][0]) for name in form.fields if name in found]


def _fault(path: str, error: ValidationError) -> Fault:
    return Fault(path, str(error.code), error.messages[0], str((error.params or {}).get("clause", "")))


def _leaves(body: Mapping[str, Any], besides: Mapping[str, type]) -> tuple[dict[str, Any], list[Fault]]:
    """Take the body apart into its leaves by dotted path, with what is wrong about its shape."""
    leaves: dict[str, Any] = {}
    faults: list[Fault] = []
    for key, value in body.items():
        if "." in key:
            faults.append(_unknown(key))
        elif key not in GROUPS:
            leaves[key] = value
        elif isinstance(value, dict):
            leaves |= {f"{key}.{inner}": part for inner, part in value.items()}
        elif value is not None:
            faults.append(Fault(key, "type", _("此项须为 JSON 对象。")))
    for path in list(leaves):
        if fault := _wrong(path, leaves[path], besides):
            faults.append(fault)
            del leaves[path]
    return leaves, faults


def _wrong(path: str, value: object, besides: Mapping[str, type]) -> Fault | None:
    if path not in PATHS and path not in besides:
        return _unknown(path)
    if value is None:
        return None
    expected, words = TYPES[besides[path]] if path in besides else _expected(DraftForm.base_fields[PATHS[path]])
    right = isinstance(value, expected) and (expected is BOOLEAN or not isinstance(value, bool))
    return None if right else Fault(path, "type", _("类型不正确：此项须为%s。") % str(words()))


def _unknown(path: str) -> Fault:
    return Fault(path[:60], "unknown", _("没有“%s”这个字段，请核对接口文档。") % path[:60])


def _expected(field: forms.Field) -> tuple[tuple[type, ...], Any]:
    match field:
        case forms.BooleanField():
            return TYPES[bool]
        case forms.DecimalField():
            return AMOUNT, lambda: _("数字（或数字文本）")
        case forms.IntegerField():
            return TYPES[int]
        case _:
            return TYPES[str]


BOOLEAN: tuple[type, ...] = (bool,)
AMOUNT: tuple[type, ...] = (int, Decimal, str)
TYPES: dict[type, tuple[tuple[type, ...], Any]] = {
    bool: (BOOLEAN, lambda: _("布尔值 true 或 false")),
    int: ((int,), lambda: _("整数")),
    str: ((str,), lambda: _("文本")),
    dict: ((dict,), lambda: _("JSON 对象")),
}


def _as_text(value: object) -> object:
    return value if isinstance(value, bool | str) else str(value)


def content_of(draft: Draft) -> dict[str, Any]:
    """Return a content in the shape of the body, amounts as text."""
    flat = draft.flat()
    names = {form_field(name): value for name, value in flat.items()}
    shaped: dict[str, Any] = {}
    for path, name in PATHS.items():
        group, _dot, leaf = path.rpartition(".")
        (shaped.setdefault(group, {}) if group else shaped)[leaf] = names[name]
    shaped["pickup"]["appointment"] = draft.appointment
    return shaped


def schema(*, besides: Mapping[str, Any], partial: bool = False) -> dict[str, Any]:
    """Return the OpenAPI schema of the body, made from the form's fields, so that there is one definition.

    :param partial: nothing is required: the body names only what it changes
    """
    whole = _object() | {"properties": dict(besides)}
    for path, name in PATHS.items():
        group, _dot, leaf = path.rpartition(".")
        field = DraftForm.base_fields[name]
        home = whole["properties"].setdefault(group, _object()) if group else whole
        home["properties"][leaf] = _property(field, name)
        if field.required and name not in DEFAULTS and not partial:
            home.setdefault("required", []).append(leaf)
    if needed := [group for group in sorted(GROUPS) if "required" in whole["properties"][group]]:
        whole["required"] = needed
    return whole


def refunder_schema() -> dict[str, Any]:
    """Return the OpenAPI schema of "refunder", made from its form."""
    fields = RefunderForm.base_fields
    return _object() | {"properties": {name: _property(field, name) for name, field in fields.items()}, "required": [*fields]}


def _object() -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": {}}


def _property(field: forms.Field, name: str) -> dict[str, Any]:
    row: dict[str, Any] = {"title": str(field.label), "description": str(field.help_text or field.label)}
    if name in DEFAULTS and not isinstance(DEFAULTS[name], Decimal | None):
        row["default"] = DEFAULTS[name]
    match field:
        case forms.BooleanField():
            return row | {"type": "boolean"}
        case forms.DecimalField():
            return row | _amount(field)
        case forms.IntegerField():
            return row | {"type": "integer", "minimum": field.min_value, "maximum": field.max_value}
        case forms.ChoiceField():
            return row | {"type": "string", "enum": [str(code) for code, _label in field.choices]}
        case forms.DateTimeField():
            said = {"description": f"{field.help_text}；不带时区偏移时按北京时间（Asia/Shanghai）"}
            return row | said | {"type": "string", "format": "date-time", "nullable": True}
        case PlaceCode():
            return row | {"type": "string", "pattern": r"^\d{6}$"}
        case _:
            least = {"minLength": 1} if field.required else {}
            most = {"maxLength": field.max_length} if getattr(field, "max_length", None) else {}
            return row | {"type": "string"} | least | most


def _amount(field: forms.DecimalField) -> dict[str, Any]:
    step = float(Decimal(1).scaleb(-int(field.decimal_places or 0)))
    return {"type": "number", "minimum": float(field.min_value), "maximum": float(field.max_value), "multipleOf": step}
