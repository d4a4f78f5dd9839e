"""What has moved into operating costs is dropped."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("delivery", "0020_append_only_operating_costs")]
    operations = [migrations.DeleteModel(name=name) for name in ("Cost", "OutsideHire", "SplitCost")]
