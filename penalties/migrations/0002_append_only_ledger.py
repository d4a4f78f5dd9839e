"""The fine ledger, the bonuses and the regulations' versions refuse update and delete at the database (PostgreSQL)."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLES = {"fine_ledger": "penalties_ledgerentry", "bonuses": "penalties_bonus", "regulations": "penalties_regulationversion"}


def refuse(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        for name, table in TABLES.items():
            editor.execute(
                f"CREATE TRIGGER {name}_append_only BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change();",
                params=None,
            )


def allow(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        for name, table in TABLES.items():
            editor.execute(f"DROP TRIGGER {name}_append_only ON {table};", params=None)


class Migration(migrations.Migration):
    dependencies = [("penalties", "0001_initial"), ("core", "0002_append_only_journal")]
    operations = [migrations.RunPython(refuse, allow)]
