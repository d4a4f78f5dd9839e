"""Carry the coupons given so far over to orders; none of them has been used on an order yet."""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SAME = ("code", "amount", "valid_until", "phone_index", "apology", "given_by_id", "given_at")


def move(apps: Any, _editor: BaseDatabaseSchemaEditor) -> None:
    coupons, claims = apps.get_model("orders", "Coupon").objects, apps.get_model("complaints", "Claim").objects
    for row in apps.get_model("complaints", "Coupon").objects.order_by("pk"):
        moved = coupons.create(**{name: getattr(row, name) for name in SAME})
        claims.filter(pk=row.claim_id).update(coupon=moved)


class Migration(migrations.Migration):
    dependencies = [("complaints", "0005_coupons_of_orders")]
    operations = [migrations.RunPython(move)]
