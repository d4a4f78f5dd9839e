"""Costs of help, hires and splits move into the one record of operating costs; counter-rows follow what they take back."""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def move(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    kept = apps.get_model("delivery", "OperatingCost").objects
    moved: dict[int, int] = {}
    for old in apps.get_model("delivery", "Cost").objects.order_by("pk"):
        moved[old.pk] = kept.create(
            **said(old), clause="§2.1.3.4", cause="other" if old.kind == "hire" else old.kind, amount=old.amount, text=old.text, incurred_by_id=old.incurred_by_id,
            reverses_id=moved.get(old.reverses_id),
        ).pk  # fmt: skip
    for old in apps.get_model("delivery", "OutsideHire").objects.order_by("pk"):
        kept.create(**said(old), clause="§1.3.3.2", cause=old.reason, amount=old.cost, helpers=old.helpers)
    for old in apps.get_model("delivery", "SplitCost").objects.order_by("pk"):
        kept.create(**said(old), clause="§2.1.2.2", cause="split", amount=old.amount, text=old.reason)


def said(old: Any) -> dict[str, Any]:
    return {name: getattr(old, name) for name in ("shipment_id", "charged_to_id", "person_id", "at")}


class Migration(migrations.Migration):
    dependencies = [("delivery", "0018_operating_costs")]
    operations = [migrations.RunPython(move, migrations.RunPython.noop)]
