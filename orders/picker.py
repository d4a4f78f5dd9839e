"""The 省/市/区 picker: three selects that post together, filled level by level with or without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from network.places import Level, Place, children, exists, lineage, place, provinces

LEVELS = (("province", _("省")), ("city", _("市")), ("county", _("区县")))


@dataclass(frozen=True, slots=True)
class Choice:
    """One select of the picker: its places and the one chosen."""

    key: str
    label: Any
    options: tuple[Place, ...]
    chosen: str


class PlacePicker(forms.Widget):
    """Reads the most exact of three selects that agrees with those above it; else a radio answer; else a plain code."""

    template_name = "components/place_picker.html"
    use_fieldset = True

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        given = {**self.attrs, **(attrs or {})}
        return {
            "name": name, "id": given.get("id", name), "levels": choices(str(value or "")),
            "title": given.get("aria-label", ""), "wrong": given.get("aria-invalid", ""),
        }  # fmt: skip

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> str:
        chosen = ""
        for key, _label in LEVELS:
            code = str(data.get(f"{name}_{key}", ""))
            if not exists(code) or not _below(code, chosen):
                break
            chosen = code
        return chosen or str(data.get(f"{name}_candidate") or data.get(name, ""))

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return False

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return f"{id_}_province"


def _below(code: str, chosen: str) -> bool:
    """Tell whether a code stands one level under the chosen one: 330100 under 330000."""
    expected = place(chosen).level + 1 if chosen else Level.PROVINCE
    here = place(code)
    return here.level == expected and here.parent == chosen


def choices(code: str) -> list[Choice]:
    """Return the three selects with what is chosen so far; a level with one place only chooses itself (北京市)."""
    chosen = [each.code for each in lineage(code)] if exists(code) else []
    levels: list[Choice] = []
    options: tuple[Place, ...] = provinces()
    for depth, (key, label) in enumerate(LEVELS):
        only = options[0].code if depth and len(options) == 1 else ""
        picked = chosen[depth] if depth < len(chosen) else only
        levels.append(Choice(key, label, options, picked))
        options = children(picked) if picked else ()
    return levels
