"""The table the coupons came from."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("complaints", "0006_move_coupons")]
    operations = [migrations.DeleteModel(name="Coupon")]
