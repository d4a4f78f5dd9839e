"""A campaign gets a name for good, unlike its key never used again."""

import uuid

from django.db import migrations, models


def fill(apps, editor) -> None:
    rows = list(apps.get_model("pricing", "Campaign").objects.all())
    for row in rows:
        row.key = uuid.uuid4()
    apps.get_model("pricing", "Campaign").objects.bulk_update(rows, ["key"])


class Migration(migrations.Migration):
    dependencies = [("pricing", "0002_no_overlaps")]
    operations = [
        migrations.AddField("campaign", "key", models.UUIDField(null=True, editable=False)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField("campaign", "key", models.UUIDField(default=uuid.uuid4, unique=True, editable=False)),
    ]
