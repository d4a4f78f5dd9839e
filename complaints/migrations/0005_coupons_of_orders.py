"""A coupon is redeemed on orders, so its row moves to where they are; a claim names the one it was given for (§4.5)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("complaints", "0004_append_only_claim_money"), ("orders", "0016_coupons")]

    operations = [
        migrations.AlterField(
            model_name="coupon",
            name="claim",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="complaints.claim"
            ),
        ),
        migrations.AlterField(
            model_name="coupon",
            name="used_on",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.order"
            ),
        ),
        migrations.AddField(
            model_name="claim",
            name="coupon",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="claim", to="orders.coupon"
            ),
        ),
    ]
