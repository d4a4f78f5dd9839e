"""The ledger of freight paid at the door refuses update and delete at the database (PostgreSQL), as the journal does."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

REFUSE = """
CREATE TRIGGER freight_ledger_is_append_only BEFORE UPDATE OR DELETE ON delivery_freightmovement
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
ALLOW = "DROP TRIGGER freight_ledger_is_append_only ON delivery_freightmovement;"


def refuse(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(REFUSE, params=None)


def allow(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(ALLOW, params=None)


class Migration(migrations.Migration):
    dependencies = [("delivery", "0022_freight_receipts"), ("core", "0002_append_only_journal")]
    operations = [migrations.RunPython(refuse, allow)]
