"""The shares of a lost lane refuse update and delete at the database (PostgreSQL), as the ledger does."""

from django.db import migrations

from core.appendonly import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("penalties", "0008_lost_lanes"), ("core", "0002_append_only_journal")]
    operations = [AppendOnly("LaneShare")]
